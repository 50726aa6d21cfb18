"""One life of a store, to be recorded: everything that a kiosk does to it, in an order drawn from a seed.

Before each step it says `begin N`, after it `done N` and a digest of what a reader sees then.
"""

import argparse
import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

from opened_store import open_store, rows
from small_office import MORNING, small_booking, small_snapshot

from kiosk.model import Announcement, Ticket, TicketState, TimeMark, Words
from kiosk.protocol import HelpCalled, Rated
from kiosk.store import Store

SERIES = 4
ENDS = (TicketState.PRINTED, TicketState.UNCONFIRMED, TicketState.FAILED)
EVERYTHING = 1_000_000


def content(store: Store) -> str:
    """A digest of all that the store tells: tickets, facts that are owed, epoch, series, times, the snapshot's ETag."""
    held = store.snapshot()
    seen = (
        store.tickets(), store.owed(EVERYTHING), store.epoch, store.series(), store.time_mark(), store.last_at(),
        held[1] if held else "",
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()


class Life:
    """A store and the steps that it can take; each is one transaction, but for the first."""

    def __init__(self, file: Path, random: Random, synchronous: str) -> None:
        self._file, self._random, self._synchronous = file, random, synchronous
        self._now = MORNING
        self.open()
        self._steps: dict[Callable[[], object], int] = {
            self.check_in: 6,
            self.walk_in: 6,
            self.begin_print: 6,
            self.end_print: 6,
            self.record: 3,
            self.batch: 3,
            self.acknowledge: 3,
            self.resend: 1,
            self.keep_time: 1,
            self.keep_snapshot: 1,
            self.prune: 1,
            self.reopen: 2,
        }

    def open(self) -> None:
        self.store = open_store(self._file, lambda: self._now, self._synchronous)

    def reopen(self) -> None:
        self.store.close()
        self.open()

    def step(self) -> None:
        """The first gives the series, without which no walk-in is issued."""
        if self.store.series() is None:
            self.store.keep_series(SERIES)
            return
        self._now += timedelta(hours=self._random.choice((0, 0, 1, 9)))
        (chosen,) = self._random.choices(list(self._steps), list(self._steps.values()))
        chosen()

    def check_in(self) -> None:
        place, size = self._random.randrange(1, 900), self._random.randrange(1, 4)
        numbers = tuple(f"A-{place * 5 + each:03}" for each in range(size))
        booking = small_booking(place, numbers, self._now.date())
        self.store.check_in(booking, range(size), None, late=False)

    def walk_in(self) -> None:
        self.store.issue_walk_in(self._now.date(), "a", None, None)

    def begin_print(self) -> None:
        if ticket := self._ticket():
            self.store.begin_print(ticket.id)

    def end_print(self) -> None:
        if ticket := self._ticket():
            self.store.end_print(ticket.id, self._random.choice(ENDS))

    def _ticket(self) -> Ticket | None:
        tickets = self.store.tickets()
        return self._random.choice(tickets) if tickets else None

    def record(self) -> None:
        rated = Rated(rating=uuid4(), score=self._random.randrange(1, 6))
        self.store.record(self._random.choice((rated, HelpCalled(step="welcome"))))

    def batch(self) -> None:
        self.store.next_batch()

    def acknowledge(self) -> None:
        if owed := self.store.owed(self._random.randrange(1, 20)):
            self.store.acknowledge(owed[-1].epoch, owed[-1].seq)

    def resend(self) -> None:
        self.store.resend_from(self._random.randrange(1, 20))

    def keep_time(self) -> None:
        self.store.keep_time(TimeMark("boot", self._random.random(), self._now))

    def prune(self) -> None:
        """Deletes, then cuts the write-ahead log to nothing."""
        self.store.prune(self._now.date() + timedelta(days=self._random.choice((0, 1, 9))))

    def keep_snapshot(self) -> None:
        """Now small, now large, so that the file grows and pages become free."""
        words = Words("Selamat datang " * self._random.choice((1, 400)), "Welcome")
        news = Announcement(uuid4().hex, words, MORNING.date(), MORNING.date())
        self.store.keep_snapshot(small_snapshot((news,)), f'"{news.id}"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("said", type=Path)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--synchronous", default="FULL")
    parser.add_argument("--migrates", action="store_true", help="the next release opens the file at the end")
    arguments = parser.parse_args()
    saying = os.open(arguments.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(saying, b"begin 0\n")
    life = Life(arguments.file, Random(arguments.seed), arguments.synchronous)
    for number in range(arguments.steps + 1):
        if number:
            os.write(saying, f"begin {number}\n".encode())
            life.step()
        os.write(saying, f"done {number} {content(life.store)}\n".encode())
    os.write(saying, f"begin {arguments.steps + 1}\n".encode())
    life.store.close()
    if arguments.migrates:
        rows(arguments.file, migrated=True)


if __name__ == "__main__":
    main()
