"""The root folder of an image: Debian's packages, the system's files, and the kiosk in its own environment."""

import os
import shlex
import shutil
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.image.tools import EPOCH, BuildFailed, do
from provisioning.manifest import Manifest

HERE = Path(__file__).parent
WANTED, LOCK, SYSTEM, FILL = HERE / "packages.txt", HERE / "packages.lock", HERE / "system", HERE / "fill"
SUITE = "bookworm"
APT = Path("/etc/apt")
OWN_MOUNTS = ("unshare", "--mount", "--propagation", "private")
"""What is mounted for the build goes with it, however it ends."""
LEFT_OUT = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/doc/*")
KEPT = "/usr/share/doc/*/copyright"
KEYRING = "etc/rauc/keyring.pem"
FIRST_FILES = "etc/initramfs-tools/conf.d"
EARLY = f'mkdir -p "$1/{FIRST_FILES}" && cp {shlex.quote(str(SYSTEM))}/{FIRST_FILES}/* "$1/{FIRST_FILES}"'
"""Before the kernel is installed: its packages make first file systems, which are made anew in the end."""


@dataclass(frozen=True)
class RootBuild:
    """What goes in: the checkout, a folder to work in, the files that apply is given, by its options; the certificate
    of who signs bundles for it; whether the newest packages are taken instead of those of the list.
    """

    source: Path
    work: Path
    given: Mapping[str, Path]
    certificate: Path | None
    new_packages: bool


def build_root(build: RootBuild) -> Path:
    """Returns the folder. Raises BuildFailed."""
    wheels, version = build.work / "wheels", version_of(build.source)
    _gather_wheels(build, wheels)
    root = build.work / "root"
    given = [SYSTEM, wheels, version, sys.executable, *(each for option in build.given.items() for each in option)]
    fill = f'PYTHONPATH={build.source} {FILL} "$1" {shlex.join(map(str, given))}'
    excluded = [f"--dpkgopt=path-exclude={each}" for each in LEFT_OUT]
    do([
        *OWN_MOUNTS, "mmdebstrap", "--mode=root", "--variant=essential", "--format=directory",
        f"--include={','.join(_packages(build))}", *excluded,
        f"--dpkgopt=path-include={KEPT}", f"--setup-hook={EARLY}", f"--customize-hook={fill}", SUITE, root, *_sources(),
    ])  # fmt: skip
    _hold_to_the_list(root, build.new_packages)
    if build.certificate:
        shutil.copyfile(build.certificate, root / KEYRING)
    make_older(root)
    return root


def version_of(source: Path) -> str:
    """A checkout's version: the image's, and that of the bundle made of it."""
    return str(tomllib.loads((source / "pyproject.toml").read_text())["project"]["version"])


def _gather_wheels(build: RootBuild, wheels: Path) -> None:
    """The locked requirements and the checkout itself as wheels."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    locked = build.source / "requirements" / "base.txt"
    do([*pip, "download", "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", locked, "-d", wheels])
    copy = build.work / "source"
    copy.mkdir()
    for name in ("kiosk", "provisioning", "central"):
        shutil.copytree(build.source / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(build.source / name, copy / name)
    do([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", wheels, copy])


def _packages(build: RootBuild) -> list[str]:
    """What apt is asked for: names, or each with the version of the list."""
    if build.new_packages:
        wanted = {line for line in WANTED.read_text().splitlines() if line and not line.startswith("#")}
        return sorted(wanted | set(Manifest.load().packages))
    return LOCK.read_text().split()


def _hold_to_the_list(root: Path, renew: bool) -> None:
    """The packages in the image are those of the list; or the list is written anew."""
    listed = do(["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f", "${Package}=${Version}\n"])
    if renew:
        LOCK.write_text(listed)
        return
    other = sorted(set(listed.split()) ^ set(LOCK.read_text().split()))
    if other:
        raise BuildFailed(f"other packages than {LOCK.name} lists ({', '.join(other[:5])} …); see docs/image.md")


def _sources() -> list[Path]:
    """Where this machine's apt finds Debian's packages."""
    found = [*sorted(APT.glob("sources.list.d/debian*.sources")), *sorted(APT.glob("sources.list.d/debian*.list"))]
    main = APT / "sources.list"
    if main.is_file() and main.read_text().strip():
        found.insert(0, main)
    if not found:
        raise BuildFailed(f"{APT} names no place of Debian's packages")
    return found


def make_older(folder: Path) -> None:
    """No file is younger than EPOCH: what was made during the build bears that time."""
    for place, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files, "."):
            file = os.path.join(place, name)
            if os.lstat(file).st_mtime > EPOCH:
                os.utime(file, (EPOCH, EPOCH), follow_symlinks=False)
