"""What the kiosk remembers: the snapshot, the tickets, and the journal of facts, in one encrypted file."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter, ValidationError
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.database import Database
from kiosk.errors import NumberTaken, StoreError
from kiosk.model import UNKNOWN_LANGUAGE, Booking, Language, StoreFault, Ticket, TicketState, TimeMark, WrongAnswers
from kiosk.numbering import walk_in_number
from kiosk.protocol import CheckedIn, PaperMoved, Snapshot, TechnicianWay, WalkInIssued
from kiosk.response_box import KEEP_RESPONSES, ResponseBox
from kiosk.schema import MIGRATIONS

KEEP_FACTS = timedelta(days=7)
"""So long facts are kept after they were acknowledged, for a central server that is restored from an older copy."""
KEEP_TICKETS = timedelta(days=2)
KEEP_NAMES = timedelta(days=0)
"""Masked names go from the tickets with the end of their service day."""

_TICKET: TypeAdapter[Ticket] = TypeAdapter(Ticket)


class Store(ResponseBox):
    """The open file. Every method is one transaction, safe to call from any thread, and raises StoreError if the file
    cannot be written or read.
    """

    def __init__(
        self,
        file: Path,
        key: bytes,
        now: Callable[[], datetime | None],
        synchronous: str = "FULL",
        random: Random | None = None,
    ) -> None:
        """Opens the file, making it if absent, with a new epoch. `now`, `synchronous` and `random` (the system's own
        unless given) are as in Journal, Database and ResponseBox.
        """
        super().__init__(Database(file, key, MIGRATIONS, synchronous), now, random or SystemRandom())

    def close(self) -> None:
        """Closes the file; safe to call twice."""
        self._database.close()

    # ------------------------------------------------------------ snapshot and time

    def snapshot(self) -> tuple[Snapshot, str] | None:
        """The last snapshot and its ETag, None before the first, and where another version of the kiosk kept one that
        this one cannot work with.
        """
        with self._database.transaction() as db:
            row = db.execute("SELECT body, etag FROM snapshot").fetchone()
        snapshot = _snapshot(row)
        return (snapshot, row[1]) if snapshot else None

    def keep_snapshot(self, snapshot: Snapshot, etag: str) -> None:
        """Takes the place of the last snapshot."""
        with self._database.transaction() as db:
            db.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)", (etag, snapshot.model_dump_json()))

    def time_mark(self) -> TimeMark | None:
        """The last mark that was kept."""
        with self._database.transaction() as db:
            row = db.execute("SELECT boot, seconds, at FROM clock").fetchone()
        return TimeMark(row[0], row[1], datetime.fromisoformat(row[2])) if row else None

    def keep_time(self, mark: TimeMark) -> None:
        """Takes the place of the last mark."""
        with self._database.transaction() as db:
            row = (mark.boot, mark.seconds, mark.at.isoformat())
            db.execute("INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?)", row)

    # ------------------------------------------------------------ the technician's way in

    def way_in(self) -> TechnicianWay | None:
        """By what a technician is told, None before the central server has said it."""
        with self._database.transaction() as db:
            row = db.execute("SELECT secret, pin FROM technician").fetchone()
        return TechnicianWay(secret=row[0], pin=row[1]) if row and row[0] else None

    def keep_way_in(self, way: TechnicianWay) -> None:
        """Takes the place of the last one."""
        with self._database.transaction() as db:
            kept = "INSERT INTO technician (only, secret, pin) VALUES (1, ?, ?)"
            renewed = "ON CONFLICT (only) DO UPDATE SET secret = excluded.secret, pin = excluded.pin"
            db.execute(f"{kept} {renewed}", (way.secret, way.pin))

    def wrong_answers(self) -> WrongAnswers:
        """Those since somebody got in, and until when the way in is shut for them."""
        with self._database.transaction() as db:
            row = db.execute("SELECT wrong, boot, until FROM technician").fetchone()
        return WrongAnswers(*row) if row else WrongAnswers()

    def keep_wrong_answers(self, wrong: WrongAnswers) -> None:
        """Takes the place of the last ones."""
        with self._database.transaction() as db:
            kept = "INSERT INTO technician (only, wrong, boot, until) VALUES (1, ?, ?, ?)"
            renewed = (
                "ON CONFLICT (only) DO UPDATE SET wrong = excluded.wrong, boot = excluded.boot, until = excluded.until"
            )
            db.execute(f"{kept} {renewed}", (wrong.count, wrong.boot, wrong.until))

    def use_challenge(self, challenge: str) -> bool:
        """Whether it was never shown; it has been from now on."""
        with self._database.transaction() as db:
            return bool(db.execute("INSERT OR IGNORE INTO challenges VALUES (?)", (challenge,)).rowcount)

    # ------------------------------------------------------------ tickets

    def check_in(
        self,
        booking: Booking,
        places: Sequence[int],
        priority: str | None,
        late: bool,
        language: Language = UNKNOWN_LANGUAGE,
    ) -> tuple[Ticket, ...]:
        """Issues a ticket to each of the booking's applicants in `places`, with its fact, in one transaction.

        Who has a ticket already gets that one: the same booking never gives two numbers to one person. Raises
        NumberTaken if another booking's ticket bears one of the numbers that day.
        """
        with self._database.transaction() as db:
            drafts = (self._draft(booking, each, priority, late, language) for each in places)
            return tuple(self._check_in_one(db, each) for each in drafts)

    def _draft(self, booking: Booking, place: int, priority: str | None, late: bool, language: Language) -> Ticket:
        applicant = booking.applicants[place]
        return Ticket(
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
            language=language,
        )

    def _check_in_one(self, db: Any, ticket: Ticket) -> Ticket:
        held = self._ticket(db, ticket.id)
        if held:
            return held
        try:
            self._insert(db, ticket, None, self._append(db, CheckedIn(ticket=ticket)))
        except sqlcipher.IntegrityError as error:
            raise NumberTaken(f"{ticket.number} was given to two bookings of {ticket.day}; correct one") from error
        return ticket

    def issue_walk_in(
        self,
        day: date,
        service: str,
        quota: int | None,
        priority: str | None,
        language: Language = UNKNOWN_LANGUAGE,
    ) -> Ticket | None:
        """Issues the next number of this epoch's own walk-in series with its fact, in one transaction.

        None if the service's `quota` of the day is full. Raises LookupError if no series was given yet.
        """
        with self._database.transaction() as db:
            series = db.execute("SELECT series FROM journal").fetchone()[0]
            if series is None:
                raise LookupError("a walk-in was asked for before the central server gave a series")
            if quota is not None and self._walk_ins(db, day, service) >= quota:
                return None
            count = self._next_count(db, day)
            ticket = Ticket(
                id=uuid4(),
                number=walk_in_number(series, count),
                day=day,
                service=service,
                masked_name="",
                issued_at=self._now(),
                priority=priority,
                language=language,
            )
            self._insert(db, ticket, count, self._append(db, WalkInIssued(ticket=ticket)))
            return ticket

    def _next_count(self, db: Any, day: date) -> int:
        """One more than the day's last. An undated ticket may be of any day: its number is of none before it, and is
        passed over on all after it.
        """
        of_day, days = ("WHERE day = ?", (day.isoformat(),)) if self._now() else ("", ())
        last = db.execute(f"SELECT max(last) FROM counters {of_day}", days).fetchone()[0]  # noqa: S608 - our own words
        undated = db.execute("SELECT max(count) FROM tickets WHERE NOT dated").fetchone()[0]
        count = max(last or 0, undated or 0) + 1
        db.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (day.isoformat(), count))
        return int(count)

    def walk_ins(self, day: date, service: str) -> int:
        """How many walk-in tickets were issued on a day for a service."""
        with self._database.transaction() as db:
            return self._walk_ins(db, day, service)

    def tickets_of(self, booking: UUID, day: date) -> tuple[Ticket, ...]:
        """The tickets issued to a booking, by number."""
        return self._select("booking = ? AND day = ? ORDER BY number", (str(booking), day.isoformat()))

    def ticket(self, ticket_id: UUID) -> Ticket | None:
        """The ticket of that id, if this kiosk issued it."""
        with self._database.transaction() as db:
            return self._ticket(db, ticket_id)

    def tickets_in(self, state: TicketState, moved_since: datetime | None = None) -> tuple[Ticket, ...]:
        """All tickets whose paper is in a state, the earliest first; where an instant is given, only those that came
        there since.
        """
        if moved_since is None:
            return self._select("state = ? ORDER BY rowid", (state,))
        return self._select("state = ? AND moved_at >= ? ORDER BY rowid", (state, moved_since.isoformat()))

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets, the earliest first."""
        return self._select("1 ORDER BY rowid", ())

    def begin_print(self, ticket_id: UUID) -> Ticket:
        """Records that the ticket's bytes are about to be sent, before they are; they count as sent until the end is
        known.
        """
        return self._move(ticket_id, TicketState.SENDING)

    def end_print(self, ticket_id: UUID, state: TicketState, by_person: bool = False) -> Ticket:
        """Records how the print ended, with its fact; `by_person` where a person said so. FAILED takes the count of
        `begin_print` back.
        """
        return self._move(ticket_id, state, by_person)

    def _move(self, ticket_id: UUID, state: TicketState, by_person: bool = False) -> Ticket:
        with self._database.transaction() as db:
            held = self._ticket(db, ticket_id)
            if held is None:
                raise StoreError(StoreFault.CORRUPT, f"ticket {ticket_id} is not in the store; restore it from a copy")
            ticket = replace(held, state=state, prints=held.prints + _prints(held.state, state))
            row = (state, self._moment(), _TICKET.dump_json(ticket).decode(), str(ticket_id))
            db.execute("UPDATE tickets SET state = ?, moved_at = ?, body = ? WHERE id = ?", row)
            if state is not TicketState.SENDING:
                self._append(db, PaperMoved(ticket=ticket_id, state=state, by_person=by_person))
            return ticket

    def _moment(self) -> str | None:
        now = self._now()
        return now.isoformat() if now else None

    def _insert(self, db: Any, ticket: Ticket, count: int | None, fact: int) -> None:
        row = (
            str(ticket.id),
            ticket.day.isoformat(),
            ticket.number,
            ticket.service,
            count,
            ticket.issued_at is not None,
            bool(ticket.masked_name),
            fact,
            ticket.state,
            self._moment(),
            str(ticket.booking) if ticket.booking else None,
            _TICKET.dump_json(ticket).decode(),
        )
        db.execute("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _ticket(self, db: Any, ticket_id: UUID) -> Ticket | None:
        row = db.execute("SELECT body FROM tickets WHERE id = ?", (str(ticket_id),)).fetchone()
        return _TICKET.validate_json(row[0]) if row else None

    def _walk_ins(self, db: Any, day: date, service: str) -> int:
        where = "SELECT count(*) FROM tickets WHERE day = ? AND service = ? AND count IS NOT NULL"
        return int(db.execute(where, (day.isoformat(), service)).fetchone()[0])

    def _select(self, where: str, values: tuple[str, ...]) -> tuple[Ticket, ...]:
        with self._database.transaction() as db:
            rows = db.execute(f"SELECT body FROM tickets WHERE {where}", values).fetchall()  # noqa: S608 - our own words
        return tuple(_TICKET.validate_json(row[0]) for row in rows)

    # ------------------------------------------------------------ retention

    def prune(self, today: date) -> None:
        """Deletes what has outlived its purpose on the service day `today`, from the write-ahead log too.

        Masked names go with the end of their day, tickets after KEEP_TICKETS, facts after KEEP_FACTS; but nothing goes
        that the central server has not acknowledged. Responses leave their box after KEEP_RESPONSES.
        """
        with self._database.transaction() as db:
            gone = self._release(db, today - KEEP_RESPONSES)
            old = (today - KEEP_TICKETS).isoformat()
            gone += db.execute("DELETE FROM surveyed WHERE day < ?", (old,)).rowcount
            self._pass_over_undated(db, today)
            gone += self._forget(db, today, KEEP_FACTS)
            gone += self._forget_tickets(db, today - KEEP_TICKETS)
            gone += self._forget_bookings(db, today - KEEP_TICKETS)
            named = "SELECT body FROM tickets WHERE named AND day < ?"
            for (body,) in db.execute(named, ((today - KEEP_NAMES).isoformat(),)).fetchall():
                gone += 1
                nameless = replace(_TICKET.validate_json(body), masked_name="")
                row = (_TICKET.dump_json(nameless).decode(), str(nameless.id))
                db.execute("UPDATE tickets SET named = 0, body = ? WHERE id = ?", row)
        if gone:
            self._database.shrink()

    def _pass_over_undated(self, db: Any, today: date) -> None:
        """What was issued without a date may be queued as today's by the central server, which dates it when it comes:
        today's count begins above it, also when the ticket is gone.
        """
        undated = db.execute("SELECT max(count) FROM tickets WHERE NOT dated").fetchone()[0]
        if undated:
            last = "INSERT INTO counters VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET last = max(last, excluded.last)"
            db.execute(last, (today.isoformat(), undated))

    def _forget_tickets(self, db: Any, before: date) -> int:
        """Deletes acknowledged tickets of the days before one. The day of an undated ticket is a guess: it is surely
        over once it is so for a dated one that was issued after it.
        """
        dated = db.execute("SELECT max(fact) FROM tickets WHERE dated AND day < ?", (before.isoformat(),)).fetchone()[0]
        gone = db.execute(
            "DELETE FROM tickets WHERE fact <= (SELECT acknowledged FROM journal)"
            " AND ((dated AND day < ?) OR (NOT dated AND fact < ?))",
            (before.isoformat(), dated or 0),
        )
        return int(gone.rowcount)

    def _forget_bookings(self, db: Any, before: date) -> int:
        """Takes the bookings of the days before one out of the snapshot; returns how many."""
        snapshot = _snapshot(db.execute("SELECT body FROM snapshot").fetchone())
        if snapshot is None:
            return 0
        kept = tuple(each for each in snapshot.bookings if each.day >= before)
        if len(kept) < len(snapshot.bookings):
            smaller = snapshot.model_copy(update={"bookings": kept})
            db.execute("UPDATE snapshot SET body = ?", (smaller.model_dump_json(),))
        return len(snapshot.bookings) - len(kept)


def _snapshot(row: tuple[str, ...] | None) -> Snapshot | None:
    try:
        return Snapshot.model_validate_json(row[0]) if row else None
    except ValidationError:
        return None


def _prints(before: TicketState, after: TicketState) -> int:
    """What a move adds to the count of prints: bytes count when they are sent, and not if none went out after all."""
    if after is TicketState.SENDING:
        return 1
    return -1 if before is TicketState.SENDING and after is TicketState.FAILED else 0
