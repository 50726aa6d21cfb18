"""The power of an emulated kiosk is cut at random moments of its visits; what its disk had not flushed goes with it.

The image is started once and brought to the start page; from there on each cut begins (QEMU's saved machine). Bookings
are held to the scanner and walk-ins tapped, at random intervals, until QEMU is killed at a random moment. The disk
(bench/lossy_disk.py) then holds any subset of what was written since the last flush; several such fates are drawn for
each cut. Half of the moments are drawn by time, half by the disk: at a write or flush of a visit, before it is done.
Each is looked at by the true code: the file system is whole after its journal was replayed, the store opens,
every number that lay in the printer's tray is in it and known to be on its way there, what was held before is held
still, and no number comes twice. Of every so many cuts the kiosk is started from that disk, to the start page.
"""

import argparse
import json
import os
import py_compile
import secrets
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event

from emulated_boot import boot_to_page, boot_to_welcome, enrolled_at_welcome
from emulated_office import Office, Printer
from emulator import PRINTER, SCANNER, Emulator, what_is_missing
from lossy_disk import DiskServer, LossyDisk

from kiosk.database import Database
from kiosk.errors import StoreError
from kiosk.model import TicketState
from kiosk.schema import MIGRATIONS
from kiosk.store import Store
from provisioning.image.disk import DATA, ROOT

SOURCE = Path(__file__).parent.parent
CONTROLS = ("lying-disk", "no-full")
"""A disk that answers flushes and does not heed them; a store with synchronous=OFF."""
FATES = 3
VISIT_SECONDS = 7.0
"""A cut comes within so many seconds of the first scan, or of a walk-in's last touch."""
WALK_IN = ((0.73, 0.68), (0.5, 0.566), (0.5, 0.619), (0.5, 0.7295))
"""What a person without a booking touches: no booking, collection of a passport, documents are here, no priority."""
WALK_IN_SHARE = 0.4
STEP_SECONDS = 1.3
FIRST_SECONDS = 60
TRAP_SHARE, MOST_CHANGES = 0.5, 30
"""Of the cuts so many come at a change of the disk, one of its first 30."""
E2FSCK_WHOLE = (0, 1)
"""Ends of a replay: nothing to do, or done."""


@dataclass
class Tally:
    """What a campaign saw."""

    cuts: int = 0
    fates: int = 0
    printed: int = 0
    issued: int = 0
    unflushed: int = 0
    lost_sectors: int = 0
    pages: list[float] = field(default_factory=list)
    """Of each boot that followed a cut, how many s after the power came there was a page that serves."""
    boots: list[float] = field(default_factory=list)
    """And until the start page, which a ticket that was found to be printed comes before."""
    violations: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def report(self) -> str:
        times = f" ({_range(self.boots)}), to a page that serves after {_range(self.pages)}" if self.boots else ""
        return (
            f"{self.cuts} cuts, {self.fates} fates of the disk looked at; {self.printed} tickets in the tray, "
            f"{self.issued} more tickets in the store; {self.unflushed} writes not flushed at a cut, "
            f"{self.lost_sectors} sectors lost; {len(self.boots)} boots to the start page{times}; "
            f"{len(self.violations)} violations {dict(self.kinds)}"
        )


def _range(seconds: list[float]) -> str:
    return f"{min(seconds):.1f} to {max(seconds):.1f} s"


@dataclass(frozen=True)
class Found:
    """What a disk holds after a cut: tickets by number, with their states; the facts' count and the journal's."""

    tickets: dict[str, TicketState]
    facts: int


class Broken(Exception):
    """What a cut left is not what was promised."""


