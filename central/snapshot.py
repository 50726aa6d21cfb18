"""What a kiosk is told: the office's data, its bookings and the queue, with an ETag over all of it."""

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import BookingRow, OfficeRow, TicketRow
from central.passes import pass_keys, revoked
from central.queue import Place, ranked
from central.tickets import ticket_of
from kiosk.model import Booking, BookingStatus, QueueState
from kiosk.protocol import Snapshot

DAYS_AHEAD = 7
"""Bookings of so many days are sent, so that a kiosk can tell a wrong day from an unknown code."""
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def office_snapshot(session: Session) -> Snapshot | None:
    """The office's data without bookings, queue and passes, None before any is loaded."""
    row = session.scalar(select(OfficeRow))
    return Snapshot.model_validate_json(row.body) if row else None


def office_zone(session: Session) -> ZoneInfo:
    """Where the office is, UTC before any is loaded."""
    found = office_snapshot(session)
    return ZoneInfo(found.office.time_zone if found else "UTC")


def snapshot(session: Session, now: datetime) -> tuple[str, str] | None:
    """The snapshot as JSON and its strong ETag, None before any office is loaded. `now` is UTC."""
    office = office_snapshot(session)
    if office is None:
        return None
    zone = ZoneInfo(office.office.time_zone)
    today = now.astimezone(zone).date()
    queue = places(session, today, zone)
    served = Counter(place.ticket.booking for place in queue if place.state is QueueState.SERVED)
    told = {
        "bookings": tuple(_told(each, served) for each in _bookings(session, today)),
        "queue": tuple(place.entry(today) for place in queue),
        "pass_keys": pass_keys(session, now),
        "revoked": revoked(session, now),
    }
    body = office.model_copy(update=told).model_dump_json()
    return body, f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def places(session: Session, day: date, zone: ZoneInfo) -> tuple[Place, ...]:
    """The tickets of a day in the order of the queue."""
    rows = session.scalars(select(TicketRow).where(TicketRow.day == day.isoformat()))
    return ranked((_place(row) for row in rows), zone)


def _place(row: TicketRow) -> Place:
    return Place(
        ticket_of(row), row.arrived_at, QueueState(row.state), row.counter, row.dated_by_server, surveyed=row.surveyed
    )


def _bookings(session: Session, today: date) -> list[Booking]:
    first, last = today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD)
    wanted = select(BookingRow).where(BookingRow.day.between(first.isoformat(), last.isoformat()))
    return [_BOOKING.validate_json(row.body) for row in session.scalars(wanted.order_by(BookingRow.id))]


def _told(booking: Booking, served: Counter[UUID | None]) -> Booking:
    """A booking is served once all of its applicants are."""
    done = served[booking.id] == len(booking.applicants)
    return replace(booking, status=BookingStatus.SERVED) if done else booking
