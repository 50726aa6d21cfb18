"""The data partition of an emulated kiosk with a TPM: locked at the first start, opened at the next, by this TPM alone.

python bench/emulated_tpm.py --image IMAGE --office OFFICE --work DIR [--cuts 3]

The first start is cut off at random moments while the partition is made, and goes on; the kiosk is enrolled, serves,
and its disk holds nothing that can be read; it serves after the next start; with another TPM it says that its data are
locked; with its own again it serves; with its keys destroyed, as a reset does, it is a new kiosk. Exit status 1 where
one of these is not so.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event

from attacked_box import DATA, VISIT_SECONDS, Box, overlay, place_of
from emulated_boot import CODE, boot_to_welcome, enrolled_at_welcome, sample_of, shows, wait_for
from emulated_office import Office, Printer
from emulator import PRINTER, SCANNER, Emulator, what_is_missing

LOCKED = "its data are locked to the TPM of another box"
MAKING, MADE = "anjungan-data.service - Opens", "Finished anjungan-data.service"
CUT_SECONDS = 20.0
CONSOLE_SECONDS = 1800.0
SECRETS = (b"SQLite format 3", b"PRIVATE KEY", b"identity.json", b"kiosk.jsonl", b"anjungan.store-key", b"LPKSHHRH")
"""Of a store, a key, names of the kiosk's files, and of a journal (systemd.journal-fields(7))."""


class Tpm:
    """An emulated TPM 2.0; its memory is in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._socket = folder, folder / "socket"
        if not folder.exists():
            folder.mkdir(parents=True)
            subprocess.run(
                ["swtpm_setup", "--tpm2", "--tpmstate", folder, "--overwrite"], check=True, capture_output=True
            )

    @contextmanager
    def on(self) -> Iterator[list[str]]:
        """Power; gives QEMU's options."""
        self._socket.unlink(missing_ok=True)
        command = [
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            f"dir={self._folder}",
            "--ctrl",
            f"type=unixio,path={self._socket}",
        ]
        process = subprocess.Popen(command)
        while not self._socket.exists():
            time.sleep(0.02)
        try:
            chip = ["-chardev", f"socket,id=tpm,path={self._socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm"]
            yield [*chip, "-device", "tpm-tis,tpmdev=tpm0"]
        finally:
            process.kill()
            process.wait()


class Kiosk:
    """A disk, and the machine that it is in."""

    def __init__(self, image: Path, office: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._image, self._folder, self._disk = image, folder, folder / "disk.qcow2"
        overlay(image, self._disk, "raw")
        self._passes = iter(Box(image, office, folder).passes)

    @contextmanager
    def on(self, tpm: Tpm) -> Iterator[Emulator]:
        """Started without firmware, so that all is said on the first serial line; the power goes at the end."""
        with tpm.on() as chip:
            disk = f"file={self._disk},format=qcow2,if=virtio"
            emulator = Emulator(self._image, self._folder / "run", disk, more=chip)
            try:
                yield emulator
            finally:
                emulator.cut_power()

    def visit(self, emulator: Emulator) -> None:
        """Raises TimeoutError."""
        printed = Event()
        printer = Printer(emulator.line(PRINTER), lambda number: printed.set())
        with emulator.line(SCANNER) as scanner:
            scanner.sendall(next(self._passes).encode() + b"\r")
            came = printed.wait(VISIT_SECONDS)
        printer.close()
        if not came:
            raise TimeoutError("a visit ends without paper")

    def partition(self) -> Path:
        """A copy of the data partition as it is on the disk."""
        raw, part = self._folder / "disk.raw", self._folder / "part"
        subprocess.run(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", str(self._disk), str(raw)], check=True)
        start, size = place_of(DATA, raw)
        copied = ["dd", f"if={raw}", f"of={part}", "bs=1M", f"skip={start >> 20}", f"count={size >> 20}", "conv=sparse"]
        subprocess.run([*copied, "status=none"], check=True)
        raw.unlink()
        return part

    def put(self, part: Path) -> None:
        """The other way round."""
        start, _ = place_of(DATA, self._image)
        head = part.with_name("head")
        head.write_bytes(part.read_bytes()[: 16 << 20])
        write = f"write -s {head} {start} {16 << 20}"
        subprocess.run(["qemu-io", "-f", "qcow2", "-c", write, str(self._disk)], check=True, capture_output=True)


def heard(emulator: Emulator, words: str) -> None:
    """Waits until the console said that. Raises TimeoutError."""
    until = time.monotonic() + CONSOLE_SECONDS
    while words.encode() not in emulator.console.read_bytes():
        if time.monotonic() > until:
            raise TimeoutError(f"the console did not say {words!r}")
        time.sleep(0.2)


def run(image: Path, office_folder: Path, work: Path, cuts: int, random: Random) -> Iterator[tuple[str, bool]]:
    """What was tried, and whether it was so."""
    own, other = Tpm(work / "own"), Tpm(work / "other")
    kiosk = Kiosk(image, office_folder, work)
    for _ in range(cuts):
        with kiosk.on(own) as emulator:
            heard(emulator, MAKING)
            time.sleep(random.uniform(0, CUT_SECONDS))
            was_made = MADE.encode() in emulator.console.read_bytes()
        yield f"the first start is cut off {'after' if was_made else 'while'} its data were made", True
    office = Office(office_folder)
    try:
        with kiosk.on(own) as emulator:
            enrolled_at_welcome(emulator, office.code())
            kiosk.visit(emulator)
    finally:
        office.stop()
    yield "the first start, enrolment, a visit", True
    content = kiosk.partition().read_bytes()
    yield "its data partition is LUKS2", content.startswith(b"LUKS\xba\xbe\0\2")
    yield "nothing of its data can be read", not any(each in content[16 << 20 :] for each in SECRETS)
    with kiosk.on(own) as emulator:
        boot_to_welcome(emulator)
        kiosk.visit(emulator)
    yield "the second start, a visit", True
    with kiosk.on(other) as emulator:
        heard(emulator, LOCKED)
        heard(emulator, "Reboot")
        emulator.screen().save(work / "locked.png")
        yield "another TPM: it says so", not shows(emulator.screen(), sample_of(CODE))
    with kiosk.on(own) as emulator:
        boot_to_welcome(emulator)
    yield "its own TPM again", True
    part = kiosk.partition()
    subprocess.run(["cryptsetup", "erase", "--batch-mode", str(part)], check=True)
    kiosk.put(part)
    with kiosk.on(own) as emulator:
        wait_for(emulator, CODE)
    yield "its keys are destroyed: it asks for a code", True


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder, 4 GB")
    parser.add_argument("--cuts", type=int, default=3, help="so often the first start is cut off")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    missing = what_is_missing() or (
        "" if shutil.which("swtpm") else "not installed: swtpm (apt-get install swtpm swtpm-tools)"
    )
    if missing:
        print(missing, file=sys.stderr)
        return 1
    wrong = 0
    for what, is_so in run(arguments.image, arguments.office, arguments.work, arguments.cuts, Random(arguments.seed)):
        wrong += not is_so
        print(f"| {what} | {'so' if is_so else 'NOT SO'} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
