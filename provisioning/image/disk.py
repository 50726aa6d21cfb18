"""A root folder → a disk: what the firmware starts, the read-only root in its slot, and the kiosk's data.

| partition | file system | holds |
| --- | --- | --- |
| anjungan-boot | FAT | systemd-boot, and of each slot the kernel with its first file system |
| anjungan-root-a | squashfs | slot A: everything that is the same on each kiosk |
| anjungan-root-b | squashfs | slot B: the same of another system, for a bundle to be put into; empty at first |
| anjungan-data | ext4 | the store, the identity, settings, later versions; grows to the disk's end at the first boot |
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from provisioning.image.tools import EPOCH, BuildFailed, do
from provisioning.slots import BOOT_PARTITION, LOADER, Slots, root_partition

MIB = 1 << 20
EFI_TYPE, LINUX_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
DISK_ID = "5D0B6A1C-63C4-4C5A-9B5E-4B5A3C0E7D00"
HASH_SEED = "5d0b6a1c-63c4-4c5a-9b5e-4b5a3c0e7d10"
NEW = "anjungan-new"
"""The label of a data partition that was never used (system/usr/libexec/anjungan/open-data)."""


@dataclass(frozen=True)
class Part:
    """A partition: its name, type, place and size in MiB."""

    name: str
    kind: str
    start: int
    size: int

    @property
    def id(self) -> str:
        """Fixed, and another for each place."""
        return f"{DISK_ID[:-4]}{self.start:04X}"


BOOT = Part(BOOT_PARTITION, EFI_TYPE, 1, 255)
ROOT = Part(root_partition("A"), LINUX_TYPE, 256, 1024)
OTHER_ROOT = Part(root_partition("B"), LINUX_TYPE, 1280, 1024)
DATA = Part("anjungan-data", LINUX_TYPE, 2304, 512)
PARTS = (BOOT, ROOT, OTHER_ROOT, DATA)


def write_disk(root: Path, squashed: Path, work: Path, out: Path) -> None:
    """Makes the disk, sparse: most of it is empty. `squashed` is the root as `squash` makes it. Raises BuildFailed."""
    contents = {BOOT: _boot(root, work), ROOT: squashed, DATA: _data(work)}
    partial = out.with_name(f"{out.name}.part")
    with partial.open("wb") as disk:
        disk.truncate((DATA.start + DATA.size + 1) * MIB)
    partition(partial, DISK_ID, PARTS, work)
    for part, content in contents.items():
        if content.stat().st_size > part.size * MIB:
            raise BuildFailed(f"{part.name} has {part.size} MiB; {content.stat().st_size // MIB + 1} are needed")
        place = [f"if={content}", f"of={partial}", "bs=1M", f"seek={part.start}"]
        do(["dd", *place, "conv=notrunc,sparse", "status=none"])
    partial.rename(out)


def partition(disk: Path, disk_id: str, parts: Iterable[Part], work: Path) -> None:
    """Writes the table of a disk's partitions. Raises BuildFailed."""
    lines = [
        f"start={each.start}MiB, size={each.size}MiB, type={each.kind}, uuid={each.id}, name={each.name}"
        for each in parts
    ]
    table = work / "partitions"
    table.write_text("\n".join(["label: gpt", f"label-id: {disk_id}", *lines, ""]))
    do(["sh", "-c", f"sfdisk --quiet {disk} < {table}"])


def _boot(root: Path, work: Path) -> Path:
    """The EFI system partition."""
    tree, image = work / "boot", work / "boot.fat"
    start = tree / "EFI" / "BOOT"
    for each in (start, tree / "loader"):
        each.mkdir(parents=True)
    shutil.copy(root / "usr/lib/systemd/boot/efi/systemd-bootx64.efi", start / "BOOTX64.EFI")
    (tree / "loader" / "loader.conf").write_text(LOADER)
    slots = Slots(tree)
    slots.make_primary("A", root)
    slots.prove("A")
    return fat(tree, image, BOOT.size)


def fat(tree: Path, image: Path, size: int) -> Path:
    """A folder as a FAT file system of so many MiB, the same each time. Raises BuildFailed."""
    for each in tree.rglob("*"):
        os.utime(each, (EPOCH, EPOCH))
    with image.open("wb") as file:
        file.truncate(size * MIB)
    do(["mkfs.vfat", "--invariant", "-F", "32", "-n", "BOOT", image])
    do(["mcopy", "-i", image, "-s", "-m", *sorted(tree.iterdir()), "::"])
    return image


def squash(root: Path, work: Path) -> Path:
    """The read-only root, with the kernel that it is started by, as a file. Raises BuildFailed."""
    image = work / "root.squashfs"
    left_out = ["dev/*", "proc/*", "sys/*", "run/*", "tmp/*"]
    do(["mksquashfs", root, image, "-comp", "lz4", "-b", "256K", "-noappend",
        "-no-progress", "-quiet", "-wildcards", "-e", *left_out])  # fmt: skip
    return image


def _data(work: Path) -> Path:
    """The data partition: ext4 with a journal, empty. What is mounted from it is made at each start."""
    image = work / "data.ext4"
    with image.open("wb") as file:
        file.truncate(DATA.size * MIB)
    extended = f"hash_seed={HASH_SEED},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0"
    made: list[str | Path] = ["mkfs.ext4", "-q", "-F", "-L", NEW, "-U", DATA.id.lower(), "-E", extended, image]
    do(made, E2FSPROGS_FAKE_TIME=str(EPOCH))
    return image
