"""kiosk-provision check: a sound box keeps every requirement; each fault breaks its own, with what to do."""

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import trustme
from boxes import KEYBOARD, KEYPAD, TOUCH, Box, whole_box
from power import fresh
from printers import printer_at

from kiosk.bootstrap import open_store
from kiosk.config import read_settings
from kiosk.devices.pseudo_terminal import pseudo_terminal
from kiosk.identity import Identity
from kiosk.protocol import PracticeVisit
from kiosk.readiness import keep_practice_visit
from kiosk.relay import Relay
from kiosk.store_key import CREDENTIAL
from provisioning import check, encrypted_data, kiosk_checks, lockdown_checks, system_checks
from provisioning.__main__ import main
from provisioning.apply import apply
from provisioning.binding import bind, machine_digest
from provisioning.check import APART, findings_apart, findings_of, is_ready
from provisioning.detect import known_usb
from provisioning.disk import Disk, put_link
from provisioning.finding import Check, Finding, Verdict
from provisioning.hardware import hardware_of
from provisioning.kiosk_checks import CORE
from provisioning.left_findings import PARTS, leave
from provisioning.machine import Machine, Ran, run
from provisioning.manifest import Manifest
from provisioning.plan import PLACED, own_plan, plan
from provisioning.zone import set_zone

pytestmark = pytest.mark.skipif(not shutil.which("systemd-sysusers"), reason="needs systemd-sysusers (package systemd)")
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
LOOPBACK_ONLY = (
    "   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0"
)
SSH = "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0"
SSH6 = (
    "   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A"
    " 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0"
)
MDNS = "   2: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0"
DHCP = "   3: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0"


SOUND = {"name": "units", "measured": "", "verdict": "kept", "remedy": ""}
STRANGE = [SOUND | each for each in ({"name": "rm"}, {"verdict": "fine"}, {"remedy": "rm"})]
NOTHING_SOUND = [
    None,
    "",
    "{",
    "[]",
    "[{}]",
    "[1]",
    json.dumps([SOUND]),
    *(json.dumps([SOUND, each]) for each in STRANGE),
]
"""What another unit may have left that cannot be told."""


class System:
    """What the programs of a running box say. Each answer can be changed."""

    def __init__(self) -> None:
        self.units = dict.fromkeys(Manifest.load().running(), "ActiveState=active")
        self.consoles = ""
        self.core = 3
        self.smart = 127
        self.unsealed = Ran(1, "Failed to decrypt: TPM in lockout")
        chains = [
            {"chain": {"family": "inet", "name": name, "policy": "drop"}} for name in ("input", "forward", "output")
        ]
        self.firewall = json.dumps({"nftables": [{"metainfo": {"version": "1.0.6"}}, *chains]})

    def run(self, command: Sequence[str]) -> Ran:
        match command:
            case ["systemctl", "show", *_]:
                return Ran(0, "\n".join(f"Id={unit}\n{said}\n" for unit, said in self.units.items()))
            case ["systemctl", "is-active", _, unit]:
                return Ran(self.core if unit == CORE else 3, "")
            case ["systemctl", "list-units", *_]:
                return Ran(0, self.consoles)
            case ["nft", *_]:
                return Ran(0 if self.firewall else 1, self.firewall or "Error: No such file or directory")
            case ["systemd-creds", "decrypt", *_]:
                return self.unsealed
            case ["smartctl", *_]:
                return Ran(self.smart, "")
            case _:
                return run(command)


