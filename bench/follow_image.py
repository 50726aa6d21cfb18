"""Follows section 3 of the technician's guide by the letter: a stick is made, a box is installed from it and started.

This machine is the Debian on which the guide builds; the stick is a file behind a loop device. QEMU is the box,
bench/emulated_stick.py and bench/emulated_boot.py are the technician's hands, bench/emulated_office.py the office.
Needs root, and what the guide and docs/image.md name.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulated_boot import run
from emulated_office import prepare
from emulated_stick import DISK_GIB, installed
from emulator import what_is_missing
from follow_guide import ASKED_SECONDS, SHELL
from guide_text import PAGES, in_english, sections_of

CODE = Path(__file__).parent.parent
WITH_THE_IMAGE = 3
STICK_BYTES = 4 * 10**9


@contextmanager
def stick_behind(file: Path) -> Iterator[str]:
    """An empty USB stick, as this machine names it."""
    with file.open("wb") as made:
        made.truncate(STICK_BYTES)
    command = ["losetup", "--find", "--show", str(file)]
    device = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


def checkout(folder: Path, office: Path) -> None:
    """A checkout that is prepared, with what came from the office."""
    folder.mkdir()
    kept = subprocess.run(["git", "-C", str(CODE), "archive", "HEAD"], check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=kept.stdout, check=True)
    (folder / ".venv").symlink_to(sys.prefix)
    for name in ("kiosk.toml", "central-ca.pem", "update-root.json"):
        (folder / name).symlink_to(office / name)
    # The emulated box has none.
    (folder / "usb-devices.toml").write_text("# The USB devices of this box\n")


def followed(folder: Path, device: str, language: str) -> None:
    """Types the section's commands. Raises RuntimeError where one fails."""
    section = next(each for each in sections_of(PAGES[language]) if each.number == WITH_THE_IMAGE)
    for command in section.commands:
        began = time.monotonic()
        meant = in_english(command).replace("/dev/sdX", device)
        script = SHELL.format(command=meant, state=folder.parent / "technician")
        environment = ["env", f"PYTHONPATH={folder}"]
        done = subprocess.run(
            [*environment, "bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{meant}\nended with {done.returncode}:\n{done.stdout[-3000:]}")
        print(f"ok {time.monotonic() - began:6.1f} s  {command}", flush=True)


def installed_and_started(work: Path) -> dict[str, float]:
    """An empty box that is started from the stick, then from its own disk; times in s. Raises TimeoutError."""
    disk, pictures = work / "disk", work / "pictures"
    with disk.open("wb") as empty:
        empty.truncate(DISK_GIB << 30)
    pictures.mkdir()
    with tempfile.TemporaryDirectory(dir=work) as folder:
        times = installed(work / "stick", disk, pictures, Path(folder))
    return times | run(disk, work / "office", pictures, True)


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="made; 10 GB")
    parser.add_argument("--language", choices=PAGES, default="en", help="of the guide that is followed")
    arguments = parser.parse_args()
    work: Path = arguments.work
    if missing := what_is_missing():
        print(missing, file=sys.stderr)
        return 2
    prepare(work / "office")
    checkout(work / "checkout", work / "office")
    try:
        with stick_behind(work / "stick") as device:
            followed(work / "checkout", device, arguments.language)
        times = installed_and_started(work)
    except (RuntimeError, TimeoutError) as problem:
        print(f"NOT {problem}")
        return 1
    print("\n".join(f"    {name}: {seconds:.1f} s" for name, seconds in times.items()))
    took = times["code typed to the start page"]
    print(f"{'ok ' if took <= ASKED_SECONDS else 'NOT'} {took:.1f} s from the typed code to serving")
    return 0 if took <= ASKED_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
