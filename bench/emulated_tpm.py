"""The data partition of an emulated kiosk with a TPM: locked at the first start, opened at the next, by this TPM alone.

python bench/emulated_tpm.py --image IMAGE --office OFFICE --work DIR [PART…]

The disk has a cache that each loss of power empties (bench/lossy_disk.py). What is tried, a PART each:

`making`: the power goes while each part of the partition is written for the first time.
`first`: it is made; the power goes at the code's screen, and when the code was typed; then the kiosk serves, and its
disk holds nothing that can be read.
`elsewhere`: in a box without TPM and in one with another it says that its data are locked.
`visits`: a visit after the next start; the power goes in the next visit; the start after that serves.
`opening`: the power goes while the partition is opened, more often than a TPM bears, and the kiosk serves; a control
that does not begin the TPM's count anew is locked out.
`key`: a store's key that is not given out is said on the screen.
`reset`: `kiosk-provision reset` on the running kiosk destroys the keys, proves it, and leaves a new kiosk.
`cleared`: its own TPM cleared it says that its data are locked; the image that is written anew, started by UEFI
firmware, is the way out.

Each begins with what the one before has left, which is kept in DIR with what it showed: a run that was broken off goes
on at its part. A named PART is done anew. Exit status 1 where something is not so.
"""

import argparse
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event

from attacked_box import VISIT_SECONDS, copied, runs_first
from emulated_attacks import wait_until
from emulated_boot import CODE, WELCOME, Patience, sample_of, shows, type_code, wait_for
from emulated_office import Office, Printer
from emulator import PRINTER, SCANNER, Emulator, kernel_of, what_is_missing
from lossy_disk import DiskServer, LossyDisk
from PIL import ImageStat

from provisioning.image.disk import DATA, MIB, NEW

KIB = 1024
PARTITION = range(DATA.start * MIB, (DATA.start + DATA.size) * MIB)
HEADER = {
    "its file system": range(16 * MIB, DATA.size * MIB),
    "its key slots": range(32 * KIB, 16 * MIB),
    "the header's second copy": range(16 * KIB, 32 * KIB),
    "the header's first copy": range(16 * KIB),
}
"""What the making writes, one after the other, and where in the partition (open-data)."""
LOCKED = "its data are locked, and"
OPENING, OPENED = "anjungan-data.service - Opens", "Finished anjungan-data.service"
CUTS, BETWEEN_SECONDS = 8, 0.7
"""So often the power goes while the partition is opened, each time so much later."""
MOST_BORNE = 10
"""A TPM that has not locked itself by so many cuts would not show what the control is for."""
CONSOLE_SECONDS = 1800.0
SCREEN_SECONDS = 10.0
AGAIN_SECONDS = 60.0
"""Whoever sees the code asked for so long after it was typed, types it again."""
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
ANOTHER_SEAL = UNIT.format(f"""\
[Unit]
After=local-fs.target
Before=anjungan-key.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'tr A-Z B-ZA <{SEALED} >/run/another && mount --bind /run/another {SEALED}'""")
RESET = UNIT.format("""\
[Unit]
After=anjungan-core.service anjungan-ui.service anjungan-sync.service
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'sleep 20; systemctl is-active anjungan-core; kiosk-provision reset --yes; echo "ENDED WITH $$?"'
Environment=PATH=/opt/anjungan/current/bin:/usr/sbin:/usr/bin:/sbin:/bin""")
WIPED = re.compile(
    r"\d+ files of \d+ bytes overwritten and removed; 0 left of them|the keys are in 0 of \d+ files searched"
)
COUNTS_ON = """
echo '#!/bin/sh' >"$rootmnt/usr/libexec/anjungan/forget-cuts"
"""
"""The control: nothing begins the TPM's count of power cuts anew."""
KEY_FAULT = "store_unusable fault=key"
LIT = 100
AS_IT_WAS, EMPTIED, LOCKED_UP, BROKEN = "as it was", "LUKS2 without a key", "LUKS2 with a key", "nothing that is known"
Row = tuple[str, bool]
"""What was tried and seen, and whether it was so."""


