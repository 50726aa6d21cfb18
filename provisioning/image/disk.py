"""A root folder → a disk: what the firmware starts, the read-only root, and the kiosk's data.

| partition | file system | holds |
| --- | --- | --- |
| anjungan-boot | FAT | systemd-boot, the kernel, its first file system |
| anjungan-root | squashfs | everything that is the same on each kiosk |
| anjungan-data | ext4 | the store, the identity, settings, later versions; grows to the disk's end at the first boot |
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from provisioning.image.tools import EPOCH, BuildFailed, do

MIB = 1 << 20
EFI_TYPE, LINUX_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
DISK_ID = "5D0B6A1C-63C4-4C5A-9B5E-4B5A3C0E7D00"
HASH_SEED = "5d0b6a1c-63c4-4c5a-9b5e-4b5a3c0e7d10"
COMMAND_LINE = (
    "root=PARTLABEL=anjungan-root rootfstype=squashfs ro quiet loglevel=3 vt.global_cursor_default=0 panic=10"
)
LOADER = "timeout 0\neditor no\ndefault anjungan.conf\n"
ENTRY = f"title Anjungan\nlinux /vmlinuz\ninitrd /initrd.img\noptions {COMMAND_LINE}\n"
DATA_FOLDERS = (
    "anjungan", "anjungan-sync", "provision", "credentials", "systemd", "journal",
    "etc", "etc/upper", "etc/work", "opt", "opt/upper", "opt/work",
)  # fmt: skip
"""What /etc/fstab of the image mounts from the data partition."""


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


BOOT = Part("anjungan-boot", EFI_TYPE, 1, 255)
ROOT = Part("anjungan-root", LINUX_TYPE, 256, 1024)
DATA = Part("anjungan-data", LINUX_TYPE, 1280, 512)
PARTS = (BOOT, ROOT, DATA)


def write_disk(root: Path, work: Path, out: Path) -> None:
    """Makes the disk, sparse: most of it is empty. Raises BuildFailed."""
    makers = {BOOT: _boot, ROOT: _squashed, DATA: _data}
    partial = out.with_name(f"{out.name}.part")
    with partial.open("wb") as disk:
        disk.truncate((DATA.start + DATA.size + 1) * MIB)
    partition(partial, PARTS, work)
    for part, make in makers.items():
        content = make(root, work)
        if content.stat().st_size > part.size * MIB:
            raise BuildFailed(f"{part.name} has {part.size} MiB; {content.stat().st_size // MIB + 1} are needed")
        place = [f"if={content}", f"of={partial}", "bs=1M", f"seek={part.start}"]
        do(["dd", *place, "conv=notrunc,sparse", "status=none"])
    partial.rename(out)


def partition(disk: Path, parts: Iterable[Part], work: Path) -> None:
    """Writes the table of the partitions. Raises BuildFailed."""
    lines = [
        f"start={each.start}MiB, size={each.size}MiB, type={each.kind}, uuid={each.id}, name={each.name}"
        for each in parts
    ]
    table = work / "partitions"
    table.write_text("\n".join(["label: gpt", f"label-id: {DISK_ID}", *lines, ""]))
    do(["sh", "-c", f"sfdisk --quiet {disk} < {table}"])


def _boot(root: Path, work: Path) -> Path:
    """The EFI system partition."""
    tree, image = work / "boot", work / "boot.fat"
    entries = tree / "loader" / "entries"
    start = tree / "EFI" / "BOOT"
    for each in (entries, start):
        each.mkdir(parents=True)
    shutil.copy(root / "usr/lib/systemd/boot/efi/systemd-bootx64.efi", start / "BOOTX64.EFI")
    for name in ("vmlinuz", "initrd.img"):
        shutil.copy(next((root / "boot").glob(f"{name}-*")), tree / name)
    (tree / "loader" / "loader.conf").write_text(LOADER)
    (entries / "anjungan.conf").write_text(ENTRY)
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


def _squashed(root: Path, work: Path) -> Path:
    """The read-only root."""
    image = work / "root.squashfs"
    left_out = ["boot", "dev/*", "proc/*", "sys/*", "run/*", "tmp/*"]
    do(["mksquashfs", root, image, "-comp", "lz4", "-b", "256K", "-noappend",
        "-no-progress", "-quiet", "-wildcards", "-e", *left_out])  # fmt: skip
    return image


def _data(root: Path, work: Path) -> Path:
    """The data partition: ext4 with a journal, empty but for its folders."""
    image, commands = work / "data.ext4", work / "data.debugfs"
    with image.open("wb") as file:
        file.truncate(DATA.size * MIB)
    extended = f"hash_seed={HASH_SEED},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0"
    made: list[str | Path] = ["mkfs.ext4", "-q", "-F", "-L", DATA.name, "-U", DATA.id.lower(), "-E", extended, image]
    do(made, E2FSPROGS_FAKE_TIME=str(EPOCH))
    # Not by mkfs.ext4 -d, which takes over when a folder's inode was last changed.
    commands.write_text("".join(f"mkdir {name}\n" for name in DATA_FOLDERS))
    do(["debugfs", "-w", "-f", commands, image], E2FSPROGS_FAKE_TIME=str(EPOCH))
    return image
