"""A bare box in QEMU is installed from the USB stick, to the screen that asks for the code; times and pictures.

kiosk-provision image --config kiosk.toml --out FILE --stick STICK
python bench/emulated_stick.py --stick STICK --out DIR

The stick is pulled when the box's own disk holds the image, and the box starts from there. Then the stick is put in
again: a box that holds a kiosk's data has to be left alone.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from emulated_boot import CODE, wait_for
from emulated_office import Printer
from emulator import PRINTER, Emulator, what_is_missing
from power_cuts import mounted

from provisioning.image.disk import DATA
from provisioning.image.stick import START_MIB

DISK_GIB = 8
WRITE_SECONDS = 2400
LOOK_SECONDS = 2.0
REFUSED_SECONDS = 240
"""By then it would have written."""


def installed(stick: Path, disk: Path, out: Path, folder: Path) -> dict[str, float]:
    """One installation; times in s. Raises TimeoutError."""
    emulator = _box(stick, disk, folder)
    printer = Printer(emulator.line(PRINTER), lambda number: None)
    try:
        wait_until_written(emulator, stick, disk, lambda name: emulator.screen().save(out / f"stick-{name}.png"))
        written = emulator.seconds
        emulator.pull_stick()
        code = wait_for(emulator, CODE)
        emulator.screen().save(out / "stick-code.png")
    finally:
        emulator.cut_power()
        printer.close()
    return {"power on to installed": written, "stick pulled to the code's screen": code - written}


def wait_until_written(emulator: Emulator, stick: Path, disk: Path, look: Callable[[str], None]) -> None:
    """Until the stick says that it may be pulled. Raises TimeoutError."""
    _wait_until(lambda: disk.stat().st_blocks > 0)
    look("writing")
    _wait_until(lambda: _has_table(disk))
    _wait_until(lambda: is_whole(stick, disk))
    _wait_until(lambda: emulator.bytes_read() >= image_sum(stick)[0])
    time.sleep(LOOK_SECONDS)
    look("done")


def is_left_alone(stick: Path, disk: Path, out: Path, folder: Path) -> bool:
    """Whether the stick leaves a disk that holds a kiosk's data as it is."""
    with mounted(disk, folder / "data", DATA.start) as data:
        (data / "anjungan" / "store").mkdir(parents=True)
        (data / "anjungan" / "store" / "kiosk.sqlite").touch()
    before = digest_of(disk)
    emulator = _box(stick, disk, folder)
    try:
        time.sleep(REFUSED_SECONDS)
        emulator.screen().save(out / "stick-refused.png")
    finally:
        emulator.cut_power()
    return digest_of(disk) == before


def is_whole(stick: Path, disk: Path) -> bool:
    """Whether a disk holds the stick's image, by the sum that is on the stick."""
    size, digest = image_sum(stick)
    command = ["sh", "-c", 'head -c "$1" "$2" | sha256sum', "sh", str(size), str(disk)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0] == digest


def image_sum(stick: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of the image that is on a stick."""
    command = ["mtype", "-i", f"{stick}@@{START_MIB}M", "::/image.sum"]
    size, digest = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(size), digest


def digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _box(stick: Path, disk: Path, folder: Path) -> Emulator:
    return Emulator(stick, folder, disk=f"file={disk},format=raw,if=virtio", firmware=True, stick=stick)


def _has_table(disk: Path) -> bool:
    """It is written last."""
    with disk.open("rb") as content:
        content.seek(512)
        return content.read(8) == b"EFI PART"


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + WRITE_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"the disk is not written within {WRITE_SECONDS} s")
        time.sleep(LOOK_SECONDS)


def main() -> int:
    """The command line; returns the exit status: 1 where the stick writes over a kiosk's data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stick", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where pictures and stick-times.json go")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.out) as name:
        folder, disk = Path(name), Path(name) / "disk"
        with disk.open("wb") as empty:
            empty.truncate(DISK_GIB << 30)
        times = installed(arguments.stick, disk, arguments.out, folder)
        alone = is_left_alone(arguments.stick, disk, arguments.out, folder)
    (arguments.out / "stick-times.json").write_text(json.dumps(times, indent=1))
    print("\n".join(f"{name}: {seconds:.1f} s" for name, seconds in times.items()))
    print("a kiosk's data are left alone" if alone else "A KIOSK'S DATA ARE WRITTEN OVER")
    return 0 if alone else 1


if __name__ == "__main__":
    sys.exit(main())
