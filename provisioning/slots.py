"""The two slots of an image's disk, and which one the firmware starts: systemd-boot's entries on the boot partition.

Each slot has a root partition, and a folder with its kernel and first file system on the boot partition. A slot with an
entry can be started; the entry with the highest version is (systemd-boot(7)). A new one has tries in its name, which
systemd-boot counts down at each start ("Automatic Boot Assessment" of systemd); with none left the other slot is.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.durable_file import sync
from provisioning.machine import BoxError, Machine

SLOTS = ("A", "B")
TRIES = 3
"""A slot on trial is started so often; then the other one is again."""
LOADER = "timeout 0\neditor no\nauto-entries no\nauto-firmware no\ndefault anjungan-*\n"
COMMAND_LINE = "boot/command-line"
"""The kernel's command line, in each root; which root it is, is added."""
BOOT_PARTITION = "anjungan-boot"
KERNEL_COMMAND = re.compile(r"\brauc\.slot=([AB])\b")
_NAME = re.compile(r"anjungan-(?P<slot>[ab])(?:\+(?P<left>\d+)(?:-\d+)?)?\.conf")
_VERSION = re.compile(r"^version (\d+)$", re.MULTILINE)


def root_partition(slot: str) -> str:
    """The name of the partition that holds a slot's root."""
    return f"anjungan-root-{slot.lower()}"


def device(partition: str) -> Path:
    """A partition of this box."""
    return Path("/dev/disk/by-partlabel", partition)


@dataclass(frozen=True)
class Entry:
    """What systemd-boot reads of a slot; `tries` are left, None where it has proved itself."""

    file: Path
    slot: str
    tries: int | None

    @property
    def version(self) -> int:
        """The entry with the highest one is started."""
        found = _VERSION.search(self.file.read_text("utf-8"))
        return int(found[1]) if found else 0


class Slots:
    """The slots, by the boot partition that is mounted at `boot`. Every method raises OSError."""

    def __init__(self, boot: Path) -> None:
        self._boot, self._entries = boot, boot / "loader" / "entries"

    def entry(self, slot: str) -> Entry | None:
        """None where the slot is not to be started."""
        return next((each for each in self._all() if each.slot == slot), None)

    def primary(self) -> str | None:
        """The slot that is started next."""
        able = [each for each in self._all() if each.tries != 0]
        return max(able, key=lambda each: each.version).slot if able else None

    def is_good(self, slot: str) -> bool:
        """Whether it can be started."""
        entry = self.entry(slot)
        return entry is not None and entry.tries != 0

    def prove(self, slot: str) -> None:
        """Its tries are not counted any more."""
        entry = self.entry(slot)
        if entry is None:
            raise FileNotFoundError(f"slot {slot} has no entry in {self._entries}")
        self._rename(entry.file, f"anjungan-{slot.lower()}.conf")

    def drop(self, slot: str) -> None:
        """It is not started any more."""
        for entry in self._all():
            if entry.slot == slot:
                entry.file.unlink()
        sync(self._entries)

    def make_primary(self, slot: str, root: Path) -> None:
        """Starts a slot next, on trial, with the kernel that lies in its root. Until the last step the other one is
        started.
        """
        self._entries.mkdir(parents=True, exist_ok=True)
        self.drop(slot)
        version = max((each.version for each in self._all()), default=0) + 1
        folder = self._boot / slot.lower()
        folder.mkdir(exist_ok=True)
        for name in ("vmlinuz", "initrd.img"):
            shutil.copyfile(next((root / "boot").glob(f"{name}-*")), folder / name)
            sync(folder / name)
        sync(folder)
        new = self._entries / f"anjungan-{slot.lower()}.new"
        new.write_text(_entry_text(slot, version, (root / COMMAND_LINE).read_text("utf-8").strip()), "utf-8")
        sync(new)
        self._rename(new, f"anjungan-{slot.lower()}+{TRIES}.conf")

    def _rename(self, file: Path, name: str) -> None:
        file.replace(file.with_name(name))
        sync(self._entries)

    def _all(self) -> list[Entry]:
        found = ((each, _NAME.fullmatch(each.name)) for each in sorted(self._entries.glob("*")))
        return [Entry(file, m["slot"].upper(), int(m["left"]) if m["left"] else None) for file, m in found if m]


def _entry_text(slot: str, version: int, command_line: str) -> str:
    place = slot.lower()
    return (
        f"title Anjungan\nsort-key anjungan\nversion {version}\nlinux /{place}/vmlinuz\ninitrd /{place}/initrd.img\n"
        f"options root=PARTLABEL={root_partition(slot)} rauc.slot={slot} {command_line}\n"
    )


@contextmanager
def mounted(machine: Machine, partition: str, kind: str, options: str) -> Iterator[Path]:
    """A partition of this box as a folder, for as long as it is needed. Raises BoxError."""
    with tempfile.TemporaryDirectory(prefix="anjungan-slot-") as folder:
        ran = machine.run(("mount", "-t", kind, "-o", options, str(device(partition)), folder))
        if ran.status:
            raise BoxError(f"{partition} cannot be mounted: {ran.said.strip()}")
        try:
            yield Path(folder)
        finally:
            ran = machine.run(("umount", folder))
            if ran.status:
                raise BoxError(f"{partition} cannot be let go: {ran.said.strip()}")


def booted_slot(machine: Machine) -> str | None:
    """The slot that runs; None on a box that is of no image."""
    found = KERNEL_COMMAND.search(machine.text("proc/cmdline"))
    return found[1] if found else None