class Kiosk:
    """A sound kiosk's box, and what runs on it."""

    def __init__(self, root: Path) -> None:
        self.box, self.config, self.system = Box(root), root / "etc/anjungan/kiosk.toml", System()
        self.data = root / "etc/anjungan/data"
        self.now = datetime.now(UTC)
        self.machine = Machine(root, self.system.run, is_up=True, now=lambda: self.now)

    def configured(self, old: str, new: str) -> None:
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def sound_box(tmp_path_factory, central, authority: trustme.CA) -> Iterator[Path]:
    """Set up as the technician does it: detect, apply, enrol; started once. To be copied, not changed."""
    url, code = central
    folder = tmp_path_factory.mktemp("sound")
    line, scans = folder / "printer", folder / "scanner"
    box = whole_box(folder / "box")
    root = box.root
    box.inputs(TOUCH, KEYPAD)
    shutil.rmtree(root / "sys/devices/pci0000:00/0000:00:14.0/usb1/1-2")
    packages = "\n".join(f"Package: {each}\nStatus: install ok installed\n" for each in Manifest.load().packages)
    for place, said in {
        "etc/shadow": "root:*:19000:0:99999:7:::", "etc/passwd": "root:x:0:0:root:/root:/bin/bash",
        "etc/group": "root:x:0:", "var/lib/dpkg/status": packages,
        "sys/class/dmi/id/product_uuid": "03000200-0400-0500-0006-000700080009",
        "run/systemd/timesync/synchronized": "", "proc/meminfo": "MemTotal: 4000000 kB\nMemAvailable: 2000000 kB",
        "proc/sys/kernel/sysrq": "0", "proc/sys/kernel/ctrl-alt-del": "0", "sys/fs/ext4/nvme0n1p2/errors_count": "0",
        "proc/mounts": "/dev/mapper/anjungan-data /data ext4 rw 0 0", "sys/firmware/acpi/tables/TPM2": "",
        "proc/net/tcp": f"{HEAD}\n{LOOPBACK_ONLY}", "proc/net/udp": f"{HEAD}\n{DHCP}",
    }.items():  # fmt: skip
        box.file(place, said)
    config = f"""
        [central]\nurl = "{url}"\nca = "central-ca.pem"\n[data]\ndir = "data"\n[screen]\nsize = [1080, 1920]
        [printer]\nurl = "serial://{line}"\n[[scanner]]\nurl = "serial://{scans}"\n"""
    given = {
        "etc/anjungan/kiosk.toml": config.encode(),
        "etc/anjungan/central-ca.pem": authority.cert_pem.bytes(),
        "etc/anjungan/usb-devices.toml": known_usb(hardware_of(Machine(root))).encode(),
    }
    kiosk = Kiosk(root)
    apply(Machine(root), plan(Machine(root), Manifest.load(), given), Disk())
    assert main(["enrol", "--config", str(kiosk.config), "--code", code()]) == 0
    bind(kiosk.data, machine_digest(kiosk.machine))
    set_zone(kiosk.machine, "Asia/Jakarta", Disk())
    open_store(kiosk.data, lambda: None).close()
    keep_practice_visit(kiosk.data, PracticeVisit(at=datetime.now(UTC), seconds=9))
    with printer_at(line), pseudo_terminal(scans):
        yield root


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A short name: a socket's has at most 107 characters (unix(7))."""
    with TemporaryDirectory(prefix="anjungan-") as name:
        yield Path(name)


@pytest.fixture
def kiosk(sound_box: Path, tmp_path: Path) -> Kiosk:
    return Kiosk(fresh(sound_box, tmp_path / "box"))


def test_a_sound_kiosk_keeps_every_requirement(kiosk) -> None:
    findings = findings_of(kiosk.machine)
    assert [(each.name, each.measured) for each in findings if each.verdict is not Verdict.KEPT] == []
    assert len({each.name for each in findings}) == len(findings) == len(check.CHECKS)
    assert is_ready(findings)
    assert all(each.measured and not each.remedy for each in findings)


def _file(place: str, said: str) -> Callable[[Kiosk], object]:
    return lambda kiosk: kiosk.box.file(place, said)


def _gone(place: str) -> Callable[[Kiosk], object]:
    return lambda kiosk: (kiosk.box.root / place).unlink()


def _zone(place: str, zone: str) -> Callable[[Kiosk], object]:
    return lambda kiosk: put_link(Disk(), kiosk.box.root / place, f"/usr/share/zoneinfo/{zone}")


def _says(what: str, said: object) -> Callable[[Kiosk], object]:
    return lambda kiosk: setattr(kiosk.system, what, said)


def _at(year: int, month: int, day: int) -> Callable[[Kiosk], object]:
    return lambda kiosk: setattr(kiosk, "now", datetime(year, month, day, tzinfo=UTC))


def _configured(old: str, new: str) -> Callable[[Kiosk], object]:
    return lambda kiosk: kiosk.configured(old, new)


def _practised(failed: str) -> Callable[[Kiosk], object]:
    return lambda kiosk: keep_practice_visit(kiosk.data, PracticeVisit(at=kiosk.now, failed=failed))


def _plugged(which: str, name: str, *interfaces: str) -> Callable[[Kiosk], object]:
    return lambda kiosk: kiosk.box.usb("1-8", which, name, *interfaces)


