"""Snapshots that were made already: a kiosk that asks again hardly costs anything, and no state is told twice over.

A process keeps the last snapshot of each office with the version of the data (`central.news`) that it was made of. Time
changes a snapshot too (the day, keys that expire, turns that come closer), so none is older than LONGEST.
"""

import gzip
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock

from sqlalchemy.orm import Session

from central.news import Version, version
from central.snapshot import ToldBookings, etag_of, office_zone, snapshot

LONGEST = timedelta(seconds=60)
FASTEST = 1
"""The level of gzip: twice as fast as the usual one, for a tenth more bytes."""


@dataclass(frozen=True)
class MadeSnapshot:
    """A snapshot, packed by gzip, with its ETag, the data's version, and when it was made and its day is over (UTC)."""

    version: Version
    made_at: datetime
    day_over: datetime
    bookings: ToldBookings
    etag: str
    packed: bytes


class Snapshots:
    """The last snapshot of each office. Safe to use from any thread."""

    def __init__(self) -> None:
        self._made: dict[str, MadeSnapshot] = {}
        self._turns: dict[str, Lock] = {}

    def of(self, session: Session, office: str, now: datetime) -> MadeSnapshot | None:
        """The office's snapshot as this transaction sees it, None before the office is loaded; `now` is UTC."""
        # Kiosks of an office that ask at once wait for one of them to make it.
        with self._turns.setdefault(office, Lock()):
            seen, held = version(session, office), self._made.get(office)
            if held and held.version == seen and abs(now - held.made_at) < LONGEST and now < held.day_over:
                return held
            return self._make(session, office, now, seen, held)

    def _make(
        self, session: Session, office: str, now: datetime, seen: Version, held: MadeSnapshot | None
    ) -> MadeSnapshot | None:
        zone = office_zone(session, office)
        today = now.astimezone(zone).date()
        bookings = _still_right(held, seen, today) or ToldBookings.of(session, office, today)
        body = snapshot(session, office, now, bookings)
        if body is None:
            return None
        etag = etag_of(body)
        same = held and held.etag == etag
        packed = held.packed if held and same else gzip.compress(body.encode(), FASTEST, mtime=0)
        day_over = datetime.combine(today + timedelta(days=1), time(), zone)
        made = self._made[office] = MadeSnapshot(seen, now, day_over, bookings, etag, packed)
        return made


def _still_right(held: MadeSnapshot | None, seen: Version, today: date) -> ToldBookings | None:
    if held and held.version.bookings == seen.bookings and held.bookings.day == today:
        return held.bookings
    return None
