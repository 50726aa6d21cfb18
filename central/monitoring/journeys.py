"""Reads the journeys of an office's days, and who is still expected today."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import BookingRow, TicketRow
from central.monitoring.figures import Journey
from central.tickets import ticket_of
from kiosk.model import Booking, BookingStatus, QueueState, Rules

WEEKS = 6
"""So many past weeks are looked at for the walk-ins of a weekday."""
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def journeys(session: Session, office: str, first: date, last: date, zone: ZoneInfo) -> list[Journey]:
    """All tickets of these days in the order of their arrival."""
    days = TicketRow.day.between(first.isoformat(), last.isoformat())
    rows = session.scalars(select(TicketRow).where(TicketRow.office == office, days).order_by(TicketRow.arrived_at))
    return [_journey(row, zone) for row in rows]


def slots_to_come(session: Session, office: str, rules: Rules, now: datetime) -> tuple[datetime, ...]:
    """The booked times of the applicants who may still come today: booked, without a ticket, and not later than the
    office tolerates. `now` and the slots are in the office's time.
    """
    day = now.date().isoformat()
    here = set(session.scalars(select(TicketRow.id).where(TicketRow.office == office, TicketRow.day == day)))
    rows = session.scalars(select(BookingRow).where(BookingRow.office == office, BookingRow.day == day))
    late = timedelta(days=1) if rules.late_minutes is None else timedelta(minutes=rules.late_minutes)
    return tuple(
        slot
        for booking in (_BOOKING.validate_json(row.body) for row in rows)
        for slot in _slots_of(booking, here, now)
        if now <= slot + late
    )


def walk_ins_after(session: Session, office: str, now: datetime) -> tuple[int, ...]:
    """How many walk-ins came after this time of day (`now`, the office's) on the same weekday of each past week of
    which there are tickets.
    """
    counts = []
    for week in range(1, WEEKS + 1):
        day = now.date() - timedelta(weeks=week)
        rows = session.scalars(select(TicketRow).where(TicketRow.office == office, TicketRow.day == day.isoformat()))
        arrivals = [(row.arrived_at, ticket_of(row).booking) for row in rows]
        since = datetime.combine(day, now.time(), now.tzinfo)
        if arrivals:
            counts.append(sum(booking is None and at > since for at, booking in arrivals))
    return tuple(counts)


def _journey(row: TicketRow, zone: ZoneInfo) -> Journey:
    ticket = ticket_of(row)
    due = datetime.combine(ticket.day, ticket.slot or time(), zone)
    return Journey(
        number=ticket.number,
        service=ticket.service,
        arrived_at=row.arrived_at,
        waits_since=max(row.arrived_at, due) if ticket.slot else row.arrived_at,
        state=QueueState(row.state),
        booked=ticket.booking is not None,
    )


def _slots_of(booking: Booking, here: set[str], now: datetime) -> Iterable[datetime]:
    if booking.status is BookingStatus.BOOKED:
        for applicant in booking.applicants:
            if str(booking.ticket_id(applicant.number)) not in here:
                yield datetime.combine(booking.day, booking.slot, now.tzinfo)