FAILED = {"usbguard.service": "Type=notify\nActiveState=failed\nResult=exit-code\nConditionResult=yes"}
KEY = "etc/anjungan/data/kiosk.key"
OPEN_OUT = System().firewall.replace("drop", "accept", 1)
SHUT = _configured("https://localhost", "https://localhost:1/")
SHUT_OUT = _file("sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/authorized", "0")
BOARD = _file("sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8052-b4c04f4b3132")
FAULTS: list[tuple[Check, Callable[[Kiosk], object], str]] = [
    (kiosk_checks.configuration_is_valid, _configured("[data]", "[dota]"), "did you mean"),
    (kiosk_checks.configuration_is_valid, _configured("central-ca", "another-ca"), "another-ca.pem"),
    (kiosk_checks.practice_visit_passed, _practised("its screens are drawn"), "its screens are drawn: no"),
    (kiosk_checks.is_enrolled, _gone(KEY), "kiosk.key is missing"),
    (kiosk_checks.is_enrolled, lambda kiosk: (kiosk.box.root / KEY).chmod(0o644), "can be read by others"),
    (kiosk_checks.disk_is_this_boxs, BOARD, "another"),
    (kiosk_checks.printer_answers, _configured("/printer", "/unplugged"), "unplugged"),
    (kiosk_checks.scanners_answer, _configured("/scanner", "/unplugged"), "unplugged"),
    (kiosk_checks.screen_is_as_configured, _configured("[1080, 1920]", "[1280, 1024]"), "configured: 1280 × 1024"),
    (kiosk_checks.store_opens, _file("etc/anjungan/data/store.key", "00" * 32), "another key"),
    (kiosk_checks.certificate_is_valid, _at(2999, 12, 25), ", 7 days"),
    (kiosk_checks.certificate_is_valid, SHUT, "refused"),
    (kiosk_checks.central_knows_it, SHUT, "does not answer"),
    (kiosk_checks.central_knows_it, _at(2036, 1, 1), "token is of another time"),
    (system_checks.clock_is_right, _gone("run/systemd/timesync/synchronized"), "no clock that runs"),
    (system_checks.clock_is_right, _at(2000, 1, 1), "2000-01-01, which cannot be"),
    (system_checks.time_zone_is_the_offices, _zone("etc/localtime", "Etc/UTC"), "Etc/UTC; the office's: Asia/Jakarta"),
    (system_checks.time_zone_is_the_offices, _gone("etc/localtime"), "none; the office's: Asia/Jakarta"),
    (system_checks.disk_is_healthy, _file("sys/fs/ext4/nvme0n1p2/errors_count", "3"), "3 errors on nvme0n1p2"),
    (system_checks.disk_is_healthy, _says("smart", 8), "nvme0n1 says that it is failing"),
    (system_checks.disk_is_healthy, _file("sys/block/mmcblk0/device/life_time", "0x03 0x0b"), "110 % of its life"),
    (system_checks.memory_is_free, _file("proc/meminfo", "MemAvailable: 90000 kB"), "92 MB"),
    (system_checks.units_run, lambda kiosk: kiosk.system.units.update(FAILED), "usbguard.service is failed"),
    (
        system_checks.units_run,
        lambda kiosk: kiosk.system.units.pop("nftables.service"),
        "nftables.service is not",
    ),
    (system_checks.packages_are_there, _file("var/lib/dpkg/status", ""), "missing: alsa-utils"),
    (lockdown_checks.nothing_to_apply, _file("etc/nftables.conf", "flush ruleset"), "1 differences: file /etc/nft"),
    (lockdown_checks.no_text_console, _gone("etc/systemd/system/getty@.service"), "getty@.service is not masked"),
    (lockdown_checks.no_text_console, _says("consoles", "getty@tty1.service loaded"), "getty@tty1.service runs"),
    (lockdown_checks.no_sysrq, _file("proc/sys/kernel/sysrq", "438"), "kernel.sysrq is 438"),
    (lockdown_checks.no_ctrl_alt_del, _file("proc/sys/kernel/ctrl-alt-del", "1"), "restarts by itself (1)"),
    (lockdown_checks.nobody_listens, _file("proc/net/tcp", f"{HEAD}\n{LOOPBACK_ONLY}\n{SSH}"), "open: tcp 22"),
    (lockdown_checks.nobody_listens, _file("proc/net/tcp6", f"{HEAD}\n{SSH6}"), "open: tcp 22"),
    (lockdown_checks.nobody_listens, _file("proc/net/udp", f"{HEAD}\n{DHCP}\n{MDNS}"), "open: udp 5353"),
    (lockdown_checks.firewall_is_shut, _says("firewall", ""), "is not loaded"),
    (lockdown_checks.firewall_is_shut, _says("firewall", OPEN_OUT), "input: accept"),
    (lockdown_checks.only_known_usb, _plugged("0781:5567", "SanDisk Cruzer", "08:06:50"), "SanDisk Cruzer"),
    (lockdown_checks.only_known_usb, _plugged("04b8:0e15", "EPSON TM-T20II", "07:01:02", "03:01:01"), "TM-T20II"),
    (lockdown_checks.only_known_usb, _gone("etc/anjungan/usb-devices.toml"), "every device is let in"),
    (lockdown_checks.only_known_usb, SHUT_OUT, "its own, and not let in"),
    (encrypted_data.data_is_locked_to_the_tpm, _file("proc/mounts", "/dev/vda3 /data ext4 rw 0 0"), "plain"),
    (lockdown_checks.no_keyboard, lambda kiosk: kiosk.box.inputs(TOUCH, KEYBOARD), "SIGMACHIP"),
    (lockdown_checks.nobody_signs_in, _file("etc/shadow", "root:$y$j9T$abc:19000::::::"), "with a password: root"),
]
"""A check, what breaks its requirement, and words of what is then measured."""


