"""Whole versions of the appliance, built as docs/technician-guide says, on a Debian 12 without a network of its own;
and others that are the same but for a fault.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioning.manifest import Manifest

CODE = Path(__file__).parent.parent
BESIDE = ("systemd", "systemd-sysv", "dbus", "udev", "python3", "python3-venv", "iproute2", "kmod", "tzdata")
VERSIONS = Path("opt/anjungan/versions")
PACKAGES = Path("lib/python3.11/site-packages")
NUMBERS = {"pyproject.toml": r'^version = "(.*)"$', "kiosk/bootstrap.py": r'^VERSION = "(.*)"$'}
"""Where a version's number stands."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a version: `code` at the end of one of its files."""

    file: str
    code: str


def make_debian(folder: Path) -> None:
    """Debian 12 with what a kiosk's units need, where it is not there yet."""
    if not folder.exists():
        wanted = f"--include={','.join((*BESIDE, *Manifest.load().packages))}"
        subprocess.run(["mmdebstrap", "--variant=minbase", wanted, "bookworm", str(folder)], check=True)


@contextmanager
def layered(lower: Path, upper: Path, place: Path) -> Iterator[Path]:
    """A folder that looks like `lower`; what is changed in it lies in `upper`."""
    work = upper.with_name(f"{upper.name}.work")
    for each in (upper, work, place):
        each.mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={lower},upperdir={upper},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "-o", layers, "overlay", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


class Workshop:
    """A machine like the kiosks', whose / is `root`, on which versions are built where they will lie."""

    def __init__(self, root: Path, wheels: Path) -> None:
        self._root, self._wheels = root, wheels

    def place(self, version: str) -> Path:
        return self._root / VERSIONS / version

    def build(self, version: str) -> None:
        """This checkout, whole, with another number; what was built of it before is brought up to date."""
        home, source = f"/{VERSIONS / version}", self._source(version)
        pip = [f"{home}/bin/pip", "--quiet", "--disable-pip-version-check", "install", "--no-index"]
        locked = ["--find-links", "/tmp/wheels", "--require-hashes", "--only-binary", ":all:"]
        if not self.place(version).exists():
            self._gather_wheels()
            self._inside("python3", "-m", "venv", home)
            self._inside(*pip, *locked, "-r", f"{source}/requirements/base.txt")
        self._inside(*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", str(source))

    def spoil(self, version: str, sound: str, fault: Fault | None) -> None:
        """The same as a sound version that was built, with another number and a fault."""
        home = self.place(version)
        if home.exists():
            shutil.rmtree(home)
        shutil.copytree(self.place(sound), home, symlinks=True)
        for file in (*(home / "bin").iterdir(), home / "pyvenv.cfg"):
            if file.is_file() and not file.is_symlink():
                text = file.read_bytes()
                file.write_bytes(text.replace(f"versions/{sound}".encode(), f"versions/{version}".encode()))
        _number(home / PACKAGES, "kiosk/bootstrap.py", version)
        if fault:
            with (home / PACKAGES / fault.file).open("a") as code:
                code.write(f"\n\n{fault.code}\n")

    def _gather_wheels(self) -> None:
        if not self._wheels.exists() or not list(self._wheels.iterdir()):
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
            locked = ["--only-binary", ":all:", "-r", str(CODE / "requirements/base.txt"), "-d", str(self._wheels)]
            subprocess.run([*pip, *locked], check=True)
        shutil.copytree(self._wheels, self._root / "tmp/wheels", dirs_exist_ok=True)

    def _source(self, version: str) -> Path:
        """A copy of the checkout, as the machine itself finds it."""
        inside = Path("/root/anjungan")
        copy = self._root / inside.relative_to("/")
        shutil.rmtree(copy, ignore_errors=True)
        for name in ("kiosk", "provisioning", "central", "requirements"):
            shutil.copytree(CODE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(CODE / name, copy / name)
        for file in NUMBERS:
            _number(copy, file, version)
        return inside

    def _inside(self, *command: str) -> None:
        subprocess.run(["chroot", str(self._root), *command], check=True)


def _number(folder: Path, file: str, version: str) -> None:
    """Gives code its version's number."""
    found = re.search(NUMBERS[file], (folder / file).read_text(), re.MULTILINE)
    assert found, f"{file} has no number"
    line = found[0].replace(found[1], version)
    (folder / file).write_text((folder / file).read_text().replace(found[0], line))
