"""Whether a booking may check in now (pure). All times are the office's."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kiosk.model import Booking, BookingStatus, Office, Opening, Reason, Refusal, Rules, Ticket

_BY_STATUS = {
    BookingStatus.CANCELLED: Reason.CANCELLED,
    BookingStatus.UNPAID: Reason.UNPAID,
    BookingStatus.SERVED: Reason.ALREADY_SERVED,
}


def refusal_of(booking: Booking, office: Office, rules: Rules, opening: Opening, now: datetime) -> Refusal | None:
    """Why the booking may not check in at `now`, None if it may."""
    slot = slot_start(booking, now)
    refusal = refusal_without_time(booking, office, now.date())
    if refusal:
        return replace(refusal, when=slot)
    if booking.day > now.date():
        return Refusal(Reason.WRONG_DAY, when=slot)
    if opening.closed is not None:
        return Refusal(Reason.CLOSED, when=opening.opens_at)
    return _refusal_by_time(slot, rules, now)


def refusal_without_time(booking: Booking, office: Office, not_before: date) -> Refusal | None:
    """Why the booking may not check in, whatever the time is: all that is known is that the day is not before
    `not_before`.
    """
    slot = datetime.combine(booking.day, booking.slot)
    if booking.office != office.id:
        return Refusal(Reason.WRONG_OFFICE, when=slot, office=office.other_offices.get(booking.office, booking.office))
    if booking.status in _BY_STATUS:
        return Refusal(_BY_STATUS[booking.status], when=slot)
    return Refusal(Reason.EXPIRED, when=slot) if booking.day < not_before else None


def _refusal_by_time(slot: datetime, rules: Rules, now: datetime) -> Refusal | None:
    may_come = slot - timedelta(minutes=rules.early_minutes)
    if now < may_come:
        return Refusal(Reason.TOO_EARLY, when=may_come)
    if rules.late_minutes is not None and now > slot + timedelta(minutes=rules.late_minutes):
        return Refusal(Reason.TOO_LATE, when=slot)
    return None


def is_late(booking: Booking, rules: Rules, now: datetime) -> bool:
    """Whether the applicant comes so long after the slot that the place in the queue is lowered."""
    return now > slot_start(booking, now) + timedelta(minutes=rules.grace_minutes)


def called_from(ticket: Ticket, rules: Rules, zone: ZoneInfo) -> time | None:
    """From when on somebody who came before the slot is called, in the office's `zone`; None for all others, and for a
    ticket whose time is to be confirmed.
    """
    if ticket.slot is None or ticket.late or ticket.issued_at is None:
        return None
    may_be_called = datetime.combine(ticket.day, ticket.slot, zone) - timedelta(minutes=rules.queue.lead_minutes)
    return may_be_called.time() if ticket.issued_at < may_be_called else None


def slot_start(booking: Booking, now: datetime) -> datetime:
    """The beginning of the booking's slot, in the zone of `now`."""
    return datetime.combine(booking.day, booking.slot, now.tzinfo)
