"""What differs between a box and what it is to be, one kind a class: told in words, then made."""

import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provisioning.disk import Disk, put_file, put_link, remove_file
from provisioning.machine import BoxError, Machine


class Change(Protocol):
    """One difference. `name` says of what."""

    @property
    def name(self) -> str: ...

    def difference(self) -> str:
        """What would change, for a technician to read."""

    def make(self, disk: Disk) -> None:
        """Changes it; may be cut off at any step and done again. Raises OSError or BoxError."""


@dataclass(frozen=True)
class FileChange:
    """A file is to have this content and mode. `place` is its path on the box, `file` where it is from here."""

    place: str
    file: Path
    content: bytes
    mode: int

    @property
    def name(self) -> str:
        return f"file {self.place}"

    def is_needed(self) -> bool:
        """Whether the file is absent or another."""
        return self.file.is_symlink() or _content(self.file) != self.content or not self._is_sound()

    def difference(self) -> str:
        before = _content(self.file)
        if before == self.content:
            return f"{self.place}: owner and mode become {os.geteuid()} and {self.mode:04o}\n"
        try:
            old, new = (before or b"").decode(), self.content.decode()
        except UnicodeDecodeError:
            return f"{self.place}: {len(before or b'')} bytes become {len(self.content)}\n"
        was = self.place if before is not None else "/dev/null"
        lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), was, self.place)
        return "".join(each if each.endswith("\n") else f"{each}\n" for each in lines) or f"{self.place}: made, empty\n"

    def make(self, disk: Disk) -> None:
        put_file(disk, self.file, self.content, self.mode)

    def _is_sound(self) -> bool:
        found = self.file.stat()
        return found.st_mode & 0o7777 == self.mode and found.st_uid == os.geteuid()


@dataclass(frozen=True)
class LinkChange:
    """A symbolic link is to point there."""

    place: str
    link: Path
    target: str

    @property
    def name(self) -> str:
        return f"link {self.place}"

    def is_needed(self) -> bool:
        """Whether it is absent, points elsewhere or is a file."""
        return not self.link.is_symlink() or str(self.link.readlink()) != self.target

    def difference(self) -> str:
        return f"{self.place} -> {self.target}\n"

    def make(self, disk: Disk) -> None:
        put_link(disk, self.link, self.target)


@dataclass(frozen=True)
class Removal:
    """A file or link that an earlier version put there, and this one does not, is to go."""

    place: str
    file: Path

    @property
    def name(self) -> str:
        return f"remove {self.place}"

    def is_needed(self) -> bool:
        """Whether it is still there."""
        return self.file.is_symlink() or self.file.exists()

    def difference(self) -> str:
        return f"{self.place}: removed\n"

    def make(self, disk: Disk) -> None:
        remove_file(disk, self.file)


@dataclass(frozen=True)
class CommandChange:
    """Something that a program of the box does; doing it again is harmless. `then` is made when it went well."""

    name: str
    words: str
    commands: tuple[tuple[str, ...], ...]
    machine: Machine
    then: Callable[[Disk], None] | None = None

    def difference(self) -> str:
        return f"{self.words}\n"

    def make(self, disk: Disk) -> None:
        for command in self.commands:
            ran = self.machine.run(command)
            if ran.status:
                raise BoxError(f"{' '.join(command)} ended with {ran.status}: {ran.said.strip()[-400:]}")
        if self.then:
            self.then(disk)


def _content(file: Path) -> bytes | None:
    """None where there is no such file. Raises BoxError where something else is in its place."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        raise BoxError(f"{file} is a folder, and has to be a file: put it aside") from None
    except NotADirectoryError:
        raise BoxError(f"{file}: something above it is not a folder: put that aside") from None
