"""What a kiosk is told: the office's data, its bookings and the queue, with an ETag over all of it."""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import BookingRow, OfficeRow, TicketRow
from central.facts import ticket_of
from central.queue import Place, entries
from kiosk.model import Booking, QueueState
from kiosk.protocol import Snapshot

DAYS_AHEAD = 7
"""Bookings of so many days are sent, so that a kiosk without a network can tell a wrong day from an unknown code."""
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def office_snapshot(session: Session) -> Snapshot | None:
    """The office's data without bookings and queue, None before any is loaded."""
    row = session.scalar(select(OfficeRow))
    return Snapshot.model_validate_json(row.body) if row else None


def snapshot(session: Session, now: datetime) -> tuple[str, str] | None:
    """The snapshot as JSON and its ETag, None before any office is loaded. `now` is UTC."""
    office = office_snapshot(session)
    if office is None:
        return None
    zone = ZoneInfo(office.office.time_zone)
    today = now.astimezone(zone).date()
    until = today + timedelta(days=DAYS_AHEAD)
    wanted = select(BookingRow).where(
        BookingRow.day.between((today - timedelta(days=1)).isoformat(), until.isoformat())
    )
    bookings = tuple(_BOOKING.validate_json(row.body) for row in session.scalars(wanted.order_by(BookingRow.id)))
    queue = entries(places(session, today.isoformat()), zone)
    body = office.model_copy(update={"bookings": bookings, "queue": queue}).model_dump_json()
    return body, f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def places(session: Session, day: str) -> list[Place]:
    """The tickets of a day with where their persons are."""
    rows = session.scalars(select(TicketRow).where(TicketRow.day == day))
    return [Place(ticket_of(row), QueueState(row.state), row.counter) for row in rows]
