"""A kiosk whose clock goes wrong, whose process and machine restart, and whose disk is replaced; its store is the true
one, and so is its clock's judgement.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from opened_store import open_store
from small_office import small_booking

from kiosk.clock import HOLDOVER_FOR, Clock, Uptime
from kiosk.model import ClockState, Ticket
from kiosk.numbering import slot_numbers

ZONE = ZoneInfo("Asia/Jakarta")
SLOTS, SLOT_SIZE = 16, 40
MEAN_GAP_SECONDS = 345.0
"""Some 250 tickets in a day and a night, so that midnights are met."""
EVERYTHING = 1_000_000
EXCHANGE = timedelta(seconds=0.1)
LONGEST_OFFLINE = 60
"""Tickets that a kiosk issues before it is in touch again."""

Series = Callable[[int], int]
"""What the central server answers to a new epoch."""


class Wall(StrEnum):
    """What the machine's clock shows after it was off."""

    RIGHT = "right"
    BACK = "back"
    FORWARD = "forward"
    EPOCH = "1970"
    FAR = "2038"


class TrustedWall(Clock):
    """The control: whatever the machine's clock shows is believed."""

    def now(self) -> datetime:
        return self._wall()

    def trusted(self) -> datetime | None:
        return self._wall()

    @property
    def state(self) -> ClockState:
        return ClockState.SYNCED


class KioskInTime:
    """`clock` is Clock, or a control. `true` is the time that nobody but the central server knows (UTC)."""

    def __init__(
        self, folder: Path, random: Random, series: Series, true: datetime, clock: type[Clock] = Clock
    ) -> None:
        self.true = true
        self._folder, self._random, self._series, self._make_clock = folder, random, series, clock
        self._boots, self._booted_at, self._error = 0, true, timedelta()
        self._keeps_time, self._offline_for, self._tidied = True, 0, date.min
        self.restarts = self.epochs = self.undated = 0
        self.epoch_is_dated = True
        self._replace_disk()

    @property
    def true_day(self) -> date:
        return self.true.astimezone(ZONE).date()

    @property
    def epoch(self) -> int:
        return self._store.epoch

    def next_ticket(self) -> Ticket:
        """Time goes on, something may happen to the kiosk, and a ticket is issued."""
        self.true += timedelta(seconds=self._random.expovariate(1 / MEAN_GAP_SECONDS))
        self._something_happens()
        ticket = self._check_in() if self._random.random() < 0.2 else self._walk_in()
        if ticket.issued_at is None:
            self.undated += 1
            self.epoch_is_dated = False
        return ticket

    def close(self) -> None:
        self._store.close()

    def _something_happens(self) -> None:
        lot = self._random.random()
        if lot < 1 / 3000:
            self._store.close()
            shutil.rmtree(self._folder)
            self._replace_disk()
        elif lot < 1 / 400:
            self._reboot()
        elif lot < 1 / 200:
            self._restart()
        self._offline_for -= 1
        if self._offline_for < 0:
            self._get_in_touch()
            self._offline_for = self._random.randrange(LONGEST_OFFLINE)

    def _restart(self) -> None:
        """The process ends and starts anew; the machine stays up."""
        self.restarts += 1
        self._store.close()
        self._start()

    def _reboot(self) -> None:
        """The machine was off, for minutes or for days; its clock may have been reset meanwhile."""
        off = timedelta(minutes=5) if self._random.random() < 0.7 else timedelta(days=self._random.random() * 12)
        self.true += off
        self._boots, self._booted_at = self._boots + 1, self.true
        self._keeps_time = self._random.random() < 0.7
        self._error = self._wall_error(off)
        if self._is_believed(self.true + self._error):
            self._error = timedelta()
        self._offline_for = self._random.randrange(LONGEST_OFFLINE)
        self._restart()

    def _is_believed(self, wall: datetime) -> bool:
        """Whether nothing can tell that this wall is wrong: it keeps time, and comes soon after all that is known.

        Such a clock is left out.
        """
        mark, last = self._store.time_mark(), self._store.last_at()
        known = max((each for each in (last, mark.at if mark else None) if each), default=None)
        return known is not None and self._keeps_time and known <= wall <= known + HOLDOVER_FOR

    def _wall_error(self, off: timedelta) -> timedelta:
        """A clock that failed while the machine was `off`."""
        match self._random.choice([Wall.RIGHT, Wall.RIGHT, *Wall]):
            case Wall.BACK:
                return -off - timedelta(days=1 + self._random.random() * 9)
            case Wall.FORWARD:
                return timedelta(days=60 + self._random.random() * 900)
            case Wall.EPOCH:
                return datetime(1970, 1, 1, tzinfo=UTC) - self.true
            case Wall.FAR:
                return datetime(2038, 1, 19, tzinfo=UTC) - self.true
            case _:
                return timedelta()

    def _replace_disk(self) -> None:
        """A fresh store cannot issue before it has been in touch."""
        self.epochs += 1
        self.epoch_is_dated = True
        self._start()
        self._get_in_touch()

    def _start(self) -> None:
        uptime = Uptime(str(self._boots), lambda: (self.true - self._booted_at).total_seconds())
        self._clock = self._make_clock(lambda: self.true + self._error, uptime, lambda: self._keeps_time)
        self._store = open_store(self._folder / "kiosk.sqlite", self._clock.trusted)
        self._clock.recall(self._store.time_mark(), self._store.last_at())

    def _get_in_touch(self) -> None:
        """What a round of Sync does: the series, the facts, the time; and the day's tidying."""
        self._store.keep_series(self._series(self._store.epoch))
        # The server read its clock in the middle of the exchange: else the kiosk's midnight comes a moment early.
        mark = self._clock.heard(self.true - EXCHANGE / 2, EXCHANGE.total_seconds())
        if mark:
            self._store.keep_time(mark)
        self._store.acknowledge(self._store.epoch, self._store.owed_count() + self._acknowledged())
        today = self._today()
        if self._clock.state is not ClockState.UNTRUSTED and today != self._tidied:
            self._store.prune(today)
            self._tidied = today

    def _acknowledged(self) -> int:
        owed = self._store.owed(1)
        return owed[0].seq - 1 if owed else 0

    def _today(self) -> date:
        return self._clock.now().astimezone(ZONE).date()

    def _walk_in(self) -> Ticket:
        ticket = self._store.issue_walk_in(self._today(), "a", None, None)
        assert ticket
        return ticket

    def _check_in(self) -> Ticket:
        """Somebody with a booking of the true day; another kiosk of the office may get the same person too."""
        slot, place = self._random.randrange(SLOTS), self._random.randrange(SLOT_SIZE)
        number = slot_numbers("A", slot, SLOT_SIZE)[place]
        booking = small_booking(self.true_day.toordinal() * 1000 + slot * SLOT_SIZE + place, (number,), self.true_day)
        (ticket,) = self._store.check_in(booking, (0,), None, late=False)
        return ticket