class Tpm:
    """An emulated TPM 2.0; its memory is in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._socket = folder, folder / "socket"
        if not folder.exists():
            self._make()

    def _make(self) -> None:
        self._folder.mkdir(parents=True)
        made = ["swtpm_setup", "--tpm2", "--tpmstate", str(self._folder), "--overwrite"]
        subprocess.run(made, check=True, capture_output=True)

    @contextmanager
    def on(self) -> Iterator[list[str]]:
        """Power; gives QEMU's options."""
        with self._powered("--ctrl"):
            chip = ["-chardev", f"socket,id=tpm,path={self._socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm"]
            yield [*chip, "-device", "tpm-tis,tpmdev=tpm0"]

    def take(self, kept: Path | None) -> None:
        """Its memory is as it was when it was kept; as it was made, where that is not named."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if kept:
            shutil.copytree(kept, self._folder)
        else:
            self._make()

    def keep(self, folder: Path) -> None:
        """Its memory is copied into a folder."""
        self._socket.unlink(missing_ok=True)
        shutil.copytree(self._folder, folder)

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
        command = ["swtpm", "socket", *state, *how, f"type=unixio,path={self._socket}"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while not self._socket.exists():
            time.sleep(0.02)
        try:
            yield
        finally:
            process.kill()
            process.wait()


@dataclass
class Trapped(LossyDisk):
    """A disk at which the power goes with the flush that follows the first write into `place`, in bytes."""

    place: range = range(0)
    reached: Event = field(default_factory=Event)
    _is_written: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.before_change = lambda: not self.reached.is_set()

    def write(self, offset: int, data: bytes) -> None:
        super().write(offset, data)
        self._is_written |= offset < self.place.stop and offset + len(data) > self.place.start

    def flush(self) -> None:
        if self._is_written:
            self.reached.set()
            raise ConnectionAbortedError("the power has gone")
        super().flush()


class Kiosk:
    """A disk, and the machine that it is in."""

    def __init__(self, image: Path, office: Path, folder: Path) -> None:
        self._image, self._folder = image, folder
        self.disk, self._seen = folder / "disk.img", folder / "seen.img"
        bookings = json.loads((office / "central" / "demo" / "bookings.json").read_text())
        self._passes = [each["pass"] for each in bookings if each["label"] == "single"]
        self._used = folder / "passes-used"
        self._random = Random(1)
        self._numbers: list[str] = []
        self._printed = Event()

    def put_in(self, disk: Path | None = None) -> None:
        """Has a copy of that disk in it; the image, written anew, where none is named."""
        for each in (self.disk, self._seen):
            copied(disk or self._image, each)

    @contextmanager
    def on(self, tpm: Tpm | None, change: str = "", firmware: bool = False, quiet: bool = False) -> Iterator[Emulator]:
        """Started without firmware, unless that is wanted, and saying all on the first serial line, unless it is to be
        `quiet`, which is quicker; a script may change the root before the service manager runs. The power goes at the
        end.
        """
        folder = self._folder / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if change:
            _, first = kernel_of(self._image, folder)
            runs_first(change, first)
        with ExitStack() as power:
            drive = power.enter_context(self._powered_disk())
            chip = power.enter_context(tpm.on()) if tpm else []
            emulator = Emulator(self._image, folder, drive, firmware, quiet, more=chip)
            power.callback(emulator.cut_power)
            printer = Printer(emulator.line(PRINTER), self._has_printed)
            power.callback(printer.close)
            # Held until the power goes: what a line still holds that is closed is lost.
            self._scanner = power.enter_context(emulator.line(SCANNER))
            yield emulator

    @contextmanager
    def _powered_disk(self) -> Iterator[str]:
        """For QEMU's -drive; at the end its cache is lost."""
        self._live = Trapped(self.disk, self._seen, self._random)
        server = DiskServer(self._live, self._folder / "disk.sock")
        try:
            yield server.drive
        finally:
            server.settle()
            self._live.cut()
            server.close()
            self._live.close()

    def until_written(self, place: range, seconds: float = CONSOLE_SECONDS) -> None:
        """Until the power has to go: a place of the disk, in bytes, is being written. Raises TimeoutError."""
        self._live.place = place
        if not self._live.reached.wait(seconds):
            raise TimeoutError("that place of the disk is not written")

    def visit(self) -> str:
        """A booking is held to the scanner; the number on the paper. Raises TimeoutError."""
        self._printed.clear()
        self.scan()
        if not self._printed.wait(VISIT_SECONDS):
            raise TimeoutError("a visit ends without paper")
        return self._numbers[-1]

    def scan(self) -> None:
        """A booking that was not held to it before."""
        used = int(self._used.read_text()) if self._used.exists() else 0
        self._used.write_text(str(used + 1))
        self._scanner.sendall(self._passes[used].encode() + b"\r")

    def _has_printed(self, number: str) -> None:
        self._numbers.append(number)
        self._printed.set()

    def partition(self) -> Path:
        """A copy of the data partition as it is on the disk."""
        part = self._folder / "part"
        place = ["bs=1M", f"skip={DATA.start}", f"count={DATA.size}", "conv=sparse", "status=none"]
        subprocess.run(["dd", f"if={self.disk}", f"of={part}", *place], check=True)
        return part

    def found(self) -> str:
        """What its data partition is."""
        part = str(self.partition())
        if subprocess.run(["cryptsetup", "isLuks", "--type", "luks2", part], check=False).returncode:
            # Of the file system alone, as open-data looks: the header's second copy may be there.
            label = _said("blkid", "-p", "-n", "ext4", "-o", "value", "-s", "LABEL", part)
            return AS_IT_WAS if label == NEW else BROKEN
        slots = json.loads(_said("cryptsetup", "luksDump", "--dump-json-metadata", part))["keyslots"]
        return LOCKED_UP if slots else EMPTIED


