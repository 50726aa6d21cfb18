"""What apply does to a disk, in single steps; after each of them the power may go."""

import os
from pathlib import Path

from kiosk.durable_file import sync


class Disk:
    """The steps. Every method raises OSError."""

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)

    def write(self, file: Path, content: bytes, mode: int) -> None:
        """A new file in the place of any earlier one, with its content on the disk; its name is not yet."""
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            os.fchmod(stream.fileno(), mode)
            stream.flush()
            os.fsync(stream.fileno())

    def point(self, link: Path, target: str) -> None:
        """A new symbolic link in the place of any earlier one."""
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def move(self, old: Path, new: Path) -> None:
        """Puts a file in the place of another, whole or not at all."""
        old.replace(new)

    def remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)

    def settle(self, folder: Path) -> None:
        """Brings a folder's names to the disk."""
        sync(folder)


def put_file(disk: Disk, file: Path, content: bytes, mode: int) -> None:
    """The file is the former or the new one at every moment, and the new one after a power cut. Raises OSError."""
    make_folders(disk, file.parent)
    disk.write(_new(file), content, mode)
    disk.move(_new(file), file)
    disk.settle(file.parent)


def put_link(disk: Disk, link: Path, target: str) -> None:
    """The same for a symbolic link."""
    make_folders(disk, link.parent)
    disk.point(_new(link), target)
    disk.move(_new(link), link)
    disk.settle(link.parent)


def remove_file(disk: Disk, file: Path) -> None:
    """The file is gone, and stays so after a power cut. Raises OSError."""
    disk.remove(file)
    disk.settle(file.parent)


def make_folders(disk: Disk, folder: Path) -> None:
    """The folder with those above it, as far as they are missing. Raises OSError."""
    if not folder.is_dir():
        make_folders(disk, folder.parent)
        disk.make_folder(folder)
        disk.settle(folder.parent)


def _new(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")
