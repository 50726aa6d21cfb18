"""Reads the journeys of an office's days, and who is still expected today."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.counters.rows import CallRow, CounterRow, Outcome
from central.database import BookingRow, TicketRow
from central.monitoring.figures import Journey
from central.tickets import ticket_of
from kiosk.model import Booking, BookingStatus, QueueState, Rules

WEEKS = 6
"""So many past weeks are looked at for the walk-ins of a weekday."""
ATTENDED = frozenset({Outcome.SERVED, Outcome.NEXT_STAGE, Outcome.INCOMPLETE, Outcome.TRANSFERRED, Outcome.HELD})
"""In calls that ended so somebody was at the counter."""
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def journeys(session: Session, office: str, first: date, last: date, zone: ZoneInfo) -> list[Journey]:
    """All tickets of these days in the order of their arrival."""
    days = (first.isoformat(), last.isoformat())
    tickets = select(TicketRow).where(TicketRow.office == office, TicketRow.day.between(*days))
    calls: dict[str, list[CallRow]] = defaultdict(list)
    made = select(CallRow).where(
        CallRow.office == office, CallRow.day.between(*days), CallRow.outcome.is_distinct_from(Outcome.TAKEN_BACK)
    )
    for call in session.scalars(made.order_by(CallRow.called_at, CallRow.id)):
        calls[call.ticket].append(call)
    return [
        journey(row, calls.get(row.id, []), zone) for row in session.scalars(tickets.order_by(TicketRow.arrived_at))
    ]


def journey(row: TicketRow, calls: Sequence[CallRow], zone: ZoneInfo) -> Journey:
    """A ticket's way, from the calls of it that were no mistake, in their order."""
    ticket, state = ticket_of(row), QueueState(row.state)
    first, last = (calls[0], calls[-1]) if calls else (None, None)
    begins = datetime.combine(ticket.day, ticket.slot, zone) if ticket.slot and not ticket.late else row.arrived_at
    in_line_since = last.ended_at if last else max(row.arrived_at, begins)
    ended = [(call, call.ended_at) for call in calls if call.ended_at and call.outcome in ATTENDED]
    return Journey(
        number=ticket.number,
        service=ticket.service,
        arrived_at=row.arrived_at,
        state=state,
        booked=ticket.booking is not None,
        called_at=first.called_at if first else None,
        waited=first.called_at - first.waiting_since if first else None,
        in_line_since=in_line_since if state is QueueState.WAITING and not row.held else None,
        attended=sum((at - call.called_at for call, at in ended), timedelta()),
        served_at=ended[-1][1] if ended and state is QueueState.SERVED else None,
    )


def open_counters(session: Session, office: str) -> int:
    """At how many counters a clerk sits."""
    wanted = select(func.count()).where(CounterRow.office == office, CounterRow.clerk.is_not(None))
    return session.scalar(wanted) or 0


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


def _slots_of(booking: Booking, here: set[str], now: datetime) -> Iterable[datetime]:
    if booking.status is BookingStatus.BOOKED:
        for applicant in booking.applicants:
            if str(booking.ticket_id(applicant.number)) not in here:
                yield datetime.combine(booking.day, booking.slot, now.tzinfo)
