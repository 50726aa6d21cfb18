"""What a kiosk is told: the office's data, its bookings and the queue, with an ETag over all of it."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from isal import isal_zlib
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
_STATUS = re.compile(rb'"status":"\w+"')
_SERVED = f'"status":"{BookingStatus.SERVED}"'.encode()
_BETWEEN = b",\n"
"""Stands between two bookings, and within none: JSON writes a line break in a text as \\n."""


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
) -> bytes | None:
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
    days = {day: (known or {}).get(day) or DayBookings.of(session, office_id, day) for day in days_told(today)}
    # A ticket of today is of a booking of today.
    texts = (bookings.as_json(served if day == today else Counter()) for day, bookings in days.items())
    return b'{"bookings":[' + _BETWEEN.join(filter(None, texts)) + b"]," + rest.encode()[1:]


def etag_of(snapshot: bytes) -> str:
    """A strong ETag over a snapshot's content."""
    return f'"{hashlib.sha256(snapshot).hexdigest()[:32]}"'


def days_told(today: date) -> tuple[date, ...]:
    """The days whose bookings a kiosk is told."""
    return tuple(today + timedelta(days=each) for each in range(-1, DAYS_AHEAD + 1))


@dataclass(frozen=True)
class DayBookings:
    """A day's bookings as they are told, packed: JSON for each, and the id of each with how many come."""

    told: bytes
    keys: bytes

    @classmethod
    def of(cls, session: Session, office: str, day: date) -> Self:
        on_day = select(BookingRow.body).where(BookingRow.office == office, BookingRow.day == day.isoformat())
        bodies = session.scalars(on_day.order_by(BookingRow.id))
        bookings = [_BOOKING.validate_json(body) for body in bodies]
        keys = (f"{each.id} {len(each.applicants)}".encode() for each in bookings)
        return cls(_packed(map(_told, bookings)), _packed(keys))

    def as_json(self, served: Counter[UUID | None]) -> bytes:
        """All of them, joined. A booking is served once all of its applicants are; `served` says how many."""
        told: bytes = isal_zlib.decompress(self.told)
        if not served:
            return told
        done = {f"{id_} {count}".encode() for id_, count in served.items()}
        keys = isal_zlib.decompress(self.keys).split(_BETWEEN)
        lines = zip(told.split(_BETWEEN), keys, strict=True)
        return _BETWEEN.join(_STATUS.sub(_SERVED, text) if key in done else text for text, key in lines)


def _packed(parts: Iterable[bytes]) -> bytes:
    packed: bytes = isal_zlib.compress(_BETWEEN.join(parts), 1)
    return packed


def _told(booking: Booking) -> bytes:
    """The booking's JSON. No name leaves unmasked, wherever the booking came from."""
    applicants = tuple(replace(each, masked_name=masked(each.masked_name)) for each in booking.applicants)
    return _BOOKING.dump_json(replace(booking, applicants=applicants))
