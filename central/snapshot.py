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

from central.database import BookingRow, OfficeRow
from central.monitoring.announcements import standing
from central.names import masked
from central.passes import pass_keys, revoked
from central.places import places
from kiosk.model import Booking, BookingStatus, QueueState
from kiosk.protocol import Snapshot

DAYS_AHEAD = 7
"""Bookings of so many days are sent, so that a kiosk can tell a wrong day from an unknown code."""
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def offices(session: Session) -> tuple[str, ...]:
    """The ids of all offices."""
    return tuple(session.scalars(select(OfficeRow.id).order_by(OfficeRow.id)))


def office_snapshot(session: Session, office: str) -> Snapshot | None:
    """The office's data without bookings, queue and passes, None where it is not loaded."""
    row = session.get(OfficeRow, office)
    return Snapshot.model_validate_json(row.body) if row else None


def office_zone(session: Session, office: str) -> ZoneInfo:
    """Where the office is, UTC where it is not loaded."""
    found = office_snapshot(session, office)
    return ZoneInfo(found.office.time_zone if found else "UTC")


def snapshot(session: Session, office_id: str, now: datetime) -> tuple[str, str] | None:
    """The snapshot as JSON and its strong ETag, None before the office is loaded. `now` is UTC."""
    office = office_snapshot(session, office_id)
    if office is None:
        return None
    zone = ZoneInfo(office.office.time_zone)
    today = now.astimezone(zone).date()
    queue = places(session, office_id, today, now)
    served = Counter(place.ticket.booking for place in queue if place.state is QueueState.SERVED)
    told = {
        "bookings": tuple(_told(each, served) for each in _bookings(session, office_id, today)),
        "queue": tuple(place.entry(today) for place in queue),
        "pass_keys": pass_keys(session, now),
        "revoked": revoked(session, now),
        "announcements": standing(session, office_id, today),
    }
    body = office.model_copy(update=told).model_dump_json()
    return body, f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def _bookings(session: Session, office: str, today: date) -> list[Booking]:
    first, last = today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD)
    days = BookingRow.day.between(first.isoformat(), last.isoformat())
    wanted = select(BookingRow).where(BookingRow.office == office, days)
    return [_BOOKING.validate_json(row.body) for row in session.scalars(wanted.order_by(BookingRow.id))]


def _told(booking: Booking, served: Counter[UUID | None]) -> Booking:
    """A booking is served once all of its applicants are. No name leaves unmasked, wherever the booking came from."""
    applicants = tuple(replace(each, masked_name=masked(each.masked_name)) for each in booking.applicants)
    done = served[booking.id] == len(applicants)
    return replace(booking, applicants=applicants, status=BookingStatus.SERVED if done else booking.status)
