"""A booking that was made on the site: how it is found, and whether it may still be changed or cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.booking.office import BookingOffice
from central.booking.rows import BookerRow
from central.booking.unbookable import Unbookable
from central.database import BookingRow, TicketRow
from kiosk.booking_code import second_factor_hash
from kiosk.model import Booking

_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


@dataclass(frozen=True)
class Held:
    """The booking, and what is held of who made it."""

    booking: Booking
    row: BookerRow

    @property
    def is_cancelled(self) -> bool:
        return self.row.cancelled_at is not None

    def has_digits(self, digits: str) -> bool:
        """Whether these are the last four of the telephone."""
        return compare_digest(second_factor_hash(self.booking.id, digits), self.booking.second_factor or "")


def held_booking(session: Session, office: str, booking: UUID) -> Held | None:
    """A booking that was made on the office's site, None if there is none."""
    row, kept = session.get(BookerRow, str(booking)), session.get(BookingRow, str(booking))
    if row is None or kept is None or row.office != office:
        return None
    return Held(_BOOKING.validate_json(kept.body), row)


def keep(session: Session, booking: Booking) -> None:
    """Puts the booking in place of what was held of it, for the kiosks too."""
    body, day = _BOOKING.dump_json(booking).decode(), booking.day.isoformat()
    session.merge(BookingRow(id=str(booking.id), office=booking.office, day=day, body=body))


def found_by_code(session: Session, office: str, code: str, digits: str) -> Held | None:
    """The booking of a typing code (normalised) and the last four digits of its telephone. The answer takes as long for
    a code that nobody has as for wrong digits.
    """
    name = session.scalar(select(BookerRow.booking).where(BookerRow.office == office, BookerRow.code == code))
    held = held_booking(session, office, UUID(name)) if name else None
    if held is None:
        second_factor_hash(UUID(int=0), digits)
        return None
    return held if held.has_digits(digits) else None


def refused_cancel(session: Session, office: BookingOffice, held: Held, now: datetime) -> Unbookable | None:
    """Why the booking stays as it is at `now` (UTC), None if it can be cancelled."""
    booking = held.booking
    if held.is_cancelled:
        return Unbookable.CANCELLED
    tickets = [str(booking.ticket_id(each.number)) for each in booking.applicants]
    if session.scalar(select(TicketRow.id).where(TicketRow.id.in_(tickets)).limit(1)):
        return Unbookable.CHECKED_IN
    return Unbookable.IS_OVER if office.begins(booking.day, booking.slot) <= now else None


def refused_change(session: Session, office: BookingOffice, held: Held, now: datetime) -> Unbookable | None:
    """Why the slot cannot be changed at `now` (UTC), None if it can."""
    refused = refused_cancel(session, office, held, now)
    if refused:
        return refused
    if office.begins(held.booking.day, held.booking.slot) - now < timedelta(hours=office.rules.change_hours):
        return Unbookable.TOO_LATE
    used_up = changes_on(held.row, office.today(now).isoformat()) >= office.rules.changes_a_day
    return Unbookable.CHANGED_TODAY if used_up else None


def changes_on(row: BookerRow, day: str) -> int:
    """How often a booking was changed on a day of the office."""
    return row.changes if row.changed_on == day else 0
