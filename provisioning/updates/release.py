"""A release: what it is, and its archive: the folder of a version, packed and unpacked; or a bundle of a system."""

import gzip
import os
import platform
import re
import shutil
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any

from kiosk.durable_file import sync
from kiosk.protocol import VERSION_FORM
from provisioning.updates.errors import NotTaken, RepositoryError

STABLE = "stable"
CODE, SYSTEM = "code", "system"
PROGRAM = Path("bin/kiosk")
"""What a version starts with, in its folder."""
_CHANNEL = re.compile(r"[a-z][a-z0-9-]{0,30}")


def order(version: str) -> tuple[int, ...]:
    """What versions are compared by. Raises ValueError for one that is not of the form 1.2.3."""
    if not re.fullmatch(VERSION_FORM, version):
        raise ValueError(f"{version!r} is not a version such as 1.2.3")
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class Release:
    """A `version` for a `channel` of kiosks and a kind of `machine` (as `uname -m` says it); `oldest` is the oldest
    version that may be updated to it in one step. Its `kind` is CODE, the appliance alone, or SYSTEM, a bundle of it
    with all that is below it.
    """

    version: str
    channel: str = STABLE
    oldest: str = "0.0.0"
    machine: str = platform.machine()
    kind: str = CODE

    def __post_init__(self) -> None:
        """Raises ValueError."""
        order(self.version)
        order(self.oldest)
        if not _CHANNEL.fullmatch(self.channel) or not re.fullmatch(r"\w{1,30}", self.machine):
            raise ValueError(f"{self.channel!r} is not a channel, or {self.machine!r} not a kind of machine")
        if self.kind not in (CODE, SYSTEM):
            raise ValueError(f"{self.kind!r} is not a kind of release")

    @property
    def file(self) -> str:
        """The name of its archive."""
        ending = "tar.gz" if self.kind == CODE else "raucb"
        return f"anjungan-{self.version}-{self.machine}.{ending}"

    def told(self) -> dict[str, str]:
        """For the repository's metadata, and back by `release_of`."""
        return asdict(self)


def release_of(told: Any) -> Release:
    """The release that metadata tells of. Raises ValueError."""
    try:
        return Release(**{each.name: str(told[each.name]) for each in fields(Release)})
    except (TypeError, KeyError) as error:
        raise ValueError(f"this does not describe a release: {told!r}") from error


def pack(folder: Path, archive: Path) -> None:
    """Packs a version's folder; the same files always give the same bytes. Raises RepositoryError."""
    if not os.access(folder / PROGRAM, os.X_OK):
        raise RepositoryError(f"{folder} is not a version's folder: it has no program {PROGRAM}")
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*")):
            tar.add(path, str(path.relative_to(folder)), recursive=False, filter=_roots)


def _roots(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Root's. Times stay, in whole s: compiled files are known by the times of their sources."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = int(member.mtime)
    member.mode &= 0o755
    return member


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks an archive into a folder that is not there yet, and brings all of it to the disk.

    Raises NotTaken where it holds what no version's folder has; OSError.
    """
    folder.mkdir(mode=0o755)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _check(member, folder)
                _extract(tar, member, folder / member.name)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise NotTaken(f"{archive.name} is not a release's archive ({error}); ask its publisher") from error
    if not os.access(folder / PROGRAM, os.X_OK):
        raise NotTaken(f"{archive.name} holds no program {PROGRAM}; ask its publisher")
    for path in _bottom_up(folder):
        sync(path)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    """What TarFile.extract does, but for owners: a version is of who unpacks it, who may not give files away."""
    if member.isdir():
        place.mkdir(mode=0o755)
        return
    if member.issym():
        place.symlink_to(member.linkname)
    else:
        content = tar.extractfile(member)
        assert content
        with content, place.open("xb") as file:
            shutil.copyfileobj(content, file)
        place.chmod(member.mode & 0o755)
    os.utime(place, (member.mtime, member.mtime), follow_symlinks=False)


def _check(member: tarfile.TarInfo, folder: Path) -> None:
    parts = PurePosixPath(member.name).parts
    plain = member.isfile() or member.isdir() or member.issym()
    through_link = any((folder / Path(*parts[:count])).is_symlink() for count in range(1, len(parts)))
    if not plain or not parts or parts[0] == "/" or ".." in parts or through_link or member.mode & 0o7000:
        raise NotTaken(f"the archive holds {member.name!r}, which no version has; ask its publisher")


def _bottom_up(folder: Path) -> Iterator[Path]:
    """Every file and folder that can be brought to the disk, a folder after what is in it."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path
        yield Path(place)
