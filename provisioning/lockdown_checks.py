"""Checks of the lock-down: what docs/lockdown.md says is shut is measured to be so. Each looks at a Machine."""

import json
from collections.abc import Iterable
from pathlib import Path

from kiosk.errors import ConfigError
from provisioning.box_files import USB_DEVICES, usb_devices
from provisioning.change import CommandChange
from provisioning.finding import Check, Finding, Requirement
from provisioning.inputs import inputs_of
from provisioning.machine import BoxError, Machine
from provisioning.manifest import UNITS, Manifest
from provisioning.plan import PLACED, plan
from provisioning.usb import Usb, usb_devices_of
from provisioning.usb_list import is_it

LISTENING, UNCONNECTED = "0A", "07"
"""States of a socket in /proc/net: of TCP, and of UDP (include/net/tcp_states.h)."""
BOARD = "0001"
"""The vendor of what hangs on the board's own keyboard controller (drivers/input/keyboard/atkbd.c)."""
ASKED_BY_DHCP = {68, 546}
"""Ports that a client of DHCP hears answers on (RFC 2131, RFC 8415)."""


def nothing_to_apply(machine: Machine) -> Finding:
    it = Requirement("applied")
    try:
        changes = plan(machine, Manifest.load())
    except (BoxError, ConfigError) as error:
        return it.judged(False, str(error))
    changes = [each for each in changes if not isinstance(each, CommandChange) or each.name in ("users", "packages")]
    # What was placed is noted by apply alone, not by who changes the box's own files since, nor on an image.
    changes = [each for each in changes if each.name != f"file /{PLACED}"]
    names = ", ".join(each.name for each in changes[:3])
    return it.judged(not changes, f"{len(changes)} differences{f': {names}' if names else ''}")


def no_sysrq(machine: Machine) -> Finding:
    it = Requirement("sysrq")
    if not machine.at("proc/sys/kernel").is_dir():
        return it.unknown("the box is not running")
    # A kernel without these keys has no such file.
    found = machine.text("proc/sys/kernel/sysrq")
    return it.judged(found in ("", "0"), f"kernel.sysrq is {found}" if found else "this kernel has none")


def no_ctrl_alt_del(machine: Machine) -> Finding:
    it = Requirement("ctrl-alt-del")
    kernel = machine.text("proc/sys/kernel/ctrl-alt-del") or "0"
    is_masked = _is_masked(machine, "ctrl-alt-del.target")
    by_kernel = "the kernel hands it on" if kernel == "0" else f"the kernel restarts by itself ({kernel})"
    said = f"{by_kernel}, its target is {'masked' if is_masked else 'not masked'}"
    return it.judged(kernel == "0" and is_masked, said)


def no_text_console(machine: Machine) -> Finding:
    it = Requirement("consoles")
    masked = [each for each in Manifest.load().masked if each != "ctrl-alt-del.target"]
    offered = [each for each in masked if not _is_masked(machine, each)]
    running = (
        _running(machine, "getty@*", "serial-getty@*", "console-getty*", "debug-shell*", "ssh*")
        if machine.is_up
        else []
    )
    found = [*(f"{each} is not masked" for each in offered), *(f"{each} runs" for each in running)]
    return it.judged(not found, ", ".join(found) or f"{len(masked)} units are masked, none runs")


def nobody_listens(machine: Machine) -> Finding:
    it = Requirement("ports")
    found = [f"{kind} {port}" for kind in ("tcp", "udp") for port in _open_ports(machine, kind)]
    return it.judged(not found, f"open: {', '.join(found)}" if found else "no open port")


