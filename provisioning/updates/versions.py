"""The versions on a kiosk's disk, and which one runs.

    /opt/anjungan/versions/VERSION/   a whole version, or none: it is VERSION.part until all of it is on the disk
    /opt/anjungan/current             what runs
    /opt/anjungan/previous            what ran before it
    /opt/anjungan/proven              what last passed all its probes: it makes the updates, and it is what `current`
                                      goes back to
    /opt/anjungan/brought             the version that the root of an image brought, in words; it lies below what an
                                      update writes, takes none of its room and cannot be deleted

Each of the three links is replaced in one step.
"""

import os
import shutil
from pathlib import Path

from kiosk.durable_file import sync
from provisioning.updates.release import unpack

CURRENT, PREVIOUS, PROVEN = "current", "previous", "proven"
LINKS = (CURRENT, PREVIOUS, PROVEN)
BROUGHT = "brought"
PART = ".part"


class Versions:
    """The versions under `folder`. Every method raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._installed = folder / "versions"

    def of(self, link: str) -> str | None:
        """The version that a link names, None where there is no such link."""
        try:
            return Path(os.readlink(self.folder / link)).name
        except FileNotFoundError:
            return None

    @property
    def brought(self) -> str | None:
        """The version of the root of an image; None on a box that is of none."""
        try:
            return (self.folder / BROUGHT).read_text("utf-8").strip()
        except FileNotFoundError:
            return None

    def place(self, version: str) -> Path:
        """The folder of a version."""
        return self._installed / version

    def has(self, version: str) -> bool:
        """Whether the version is there; if it is, it is whole."""
        return self.place(version).is_dir()

    def point(self, link: str, version: str) -> None:
        """Makes a link name a version that is there, in one durable step."""
        if not self.has(version):
            raise FileNotFoundError(f"{self.place(version)} is not there")
        new = self.folder / f"{link}.new"
        new.unlink(missing_ok=True)
        new.symlink_to(Path("versions", version))
        new.replace(self.folder / link)
        sync(self.folder)

    def install(self, archive: Path, version: str) -> None:
        """Unpacks an archive as a version, whole or not at all. Raises NotTaken for what is no version's archive."""
        part = self._installed / f"{version}{PART}"
        if part.exists():
            shutil.rmtree(part)
        self._installed.mkdir(parents=True, exist_ok=True)
        unpack(archive, part)
        part.rename(self.place(version))
        sync(self._installed)

    def sweep(self) -> None:
        """Deletes what an update that was cut off left, and the versions that no link names, but for what the root
        brought. A version is renamed first, so that no half of one is ever taken for a whole.
        """
        for part in self._installed.glob(f"*{PART}"):
            shutil.rmtree(part)
        named = {*map(self.of, LINKS), self.brought}
        for place in list(self._installed.glob("*")):
            if place.name not in named:
                going = place.rename(place.with_name(f"{place.name}{PART}"))
                sync(self._installed)
                shutil.rmtree(going)
        for link in LINKS:
            (self.folder / f"{link}.new").unlink(missing_ok=True)
