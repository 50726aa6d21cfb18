"""`kiosk-provision detect`: what this box has, in words, and the configuration that follows from it."""

import argparse
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from kiosk.config import settings_from
from kiosk.errors import ConfigError
from provisioning.box_files import AUTHORITY, CONFIG, usb_devices
from provisioning.disk import Disk, put_file
from provisioning.hardware import Hardware, hardware_of
from provisioning.machine import BoxError, Machine
from provisioning.usb_list import HEAD, entry_of

FOLDER = Path("/etc/anjungan")
DATA = "/var/lib/anjungan"


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("detect", help="find the devices of this box, and propose its configuration")
    one.set_defaults(run=_detect)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where /sys, /proc and /dev are")
    one.add_argument("--server", metavar="URL", help="the central server, https://…; needed for --out")
    one.add_argument("--out", type=Path, metavar="FILE", help="write the proposed kiosk.toml")
    one.add_argument("--usb-devices", type=Path, metavar="FILE", help="write the list of this box's own USB devices")


def _detect(arguments: argparse.Namespace) -> int:
    machine = Machine.at_root(arguments.root)
    found = hardware_of(machine)
    for sentence in in_words(found):
        print(sentence)
    server = arguments.server or _server_of(machine)
    if arguments.out:
        if not server:
            raise ConfigError(["--server: a complete configuration names its central server"])
        _write(arguments.out, proposed(found, server))
    if arguments.usb_devices:
        _write(arguments.usb_devices, known_usb(found))
    return 0


def in_words(found: Hardware) -> Iterator[str]:
    """A sentence a device, and one for each kind that is wanted and not there."""
    for kind, devices in (
        ("printer", found.printers), ("scanner", found.scanners), ("keypad or headphones", found.keypads),
        ("camera", found.cameras), ("serial line, of whatever is on it", found.serial_lines),
    ):  # fmt: skip
        for device in devices:
            yield f"{kind}: {device.name}{f', {device.url}' if device.url else ''}"
    for screen in found.screens:
        width, height = screen.millimetres
        size = f", {width} × {height} mm" if screen.pixels_per_mm else ", which does not tell its size in mm"
        yield f"screen: {screen.size[0]} × {screen.size[1]} at {screen.connector}{size}"
    if found.turn:
        yield f"the picture has to be turned by {found.turn} degrees: this board says how its panel is mounted"
    for panel in found.touch_panels:
        yield f"touch panel: {panel.name} ({panel.id}), /dev/input/{panel.event}; it covers the screen one to one"
    for name in found.keyboards:
        yield f"keyboard: {name}; the kiosk will not heed it"
    yield from (f"sound: {card}" for card in found.sound_cards)
    yield from (f"clock: {clock}" for clock in found.clocks)
    for disk in found.disks:
        yield f"disk: {disk.model or disk.name}, {disk.gigabytes:g} GB{', of spinning plates' if disk.spins else ''}"
    if found.tpm:
        yield f"TPM: version {found.tpm}"
    yield from (f"none found: {what}" for what in _absent(found))


def _absent(found: Hardware) -> Iterator[str]:
    for is_there, what in (
        (found.printers, "printer; numbers will stand on the screen (a printer on the network is added by hand)"),
        (any(each.url for each in found.scanners) or found.cameras, "scanner; codes will be typed"),
        (found.screens, "screen"),
        (found.touch_panels, "touch panel; nobody can use the kiosk without one, or a keypad"),
        (found.sound_cards, "sound; nobody can use the kiosk by ear"),
        (found.clocks, "clock that runs without power; the time is unknown until the central server says it"),
        (found.tpm, "TPM; the store's key lies on the disk"),
    ):
        if not is_there:
            yield what


def proposed(found: Hardware, server: str) -> str:
    """A whole kiosk.toml. Raises ConfigError where even that cannot be used (a wrong `server`)."""
    lines = [
        "# Proposed by kiosk-provision detect; docs/devices.md describes the URLs.",
        "[central]", f"url = {json.dumps(server)}", f'ca = "{Path(AUTHORITY).name}"', "",
        "[data]", f'dir = "{DATA}"', "",
        *printer_lines(found), *scanner_lines(found), *keypad_lines(found), *screen_lines(found),
    ]  # fmt: skip
    text = "\n".join(lines)
    settings_from(tomllib.loads(text), FOLDER)
    return text


def printer_lines(found: Hardware) -> Iterator[str]:
    for place, device in enumerate(found.printers):
        mark = "# another one: " if place else ""
        yield from (
            (f"{mark}url = {json.dumps(device.url)}",) if place else ("[printer]", f"url = {json.dumps(device.url)}")
        )
    if found.printers:
        width = 58 if "58" in found.printers[0].name else 80
        yield from (f"width_mm = {width}  # of the paper: look at it", "")


def scanner_lines(found: Hardware) -> Iterator[str]:
    """Serial scanners; a camera only where there is none."""
    usable = [each for each in found.scanners if each.url] or found.cameras
    for each in usable:
        yield from ("[[scanner]]", f"url = {json.dumps(each.url)}", "")


def keypad_lines(found: Hardware) -> Iterator[str]:
    for each in found.keypads:
        yield from ("[[keypad]]", f"url = {json.dumps(each.url)}", "")


def screen_lines(found: Hardware) -> Iterator[str]:
    if not found.screens:
        return
    screen = found.screens[0]
    yield from ("[screen]", f"size = [{screen.size[0]}, {screen.size[1]}]", "fullscreen = true")
    if found.turn:
        yield f"turn = {found.turn}"
    if screen.pixels_per_mm:
        yield f"pixels_per_mm = {screen.pixels_per_mm}"
    else:
        yield "# pixels_per_mm = …  the panel does not tell: measure its picture's width, and divide"
    yield from ("# bottom_mm = …  from the floor to the picture's lower edge: measure it", "")


def known_usb(found: Hardware) -> str:
    """usb-devices.toml with all that is plugged in now but keyboards that are no keypad of the kiosk's."""
    keypads = {each.id for each in found.keypads}
    text = HEAD
    for each in found.usb:
        if each.id in keypads or not _only_types(each.interfaces):
            text += entry_of(each)
        else:
            text += f"\n# left out, for it is a keyboard: {each.name} ({each.id})\n"
    usb_devices(text.encode())
    return text


def _only_types(interfaces: tuple[str, ...]) -> bool:
    """Whether a device offers a boot keyboard (HID 1.11, 4.3) and nothing but HID."""
    return "03:01:01" in interfaces and all(each.startswith("03:") for each in interfaces)


def _server_of(machine: Machine) -> str:
    """The central server of a configuration that is there already, "" without one."""
    try:
        found = tomllib.loads(machine.text(CONFIG)).get("central", {}).get("url", "")
    except (tomllib.TOMLDecodeError, AttributeError):
        return ""
    return str(found)


def _write(file: Path, text: str) -> None:
    if file.exists():
        raise BoxError(f"{file} is there already; put it aside, or name another file")
    try:
        put_file(Disk(), file.absolute(), text.encode(), 0o644)
    except OSError as error:
        raise BoxError(f"{file} cannot be written: {error.strerror}") from error
    print(f"written: {file}; look it over")