@pytest.mark.parametrize(
    ("look", "break_it", "words"), FAULTS, ids=[f"{look.__name__}: {words}" for look, _, words in FAULTS]
)
def test_a_fault_breaks_its_requirement_and_says_what_to_do(kiosk, look, break_it, words) -> None:
    break_it(kiosk)
    found = look(kiosk.machine)
    assert found.verdict is Verdict.BROKEN, found
    assert words in found.measured
    assert found.remedy


def test_a_box_whose_own_files_changed_since_is_as_this_version_wants_it(kiosk) -> None:
    apply(kiosk.machine, own_plan(kiosk.machine, {"etc/anjungan/panel.toml": b"touch_rotation = 90\n"}), Disk())
    assert lockdown_checks.nothing_to_apply(kiosk.machine).verdict is Verdict.KEPT
    kiosk.machine.at(PLACED).unlink()
    assert lockdown_checks.nothing_to_apply(kiosk.machine).verdict is Verdict.KEPT


def test_a_device_that_usbguard_keeps_out_is_no_fault(kiosk) -> None:
    kiosk.box.usb("1-8", "0781:5567", "SanDisk Cruzer Blade", "08:06:50")
    kiosk.box.file("sys/devices/pci0000:00/0000:00:14.0/usb1/1-8/authorized", "0")
    assert lockdown_checks.only_known_usb(kiosk.machine).verdict is Verdict.KEPT


def test_while_the_kiosk_runs_its_devices_are_left_alone_and_its_log_is_asked(kiosk) -> None:
    kiosk.system.core = 0
    assert kiosk_checks.printer_answers(kiosk.machine).measured.endswith("nothing yet, as the running kiosk last heard")
    log = kiosk.data / "log"
    log.mkdir()
    lines = [
        '{"at":"2026-11-30T00:00:00Z","event":"printer_changed","level":"info","status":"ready"}',
        '{"at":"2026-11-30T00:00:09Z","event":"printer_changed","level":"info","status":"paper_out"}',
        '{"at":"2026-11-30T00:01:00Z","event":"kiosk_sta',
    ]
    (log / "kiosk.jsonl").write_text("\n".join(lines))
    assert kiosk_checks.printer_answers(kiosk.machine).verdict is Verdict.BROKEN
    assert "paper_out, as the running kiosk last heard" in kiosk_checks.printer_answers(kiosk.machine).measured
    assert kiosk_checks.scanners_answer(kiosk.machine).verdict is Verdict.UNKNOWN
    store = open_store(kiosk.data, lambda: None)
    assert kiosk_checks.store_opens(kiosk.machine).measured == "open in the running kiosk"
    kiosk.system.core = 3
    assert kiosk_checks.store_opens(kiosk.machine).verdict is Verdict.BROKEN
    store.close()


