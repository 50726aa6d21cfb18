"""The USB devices of a box, as the kernel shows them (Documentation/ABI/testing/sysfs-bus-usb)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioning.machine import Machine

DEVICES = "sys/bus/usb/devices"
PRINTER, HUB = "07", "09"
"""Classes of interfaces (usb.org, Defined Class Codes)."""
PRINTER_VENDORS = {"04b8", "0519", "0dd4", "1504", "1d90"}
"""Epson, Star, Custom, BIXOLON, Citizen: they make receipt printers and no scanners (usb.ids)."""
SCANNER_VENDORS = {"05e0", "05f9", "065a", "0c2e", "1eab"}
"""Symbol and Zebra, Datalogic, Optoelectronics, Honeywell, Newland (usb.ids)."""
INTERFACE, INTERFACE_BYTES = 4, 9
"""The type and the length of an interface's descriptor."""
LONGEST_NAME = 60
SCANNER_WORDS = ("scanner", "barcode", "bar code", "imager", "2d reader")


@dataclass(frozen=True)
class Usb:
    """A device on the bus; `place` is its name there, `interfaces` are class:subclass:protocol of each, in all of its
    settings; `is_let_in` is false while USBGuard keeps it from being used.
    """

    place: str
    id: str
    name: str
    serial: str
    interfaces: tuple[str, ...]
    is_let_in: bool = True

    @property
    def is_printer(self) -> bool:
        return any(each.startswith(f"{PRINTER}:") for each in self.interfaces)

    @property
    def is_hub(self) -> bool:
        return bool(self.interfaces) and all(each.startswith(f"{HUB}:") for each in self.interfaces)

    @property
    def is_of_printers(self) -> bool:
        """Whether its maker makes printers, whatever the line that it speaks over."""
        return self.is_printer or self.id[:4] in PRINTER_VENDORS

    @property
    def is_of_scanners(self) -> bool:
        """Whether its maker or its name says that it reads codes."""
        return self.id[:4] in SCANNER_VENDORS or any(word in self.name.lower() for word in SCANNER_WORDS)


def usb_devices_of(machine: Machine) -> list[Usb]:
    """All but the hubs, in the order of their places."""
    places = [each for each in machine.found(DEVICES, "[0-9]*-*") if ":" not in each.name]
    found = [_usb(machine, each) for each in places]
    return [each for each in found if each.id != ":" and not each.is_hub]


def usb_behind(machine: Machine, device: Path, all_of_them: list[Usb]) -> Usb | None:
    """The USB device that a device of the kernel hangs on, by its `device` link; None where it hangs on another bus."""
    parts = device.resolve().parts
    return next((each for each in reversed(all_of_them) if each.place in parts), None)


def plain(said: str) -> str:
    """What a device says of itself, fit to be shown and written: it may say anything."""
    return "".join(each for each in said if each.isprintable())[:LONGEST_NAME]


def _usb(machine: Machine, folder: Path) -> Usb:
    def said(name: str) -> str:
        return machine.text(f"{DEVICES}/{folder.name}/{name}")

    return Usb(
        folder.name,
        f"{said('idVendor')}:{said('idProduct')}",
        plain(" ".join(f"{said('manufacturer')} {said('product')}".split())),
        _serial(machine, folder.name),
        tuple(_interfaces(machine, folder.name)),
        said("authorized") != "0",
    )


def _serial(machine: Machine, place: str) -> str:
    """To the letter, with the spaces that some end with."""
    try:
        said = machine.at(f"{DEVICES}/{place}/serial").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return said.removesuffix("\n")


def _interfaces(machine: Machine, place: str) -> Iterator[str]:
    """By the device's own descriptors (USB 2.0, 9.5 and 9.6.5), as USBGuard reads them: they are there also while it is
    not let in, and name an interface once for each of its settings.
    """
    try:
        said = machine.at(f"{DEVICES}/{place}/descriptors").read_bytes()
    except OSError:
        return
    at = 0
    while at + 2 <= len(said) and said[at] >= 2:
        one = said[at : at + said[at]]
        if one[1] == INTERFACE and len(one) >= INTERFACE_BYTES:
            yield ":".join(f"{each:02x}" for each in one[5:8])
        at += said[at]
