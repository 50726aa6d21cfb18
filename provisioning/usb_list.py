"""The list of a box's own USB devices: which of those plugged in a kiosk uses, and what lets nothing else in."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.errors import ConfigError
from kiosk.model import DeviceKind
from provisioning.box_files import USB_DEVICES, USB_RULES, UsbDevice, usb_devices
from provisioning.hardware import Hardware
from provisioning.machine import Machine
from provisioning.usb import Usb, usb_behind

HEAD = "# The USB devices of this box; others stay without power to do anything (docs/lockdown.md).\n"
NEVER = ("03:01:01", "08:")
"""A boot keyboard (HID 1.11, 4.3), storage."""
MODEM, PICTURES, SOUND, HID = "02:02:", "0e:", "01:", "03:"
PLAIN_HID = "03:00:"
"""Of no boot protocol: no mouse, and no keyboard that says so."""
LINE_VENDORS = {"0403", "067b", "10c4", "1a86"}
"""FTDI, Prolific, Silicon Labs, QinHeng: their adapters tell of a serial line by no class (usb.ids)."""


@dataclass(frozen=True)
class Plugged:
    """A device that is plugged in: what it is for a kiosk, None for nothing, and whether it is on the list."""

    usb: Usb
    kind: DeviceKind | None
    is_listed: bool


def kind_of(usb: Usb) -> DeviceKind | None:
    """By what it offers and who made it. What offers a keyboard or storage is nothing for a kiosk, whatever else it is;
    nor is what cannot be told from others.
    """
    offers = usb.interfaces
    if not offers or any(each.startswith(NEVER) for each in offers) or not is_listable(usb):
        return None
    if usb.is_of_printers:
        return DeviceKind.PRINTER
    if usb.is_of_scanners or any(each.startswith(MODEM) for each in offers):
        return DeviceKind.SCANNER
    if any(each.startswith(PICTURES) for each in offers):
        return DeviceKind.CAMERA
    if any(each.startswith(SOUND) for each in offers) and all(each.startswith((SOUND, HID)) for each in offers):
        return DeviceKind.SOUND
    if usb.id[:4] in LINE_VENDORS:
        return DeviceKind.LINE
    is_touched = any(each.startswith(PLAIN_HID) for each in offers) and all(each.startswith(HID) for each in offers)
    return DeviceKind.TOUCH if is_touched else None


def plugged_in(machine: Machine, found: Hardware) -> tuple[Plugged, ...]:
    """All. A keypad, which offers a keyboard, is known by its keys; a network card by what the box makes of it."""
    cards = [usb_behind(machine, each / "device", [*found.usb]) for each in machine.found("sys/class/net", "*")]
    known, keypads = listed(machine), {each.id for each in found.keypads}

    def kind(usb: Usb) -> DeviceKind | None:
        if not is_listable(usb):
            return None
        more = DeviceKind.KEYPAD if usb.id in keypads else DeviceKind.NETWORK if usb in cards else None
        return kind_of(usb) or more

    return tuple(Plugged(each, kind(each), any(is_it(one, each) for one in known)) for each in found.usb)


def is_due(machine: Machine, plugged: Iterable[Plugged]) -> bool:
    """Whether the list has to be made: there is none in force, or one of the kiosk's devices is not on it."""
    is_in_force = machine.at(USB_RULES).exists()
    return not is_in_force or any(each.kind and not (each.is_listed and each.usb.is_let_in) for each in plugged)


def listed(machine: Machine) -> tuple[UsbDevice, ...]:
    """Those on the list; none where it cannot be read."""
    try:
        return usb_devices(machine.at(USB_DEVICES).read_bytes()).device
    except (OSError, ConfigError):
        return ()


def is_it(one: UsbDevice, usb: Usb) -> bool:
    """Whether an entry of the list is of this device."""
    return (one.id, one.interfaces) == (usb.id, usb.interfaces) and one.serial in ("", usb.serial)


def list_of(devices: Iterable[Usb]) -> str:
    """A usb-devices.toml of just these."""
    return HEAD + "".join(entry_of(each) for each in devices)


def entry_of(usb: Usb) -> str:
    """A device's table on the list."""
    said = {"name": usb.name, "id": usb.id, "serial": usb.serial, "interfaces": [*usb.interfaces]}
    return "\n[[device]]\n" + "".join(f"{key} = {json.dumps(each, ensure_ascii=False)}\n" for key, each in said.items())


def is_listable(usb: Usb) -> bool:
    """Whether a rule can name its serial number."""
    return usb.serial.isprintable() and not {*'"\\'} & {*usb.serial}