def _said(*command: str) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()


def heard(emulator: Emulator, *words: str) -> str:
    """Waits until the console said one of them, which it returns. Raises TimeoutError."""
    until = time.monotonic() + CONSOLE_SECONDS
    while not (found := [each for each in words if each.encode() in emulator.console.read_bytes()]):
        if time.monotonic() > until:
            raise TimeoutError(f"the console said none of {words}")
        time.sleep(0.1)
    return found[0]


def type_until_welcome(emulator: Emulator, code: str) -> None:
    """To the start page; the code is typed whenever it is asked for. Raises TimeoutError."""
    patience, asked = Patience(emulator), sample_of(CODE)
    typed_at = -AGAIN_SECONDS

    def look() -> None:
        nonlocal typed_at
        if not shows(emulator.screen(), asked):
            patience.look()
        elif emulator.seconds - typed_at > AGAIN_SECONDS:
            type_code(emulator, code)
            typed_at = emulator.seconds

    wait_for(emulator, WELCOME, CONSOLE_SECONDS, look)


def is_lit(emulator: Emulator) -> bool:
    """Whether a window is on the screen: letters on a dark ground are none."""
    return ImageStat.Stat(emulator.screen().convert("L")).mean[0] > LIT


class Trial:
    """What is tried in one `work` folder; each part gives rows, and is kept when all of them are so."""

    def __init__(self, image: Path, office: Path, work: Path) -> None:
        self._work, self._office = work, office
        self._own = Tpm(work / "own")
        self._kiosk = Kiosk(image, office, work)
        self._parts: dict[str, Callable[[], Iterator[Row]]] = {
            "making": self._making,
            "first": self._first,
            "elsewhere": self._elsewhere,
            "visits": self._visits,
            "opening": self._opening,
            "key": self._key,
            "reset": self._reset,
            "cleared": self._cleared,
        }

    def run(self, parts: Sequence[str]) -> Iterator[Row]:
        """Ends with the first part that has a row that is not so."""
        for name in parts or self._parts:
            kept = self._after(name) / "rows.json"
            rows: list[Row] = []
            done_before = kept.exists() and not parts
            for row in json.loads(kept.read_text()) if done_before else self._tried(name):
                rows.append((row[0], row[1]))
                yield rows[-1]
            if not all(is_so for _, is_so in rows):
                return
            if not done_before:
                self._keep(name, rows)

    def _after(self, name: str) -> Path:
        return self._work / "after" / name

    def _tried(self, name: str) -> Iterator[Row]:
        """A part, from what the one before has left."""
        names = list(self._parts)
        place = names.index(name)
        before = self._after(names[place - 1]) if place else None
        self._own.take(before / "own" if before else None)
        self._kiosk.put_in(before / "disk.img" if before else None)
        began = time.monotonic()
        yield from self._parts[name]()
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)

    def _keep(self, name: str, rows: Sequence[Row]) -> None:
        made = self._after(f"{name}.part")
        for each in (made, self._after(name)):
            shutil.rmtree(each, ignore_errors=True)
        made.mkdir(parents=True)
        self._kiosk.disk.rename(made / "disk.img")
        self._own.keep(made / "own")
        (made / "rows.json").write_text(json.dumps(rows, indent=1))
        made.rename(self._after(name))

    def _making(self) -> Iterator[Row]:
        for what, place in HEADER.items():
            with self._kiosk.on(self._own):
                self._kiosk.until_written(range(PARTITION.start + place.start, PARTITION.start + place.stop))
            found = self._kiosk.found()
            yield f"the power goes in the writing of {what}: {found}", found in (AS_IT_WAS, LOCKED_UP)

    def _first(self) -> Iterator[Row]:
        office = Office(self._office)
        code = office.code()
        try:
            with self._kiosk.on(self._own) as emulator:
                heard(emulator, OPENED)
                yield f"the start after them makes the partition, within {emulator.seconds:.0f} s", True
                wait_for(emulator, CODE, CONSOLE_SECONDS)
            yield "the power goes at the code's screen", True
            with self._kiosk.on(self._own, quiet=True) as emulator:
                wait_for(emulator, CODE, CONSOLE_SECONDS)
                type_code(emulator, code)
                time.sleep(1)
            yield "the next start asks for the code; the power goes when it was typed", True
            with self._kiosk.on(self._own, quiet=True) as emulator:
                type_until_welcome(emulator, code)
                yield f"the next start comes to the start page by the same code; a visit: {self._visit()}", True
        finally:
            office.stop()
        found = self._kiosk.found()
        yield f"its data partition: {found}", found == LOCKED_UP
        content = self._kiosk.partition().read_bytes()
        yield "nothing of its data can be read", not any(each in content[16 * MIB :] for each in SECRETS)

    def _visit(self) -> str:
        return f"{self._kiosk.visit()} on paper"

    def _elsewhere(self) -> Iterator[Row]:
        with self._kiosk.on(None) as emulator:
            yield self._locked(emulator, "in a box without TPM")
        with self._kiosk.on(Tpm(self._work / "other")) as emulator:
            yield self._locked(emulator, "in a box with another TPM")
            wait_until(lambda: "RESET" in emulator.happened(), CONSOLE_SECONDS)
            yield "there it starts anew by itself", True

    def _locked(self, emulator: Emulator, where: str) -> Row:
        heard(emulator, LOCKED)
        self._look(emulator, where)
        return f"{where}: it says that its data are locked", not shows(emulator.screen(), sample_of(CODE))

    def _look(self, emulator: Emulator, name: str) -> None:
        """A picture for who reads the table, once the screen has had the time."""
        time.sleep(SCREEN_SECONDS)
        emulator.screen().save(self._work / f"{name}.png")

    def _visits(self) -> Iterator[Row]:
        with self._kiosk.on(self._own, quiet=True) as emulator:
            wait_for(emulator, WELCOME, CONSOLE_SECONDS)
            yield f"the next start, a visit: {self._visit()}", True
            wait_for(emulator, WELCOME, CONSOLE_SECONDS)
            self._kiosk.scan()
            self._kiosk.until_written(PARTITION, VISIT_SECONDS)
        yield "the power goes while the next visit is written", True
        with self._kiosk.on(self._own, quiet=True) as emulator:
            wait_for(emulator, WELCOME, CONSOLE_SECONDS)
            yield f"the start after it, a visit: {self._visit()}", True

    def _opening(self) -> Iterator[Row]:
        for place in range(CUTS):
            with self._kiosk.on(self._own) as emulator:
                heard(emulator, OPENING)
                time.sleep(BETWEEN_SECONDS * place)
        yield f"{CUTS} starts, the power goes 0 to {BETWEEN_SECONDS * (CUTS - 1):.0f} s after the opening began", True
        with self._kiosk.on(self._own, quiet=True) as emulator:
            wait_for(emulator, WELCOME, CONSOLE_SECONDS)
            yield f"the start after them, a visit: {self._visit()}", True
        borne = self._borne()
        yield f"control, the TPM's count goes on: locked out after {borne} cuts", 0 < borne < MOST_BORNE
        with self._kiosk.on(self._own) as emulator:
            yield "the start after it opens its data", heard(emulator, OPENED, LOCKED) == OPENED

    def _borne(self) -> int:
        """After how many cuts the TPM gives nothing out, where nothing begins its count anew."""
        for cuts in range(MOST_BORNE):
            with self._kiosk.on(self._own, COUNTS_ON) as emulator:
                if heard(emulator, OPENED, LOCKED) == LOCKED:
                    return cuts
        return MOST_BORNE

    def _key(self) -> Iterator[Row]:
        with self._kiosk.on(self._own, ANOTHER_SEAL) as emulator:
            heard(emulator, KEY_FAULT)
            wait_until(lambda: is_lit(emulator), CONSOLE_SECONDS)
            self._look(emulator, "the store's key is not given out")
        yield "the store's key is not given out: the core lives and says so", True

    def _reset(self) -> Iterator[Row]:
        before = self._kiosk.partition().read_bytes()[: 4 * KIB]
        with self._kiosk.on(self._own, RESET) as emulator:
            heard(emulator, "ENDED WITH")
            said = emulator.console.read_text(errors="replace")
        proof = WIPED.findall(said)
        yield f"a reset of the running kiosk: {'; '.join(proof)}", "ENDED WITH 0" in said and len(proof) == 2
        found = self._kiosk.found()
        yield f"its data partition: {found}", found == EMPTIED
        with self._kiosk.on(self._own, quiet=True) as emulator:
            wait_for(emulator, CODE, CONSOLE_SECONDS)
        yield "it is a new kiosk and asks for a code", self._kiosk.partition().read_bytes()[: 4 * KIB] != before

    def _cleared(self) -> Iterator[Row]:
        self._own.clear()
        with self._kiosk.on(self._own) as emulator:
            yield self._locked(emulator, "its own TPM cleared")
        self._kiosk.put_in()
        for start in ("the image written anew, started by UEFI firmware: it asks for a code", "and so its next start"):
            with self._kiosk.on(self._own, firmware=True) as emulator:
                wait_for(emulator, CODE, CONSOLE_SECONDS)
            found = self._kiosk.found()
            yield f"{start}; its data partition: {found}", found == LOCKED_UP


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder, 16 GB")
    parser.add_argument("parts", nargs="*", metavar="PART", help="done anew; those that are not done, if none is named")
    arguments = parser.parse_args()
    missing = what_is_missing() or (
        "" if shutil.which("swtpm") else "not installed: swtpm (apt-get install swtpm swtpm-tools)"
    )
    if missing:
        print(missing, file=sys.stderr)
        return 1
    wrong = 0
    for what, is_so in Trial(arguments.image, arguments.office, arguments.work).run(arguments.parts):
        wrong += not is_so
        print(f"| {what} | {'so' if is_so else 'NOT SO'} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
