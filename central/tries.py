"""How often somebody may guess wrong, and how often one address may send something; every process counts the same."""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Index, String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from central.database import ALL_COLUMNS, Base


class TryRow(Base):
    """What is counted of a kind for a key, which is held as its SHA-256: somebody may have typed a password for a
    name. `at` is the last counted try for Tries, and for Rate when nothing of the allowance is in use any more.
    """

    __tablename__ = "tries"
    quiet = ALL_COLUMNS
    __table_args__ = (Index("ix_tries_kind_at", "kind", "at"),)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    at: Mapped[datetime]


class Tries:
    """Tries of a kind by a key: `free` ones at once, then one after `first`, the next after twice as long, and so on up
    to `longest`. After `forget` without a try all is forgotten. Count a try before judging it, so that many at the same
    time are not all free; keep a session's transaction short, since it holds the key's count.
    """

    def __init__(self, kind: str, free: int, first: timedelta, longest: timedelta, forget: timedelta) -> None:
        self._kind, self._free = kind, free
        self._first, self._longest, self._forget = first, longest, forget

    def wait(self, session: Session, key: str, now: datetime) -> int:
        """After how many s the key may try again, 0 for at once."""
        row = _row(session, self._kind, key)
        if row is None or row.count < self._free or row.at <= now - self._forget:
            return 0
        doublings = min(row.count - self._free, 20)
        pause = min(self._first * (1 << doublings), self._longest)
        return max(ceil((row.at + pause - now).total_seconds()), 0)

    def note(self, session: Session, key: str, now: datetime) -> None:
        """Counts a try."""
        _sweep(session, self._kind, now - self._forget)
        row = _row(session, self._kind, key) or _made(session, self._kind, key, now)
        row.count, row.at = row.count + 1, now

    def take_back(self, session: Session, key: str) -> None:
        """The last try was right, so it does not count."""
        row = _row(session, self._kind, key)
        if row is not None:
            row.count = max(row.count - 1, 0)

    def forget(self, session: Session, key: str) -> None:
        """Nothing counts any more: the key has proved itself."""
        session.execute(delete(TryRow).where(TryRow.kind == self._kind, TryRow.key == _hash(key)))


def count(session: Session, now: datetime, *tried: tuple[Tries, str]) -> int:
    """Counts a try by every key before it is judged, and returns 0; or counts none, and returns after how many s there
    is one.
    """
    wait = max(tries.wait(session, key, now) for tries, key in tried)
    if not wait:
        for tries, key in tried:
            tries.note(session, key, now)
    return wait


class Rate:
    """So many of a kind at once by a key, and one more each `every` (a leaky bucket, one row a key)."""

    def __init__(self, kind: str, at_once: int, every: timedelta) -> None:
        self._kind, self._at_once, self._every = kind, at_once, every

    def take(self, session: Session, key: str, now: datetime) -> int:
        """Takes one, and returns 0; or after how many s there is one."""
        _sweep(session, self._kind, now)
        row = _row(session, self._kind, key) or _made(session, self._kind, key, now)
        in_use = max(row.at, now)
        late = in_use - now - self._every * (self._at_once - 1)
        if late > timedelta():
            return ceil(late.total_seconds())
        row.at = in_use + self._every
        return 0


def network_of(address: str) -> str:
    """Whom an address is counted as: an IPv6 subscriber has a whole /64 to send from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


def _row(session: Session, kind: str, key: str) -> TryRow | None:
    return session.get(TryRow, (kind, _hash(key)), with_for_update=True)


def _made(session: Session, kind: str, key: str, now: datetime) -> TryRow:
    try:
        with session.begin_nested():
            session.add(TryRow(kind=kind, key=_hash(key), count=0, at=now))
    except IntegrityError:
        pass  # another process was quicker
    return session.get_one(TryRow, (kind, _hash(key)), with_for_update=True)


def _sweep(session: Session, kind: str, until: datetime) -> None:
    session.execute(delete(TryRow).where(TryRow.kind == kind, TryRow.at <= until))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
