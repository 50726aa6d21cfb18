"""All that a kiosk may use of a box, each with its device URL where the configuration needs one."""

from dataclasses import dataclass
from pathlib import Path

from provisioning.inputs import Input, inputs_of, stable_name
from provisioning.machine import Machine
from provisioning.panels import Screen, console_turn, screens_of
from provisioning.usb import Usb, usb_behind, usb_devices_of

SECTOR_BYTES = 512
"""What /sys/block/*/size counts in, whatever the disk's own sectors are."""
NO_DISKS = ("loop", "ram", "zram", "dm-", "md", "sr", "fd")


@dataclass(frozen=True)
class Device:
    """Something with a URL for the configuration, "" where it cannot be used as it is; `name` says what it is, `id` its
    vendor and product, where it is known.
    """

    name: str
    url: str
    id: str = ""


@dataclass(frozen=True)
class Disk:
    """A whole disk that is not removable."""

    name: str
    model: str
    gigabytes: float
    spins: bool


@dataclass(frozen=True)
class Hardware:
    printers: tuple[Device, ...]
    scanners: tuple[Device, ...]
    keypads: tuple[Device, ...]
    cameras: tuple[Device, ...]
    serial_lines: tuple[Device, ...]
    keyboards: tuple[str, ...]
    touch_panels: tuple[Input, ...]
    screens: tuple[Screen, ...]
    turn: int
    sound_cards: tuple[str, ...]
    clocks: tuple[str, ...]
    disks: tuple[Disk, ...]
    tpm: str
    usb: tuple[Usb, ...]


def hardware_of(machine: Machine) -> Hardware:
    """What the box has."""
    usb, inputs, lines = usb_devices_of(machine), inputs_of(machine), _serial_lines(machine)
    of_printers = [(line, who) for line, who in lines if who and who.is_of_printers and not who.is_printer]
    of_scanners = [(line, who) for line, who in lines if _reads_codes(line, who)]
    spoken_for = {line for line, _ in (*of_printers, *of_scanners)}
    wedges = [
        each for each in usb if each.is_let_in and each.is_of_scanners and all(who != each for _, who in of_scanners)
    ]
    return Hardware(
        printers=(
            *(Device(_named(each), f"usb://{each.id}") for each in usb if each.is_printer),
            *(Device(_named(who), f"serial://{_line(machine, line)}") for line, who in of_printers),
        ),
        scanners=(
            *(Device(_named(who), f"serial://{_line(machine, line)}") for line, who in of_scanners),
            *(Device(f"{_named(each)} types as a keyboard: switch it to its serial mode", "") for each in wedges),
        ),
        keypads=tuple(_keypad(machine, each) for each in inputs if each.is_keypad or each.is_headphones),
        cameras=tuple(_cameras(machine)),
        serial_lines=tuple(
            Device(_named(who), f"serial://{_line(machine, line)}") for line, who in lines if line not in spoken_for
        ),
        keyboards=tuple(each.name for each in inputs if each.is_keyboard),
        touch_panels=tuple(each for each in inputs if each.is_touch_panel),
        screens=tuple(screens_of(machine)),
        turn=console_turn(machine),
        sound_cards=tuple(_said(machine, "sys/class/sound", "card*", "id")),
        clocks=tuple(_said(machine, "sys/class/rtc", "rtc*", "name")),
        disks=tuple(_disks(machine)),
        tpm=machine.text("sys/class/tpm/tpm0/tpm_version_major"),
        usb=tuple(usb),
    )  # fmt: skip


def _named(usb: Usb | None) -> str:
    return f"{usb.name or 'USB device'} ({usb.id})" if usb else "on the board"


def _said(machine: Machine, folder: str, pattern: str, name: str) -> list[str]:
    """What each of a kind says under a name."""
    return [machine.text(f"{folder}/{each.name}/{name}") for each in machine.found(folder, pattern)]


def _reads_codes(line: str, usb: Usb | None) -> bool:
    """A modem line of USB (ttyACM) is a scanner's serial mode unless its maker makes printers; an adapter may be
    anything, unless its maker says so.
    """
    if usb is None or usb.is_of_printers:
        return False
    return line.startswith("ttyACM") or usb.is_of_scanners


def _serial_lines(machine: Machine) -> list[tuple[str, Usb | None]]:
    """Lines of USB, and those of the board that have a chip behind them."""
    usb = usb_devices_of(machine)
    found = [
        (each.name, usb_behind(machine, each / "device", usb)) for each in machine.found("sys/class/tty", "tty[AU]*")
    ]
    on_board = (each.name for each in machine.found("sys/class/tty", "ttyS*"))
    return [
        *(each for each in found if each[1]),
        *((line, None) for line in on_board if machine.text(f"sys/class/tty/{line}/type") not in ("", "0")),
    ]  # fmt: skip


def _line(machine: Machine, line: str) -> str:
    return stable_name(machine, ("serial/by-id",), line)


def _keypad(machine: Machine, found: Input) -> Device:
    file = stable_name(machine, ("input/by-id", "input/by-path"), f"input/{found.event}")
    return Device(found.name, f"evdev://{file}", found.id)


def _cameras(machine: Machine) -> list[Device]:
    """A camera's first device file; the others carry no pictures."""
    found = []
    for each in machine.found("sys/class/video4linux", "video*"):
        if machine.text(f"sys/class/video4linux/{each.name}/index") == "0":
            name = machine.text(f"sys/class/video4linux/{each.name}/name")
            found.append(Device(name, f"camera://{stable_name(machine, ('v4l/by-id',), each.name)}"))
    return found


def _disks(machine: Machine) -> list[Disk]:
    found = []
    for each in machine.found("sys/block", "*"):
        about = f"sys/block/{each.name}"
        if each.name.startswith(NO_DISKS) or machine.text(f"{about}/removable") == "1" or _is_boot_part(each):
            continue
        size = int(machine.text(f"{about}/size") or 0) * SECTOR_BYTES / 1e9
        model = machine.text(f"{about}/device/model") or machine.text(f"{about}/device/name")
        found.append(Disk(each.name, model, round(size, 1), machine.text(f"{about}/queue/rotational") == "1"))
    return found


def _is_boot_part(disk: Path) -> bool:
    """An eMMC shows its boot partitions beside the disk."""
    return disk.name.startswith("mmcblk") and "boot" in disk.name
