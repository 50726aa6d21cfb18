"""The USB devices that USBGuard refuses, and how one of them is let in for good."""

import re

from kiosk.errors import ConfigError
from kiosk.model import RefusedDevice
from provisioning.apply import apply
from provisioning.box_files import CONFIG, USB_DEVICES, USB_RULES, usb_devices
from provisioning.completion import complete
from provisioning.disk import Disk
from provisioning.hardware import hardware_of
from provisioning.machine import BoxError, Machine
from provisioning.plan import own_plan
from provisioning.usb import DEVICES, Usb, usb_devices_of
from provisioning.usb_list import entry_of, is_it, kind_of, listed

LIST = ("usbguard", "list-devices", "--blocked")
SAID = re.compile(r'([a-z-]+) ("(?:[^"\\]|\\.)*"|\{[^}]*\}|[^\s"{]+)')
"""A rule's parts, as USBGuard writes them (usbguard-rules.conf(5)). What a device says of itself stands in quotation
marks, with those of its own escaped.
"""
WAIT_SECONDS = 5


def refused(machine: Machine) -> list[tuple[str, Usb]]:
    """Each with USBGuard's hash of what it says of itself. Nothing is refused where there is no list. Raises BoxError
    where USBGuard does not answer.
    """
    if not machine.at(USB_RULES).exists():
        return []
    ran = machine.run(LIST)
    if ran.status:
        raise BoxError(f"usbguard does not answer: {ran.said.strip()}; look at systemctl status usbguard")
    at = {each.place: each for each in usb_devices_of(machine)}
    rules = [dict(SAID.findall(line.partition(": block ")[2])) for line in ran.said.splitlines()]
    found = [
        (each.get("hash", "").strip('"'), at.get(each.get("via-port", "").strip('"')), each.get("id")) for each in rules
    ]
    return [(which, usb) for which, usb, said in found if which and usb and usb.id == said]


def as_told(machine: Machine) -> list[RefusedDevice]:
    """The same as a technician is told."""
    return [RefusedDevice(kind_of(usb), f"{usb.name} ({usb.id})", usb.serial, which) for which, usb in refused(machine)]


def let_in(machine: Machine, which: str, disk: Disk) -> None:
    """Puts one of them on the list, and names it in the configuration where that names nothing of this box any more.
    Raises BoxError for one that is not refused, or of no kind that a kiosk uses.
    """
    usb = next((each for one, each in refused(machine) if one == which and kind_of(each)), None)
    if usb is None:
        raise BoxError("that is no refused device that a kiosk could use")
    try:
        text = machine.at(USB_DEVICES).read_text(encoding="utf-8")
        if not any(is_it(one, usb) for one in listed(machine)):
            text += entry_of(usb)
        usb_devices(text.encode())
        apply(machine, own_plan(machine, {USB_DEVICES: text.encode()}), disk)
    except ConfigError as error:
        raise BoxError("; ".join(error.problems)) from error
    print(f"let in: {usb.name} ({usb.id}) {usb.serial}", flush=True)
    for command in (
        ("wait", f"--timeout={WAIT_SECONDS}", f"/{DEVICES}/{usb.place}:1.0"),
        ("settle", f"--timeout={WAIT_SECONDS}"),
    ):
        machine.run(("udevadm", *command))
    complete(machine, machine.at(CONFIG), hardware_of(machine), disk)
