"""What a kiosk is told: the office's data, its bookings and the queue, with an ETag over all of it."""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
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


def snapshot(
    session: Session, office_id: str, now: datetime, known: "Mapping[date, DayBookings] | None" = None
) -> str | None:
    """The snapshot as JSON, None before the office is loaded. `now` is UTC; `known` are the office's bookings of days
    on which they are known already.
    """
    office = office_snapshot(session, office_id)
    if office is None:
        return None
    zone = ZoneInfo(office.office.time_zone)
    today = now.astimezone(zone).date()
    queue = places(session, office_id, today, now)
    served = Counter(place.ticket.booking for place in queue if place.state is QueueState.SERVED)
    rest = office.model_copy(
        update={
            "bookings": (),
            "queue": tuple(place.entry(today) for place in queue),
            "pass_keys": pass_keys(session, now),
            "revoked": revoked(session, office_id, now),
            "announcements": standing(session, office_id, today),
        }
    ).model_dump_json(exclude={"bookings"})
    days = ((known or {}).get(each) or DayBookings.of(session, office_id, each) for each in days_told(today))
    bookings = ",".join(text for each in days for text in each.texts(served))
    return f'{{"bookings":[{bookings}],{rest[1:]}'


def etag_of(snapshot: str) -> str:
    """A strong ETag over a snapshot's content."""
    return f'"{hashlib.sha256(snapshot.encode()).hexdigest()[:32]}"'


def days_told(today: date) -> tuple[date, ...]:
    """The days whose bookings a kiosk is told."""
    return tuple(today + timedelta(days=each) for each in range(-1, DAYS_AHEAD + 1))


@dataclass(frozen=True)
class DayBookings:
    """A day's bookings as they are told, packed: of each a line with its id, how many come, and its JSON."""

    packed: bytes

    @classmethod
    def of(cls, session: Session, office: str, day: date) -> Self:
        on_day = select(BookingRow.body).where(BookingRow.office == office, BookingRow.day == day.isoformat())
        bodies = session.scalars(on_day.order_by(BookingRow.id))
        lines = (_told(_BOOKING.validate_json(body)) for body in bodies)
        return cls(zlib.compress("\n".join(lines).encode(), 1))

    def texts(self, served: Counter[UUID | None]) -> Iterator[str]:
        """The JSON of each. A booking is served once all of its applicants are."""
        lines = zlib.decompress(self.packed).decode()
        for line in lines.split("\n") if lines else ():
            id_, count, told = line.split(" ", 2)
            done = served and served[UUID(id_)] == int(count)
            yield re.sub(r'"status":"\w+"', f'"status":"{BookingStatus.SERVED}"', told) if done else told


def _told(booking: Booking) -> str:
    """A line of DayBookings. No name leaves unmasked, wherever the booking came from."""
    applicants = tuple(replace(each, masked_name=masked(each.masked_name)) for each in booking.applicants)
    told = _BOOKING.dump_json(replace(booking, applicants=applicants)).decode()
    return f"{booking.id} {len(applicants)} {told}"