def look(durable: Path, folder: Path) -> Found:
    """What the data partition holds. Raises Broken."""
    part, held = folder / "data.ext4", folder / "held"
    shutil.rmtree(held, ignore_errors=True)
    held.mkdir()
    copied = ["dd", f"if={durable}", f"of={part}", "bs=1M", f"skip={DATA.start}", f"count={DATA.size}", "conv=sparse"]
    subprocess.run([*copied, "status=none"], check=True)
    if _ran("e2fsck", "-y", "-E", "journal_only", part) not in E2FSCK_WHOLE:
        raise Broken("file system: its journal cannot be replayed")
    if _ran("e2fsck", "-f", "-n", part) != 0:
        raise Broken("file system: not whole after the replay")
    subprocess.run(["debugfs", "-R", f"rdump /anjungan {held}", str(part)], check=True, capture_output=True)
    return _opened(held / "anjungan")


def _ran(*command: str | Path) -> int:
    return subprocess.run([str(each) for each in command], capture_output=True, check=False).returncode


def _opened(folder: Path) -> Found:
    file = folder / "store" / "kiosk.sqlite"
    if not file.exists():
        raise Broken("store: its file is not there")
    try:
        key = bytes.fromhex((folder / "store.key").read_text())
        store = Store(file, key, lambda: datetime.now(UTC))
        tickets = {str(each.number): each.state for each in store.tickets()}
        store.close()
        database = Database(file, key, MIGRATIONS)
        with database.transaction() as db:
            seqs = [row[0] for row in db.execute("SELECT seq FROM facts ORDER BY seq")]
            last = db.execute("SELECT last_seq FROM journal").fetchone()[0]
        database.close()
    except (StoreError, OSError, ValueError) as error:
        raise Broken(f"store: {error}") from error
    if seqs and seqs != list(range(seqs[0], last + 1)):
        raise Broken(f"facts: {seqs} are there, of {last}")
    return Found(tickets, last)


def judge(found: Found, before: Found, tray: list[str]) -> None:
    """Holds what is there against what was promised. Raises Broken."""
    for number in tray:
        if number not in found.tickets:
            raise Broken(f"number: {number} is on paper and not in the store")
        if found.tickets[number] is TicketState.ISSUED:
            raise Broken(f"number: {number} is on paper and the store knows of no print")
    missing = set(before.tickets) - set(found.tickets)
    if missing or found.facts < before.facts:
        raise Broken(f"facts: {sorted(missing)} of before the power came are gone")
    twice = [number for number, count in Counter(tray).items() if count > 1]
    if twice:
        raise Broken(f"number: {twice} came twice")


class Trap:
    """Stops the disk at its `count`-th change, for the power to go there; never where that is None."""

    def __init__(self, count: int | None) -> None:
        self._left = count
        self.reached, self.off = Event(), Event()

    def passes(self) -> bool:
        """Whether a change is done; it is not answered before the power has gone where it is not."""
        if self._left is None:
            return not self.off.is_set()
        self._left -= 1
        if self._left > 0:
            return True
        self.reached.set()
        self.off.wait()
        return False

    def wait(self, until: float, seconds: float) -> None:
        """Waits so long, but not beyond a moment, nor beyond the change."""
        self.reached.wait(max(0.0, min(until - time.monotonic(), seconds)))


