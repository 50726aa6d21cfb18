"""Which machine an identity was given to: a digest of what its board says of itself, kept beside the identity.

A copied disk is found at the server as soon as two machines speak (central/fleet/identity.py); this tells at the box
itself, before anything is sent. /etc/machine-id does not count, for it is copied with the disk.
"""

import hashlib
from pathlib import Path

from kiosk.durable_file import write_private
from provisioning.machine import Machine

FILE = "machine.sha256"
SOURCES = (
    "sys/class/dmi/id/product_uuid",
    "sys/class/dmi/id/board_serial",
    "sys/firmware/devicetree/base/serial-number",
)
"""What a board says: a PC's (SMBIOS), a Raspberry Pi's. Readable by root alone."""
NOTHING_SAID = {"", "0", "None", "Default string", "To be filled by O.E.M.", "Not Specified", "System Serial Number"}


def machine_digest(machine: Machine) -> str:
    """SHA-256 in hex digits, "" where the board says nothing of itself; then its network cards count."""
    said = [f"{each}={text}" for each in SOURCES if (text := machine.text(each).strip("\0")) not in NOTHING_SAID]
    said = said or [f"{each.name}={machine.text(f'sys/class/net/{each.name}/address')}" for each in _cards(machine)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest() if said else ""


def bind(folder: Path, digest: str) -> None:
    """Notes the machine in the data folder. Raises OSError."""
    write_private(folder / FILE, f"{digest}\n".encode())


def bound_to(folder: Path) -> str | None:
    """The digest noted there, None where there is none."""
    try:
        return (folder / FILE).read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _cards(machine: Machine) -> list[Path]:
    """Cards of the board: those on USB can be pulled out."""
    cards = [each for each in machine.found("sys/class/net", "*") if (each / "device").exists()]
    return [each for each in cards if "usb" not in str((each / "device").resolve().relative_to(machine.root.resolve()))]
