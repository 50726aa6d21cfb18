"""The programs that an image is built with."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "mksquashfs": "squashfs-tools",
    "mkfs.vfat": "dosfstools",
    "mcopy": "mtools",
    "mkfs.ext4": "e2fsprogs",
    "sfdisk": "fdisk",
    "zstd": "zstd",
}
"""Each with its package."""
EPOCH = 1767225600
"""s since 1970: no file of an image is younger (SOURCE_DATE_EPOCH, reproducible-builds.org)."""


class BuildFailed(Exception):
    """A step of the build ended badly; the words say which, and what to do."""


def missing_tools() -> list[tuple[str, str]]:
    """Programs that are not there, each with the package that has it."""
    return [(tool, package) for tool, package in TOOLS.items() if shutil.which(tool, path=_path()) is None]


def do(command: Sequence[str | Path], **environment: str) -> str:
    """Runs a program, the same way everywhere: fixed time, language and order. Returns its output; raises
    BuildFailed with its last words.
    """
    fixed = {"SOURCE_DATE_EPOCH": str(EPOCH), "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PATH": _path()}
    done = subprocess.run(  # noqa: S603 - the programs are named in this package
        [str(each) for each in command], env=os.environ | fixed | environment, text=True, capture_output=True
    )
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise BuildFailed(f"{Path(str(command[0])).name} failed:\n{last}")
    return done.stdout


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