class Campaign:
    """An image, an office, and a folder to work in."""

    def __init__(self, image: Path, office: Path, folder: Path, random: Random, control: str) -> None:
        self._image, self._folder, self._random, self._control = image, folder, random, control
        self._office = office
        name = "-no-full" if control == "no-full" else ""
        self._saved, self._base = folder / f"machine{name}", folder / f"base{name}"
        durable, seen = folder / "durable", folder / "seen"
        self._is_prepared = self._saved.exists() and self._base.exists()
        source = next((each for each in (self._base, folder / "base") if each.exists()), image)
        self._is_enrolled = source != image
        subprocess.run(["cp", "--sparse=always", str(source), str(durable)], check=True)
        if not self._is_enrolled:
            give_key(durable, folder)
        if control == "no-full" and not self._is_prepared:
            switch_full_off(durable, folder)
        subprocess.run(["cp", "--sparse=always", str(durable), str(seen)], check=True)
        self.disk = LossyDisk(durable, seen, random)
        self._server = DiskServer(self.disk, folder / "disk.sock")
        bookings = json.loads((office / "central" / "demo" / "bookings.json").read_text())
        self._first, *self._passes = [each["pass"] for each in bookings if each["label"] == "single"]
        self.tally = Tally()

    def prepare(self) -> None:
        """Boots, enrols, serves a first visit, and saves the machine at the start page; what an earlier campaign saved
        in the folder is taken.
        """
        if not self._is_prepared:
            self._save()
        self.disk.ignores_flush = self._control == "lying-disk"
        self.before = look(self.disk.durable, self._folder)

    def _save(self) -> None:
        office = Office(self._office)
        try:
            emulator = Emulator(self._image, self._folder / "machine-0", disk=self._server.drive)
            printed = Event()
            printer = Printer(emulator.line(PRINTER), lambda number: printed.set())
            if self._is_enrolled:
                boot_to_welcome(emulator)
            else:
                enrolled_at_welcome(emulator, office.code())
            with emulator.line(SCANNER) as scanner:
                scanner.sendall(self._first.encode() + b"\r")
                printed.wait(FIRST_SECONDS)
                boot_to_welcome(emulator)
            printer.close()
            emulator.save(self._saved)
        finally:
            office.stop()
        self._server.settle()
        self.disk.checkpoint(self._base)

    def cut(self, boots: bool) -> None:
        """One life from the start page to the cut, and what it left."""
        self.disk.restore(self._base)
        tray: list[str] = []
        trap = Trap(self._random.randint(1, MOST_CHANGES) if self._random.random() < TRAP_SHARE else None)
        with self._visited(tray, trap) as emulator:
            emulator.cut_power()
            trap.off.set()
        self._server.settle()
        tally = self.tally
        tally.cuts += 1
        tally.printed += len(tray)
        tally.unflushed += self.disk.unflushed
        for fate, _ in enumerate(self.disk.fates(FATES)):
            tally.fates += 1
            self._judge(tray, fate)
        tally.lost_sectors = self.disk.lost
        if boots:
            self._boot_again()

    def _judge(self, tray: list[str], fate: int) -> None:
        try:
            found = look(self.disk.durable, self._folder)
            judge(found, self.before, tray)
            if fate == FATES - 1:
                self.tally.issued += len(found.tickets) - len(self.before.tickets) - len(tray)
        except Broken as error:
            self.tally.violations.append(f"cut {self.tally.cuts}, fate {fate}: {error}")
            self.tally.kinds[str(error).partition(":")[0]] += 1

    @contextmanager
    def _visited(self, tray: list[str], trap: "Trap") -> Iterator[Emulator]:
        """A machine in the middle of visits; its tray is filled until the block ends."""
        emulator = Emulator(self._image, self._folder / "machine-1", disk=self._server.drive, resumed=self._saved)
        scanner, line = emulator.line(SCANNER), emulator.line(PRINTER)
        printer = Printer(line, tray.append)
        emulator.go_on()
        self.disk.before_change = trap.passes
        walk_in = WALK_IN if self._random.random() < WALK_IN_SHARE else ()
        until = time.monotonic() + self._random.uniform(0.3, VISIT_SECONDS) + len(walk_in) * STEP_SECONDS
        for place in walk_in:
            emulator.tap(*place)
            trap.wait(until, STEP_SECONDS)
        passes = self._random.sample(self._passes, 20)
        while time.monotonic() < until and not trap.reached.is_set():
            scanner.sendall(passes.pop().encode() + b"\r")
            trap.wait(until, self._random.uniform(0.2, 4.0))
        try:
            yield emulator
        finally:
            printer.close()
            scanner.close()

    def _boot_again(self) -> None:
        """From what the last fate left to the start page. From a plain file: the lossy disk would take the emulator its
        time.
        """
        plain = f"file={self.disk.durable},format=raw,snapshot=on,if=virtio"
        emulator = Emulator(self._image, self._folder / "machine-2", disk=plain, quiet=True)
        printer = Printer(emulator.line(PRINTER), lambda number: None)
        try:
            page, seconds = boot_to_page(emulator), boot_to_welcome(emulator)
        except TimeoutError as error:
            self.tally.violations.append(f"cut {self.tally.cuts}: boot: {error}")
            self.tally.kinds["boot"] += 1
        else:
            self.tally.pages.append(page)
            self.tally.boots.append(seconds)
        finally:
            emulator.cut_power()
            printer.close()

    def close(self) -> None:
        self._server.close()
        self.disk.close()


