"""What the kiosk remembers: one SQLite file with the snapshot, the tickets and the facts that are owed.

WAL with synchronous=FULL: what was committed survives a power cut. There is one connection, taken in turns by the
threads. An error of the disk is a StoreError; the process then ends, and a fresh one opens the file anew.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from kiosk.errors import NumberTaken, StoreError
from kiosk.model import Booking, Ticket, TicketState
from kiosk.numbering import walk_in_number
from kiosk.protocol import CheckedIn, Fact, FactBody, PaperMoved, Snapshot, WalkInIssued, canonical, digest

SCHEMA = """
CREATE TABLE IF NOT EXISTS snapshot (
    only INTEGER PRIMARY KEY CHECK (only = 1), etag TEXT NOT NULL, body TEXT NOT NULL, fetched_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY, day TEXT NOT NULL, number TEXT NOT NULL, service TEXT NOT NULL, walk_in INTEGER NOT NULL,
    state TEXT NOT NULL, booking TEXT, body TEXT NOT NULL, UNIQUE (day, number)
) STRICT;
CREATE INDEX IF NOT EXISTS tickets_of_booking ON tickets (booking, day);
CREATE TABLE IF NOT EXISTS journal (
    only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    last_digest TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS facts (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL
) STRICT;
"""

_TICKET: TypeAdapter[Ticket] = TypeAdapter(Ticket)


class Store:
    """The open file. Every method is one transaction, safe to call from any thread, and raises StoreError if the disk
    fails.
    """

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        """Opens the file, making it if absent. `now` gives the UTC time that facts are dated with."""
        self._now = now
        self._turn = threading.RLock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=5)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(SCHEMA)
            epoch = int(now().timestamp())
            self._db.execute("INSERT OR IGNORE INTO journal VALUES (1, ?, 0, '')", (epoch,))
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{file} cannot be opened: {error}; check the disk and who owns the folder") from error

    def close(self) -> None:
        """Closes the file; safe to call twice."""
        with self._turn:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreError(f"the kiosk cannot record: {error}; check the disk's space and health") from error

    # ------------------------------------------------------------ snapshot

    def snapshot(self) -> tuple[Snapshot, str] | None:
        """The last snapshot and its ETag, None before the first."""
        with self._transaction() as db:
            row = db.execute("SELECT body, etag FROM snapshot").fetchone()
        return (Snapshot.model_validate_json(row[0]), row[1]) if row else None

    def keep_snapshot(self, snapshot: Snapshot, etag: str) -> None:
        """Takes the place of the last snapshot."""
        row = (etag, snapshot.model_dump_json(), self._now().isoformat())
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?, ?)", row)

    # ------------------------------------------------------------ tickets

    def check_in(self, booking: Booking, places: Sequence[int], priority: str | None, late: bool) -> tuple[Ticket, ...]:
        """Issues a ticket to each of the booking's applicants in `places`, with its fact, in one transaction.

        Who has a ticket already gets that one: the same booking never gives two numbers to one person. Raises
        NumberTaken if another booking's ticket bears one of the numbers that day.
        """
        with self._transaction() as db:
            return tuple(self._check_in_one(db, booking, place, priority, late) for place in places)

    def _check_in_one(
        self, db: sqlite3.Connection, booking: Booking, place: int, priority: str | None, late: bool
    ) -> Ticket:
        applicant = booking.applicants[place]
        ticket = Ticket(
            id=booking.ticket_id(applicant.number),
            number=applicant.number,
            day=booking.day,
            service=booking.service,
            masked_name=applicant.masked_name,
            issued_at=self._now(),
            booking=booking.id,
            slot=booking.slot,
            priority=priority,
            late=late,
        )
        held = self._ticket(db, ticket.id)
        if held:
            return held
        try:
            self._insert(db, ticket)
        except sqlite3.IntegrityError as error:
            raise NumberTaken(f"{ticket.number} was given to two bookings of {ticket.day}; correct one") from error
        self._append(db, CheckedIn(ticket=ticket))
        return ticket

    def issue_walk_in(
        self, day: date, service: str, digit: int, quota: int | None, priority: str | None
    ) -> Ticket | None:
        """Issues the next number of the kiosk's own walk-in series with its fact, in one transaction; None if the
        quota is full.
        """
        with self._transaction() as db:
            if quota is not None and self._walk_ins(db, day, service) >= quota:
                return None
            count = db.execute("SELECT count(*) FROM tickets WHERE day = ? AND walk_in", (day.isoformat(),)).fetchone()[
                0
            ]
            ticket = Ticket(
                id=uuid4(),
                number=walk_in_number(digit, count + 1),
                day=day,
                service=service,
                masked_name="",
                issued_at=self._now(),
                priority=priority,
            )
            self._insert(db, ticket)
            self._append(db, WalkInIssued(ticket=ticket))
            return ticket

    def walk_ins(self, day: date, service: str) -> int:
        """How many walk-in tickets were issued on a day for a service."""
        with self._transaction() as db:
            return self._walk_ins(db, day, service)

    def tickets_of(self, booking: UUID, day: date) -> tuple[Ticket, ...]:
        """The tickets issued to a booking, by number."""
        return self._select("booking = ? AND day = ? ORDER BY number", (str(booking), day.isoformat()))

    def ticket(self, ticket_id: UUID) -> Ticket | None:
        """The ticket of that id, if this kiosk issued it."""
        with self._transaction() as db:
            return self._ticket(db, ticket_id)

    def tickets_in(self, state: TicketState) -> tuple[Ticket, ...]:
        """All tickets whose paper is in a state, the earliest first."""
        return self._select("state = ? ORDER BY rowid", (state,))

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets, the earliest first."""
        return self._select("1 ORDER BY rowid", ())

    def begin_print(self, ticket_id: UUID) -> Ticket:
        """Records that the ticket's bytes are about to be sent, before they are; they count as sent until the end is
        known.
        """
        return self._move(ticket_id, TicketState.SENDING, prints=1)

    def end_print(self, ticket_id: UUID, state: TicketState, by_person: bool = False) -> Ticket:
        """Records how the print ended, with its fact; `by_person` where a person said so. FAILED takes the count of
        `begin_print` back.
        """
        return self._move(ticket_id, state, prints=-1 if state is TicketState.FAILED else 0, by_person=by_person)

    def _move(self, ticket_id: UUID, state: TicketState, prints: int = 0, by_person: bool = False) -> Ticket:
        with self._transaction() as db:
            held = self._ticket(db, ticket_id)
            if held is None:
                raise StoreError(f"ticket {ticket_id} is not in the store; restore it from a copy")
            ticket = replace(held, state=state, prints=held.prints + prints)
            row = (state, _TICKET.dump_json(ticket).decode(), str(ticket_id))
            db.execute("UPDATE tickets SET state = ?, body = ? WHERE id = ?", row)
            if state is not TicketState.SENDING:
                self._append(db, PaperMoved(ticket=ticket_id, state=state, by_person=by_person))
            return ticket

    def _insert(self, db: sqlite3.Connection, ticket: Ticket) -> None:
        booking = str(ticket.booking) if ticket.booking else None
        body = _TICKET.dump_json(ticket).decode()
        row = (
            str(ticket.id),
            ticket.day.isoformat(),
            ticket.number,
            ticket.service,
            booking is None,
            ticket.state,
            booking,
            body,
        )
        db.execute("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _ticket(self, db: sqlite3.Connection, ticket_id: UUID) -> Ticket | None:
        row = db.execute("SELECT body FROM tickets WHERE id = ?", (str(ticket_id),)).fetchone()
        return _TICKET.validate_json(row[0]) if row else None

    def _walk_ins(self, db: sqlite3.Connection, day: date, service: str) -> int:
        where = "SELECT count(*) FROM tickets WHERE day = ? AND service = ? AND walk_in"
        return int(db.execute(where, (day.isoformat(), service)).fetchone()[0])

    def _select(self, where: str, values: tuple[str, ...]) -> tuple[Ticket, ...]:
        with self._transaction() as db:
            rows = db.execute(f"SELECT body FROM tickets WHERE {where}", values).fetchall()  # noqa: S608 - our own words
        return tuple(_TICKET.validate_json(row[0]) for row in rows)

    # ------------------------------------------------------------ facts

    def record(self, body: FactBody) -> None:
        """Appends a fact of its own."""
        with self._transaction() as db:
            self._append(db, body)

    def _append(self, db: sqlite3.Connection, body: FactBody) -> None:
        epoch, last, previous = db.execute("SELECT epoch, last_seq, last_digest FROM journal").fetchone()
        fact = Fact(id=uuid4(), epoch=epoch, seq=last + 1, previous=previous, at=self._now(), body=body)
        text = canonical(fact.model_dump(mode="json"))
        db.execute("UPDATE journal SET last_seq = ?, last_digest = ?", (fact.seq, digest(text)))
        db.execute("INSERT INTO facts VALUES (?, ?, ?)", (fact.seq, str(fact.id), text.decode()))

    def owed(self, limit: int) -> tuple[Fact, ...]:
        """The first facts that the central server has not acknowledged, in their order."""
        with self._transaction() as db:
            rows = db.execute("SELECT body FROM facts ORDER BY seq LIMIT ?", (limit,)).fetchall()
        return tuple(Fact.model_validate_json(row[0]) for row in rows)

    def owed_count(self) -> int:
        """How many facts the central server has not acknowledged."""
        with self._transaction() as db:
            return int(db.execute("SELECT count(*) FROM facts").fetchone()[0])

    def forget(self, epoch: int, up_to: int) -> None:
        """Deletes the facts that the central server has acknowledged; another epoch's answer changes nothing."""
        with self._transaction() as db:
            db.execute("DELETE FROM facts WHERE seq <= ? AND (SELECT epoch FROM journal) = ?", (up_to, epoch))
