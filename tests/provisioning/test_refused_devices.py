"""A device that USBGuard refuses is let in for good: on the list, in its rules, in the configuration."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from boxes import TOUCH, Box
from power import MeteredDisk, Power, PowerCut, QuickDisk, cut

from kiosk.config import read_settings
from kiosk.model import DeviceKind
from provisioning.apply import apply
from provisioning.box_files import CONFIG, USB_DEVICES, USB_RULES
from provisioning.hardware import hardware_of
from provisioning.machine import BoxError, Machine, Ran
from provisioning.plan import own_plan
from provisioning.refused import LIST, as_told, let_in
from provisioning.usb_list import list_of

SCANNER, KEYBOARD, STICK, LIAR = (each * 43 + "=" for each in "AKSL")
SAID = f"""\
7: block id 1eab:1d06 serial "HR32-04417" name "Newland HR32" hash "{SCANNER}" parent-hash "P=" via-port "1-4" with-interface {{ 02:02:01 0a:00:00 }} with-connect-type "hotplug"
8: block id 1c4f:0002 serial "" name "USB Keyboard" hash "{KEYBOARD}" parent-hash "P=" via-port "1-2" with-interface {{ 03:01:01 03:00:00 }} with-connect-type "hotplug"
9: block id 0781:5567 serial "" name "Cruzer" hash "{STICK}" parent-hash "P=" via-port "1-5" with-interface 08:06:50 with-connect-type "hotplug"
10: block id 1c4f:0003 serial "" name "x\\" hash \\"{SCANNER}\\" via-port \\"1-4\\"" hash "{LIAR}" parent-hash "P=" via-port "1-6" with-interface {{ 03:01:01 07:01:02 }} with-connect-type "hotplug"
"""  # noqa: E501
"""As USBGuard 1.1.2 writes it: a scanner, a keyboard, a stick, and a keyboard whose name would be another device."""


class Refusing:
    """A box whose USBGuard refuses what came after its list was made, until the rules name it."""

    def __init__(self, root: Path) -> None:
        self.box, self.ran = Box(root), []  # type: ignore[var-annotated]
        self.machine = Machine(root, run=self._runs)
        self.box.inputs(TOUCH)
        self.box.usb("1-7", "222a:0001", "ILITEK ILITEK-TP", "03:00:00", serial="V06")
        self.box.file(
            CONFIG, f'[central]\nurl = "https://central.example"\nca = "ca.pem"\n[data]\ndir = "{root}"\n'
            '[[scanner]]\nurl = "serial:///dev/serial/by-id/usb-Honeywell-if00"\n',
        )  # fmt: skip
        old = list_of(hardware_of(self.machine).usb).encode()
        apply(self.machine, own_plan(self.machine, {USB_DEVICES: old}), QuickDisk())
        self.box.usb("1-4", "1eab:1d06", "Newland HR32", "02:02:01", "0a:00:00", serial="HR32-04417", is_let_in=False)
        self.box.usb("1-2", "1c4f:0002", "SIGMACHIP USB Keyboard", "03:01:01", "03:00:00", is_let_in=False)
        self.box.usb("1-5", "0781:5567", "SanDisk Cruzer", "08:06:50", is_let_in=False)
        self.box.usb("1-6", "1c4f:0003", "SIGMACHIP Printer", "03:01:01", "07:01:02", is_let_in=False)

    def _runs(self, command: Sequence[str]) -> Ran:
        self.ran.append(tuple(command))
        if command == LIST:
            return Ran(0, SAID)
        if command[:2] == ("udevadm", "wait") and "1eab:1d06" in self.machine.text(USB_RULES):
            self.box.file("sys/bus/usb/devices/1-4/authorized", "1")
            if not self.machine.at("dev/ttyACM0").exists():
                self.box.line("ttyACM0", "1-4", "usb-Newland_HR32-if00")
        return Ran(0, "")

    def is_refused(self) -> bool:
        """USBGuard begins anew with the machine, and by the rules that are there then."""
        return "1eab:1d06" not in self.machine.text(USB_RULES)

    def listed(self) -> list[str]:
        return [each["id"] for each in tomllib.loads(self.machine.text(USB_DEVICES))["device"]]


@pytest.fixture
def refusing(tmp_path: Path) -> Refusing:
    return Refusing(tmp_path / "box")


def test_what_is_refused_is_told_with_what_it_is_for_a_kiosk_and_what_usbguard_knows_it_by(refusing: Refusing) -> None:
    told = [(each.kind, each.name, each.serial, each.id) for each in as_told(refusing.machine)]
    assert told == [
        (DeviceKind.SCANNER, "Newland HR32 (1eab:1d06)", "HR32-04417", SCANNER),
        (None, "SIGMACHIP USB Keyboard (1c4f:0002)", "", KEYBOARD),
        (None, "SanDisk Cruzer (0781:5567)", "", STICK),
        (None, "SIGMACHIP Printer (1c4f:0003)", "", LIAR),
    ]


def test_one_that_a_kiosk_uses_gets_on_the_list_and_into_the_configuration(refusing: Refusing) -> None:
    let_in(refusing.machine, SCANNER, QuickDisk())
    assert refusing.listed() == ["222a:0001", "1eab:1d06"]
    rules = refusing.machine.text(USB_RULES)
    assert 'allow id 1eab:1d06 serial "HR32-04417" with-interface equals { 02:02:01 0a:00:00 }' in rules
    scanners = [each.url for each in read_settings(refusing.machine.at(CONFIG)).scanner]
    assert scanners == ["serial:///dev/serial/by-id/usb-Newland_HR32-if00"]


@pytest.mark.parametrize("which", [KEYBOARD, STICK, LIAR, "Z" * 43 + "=", ""])
def test_what_types_or_stores_or_is_not_refused_stays_out(refusing: Refusing, which: str) -> None:
    before = refusing.machine.text(USB_RULES)
    with pytest.raises(BoxError, match="no refused device"):
        let_in(refusing.machine, which, QuickDisk())
    assert refusing.listed() == ["222a:0001"]
    assert refusing.machine.text(USB_RULES) == before


def test_without_a_list_nothing_is_refused_and_a_usbguard_that_does_not_answer_is_said(refusing: Refusing) -> None:
    dumb = Machine(refusing.box.root, run=lambda command: Ran(1, "IPC connect: no such service"))
    with pytest.raises(BoxError, match="usbguard does not answer"):
        as_told(dumb)
    refusing.machine.at(USB_RULES).unlink()
    assert as_told(dumb) == []


def test_wherever_the_power_goes_the_list_is_whole_and_another_touch_comes_to_the_same_end(tmp_path: Path) -> None:
    for steps in range(60):
        box = Refusing(tmp_path / str(steps))
        disk = MeteredDisk(Power(steps, cut), loses=True)
        try:
            let_in(box.machine, SCANNER, disk)
        except PowerCut:
            disk.lose()
        else:
            assert steps > 5
            return
        assert box.listed()[0] == "222a:0001"
        if box.is_refused():
            let_in(box.machine, SCANNER, QuickDisk())
        assert "1eab:1d06" in box.machine.text(USB_RULES)
        assert box.listed().count("1eab:1d06") == 1
    raise AssertionError("it is never done")
