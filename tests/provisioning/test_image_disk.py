"""The disk of an image: whole, of four partitions, and the same each time."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from provisioning.image.disk import DATA, MIB, PARTS, ROOT, squash, write_disk
from provisioning.image.root import LOCK, WANTED, make_older
from provisioning.image.tools import EPOCH, missing_tools
from provisioning.manifest import Manifest

MISSING = [tool for tool, _ in missing_tools() if tool != "mmdebstrap"]
needs_tools = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


def root_folder(folder: Path) -> Path:
    """As small as a root can be, and younger each time."""
    for place, content in {
        "boot/vmlinuz-6.1": b"kernel",
        "boot/initrd.img-6.1": b"first file system",
        "boot/command-line": b"ro quiet\n",
        "usr/lib/systemd/boot/efi/systemd-bootx64.efi": b"loader",
        "etc/hostname": b"kiosk\n",
    }.items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    make_older(folder)
    return folder


def disk_of(folder: Path) -> Path:
    (folder / "work").mkdir(parents=True)
    root = root_folder(folder / "root")
    write_disk(root, squash(root, folder / "work"), folder / "work", folder / "disk.img")
    return folder / "disk.img"


@needs_tools
def test_two_disks_of_one_root_are_equal_byte_for_byte(tmp_path: Path) -> None:
    assert len({content_of(disk_of(tmp_path / name)) for name in ("a", "b")}) == 1


@needs_tools
def test_the_disk_has_its_partitions_and_each_can_be_read(tmp_path: Path) -> None:
    disk = disk_of(tmp_path)
    table = subprocess.run(["/usr/sbin/sfdisk", "--dump", str(disk)], capture_output=True, text=True, check=True).stdout
    assert [each.name for each in PARTS if f'name="{each.name}"' in table] == [each.name for each in PARTS]
    start = ["mtype", "-i", f"{disk}@@{MIB}", "::/loader/entries/anjungan-a.conf"]
    entry = subprocess.run(start, capture_output=True, text=True, check=True).stdout
    assert "options root=PARTLABEL=anjungan-root-a rauc.slot=A ro quiet" in entry
    data = tmp_path / "data"
    data.write_bytes(part(disk, DATA.start, DATA.size))
    assert subprocess.run(["/usr/sbin/e2fsck", "-f", "-n", str(data)], capture_output=True, check=False).returncode == 0
    root = tmp_path / "squashed"
    root.write_bytes(part(disk, ROOT.start, 16))
    listed = subprocess.run(["unsquashfs", "-l", str(root)], capture_output=True, text=True, check=True).stdout
    assert "squashfs-root/etc/hostname" in listed
    assert "squashfs-root/boot/vmlinuz-6.1" in listed


def content_of(disk: Path) -> str:
    """A digest of all blocks that are not empty, and their places; most of the disk are holes, which are not read."""
    digest = hashlib.sha256()
    with disk.open("rb") as file:
        place, end = 0, disk.stat().st_size
        while place < end:
            try:
                place = os.lseek(file.fileno(), place, os.SEEK_DATA) // MIB * MIB
            except OSError:  # ENXIO: nothing but holes from here on
                break
            block = os.pread(file.fileno(), MIB, place)
            if block.strip(b"\0"):
                digest.update(b"%d" % place + block)
            place += MIB
    return digest.hexdigest()


def part(disk: Path, start: int, size: int) -> bytes:
    with disk.open("rb") as file:
        file.seek(start * MIB)
        return file.read(size * MIB)


def test_no_file_of_an_image_is_younger_than_its_date(tmp_path: Path) -> None:
    old, young, link = tmp_path / "old", tmp_path / "young", tmp_path / "link"
    for each in (old, young):
        each.write_text("")
    link.symlink_to("nowhere")
    os.utime(old, (1000, 1000))
    make_older(tmp_path)
    assert [os.lstat(each).st_mtime for each in (old, young, link)] == [1000, EPOCH, EPOCH]


def test_the_list_of_packages_has_all_that_is_asked_for() -> None:
    listed = {line.partition("=")[0].partition(":")[0] for line in LOCK.read_text().split()}
    wanted = {line for line in WANTED.read_text().splitlines() if line and not line.startswith("#")}
    assert wanted | set(Manifest.load().packages) <= listed