def test_a_store_whose_key_is_sealed_is_opened_with_it(kiosk) -> None:
    key = (kiosk.data / "store.key").read_text()
    (kiosk.data / "store.key").unlink()
    kiosk.box.file("etc/credstore.encrypted/anjungan.store-key", "sealed")
    found = kiosk_checks.store_opens(kiosk.machine)
    assert found.verdict is Verdict.BROKEN
    assert "cannot be unsealed here" in found.measured
    kiosk.system.unsealed = Ran(0, key)
    assert kiosk_checks.store_opens(kiosk.machine).verdict is Verdict.KEPT
    kiosk.system.unsealed = Ran(0, "00" * 32)
    assert "another key" in kiosk_checks.store_opens(kiosk.machine).measured


def test_a_unit_opens_the_store_with_the_key_that_systemd_handed_it(kiosk, tmp_path, monkeypatch) -> None:
    (tmp_path / CREDENTIAL).write_text((kiosk.data / "store.key").read_text())
    (kiosk.data / "store.key").unlink()
    kiosk.box.file("etc/credstore.encrypted/anjungan.store-key", "sealed")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    walled = replace(kiosk.machine, is_walled=True)
    assert kiosk_checks.store_opens(walled).verdict is Verdict.KEPT
    (tmp_path / CREDENTIAL).write_text("cannot-be-unsealed")
    assert "holds no key" in kiosk_checks.store_opens(walled).measured


@contextmanager
def relay_at(door: Path, kiosk: Kiosk) -> Iterator[None]:
    """The sync process of the kiosk, for this one user."""
    door.parent.mkdir(parents=True)
    relay, is_over = Relay(door, os.getuid(), read_settings(kiosk.config).central), threading.Event()
    relay.timeout = 0.02

    def until_it_is_over() -> None:
        while not is_over.is_set():
            relay.handle_request()

    thread = threading.Thread(target=until_it_is_over)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        relay.server_close()


def verdicts(machine: Machine) -> list[tuple[str, Verdict]]:
    return [(each.name, each.verdict) for each in findings_of(machine)]


def test_who_is_walled_finds_the_same_with_what_others_left_and_what_sync_hands_on(kiosk) -> None:
    for part in PARTS:
        leave(kiosk.machine, part, [look(kiosk.machine) for look in APART[part]])
    walled = replace(kiosk.machine, is_walled=True)
    assert walled.relay
    with relay_at(walled.relay, kiosk):
        assert verdicts(walled) == verdicts(kiosk.machine)
    (kiosk.box.root / "etc/shadow").write_text("")
    assert "does not answer" in kiosk_checks.central_knows_it(walled).measured
    assert is_ready(findings_apart(walled)), "nothing of the box is looked at any more"


@pytest.mark.parametrize("said", NOTHING_SOUND)
def test_a_part_that_left_nothing_which_could_be_read_is_told_as_broken(kiosk, said) -> None:
    walled = replace(kiosk.machine, is_walled=True)
    for part in PARTS:
        leave(kiosk.machine, part, [])
        place = f"run/anjungan-{part}-check/findings.json"
        kiosk.box.file(place, said) if said is not None else (kiosk.box.root / place).unlink()
    assert [(each.name, each.verdict, each.remedy) for each in findings_apart(walled)] == [
        ("units", Verdict.BROKEN, "units"), ("certificate", Verdict.BROKEN, "units")
    ]  # fmt: skip
    assert all("-check.service left nothing" in each.measured for each in findings_apart(walled))


def test_the_command_leaves_a_part_for_everybody_of_the_box(kiosk) -> None:
    assert main(["check", "--root", str(kiosk.box.root), "--leave", "server"]) == 0
    (found,) = findings_apart(replace(kiosk.machine, is_walled=True))[1:]
    assert (found.name, found.verdict) == ("certificate", Verdict.KEPT)
    assert (kiosk.box.root / "run/anjungan-server-check/findings.json").stat().st_mode & 0o777 == 0o644


def test_a_disk_that_may_not_be_asked_is_not_among_those_that_are_called_sound(kiosk) -> None:
    kiosk.system.smart = 0
    asked = system_checks.disk_is_healthy(kiosk.machine).measured
    kiosk.system.smart = 2
    assert system_checks.disk_is_healthy(kiosk.machine).measured != asked


