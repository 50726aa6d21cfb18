"""When somebody will be called, from what the counters did of late."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.counters.rows import CallRow, CounterRow, Outcome
from central.database import BookingRow
from central.places import open_counters, places_of
from central.queue.estimate import LATEST_CALLS, Expected, Pace, Waiting, expected_call
from central.queue.line import Line, stage_keys
from central.queue.order import OpenCounter, rivals
from central.queue.place import Place
from central.service_day import ServiceDay
from kiosk.model import Booking, BookingStatus

CHANGE = timedelta(minutes=3)
"""A counter that calls again within so long of its last call's end was not idle in between."""
LATELY = timedelta(hours=1)
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def call_expected(session: Session, place: Place, day: ServiceDay) -> Expected | None:
    """When somebody who waits today will be called, None where it cannot be said yet. The place is one of `places` as
    of the same `now`.
    """
    if not place.waits or day.day != day.now.astimezone(day.zone).date():
        return None
    counters, here = open_counters(session, day.office), places_of(session, day)
    lines = {Line(each.id, key) for each in day.services for key in stage_keys(day.services, each.id)}
    some = rivals(place.stands_in, lines, [OpenCounter(each.reach) for each in counters])
    own = [each for each in counters if each.reach.covers(place.stands_in)]
    helping = [each for each in counters if any(each.reach.covers(line) for line in some)]
    waiting = Waiting(
        ahead=place.ahead,
        to_come=_to_come(session, place, [each for each in here if each.stands_in in some], some, day),
        callable_from=place.why.callable_from if place.why else None,
        has_priority=place.ticket.priority is not None,
    )
    pace = _pace(session, own, len(helping), day)
    return expected_call(waiting, pace, day.rules, day.hours, day.now.astimezone(day.zone))


def _pace(session: Session, counters: Sequence[CounterRow], helping: int, day: ServiceDay) -> Pace:
    wanted = (
        select(CallRow)
        .where(CallRow.counter.in_([each.id for each in counters]), CallRow.day == day.day.isoformat())
        .where(CallRow.ended_at.is_not(None), CallRow.outcome.is_distinct_from(Outcome.TAKEN_BACK))
        .order_by(CallRow.called_at.desc(), CallRow.id.desc())
        .limit(LATEST_CALLS)
    )
    latest = list(session.scalars(wanted))[::-1]
    cycles = [each for counter in counters for each in _cycles([row for row in latest if row.counter == counter.id])]
    return Pace(tuple(cycles), sum(each.ahead_of_turn for each in latest), len(counters), helping)


def _cycles(calls: Sequence[CallRow]) -> Iterator[timedelta]:
    """How long each call kept its counter, with the change to the next one."""
    following = [*(each.called_at for each in calls[1:]), None]
    for call, next_at in zip(calls, following, strict=False):
        ended = call.ended_at or call.called_at
        yield (next_at if next_at and next_at - ended <= CHANGE else ended) - call.called_at


def _to_come(session: Session, place: Place, here: Sequence[Place], lines: frozenset[Line], day: ServiceDay) -> float:
    """How many will yet come with an earlier turn: bookings and, before a turn to come, as many others as of late."""
    turn = place.turn(day.zone).at
    lately = sum(not each.ticket.slot and day.now - LATELY < each.arrived_at <= day.now for each in here)
    return _booked(session, here, lines, day, before=turn) + lately * max(0.0, (turn - day.now) / LATELY)


def _booked(session: Session, here: Sequence[Place], lines: frozenset[Line], day: ServiceDay, before: datetime) -> int:
    """The applicants with slots before an instant who may still come in time."""
    since = (day.now - timedelta(minutes=day.grace_minutes)).astimezone(day.zone)
    arrived, services = {each.ticket.number for each in here}, {each.service for each in lines}
    wanted = select(BookingRow.body).where(BookingRow.office == day.office, BookingRow.day == day.day.isoformat())
    bookings = (_BOOKING.validate_json(body) for body in session.scalars(wanted))
    return sum(
        len({each.number for each in booking.applicants} - arrived)
        for booking in bookings
        if booking.service in services
        and booking.status is BookingStatus.BOOKED
        and since <= _at(booking.slot, day) < before
    )


def _at(slot: time, day: ServiceDay) -> datetime:
    return datetime.combine(day.day, slot, day.zone)
