"""What a kiosk is told: the office's data, its bookings and the queue, with an ETag over all of it."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import BookingRow, OfficeRow, TicketRow
from central.monitoring.announcements import standing
from central.names import masked
from central.passes import pass_keys, revoked
from central.queue.order import Place, ranked
from central.tickets import ticket_of
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


def snapshot(session: Session, office_id: str, now: datetime, told: "ToldBookings | None" = None) -> str | None:
    """The snapshot as JSON, None before the office is loaded. `now` is UTC; `told` are the office's bookings, where
    they are known already.
    """
    office = office_snapshot(session, office_id)
    if office is None:
        return None
    zone = ZoneInfo(office.office.time_zone)
    today = now.astimezone(zone).date()
    queue = places(session, office_id, today, zone)
    served = Counter(place.ticket.booking for place in queue if place.state is QueueState.SERVED)
    rest = office.model_copy(
        update={
            "bookings": (),
            "queue": tuple(place.entry(today) for place in queue),
            "pass_keys": pass_keys(session, now),
            "revoked": revoked(session, now),
            "announcements": standing(session, office_id, today),
        }
    ).model_dump_json(exclude={"bookings"})
    bookings = (told or ToldBookings.of(session, office_id, today)).as_json(served)
    return f'{{"bookings":[{bookings}],{rest[1:]}'


def etag_of(snapshot: str) -> str:
    """A strong ETag over a snapshot's content."""
    return f'"{hashlib.sha256(snapshot.encode()).hexdigest()[:32]}"'


@dataclass(frozen=True)
class ToldBookings:
    """An office's bookings around a day as they are told: each with its JSON, without and with all of it served."""

    day: date
    texts: dict[UUID, tuple[int, str, str]]

    @classmethod
    def of(cls, session: Session, office: str, today: date) -> Self:
        first, last = today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD)
        days = BookingRow.day.between(first.isoformat(), last.isoformat())
        wanted = select(BookingRow.body).where(BookingRow.office == office, days).order_by(BookingRow.id)
        return cls(today, {each.id: _told(each) for each in map(_BOOKING.validate_json, session.scalars(wanted))})

    def as_json(self, served: Counter[UUID | None]) -> str:
        """All of them, joined. A booking is served once all of its applicants are."""
        return ",".join(done if served[id_] == count else plain for id_, (count, plain, done) in self.texts.items())


def places(session: Session, office: str, day: date, zone: ZoneInfo) -> tuple[Place, ...]:
    """The tickets of an office's day in the order of the queue."""
    rows = session.scalars(select(TicketRow).where(TicketRow.office == office, TicketRow.day == day.isoformat()))
    return ranked((_place(row) for row in rows), zone)


def _place(row: TicketRow) -> Place:
    return Place(
        ticket_of(row), row.arrived_at, QueueState(row.state), row.counter, row.dated_by_server, surveyed=row.surveyed
    )


def _told(booking: Booking) -> tuple[int, str, str]:
    """How many come, and the booking's JSON as it is and served. No name leaves unmasked, wherever it came from."""
    applicants = tuple(replace(each, masked_name=masked(each.masked_name)) for each in booking.applicants)
    plain = replace(booking, applicants=applicants)
    done = replace(plain, status=BookingStatus.SERVED)
    return len(applicants), _BOOKING.dump_json(plain).decode(), _BOOKING.dump_json(done).decode()