def firewall_is_shut(machine: Machine) -> Finding:
    it = Requirement("firewall")
    if not machine.is_up:
        return it.unknown("the box is not running")
    ran = machine.run(("nft", "-j", "list", "table", "inet", "anjungan"))
    try:
        chains = [each["chain"] for each in json.loads(ran.said)["nftables"] if "chain" in each]
    except (ValueError, LookupError, TypeError):
        return it.judged(False, f"the firewall's table is not loaded (nft ended with {ran.status})")
    policies = {each["name"]: each.get("policy", "") for each in chains}
    said = ", ".join(f"{name}: {policies[name]}" for name in sorted(policies))
    return it.judged({policies.get(each) for each in ("input", "forward", "output")} == {"drop"}, said)


def only_known_usb(machine: Machine) -> Finding:
    it = Requirement("usb")
    try:
        known = usb_devices(machine.at(USB_DEVICES).read_bytes()).device
    except FileNotFoundError:
        return it.judged(False, f"there is no /{USB_DEVICES}, so every device is let in", "usb-list")
    except (OSError, ConfigError) as error:
        return it.judged(False, f"/{USB_DEVICES}: {error}", "usb-list")
    devices = usb_devices_of(machine)
    let_in = [each for each in devices if each.is_let_in]
    strangers = [each for each in let_in if not any(is_it(one, each) for one in known)]
    shut_out = [each for each in devices if not each.is_let_in and any(is_it(one, each) for one in known)]
    if shut_out:
        return it.judged(False, f"its own, and not let in: {_names(shut_out)}", "usb-shut")
    names = _names(strangers)
    return it.judged(not strangers, f"let in, and not known: {names}" if names else f"{len(let_in)} devices, all known")


def no_keyboard(machine: Machine) -> Finding:
    it = Requirement("keyboard")
    # A board shows the keyboard of its controller whether there is one or not.
    found = [each.name for each in inputs_of(machine) if each.is_keyboard and each.id[:4] != BOARD]
    return it.judged(not found, ", ".join(found) or "none")


def nobody_signs_in(machine: Machine) -> Finding:
    it = Requirement("root")
    entries = machine.text("etc/shadow")
    if not entries:
        return it.unknown("only root can look; run this as root")
    open_ones = [line.split(":")[0] for line in entries.splitlines() if line.split(":")[1][:1] not in ("!", "*")]
    return it.judged(
        not open_ones, f"with a password: {', '.join(open_ones)}" if open_ones else "no account has a password"
    )


def _names(devices: Iterable[Usb]) -> str:
    return ", ".join(f"{each.name} ({each.id})" for each in devices)


def _is_masked(machine: Machine, unit: str) -> bool:
    link = machine.at(f"{UNITS}/{unit}")
    return link.is_symlink() and link.readlink() == Path("/dev/null")


def _running(machine: Machine, *patterns: str) -> list[str]:
    ran = machine.run(("systemctl", "list-units", "--plain", "--no-legend", "--state=active", *patterns))
    return [line.split()[0] for line in ran.said.splitlines() if line.strip()] if ran.status == 0 else []


def _open_ports(machine: Machine, kind: str) -> list[int]:
    """Ports that listen on more than the loopback (Documentation/networking/proc_net_tcp.rst)."""
    found = set()
    for table, loopback in ((kind, "7F"), (f"{kind}6", "00000000000000000000000001000000")):
        for line in machine.text(f"proc/net/{table}").splitlines()[1:]:
            _, local, remote, state, *_ = line.split()
            address, _, port = local.partition(":")
            # IPv4 is written with the last byte first; so ::1 is in words of four.
            is_own = address.endswith(loopback)
            waits = state == LISTENING if kind == "tcp" else state == UNCONNECTED and remote.endswith(":0000")
            if waits and not is_own and int(port, 16) not in ASKED_BY_DHCP:
                found.add(int(port, 16))
    return sorted(found)


CHECKS: tuple[Check, ...] = (
    nothing_to_apply, no_text_console, no_sysrq, no_ctrl_alt_del, nobody_listens, firewall_is_shut, only_known_usb,
    no_keyboard, nobody_signs_in,
)  # fmt: skip