@pytest.mark.parametrize(
    "said",
    [
        "Type=oneshot\nActiveState=inactive\nResult=success",
        "Type=oneshot\nActiveState=inactive\nResult=exec-condition",
        "ActiveState=inactive\nConditionResult=no",
    ],
)
def test_a_unit_that_has_done_its_work_or_was_not_to_start_is_no_failing_one(kiosk, said) -> None:
    kiosk.system.units["usbguard.service"] = said
    assert system_checks.units_run(kiosk.machine).verdict is Verdict.KEPT


def test_an_image_is_held_to_what_can_be_measured_of_it(kiosk) -> None:
    image = replace(kiosk.machine, is_up=False)
    unknown = {each.name for each in findings_of(image) if each.verdict is Verdict.UNKNOWN}
    assert unknown == {"units", "firewall"}
    shutil.rmtree(kiosk.box.root / "proc")
    assert lockdown_checks.no_sysrq(image).verdict is Verdict.UNKNOWN


def test_a_kernel_without_such_keys_is_commanded_by_none(kiosk) -> None:
    (kiosk.box.root / "proc/sys/kernel/sysrq").unlink()
    assert lockdown_checks.no_sysrq(kiosk.machine).measured == "this kernel has none"
    assert lockdown_checks.no_sysrq(kiosk.machine).verdict is Verdict.KEPT


def test_the_command_says_it_in_words_or_for_programs_and_ends_with_1(kiosk, capsys) -> None:
    capsys.readouterr()
    kiosk.box.file("proc/sys/kernel/sysrq", "438")
    assert main(["check", "--root", str(kiosk.box.root)]) == 1
    said = capsys.readouterr().out
    assert "NOT no key of a keyboard commands the kernel: kernel.sysrq is 438\n    run kiosk-provision apply" in said
    assert f"ok  the kiosk is enrolled: Anjungan Lobi of {Identity.load(kiosk.data).office}" in said
    assert "?   all of the kiosk's units run: the box is not running" in said
    main(["check", "--root", str(kiosk.box.root), "--json"])
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["sysrq"]["verdict"] == "broken"
    assert set(found["sysrq"]) == {"name", "requirement", "measured", "verdict", "remedy"}


def test_every_check_but_that_of_the_disks_room_is_seen_to_break() -> None:
    assert set(check.CHECKS) - {look for look, _, _ in FAULTS} == {system_checks.disk_has_room}


def test_a_disk_without_room_is_told(kiosk) -> None:
    found = system_checks.disk_has_room(kiosk.machine, least_mb=10**9)
    assert found.verdict is Verdict.BROKEN
    assert "MB free" in found.measured


def test_a_bare_box_has_much_to_do_and_no_check_fails_to_answer(tmp_path) -> None:
    findings = findings_of(Machine(tmp_path))
    assert len(findings) == len(check.CHECKS)
    assert not is_ready(findings)


def visited(kiosk: Kiosk, hours_ago: float, **how: Any) -> Finding:
    """What is found of a practice visit that was so long ago, on a box that has been up for three days."""
    keep_practice_visit(kiosk.data, PracticeVisit(at=kiosk.now - timedelta(hours=hours_ago), **how))
    return kiosk_checks.practice_visit_passed(kiosk.machine)


def test_a_practice_visit_that_failed_is_told_with_its_step(kiosk) -> None:
    found = visited(kiosk, 1, failed="its screens are drawn", problem="status 1: no memory")
    assert (found.verdict, found.remedy) == (Verdict.BROKEN, "practice-visit")
    assert found.measured.endswith("its screens are drawn: no (status 1: no memory)")


def test_a_night_without_a_practice_visit_is_told_as_such_and_a_fault_only_where_the_box_was_on(kiosk) -> None:
    kiosk.box.file("proc/uptime", f"{3 * 86400}.00 9.00")
    found = visited(kiosk, 27, seconds=9)
    assert (found.verdict, found.remedy) == (Verdict.BROKEN, "no-practice-visit")
    assert "though the box was on" in found.measured
    kiosk.box.file("proc/uptime", "3600.00 9.00")
    found = visited(kiosk, 27, seconds=9)
    assert found.verdict is Verdict.UNKNOWN
    assert "none last night, when the box was off; the last one was on" in found.measured
    (kiosk.data / "practice-visit.json").unlink()
    assert "there never was one" in kiosk_checks.practice_visit_passed(kiosk.machine).measured
