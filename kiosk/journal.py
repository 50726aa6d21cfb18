"""The journal of facts, which is the outbox too.

A fact is appended in one transaction with what it tells of, sent in its order, and kept for a while after the central
server acknowledged it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from kiosk.database import Database
from kiosk.errors import StoreError
from kiosk.model import StoreFault
from kiosk.protocol import BATCH_BYTES, BATCH_FACTS, Fact, FactBody, canonical, digest

_HEAD, _TAIL = b'{"facts":[', b"]}"


@dataclass(frozen=True)
class Batch:
    """Facts `first` to `last` of an epoch, as the bytes that are sent: the same ones at each try."""

    epoch: int
    first: int
    last: int
    body: bytes


class Journal:
    """The facts of one epoch. Every method is one transaction, safe from any thread, and raises StoreError.

    `now` gives UTC, or None while the kiosk's clock cannot be trusted: what is recorded then has no date.
    """

    def __init__(self, database: Database, now: Callable[[], datetime | None]) -> None:
        self._database, self._now = database, now
        with database.transaction() as db:
            # The write finds a disk that takes nothing before anybody relies on it.
            db.execute("INSERT OR IGNORE INTO journal (only, epoch) VALUES (1, ?)", (secrets.randbelow(2**48) + 1,))
            db.execute("UPDATE journal SET epoch = epoch")
            self.epoch: int = db.execute("SELECT epoch FROM journal").fetchone()[0]

    def series(self) -> int | None:
        """The walk-in series that belongs to this epoch, None until the central server gave one."""
        series: int | None = self._journal("series")[0]
        return series

    def keep_series(self, series: int) -> None:
        """Numbers walk-ins in this series from now on; one that is held stays."""
        with self._database.transaction() as db:
            db.execute("UPDATE journal SET series = coalesce(series, ?)", (series,))

    def forget_series(self) -> None:
        """Numbers no walk-in before the central server has given the series again: a copy that is put back does not
        know which numbers were given out after it was made.
        """
        with self._database.transaction() as db:
            db.execute("UPDATE journal SET series = NULL")

    def is_empty(self) -> bool:
        """Whether this epoch has no fact yet."""
        return bool(self._journal("last_seq")[0] == 0)

    def is_old_copy(self) -> bool:
        """Whether `condemn` was called."""
        return bool(self._journal("old_copy")[0])

    def condemn(self, up_to: int) -> None:
        """If the central server holds facts up to a seq that was never recorded here, this store is an old copy of
        another: raises StoreError, and remembers it. What it would issue, that one has issued already.
        """
        with self._database.transaction() as db:
            if up_to <= db.execute("SELECT last_seq FROM journal").fetchone()[0]:
                return
            db.execute("UPDATE journal SET old_copy = 1")
        raise StoreError(StoreFault.OLD_COPY, "this store is older than what the central server holds of it; restart")

    def last_at(self) -> datetime | None:
        """When the last dated fact was recorded (UTC)."""
        text = self._journal("last_at")[0]
        return datetime.fromisoformat(text) if text else None

    def record(self, body: FactBody) -> None:
        """Appends a fact of its own."""
        with self._database.transaction() as db:
            self._append(db, body)

    def _append(self, db: Any, body: FactBody) -> int:
        """Appends a fact to a transaction that has begun; returns its seq."""
        last, previous = db.execute("SELECT last_seq, last_digest FROM journal").fetchone()
        at = self._now()
        fact = Fact(id=uuid4(), epoch=self.epoch, seq=last + 1, previous=previous, at=at, body=body)
        text = canonical(fact.model_dump(mode="json"))
        db.execute(
            "UPDATE journal SET last_seq = ?, last_digest = ?, last_at = coalesce(?, last_at)",
            (fact.seq, digest(text), at.isoformat() if at else None),
        )
        db.execute("INSERT INTO facts VALUES (?, ?, ?, NULL)", (fact.seq, str(fact.id), text.decode()))
        return fact.seq

    def owed(self, limit: int) -> tuple[Fact, ...]:
        """The first facts that the central server has not acknowledged, in their order."""
        wanted = "SELECT body FROM facts WHERE seq > (SELECT acknowledged FROM journal) ORDER BY seq LIMIT ?"
        with self._database.transaction() as db:
            rows = db.execute(wanted, (limit,)).fetchall()
        return tuple(Fact.model_validate_json(row[0]) for row in rows)

    def owed_count(self) -> int:
        """How many facts the central server has not acknowledged."""
        last, acknowledged = self._journal("last_seq, acknowledged")
        return int(last - acknowledged)

    def next_batch(self) -> Batch | None:
        """The first facts that are owed, at most BATCH_FACTS and BATCH_BYTES but one at least; None if none are.

        Where it ends is on disk before it is returned, so that the next try, even of another process, sends the same
        bytes.
        """
        with self._database.transaction() as db:
            acknowledged, end = db.execute("SELECT acknowledged, batch_end FROM journal").fetchone()
            most = max(acknowledged + BATCH_FACTS, end)
            rows = db.execute(
                "SELECT seq, body FROM facts WHERE seq > ? AND seq <= ? ORDER BY seq", (acknowledged, most)
            ).fetchall()
            if not rows:
                return None
            if end <= acknowledged:
                end = acknowledged + _fitting([row[1] for row in rows])
                db.execute("UPDATE journal SET batch_end = ?", (end,))
        texts = [row[1].encode() for row in rows if row[0] <= end]
        return Batch(self.epoch, acknowledged + 1, end, _HEAD + b",".join(texts) + _TAIL)

    def halve_batch(self) -> bool:
        """Ends the batch that is being sent in its middle; False if it is one fact only."""
        with self._database.transaction() as db:
            acknowledged, end = db.execute("SELECT acknowledged, batch_end FROM journal").fetchone()
            if end - acknowledged < 2:
                return False
            db.execute("UPDATE journal SET batch_end = ?", (acknowledged + (end - acknowledged) // 2,))
            return True

    def acknowledge(self, epoch: int, up_to: int) -> None:
        """The central server holds the facts of this epoch up to `up_to`; another epoch's answer changes nothing."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE journal SET acknowledged = ? WHERE epoch = ? AND acknowledged < ? AND last_seq >= ?",
                (up_to, epoch, up_to, up_to),
            )

    def resend_from(self, seq: int) -> bool:
        """The central server lost what it had acknowledged from `seq` on: it is owed again. False, and nothing changes,
        if that was not acknowledged yet or is not held any more.
        """
        with self._database.transaction() as db:
            held = db.execute("SELECT 1 FROM facts WHERE seq = ?", (seq,)).fetchone()
            acknowledged = db.execute("SELECT acknowledged FROM journal").fetchone()[0]
            if not held or seq > acknowledged:
                return False
            db.execute("UPDATE journal SET acknowledged = ?, batch_end = 0", (seq - 1,))
            db.execute("UPDATE facts SET acknowledged_on = NULL WHERE seq >= ?", (seq,))
            return True

    def _forget(self, db: Any, today: date, keep: timedelta) -> int:
        """Deletes the facts that were acknowledged longer ago than `keep`, from the first on, so that what is held has
        no holes whatever the clock did. Returns how many.
        """
        acknowledged = "seq <= (SELECT acknowledged FROM journal)"
        db.execute(
            f"UPDATE facts SET acknowledged_on = ? WHERE acknowledged_on IS NULL AND {acknowledged}",  # noqa: S608
            (today.isoformat(),),
        )
        first_kept = "SELECT min(seq) FROM facts WHERE acknowledged_on IS NULL OR acknowledged_on >= ?"
        first = db.execute(first_kept, ((today - keep).isoformat(),)).fetchone()[0]
        until = "seq < ?" if first else "? IS NULL"
        gone = db.execute(f"DELETE FROM facts WHERE {until} AND {acknowledged}", (first,))  # noqa: S608 - our own words
        return int(gone.rowcount)

    def _journal(self, columns: str) -> Any:
        with self._database.transaction() as db:
            return db.execute(f"SELECT {columns} FROM journal").fetchone()  # noqa: S608 - our own words


def _fitting(texts: list[str]) -> int:
    """How many of the first texts fit into one batch, one at least."""
    size, count = len(_HEAD) + len(_TAIL), 0
    for text in texts[:BATCH_FACTS]:
        size += len(text.encode()) + 1
        if count and size > BATCH_BYTES:
            break
        count += 1
    return count
