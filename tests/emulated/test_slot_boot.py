"""systemd-boot itself, in the emulator, with the entries that provisioning/slots.py writes: it counts the starts of a
slot on trial, and leaves it. The kernels find no root, panic and start the machine anew, as one that does not come up.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from emulator import BOOT_START, FIRMWARE, Emulator, kernel_of, what_is_missing

from provisioning.image.disk import squash, write_disk
from provisioning.image.tools import missing_tools
from provisioning.slots import TRIES, Slots

IMAGE = os.environ.get("ANJUNGAN_IMAGE", "")
LOADER = Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")
MISSING = [tool for tool, _ in missing_tools() if tool != "mmdebstrap"]
WHY_NOT = (
    what_is_missing()
    or (f"not installed: {', '.join(MISSING)}" if MISSING else "")
    or ("" if LOADER.exists() and FIRMWARE.exists() else "not installed: systemd-boot-efi, ovmf")
    or ("" if IMAGE else "no image, whose kernel is started: build one (docs/image.md), name it as ANJUNGAN_IMAGE")
)
STARTED = re.compile(r"Command line: .*rauc\.slot=([AB])")
EMPTY_CPIO = b"070701" + b"0" * 88 + b"0000000B" + b"0" * 8 + b"TRAILER!!!" + bytes(4)
"""A first file system with nothing in it (newc)."""
SECONDS = 600


def root(folder: Path) -> Path:
    """A root with nothing but what a slot is started by."""
    kernel, _ = kernel_of(Path(IMAGE), folder.parent)
    place = folder / "usr/lib/systemd/boot/efi"
    for each in (place, folder / "boot"):
        each.mkdir(parents=True)
    (place / LOADER.name).write_bytes(LOADER.read_bytes())
    (folder / "boot/vmlinuz-6.1").write_bytes(kernel.read_bytes())
    (folder / "boot/initrd.img-6.1").write_bytes(EMPTY_CPIO)
    (folder / "boot/command-line").write_text("console=ttyS0 panic=1 ro\n")
    return folder


@contextmanager
def boot_partition(disk: Path, folder: Path) -> Iterator[Slots]:
    """The boot partition's slots, which are written back."""
    folder.mkdir()
    place = f"{disk}@@{BOOT_START}"
    subprocess.run(["mcopy", "-s", "-i", place, "::/", str(folder)], check=True)
    yield Slots(folder)
    subprocess.run(["mdeltree", "-i", place, "::/loader"], check=True)
    subprocess.run(["mcopy", "-s", "-o", "-i", place, *map(str, folder.iterdir()), "::"], check=True)


def starts(emulator: Emulator, count: int) -> list[str]:
    """The slots of so many starts."""
    until = time.monotonic() + SECONDS
    while len(found := STARTED.findall(emulator.console.read_text(errors="replace"))) < count:
        assert time.monotonic() < until, f"only {found} within {SECONDS} s"
        time.sleep(0.2)
    return found


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_the_boot_loader_leaves_a_slot_that_does_not_come_up_after_its_tries(tmp_path: Path) -> None:
    system, disk = root(tmp_path / "root"), tmp_path / "disk.img"
    write_disk(system, squash(system, tmp_path), tmp_path, disk)
    with boot_partition(disk, tmp_path / "first") as slots:
        slots.make_primary("B", system)
    emulator = Emulator(disk, tmp_path / "machine", disk=f"file={disk},format=raw,if=virtio", firmware=True)
    try:
        assert starts(emulator, TRIES + 1)[: TRIES + 1] == ["B"] * TRIES + ["A"]
    finally:
        emulator.cut_power()
    with boot_partition(disk, tmp_path / "then") as slots:
        assert (slots.primary(), slots.is_good("B")) == ("A", False)