@contextmanager
def mounted(disk: Path, place: Path, start: int, *options: str) -> Iterator[Path]:
    """A partition of a disk as a folder, from MiB `start` on."""
    place.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-o", ",".join(["loop", f"offset={start << 20}", *options]), str(disk), str(place)], check=True
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def give_key(disk: Path, folder: Path) -> None:
    """A key of the store that the campaign can read: of its own accord the kiosk seals one, and shows it to nobody."""
    with mounted(disk, folder / "root", ROOT.start, "ro") as root:
        lines = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    user, group = next((int(line[2]), int(line[3])) for line in lines if line[0] == "anjungan-core")
    with mounted(disk, folder / "mounted", DATA.start) as data:
        file = data / "anjungan" / "store.key"
        file.parent.mkdir(exist_ok=True)
        file.touch(0o600)
        file.write_text(f"{secrets.token_hex(32)}\n")
        os.chown(file, user, group)


def switch_full_off(disk: Path, folder: Path) -> None:
    """The control: the kiosk of this disk has a store with synchronous=OFF, put over its code as an update would be."""
    version = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]["version"]
    source = (SOURCE / "kiosk" / "store.py").read_text()
    weak = source.replace('synchronous: str = "FULL"', 'synchronous: str = "OFF"')
    assert weak != source
    file, compiled = folder / "store.py", folder / "store.pyc"
    file.write_text(weak)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(file), str(compiled), "store.py", doraise=True, invalidation_mode=mode)
    with mounted(disk, folder / "mounted", DATA.start) as data:
        cache = data / f"opt/upper/versions/{version}/lib/python3.11/site-packages/kiosk/__pycache__"
        cache.mkdir(parents=True)
        shutil.copy(compiled, cache / "store.cpython-311.pyc")


def main() -> int:
    """The command line; returns the exit status: 1 on a violation, or where a control broke nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--cuts", type=int, default=300)
    parser.add_argument("--boot-every", type=int, default=25, help="of so many cuts one is followed by a whole boot")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", choices=CONTROLS, default="", help="switch this protection off instead")
    parser.add_argument(
        "--work",
        type=Path,
        required=True,
        help="a folder, 4 GB; the saved machine stays in it.",
    )
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    arguments.work.mkdir(parents=True, exist_ok=True)
    campaign = Campaign(arguments.image, arguments.office, arguments.work, Random(arguments.seed), arguments.control)
    try:
        tally = run(campaign, arguments.cuts, arguments.boot_every)
    finally:
        campaign.close()
    print(f"seed {arguments.seed}" + (f", control {arguments.control}" if arguments.control else ""))
    print(tally.report())
    print("\n".join(tally.violations[:20]))
    return 0 if bool(tally.violations) == bool(arguments.control) else 1


def run(campaign: Campaign, cuts: int, boot_every: int) -> Tally:
    """So many cuts; each `boot_every`-th is followed by a boot."""
    campaign.prepare()
    for number in range(1, cuts + 1):
        campaign.cut(boots=number % boot_every == 0)
        if number % 10 == 0:
            print(f"{number}: {campaign.tally.report()}", file=sys.stderr, flush=True)
    return campaign.tally


if __name__ == "__main__":
    sys.exit(main())
