"""No number comes twice: simulated kiosks issue numbers through restarts, wrong clocks and replaced disks.

Each office has nine kiosks with the true store (SQLCipher, in shared memory), the true clock's judgement, and the
central server's own allocation of series. The law: no two tickets of one office and true service day bear one number;
and while no ticket of an epoch was undated, the walk-in numbers of each of its days are 1, 2, 3 … without a gap.
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from kiosk_in_time import KioskInTime, TrustedWall
from small_office import MORNING
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from central.database import Base, KioskRow
from central.epochs import register
from kiosk.clock import Clock
from kiosk.model import Ticket
from kiosk.protocol import NewEpoch

CONTROLS = ("one-series", "wall-day")
"""A replaced disk goes on in the kiosk's first series; days are counted by whatever the machine's clock shows."""
CONTROL_NUMBERS, CONTROL_KIOSKS = 36_000, 9
OFFICE_KIOSKS = 9
"""Kiosks of one office."""


@dataclass
class Result:
    """Counts of one office, or of all."""

    numbers: int = 0
    walk_ins: int = 0
    undated: int = 0
    restarts: int = 0
    epochs: int = 0
    gapless_days: int = 0
    violations: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Result") -> "Result":
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


class Central:
    """The central server's allocation of series, for one office."""

    def __init__(self, kiosks: int, is_one_series: bool) -> None:
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        self._session, self._is_one_series = Session(engine), is_one_series
        for digit in range(1, kiosks + 1):
            name = f"Kiosk {digit}"
            self._session.add(
                KioskRow(id=str(digit), office="PYK", name=name, digit=digit, public_key="", revoked=False)
            )
        self._session.flush()

    def series(self, digit: int, epoch: int) -> int:
        kiosk = self._session.get(KioskRow, str(digit))
        assert kiosk
        return digit if self._is_one_series else register(self._session, kiosk, NewEpoch(epoch=epoch), MORNING, min)


class Office:
    """The numbers of an office, and the laws that they must keep."""

    def __init__(self) -> None:
        self.result = Result()
        self._holders: dict[tuple[date, str], UUID] = {}
        self._counts: Counter[tuple[int, date]] = Counter()

    def take(self, kiosk: KioskInTime, ticket: Ticket) -> None:
        self.result.numbers += 1
        day = kiosk.true_day
        if self._holders.setdefault((day, ticket.number), ticket.id) != ticket.id:
            self.result.violations.append(f"{ticket.number} was given twice on {day}")
        if ticket.booking is None:
            self.result.walk_ins += 1
            if kiosk.epoch_is_dated:
                self._count(kiosk, day, int(ticket.number.rpartition("-")[2]))

    def _count(self, kiosk: KioskInTime, day: date, count: int) -> None:
        self._counts[kiosk.epoch, day] += 1
        due = self._counts[kiosk.epoch, day]
        self.result.gapless_days += due == 1
        if count != due:
            self.result.violations.append(f"walk-in number {count} of {day} came where {due} was due")
            self._counts[kiosk.epoch, day] = count


@dataclass(frozen=True)
class Task:
    """An office with so many kiosks, each issuing so many numbers."""

    office: str
    kiosks: int
    numbers: int
    control: str


def numbers_of(task: Task) -> Result:
    """Lets one office's kiosks issue their numbers."""
    office, central = Office(), Central(task.kiosks, task.control == "one-series")
    clock: type[Clock] = TrustedWall if task.control == "wall-day" else Clock
    with TemporaryDirectory(dir="/dev/shm", prefix="numbers-") as folder:
        for digit in range(1, task.kiosks + 1):
            random = Random(f"{task.office}/{digit}")
            kiosk = KioskInTime(Path(folder) / str(digit), random, partial(central.series, digit), MORNING, clock)
            for _ in range(task.numbers):
                office.take(kiosk, kiosk.next_ticket())
            kiosk.close()
            office.result += Result(undated=kiosk.undated, restarts=kiosk.restarts, epochs=kiosk.epochs)
    return office.result


def campaign(numbers: int, kiosks: int, seed: int, jobs: int, control: str = "") -> Result:
    """`kiosks` in offices of nine, `numbers` in all or a few more."""
    each = -(-numbers // kiosks)
    tasks = [
        Task(f"{seed}/{first}", min(OFFICE_KIOSKS, kiosks - first), each, control)
        for first in range(0, kiosks, OFFICE_KIOSKS)
    ]
    total = Result()
    if jobs == 1:
        for task in tasks:
            total += numbers_of(task)
        return total
    with get_context("spawn").Pool(jobs) as pool:
        for result in pool.imap(numbers_of, tasks):
            total += result
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=20_000)
    parser.add_argument("--kiosks", type=int, default=18)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--control", choices=CONTROLS, help="this control alone")
    arguments = parser.parse_args()
    ends = [_told(each, arguments) for each in ([arguments.control] if arguments.control else ["", *CONTROLS])]
    sys.exit(not all(ends))


def _told(control: str, arguments: argparse.Namespace) -> bool:
    """Runs and prints one part; whether it ended as it must."""
    began = time.monotonic()
    numbers, kiosks = (CONTROL_NUMBERS, CONTROL_KIOSKS) if control else (arguments.numbers, arguments.kiosks)
    result = campaign(numbers, kiosks, arguments.seed, arguments.jobs, control)
    seconds = time.monotonic() - began
    print(
        f"{f'control {control}' if control else 'numbers'}: {result.numbers} of {kiosks} kiosks, {result.walk_ins} of "
        f"them walk-ins, {result.undated} undated, {result.restarts} restarts, {result.epochs} epochs, "
        f"{result.gapless_days} days held to be without a gap, in {seconds:.0f} s ({result.numbers / seconds:.0f} a "
        f"second); violations: {len(result.violations)}"
    )
    for violation in result.violations[: 2 if control else 10]:
        print(f"  {violation}")
    return bool(result.violations) if control else not result.violations


if __name__ == "__main__":
    main()
