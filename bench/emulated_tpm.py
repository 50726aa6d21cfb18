"""The data partition of an emulated kiosk with a TPM: locked at the first start, opened at the next, by this TPM alone.

python bench/emulated_tpm.py --image IMAGE --office OFFICE --work DIR [PART…]

The first start is cut off at several moments while the partition is made, and goes on; the kiosk is enrolled, serves,
and its disk holds nothing that can be read; it serves after the next start. In a box with another TPM, in one with
none, and with its own TPM cleared it says that its data are locked, and the image that is written anew is the way out.
A store's key that is not given out is said on the screen. `kiosk-provision reset` on the running kiosk destroys the
keys, proves it, and leaves a new kiosk. A PART goes on from the disk that the parts before it left (cut-off, first,
second, elsewhere, key, reset, cleared). Exit status 1 where something is not so.
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from attacked_box import DATA, VISIT_SECONDS, Box, overlay, place_of, runs_first
from emulated_attacks import wait_until
from emulated_boot import CODE, WELCOME, enrolled_at_welcome, sample_of, shows, wait_for
from emulated_office import Office, Printer
from emulator import PRINTER, SCANNER, Emulator, kernel_of, what_is_missing
from PIL import ImageStat

LOCKED = "its data are locked to the TPM of another box"
MAKING, MADE = "anjungan-data.service - Opens", "Finished anjungan-data.service"
CUT_SECONDS = 25.0
"""The cuts are spread over so many s from when the making begins."""
CONSOLE_SECONDS = 1800.0
SCREEN_SECONDS = 10.0
SECRETS = (b"SQLite format 3", b"PRIVATE KEY", b"identity.json", b"kiosk.jsonl", b"anjungan.store-key", b"LPKSHHRH")
"""Of a store, a key, names of the kiosk's files, and of a journal (systemd.journal-fields(7))."""


CLEAR = bytes.fromhex("8002 0000001b 00000126 4000000c 00000009 40000009 0000 00 0000")
"""TPM2_Clear in the platform's name, as the firmware's set-up does it (TPM 2.0, part 3, 24.6)."""
DONE = bytes(4)
"""The response code of what was done."""
UNIT = """
unit=$rootmnt/etc/systemd/system/bench.service
cat >"$unit" <<'WORDS'
{}
WORDS
ln -s ../bench.service "$rootmnt/etc/systemd/system/multi-user.target.wants/bench.service"
"""
"""Gives the started system one unit more."""
SEALED = "/etc/credstore.encrypted/anjungan.store-key"
ANOTHER_SEAL = f"""\
[Unit]
After=local-fs.target
Before=anjungan-key.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'tr A-Z B-ZA <{SEALED} >/run/another && mount --bind /run/another {SEALED}'"""
RESET = """\
[Unit]
After=anjungan-core.service anjungan-ui.service anjungan-sync.service
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'sleep 20; systemctl is-active anjungan-core; kiosk-provision reset --yes; echo "ENDED WITH $$?"'
Environment=PATH=/opt/anjungan/current/bin:/usr/sbin:/usr/bin:/sbin:/bin"""
KEY_FAULT = "store_unusable fault=key"


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
        with self._powered("--ctrl"):
            chip = ["-chardev", f"socket,id=tpm,path={self._socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm"]
            yield [*chip, "-device", "tpm-tis,tpmdev=tpm0"]

    def clear(self) -> None:
        """Nothing that it was given before is given out any more. Raises RuntimeError."""
        how = ("--flags", "startup-clear,not-need-init", "--server")
        with self._powered(*how), socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self._socket))
            line.sendall(CLEAR)
            answer = line.recv(1024)
        if answer[6:10] != DONE:
            raise RuntimeError(f"the TPM is not cleared: {answer.hex()}")

    @contextmanager
    def _powered(self, *how: str) -> Iterator[None]:
        self._socket.unlink(missing_ok=True)
        state = ["--tpm2", "--tpmstate", f"dir={self._folder}"]
        process = subprocess.Popen(["swtpm", "socket", *state, *how, f"type=unixio,path={self._socket}"])
        while not self._socket.exists():
            time.sleep(0.02)
        try:
            yield
        finally:
            process.kill()
            process.wait()


