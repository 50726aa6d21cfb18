"""Snapshots that were made already: a kiosk that asks again hardly costs anything, and no state is told twice over.

A process keeps the last snapshot of each office with the version of the data (`central.news`) that it was made of. Time
changes a snapshot too (the day, keys that expire, turns that come closer), so none is older than LONGEST.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock

from isal import igzip
from sqlalchemy.orm import Session

from central.news import Version, version
from central.snapshot import DayBookings, days_told, etag_of, office_zone, snapshot

LONGEST = timedelta(seconds=60)
FASTEST = 1
"""The level of igzip: six times as fast as zlib's fastest, and a tenth fewer bytes."""


@dataclass(frozen=True)
class MadeSnapshot:
    """A snapshot, packed by gzip, its ETag, what it was made of, and when it was made and its day is over (UTC)."""

    version: Version
    bookings: Mapping[date, DayBookings]
    made_at: datetime
    day_over: datetime
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
            held = self._made.get(office)
            young = held and abs(now - held.made_at) < LONGEST and now < held.day_over
            if held and young and version(session, office, held.bookings) == held.version:
                return held
            return self._make(session, office, now, held)

    def _make(self, session: Session, office: str, now: datetime, held: MadeSnapshot | None) -> MadeSnapshot | None:
        zone = office_zone(session, office)
        today = now.astimezone(zone).date()
        days = days_told(today)
        seen = version(session, office, days)
        known = {day: held.bookings[day] for day in days if held and held.version.days.get(day) == seen.days[day]}
        bookings = {day: known.get(day) or DayBookings.of(session, office, day) for day in days}
        body = snapshot(session, office, now, bookings)
        if body is None:
            return None
        etag = etag_of(body)
        packed = held.packed if held and held.etag == etag else igzip.compress(body, FASTEST, mtime=0)
        day_over = datetime.combine(today + timedelta(days=1), time(), zone)
        made = self._made[office] = MadeSnapshot(seen, bookings, now, day_over, etag, packed)
        return made
