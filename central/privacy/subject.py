"""What is held about somebody's booking or ticket: found by the applicant's own proof, handed out, erased."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import String, Table, delete, select, update
from sqlalchemy.orm import Session

from central.booking.rows import PlaceRow
from central.database import BookingRow, FactRow, KioskRow, TicketRow
from central.passes import Declined, revoke
from central.people.audit import Action, record
from central.people.roles import SignedIn
from central.privacy.forgetting import ISSUED, forget_fact, nameless
from central.privacy.register import REGISTER
from central.privacy.rows import SubjectRequestRow
from central.privacy.sealed import Sealed
from central.snapshot import office_zone
from central.tables import TABLES
from central.tries import Tries
from kiosk.booking_code import normalised_code, second_factor_hash
from kiosk.model import Booking

TRIES = Tries("subject", 5, first=timedelta(minutes=1), longest=timedelta(hours=1), forget=timedelta(days=1))
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)
_OWN = ("ticket", "booking")
"""Columns by these names say whose a row is."""
_TOLD_APART = {"bookings", "tickets", "facts"}


@dataclass(frozen=True)
class Asked:
    """What somebody gave: a booking code or a queue number, its day, the last four digits of the telephone; `seen`: an
    officer saw the paper ticket and an identity card instead.
    """

    code: str
    day: date
    digits: str = ""
    seen: bool = False


class NotFound(Exception):
    """Nothing is held by this code or number on that day."""


class NotProved(Exception):
    """It is held, and not proved to be theirs."""


def receive(session: Session, by: SignedIn, asked: Asked, asked_at: datetime, now: datetime) -> SubjectRequestRow:
    """Takes a request in, whose clock runs from `asked_at`. Raises NotFound or NotProved."""
    booking = _booking(session, by.office, asked)
    ticket = None if booking else _ticket(session, by.office, asked)
    if booking is None and ticket is None:
        raise NotFound
    row = SubjectRequestRow(
        id=str(uuid4()),
        office=by.office,
        ticket=ticket.id if ticket else None,
        booking=str(booking.id) if booking else None,
        day=asked.day.isoformat(),
        proof=_proof(booking, asked),
        asked_at=asked_at,
        officer=by.name,
    )
    session.add(row)
    record(session, by, Action.SUBJECT_ASKED, row.id, now, {"proof": row.proof})
    return row


def export(session: Session, by: SignedIn, request: SubjectRequestRow, now: datetime) -> dict[str, Any]:
    """Everything that is held about it, with what each field means, for people and machines."""
    found = {table: rows for table, rows in _all_of(session, request).items() if rows}
    request.exported_at = now
    record(session, by, Action.SUBJECT_EXPORTED, request.id, now)
    return {
        "dibuat": now.isoformat(),
        "kantor": request.office,
        "permintaan": request.id,
        "data": found,
        "penjelasan": {name: REGISTER.fields[name].id for name in sorted(names_in(found)) if name in REGISTER.fields},
    }


def erase(session: Session, by: SignedIn, request: SubjectRequestRow, now: datetime) -> None:
    """Erases what may be erased: bookings with what belongs to them, names in tickets and facts. What the register says
    is kept stays. A pass of the booking is not believed any more.
    """
    ids = _ids(session, request)
    for fact in _facts(session, request, ids):
        if fact.kind in ISSUED:
            forget_fact(fact, now)
    for ticket in session.scalars(select(TicketRow).where(TicketRow.id.in_(ids))):
        ticket.body, ticket.forgotten_at = nameless(ticket.body), now
    for held in REGISTER.held:
        for table in {column.split(".")[0] for column in held.columns} - _TOLD_APART:
            columns = [each.split(".")[1] for each in held.columns if each.startswith(f"{table}.")]
            erase_rows(session, TABLES.tables[table], columns, held.erased, ids)
    session.execute(update(PlaceRow).where(PlaceRow.booking.in_(ids)).values(place=None))
    session.execute(delete(BookingRow).where(BookingRow.id.in_(ids)))
    if request.booking:
        with contextlib.suppress(Declined):  # no pass is about
            revoke(session, UUID(request.booking), now)
    request.erased_at = now
    record(session, by, Action.SUBJECT_ERASED, request.id, now)


def erase_rows(session: Session, table: Table, columns: list[str], erased: str, ids: list[str]) -> None:
    """Deletes a table's rows of these tickets and bookings, or empties the texts among these columns of theirs; "kept"
    does nothing.
    """
    for own in _OWN:
        if own not in table.columns or erased == "kept":
            continue
        of_them = table.columns[own].in_(ids)
        if erased == "deleted":
            session.execute(delete(table).where(of_them))
        else:
            texts = [table.columns[each] for each in columns if isinstance(table.columns[each].type, String | Sealed)]
            empty = {each.name: None if each.nullable else "" for each in texts if each.name not in _OWN}
            session.execute(update(table).where(of_them).values(empty))


def names_in(found: Any) -> set[str]:
    """The names of all fields."""
    if isinstance(found, dict):
        return set(found).union(*(names_in(each) for each in found.values()))
    return set().union(*(names_in(each) for each in found)) if isinstance(found, list) else set()


def _booking(session: Session, office: str, asked: Asked) -> Booking | None:
    rows = session.scalars(
        select(BookingRow).where(BookingRow.office == office, BookingRow.day == asked.day.isoformat())
    )
    code, number = normalised_code(asked.code), asked.code.strip().upper()
    for booking in (_BOOKING.validate_json(row.body) for row in rows):
        if (code and booking.code == code) or number in {each.number for each in booking.applicants}:
            return booking
    return None


def _ticket(session: Session, office: str, asked: Asked) -> TicketRow | None:
    of_day = (TicketRow.office == office, TicketRow.day == asked.day.isoformat())
    return session.scalar(select(TicketRow).where(*of_day, TicketRow.number == asked.code.strip().upper()))


def _proof(booking: Booking | None, asked: Asked) -> str:
    if booking and booking.second_factor and asked.digits:
        if second_factor_hash(booking.id, asked.digits) != booking.second_factor:
            raise NotProved
        return "digits"
    if not asked.seen:
        raise NotProved
    return "seen"


def _ids(session: Session, request: SubjectRequestRow) -> list[str]:
    """The ids of the booking and of its tickets, or of the ticket."""
    if request.booking is None:
        return [request.ticket or ""]
    row = session.get(BookingRow, request.booking)
    booking = _BOOKING.validate_json(row.body) if row else None
    tickets = [str(booking.ticket_id(each.number)) for each in booking.applicants] if booking else []
    return [request.booking, *tickets]


def _all_of(session: Session, request: SubjectRequestRow) -> dict[str, list[dict[str, Any]]]:
    ids = _ids(session, request)
    found = {
        "bookings": [json.loads(row.body) for row in session.scalars(select(BookingRow).where(BookingRow.id.in_(ids)))],
        "tickets": [
            _told(row.__table__, row) for row in session.scalars(select(TicketRow).where(TicketRow.id.in_(ids)))
        ],
        "facts": [_told(row.__table__, row) for row in _facts(session, request, ids)],
    }
    for table in TABLES.sorted_tables:
        own = [table.columns[each] for each in _OWN if each in table.columns]
        for column in own:
            rows = session.execute(select(table).where(column.in_(ids)))
            found.setdefault(table.name, []).extend(_told(table, row) for row in rows)
    return found


def _facts(session: Session, request: SubjectRequestRow, ids: list[str]) -> Iterator[FactRow]:
    """The facts about its tickets: those of about its day, read one by one, since what they say is sealed."""
    zone = office_zone(session, request.office)
    midnight = datetime.combine(date.fromisoformat(request.day), time(), zone)
    of_office = select(KioskRow.id).where(KioskRow.office == request.office)
    about = (FactRow.at >= midnight - timedelta(days=1), FactRow.at < midnight + timedelta(days=2))
    wanted = select(FactRow).where(FactRow.kiosk.in_(of_office), *about).order_by(FactRow.at)
    return (row for row in session.scalars(wanted) if any(each in row.body for each in ids))


def _told(table: Any, row: Any) -> dict[str, Any]:
    """A row as it is handed out, without what is about an officer."""
    officers = {each for held in REGISTER.held if held.whom == "officer" for each in held.columns}
    named = {column.name: getattr(row, column.name) for column in table.columns}
    return {name: _plain(name, value) for name, value in named.items() if f"{table.name}.{name}" not in officers}


def _plain(name: str, value: Any) -> Any:
    if name == "body" and isinstance(value, str):
        return json.loads(value)
    return value.isoformat() if isinstance(value, date | time) else value