class Kiosk:
    """A disk, and the machine that it is in."""

    def __init__(self, image: Path, office: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._image, self._folder, self._disk = image, folder, folder / "disk.qcow2"
        self._passes = iter(Box(image, office, folder).passes)
        self._printed = Event()
        if not self._disk.exists():
            self.write_anew()

    def write_anew(self) -> None:
        """Puts the image on its disk."""
        overlay(self._image, self._disk, "raw")

    @contextmanager
    def on(self, tpm: Tpm | None, unit: str = "") -> Iterator[Emulator]:
        """Started without firmware, so that all is said on the first serial line, with one unit more; the power goes at
        the end.
        """
        folder = self._folder / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if unit:
            _, first = kernel_of(self._image, folder)
            runs_first(UNIT.format(unit), first)
        with ExitStack() as power:
            chip = power.enter_context(tpm.on()) if tpm else []
            emulator = Emulator(self._image, folder, f"file={self._disk},format=qcow2,if=virtio", more=chip)
            power.callback(emulator.cut_power)
            printer = Printer(emulator.line(PRINTER), lambda number: self._printed.set())
            power.callback(printer.close)
            yield emulator

    def visit(self, emulator: Emulator) -> None:
        """Raises TimeoutError."""
        self._printed.clear()
        with emulator.line(SCANNER) as scanner:
            scanner.sendall(next(self._passes).encode() + b"\r")
            if not self._printed.wait(VISIT_SECONDS):
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


def heard(emulator: Emulator, words: str) -> None:
    """Waits until the console said that. Raises TimeoutError."""
    until = time.monotonic() + CONSOLE_SECONDS
    while words.encode() not in emulator.console.read_bytes():
        if time.monotonic() > until:
            raise TimeoutError(f"the console did not say {words!r}")
        time.sleep(0.2)


class Trial:
    """What is tried in one `work` folder, one thing after the other; each gives what it was, and whether it was so."""

    def __init__(self, image: Path, office: Path, work: Path, cuts: int) -> None:
        self._work, self._office, self._cuts = work, office, cuts
        self._own, self._other = Tpm(work / "own"), Tpm(work / "other")
        self._kiosk = Kiosk(image, office, work)

    def run(self, parts: Sequence[str]) -> Iterator[tuple[str, bool]]:
        do = {
            "cut-off": self._cut_off,
            "first": self._first,
            "second": self._second,
            "elsewhere": self._elsewhere,
            "key": self._key_not_given,
            "reset": self._reset,
            "cleared": self._cleared,
        }
        for name in parts or do:
            yield from do[name]()

    def _cut_off(self) -> Iterator[tuple[str, bool]]:
        for place in range(self._cuts):
            with self._kiosk.on(self._own) as emulator:
                heard(emulator, MAKING)
                time.sleep(CUT_SECONDS * place / self._cuts)
            part = self._kiosk.partition()
            yield f"{CUT_SECONDS * place / self._cuts:.0f} s after the making began the power goes: {found(part)}", True

    def _first(self) -> Iterator[tuple[str, bool]]:
        office = Office(self._office)
        try:
            with self._kiosk.on(self._own) as emulator:
                heard(emulator, MAKING)
                began = emulator.seconds
                heard(emulator, MADE)
                yield f"the first start makes its data partition, in {emulator.seconds - began:.0f} s", True
                enrolled_at_welcome(emulator, office.code())
                self._kiosk.visit(emulator)
        finally:
            office.stop()
        yield "the code typed, the start page, a visit", True
        part = self._kiosk.partition()
        content = part.read_bytes()
        yield f"its data partition: {found(part)}", content.startswith(LUKS)
        yield "nothing of its data can be read", not any(each in content[16 << 20 :] for each in SECRETS)

    def _second(self) -> Iterator[tuple[str, bool]]:
        with self._kiosk.on(self._own) as emulator:
            wait_for(emulator, WELCOME, CONSOLE_SECONDS)
            self._kiosk.visit(emulator)
        yield "the second start, a visit", True

    def _elsewhere(self) -> Iterator[tuple[str, bool]]:
        with self._kiosk.on(self._other) as emulator:
            yield self._locked(emulator, "in a box with another TPM")
            heard(emulator, "Reboot")
            yield "there it starts anew by itself", True
        with self._kiosk.on(None) as emulator:
            yield self._locked(emulator, "in a box without TPM")

    def _locked(self, emulator: Emulator, where: str) -> tuple[str, bool]:
        heard(emulator, LOCKED)
        self._look(emulator, where)
        return f"{where}: it says that its data are locked", not shows(emulator.screen(), sample_of(CODE))

    def _look(self, emulator: Emulator, name: str) -> None:
        """A picture for who reads the table, once the screen has had the time."""
        time.sleep(SCREEN_SECONDS)
        emulator.screen().save(self._work / f"{name}.png")

    def _key_not_given(self) -> Iterator[tuple[str, bool]]:
        with self._kiosk.on(self._own, ANOTHER_SEAL) as emulator:
            heard(emulator, KEY_FAULT)
            wait_until(lambda: is_lit(emulator), CONSOLE_SECONDS)
            self._look(emulator, "the store's key is not given out")
        yield "the store's key is not given out: the core lives and says so", True

    def _reset(self) -> Iterator[tuple[str, bool]]:
        before = self._kiosk.partition().read_bytes()[: 4 << 10]
        with self._kiosk.on(self._own, RESET) as emulator:
            heard(emulator, "ENDED WITH")
            said = emulator.console.read_text(errors="replace")
        proof = [line.strip() for line in said.splitlines() if "bytes overwritten" in line or "files searched" in line]
        yield f"a reset of the running kiosk: {'; '.join(proof)}", "wiped: revoke" in said and "ENDED WITH 0" in said
        part = self._kiosk.partition()
        yield f"its data partition: {found(part)}", found(part) == EMPTIED
        with self._kiosk.on(self._own) as emulator:
            wait_for(emulator, CODE, CONSOLE_SECONDS)
        yield "it is a new kiosk and asks for a code", self._kiosk.partition().read_bytes()[: 4 << 10] != before

    def _cleared(self) -> Iterator[tuple[str, bool]]:
        self._own.clear()
        with self._kiosk.on(self._own) as emulator:
            yield self._locked(emulator, "its own TPM cleared")
        self._kiosk.write_anew()
        with self._kiosk.on(self._own) as emulator:
            wait_for(emulator, CODE, CONSOLE_SECONDS)
        yield "the image written anew: it asks for a code", found(self._kiosk.partition()) == LOCKED_UP


LUKS = b"LUKS\xba\xbe\0\2"
LIT = 100
NEW, EMPTIED, LOCKED_UP = "as it was", "LUKS2 without a key", "LUKS2 with a key"


def is_lit(emulator: Emulator) -> bool:
    """Whether a window is on the screen: letters on a dark ground are none."""
    return ImageStat.Stat(emulator.screen().convert("L")).mean[0] > LIT


def found(part: Path) -> str:
    """What a data partition is."""
    if not part.read_bytes().startswith(LUKS):
        return NEW
    dump = subprocess.run(
        ["cryptsetup", "luksDump", "--dump-json-metadata", str(part)], check=True, capture_output=True
    )
    return LOCKED_UP if json.loads(dump.stdout)["keyslots"] else EMPTIED


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder, 4 GB")
    parser.add_argument("parts", nargs="*", metavar="PART", help="of what is tried; all of it, if none is named")
    parser.add_argument("--cuts", type=int, default=5, help="so often the first start is cut off")
    arguments = parser.parse_args()
    missing = what_is_missing() or (
        "" if shutil.which("swtpm") else "not installed: swtpm (apt-get install swtpm swtpm-tools)"
    )
    if missing:
        print(missing, file=sys.stderr)
        return 1
    wrong = 0
    for what, is_so in Trial(arguments.image, arguments.office, arguments.work, arguments.cuts).run(arguments.parts):
        wrong += not is_so
        print(f"| {what} | {'so' if is_so else 'NOT SO'} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
