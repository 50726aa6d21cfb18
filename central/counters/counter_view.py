"""What the counter's page shows: who is served, who is next and why, who is held or missed, who calls for help."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from central.counters.calls import explanation_of
from central.counters.desk import counters, open_call
from central.counters.request_rows import PartnerRow, RequestRow
from central.counters.requests import requests_for
from central.counters.rows import CallRow, CounterRow
from central.database import TicketRow
from central.help_calls import HelpCall, help_calls
from central.people.roles import SignedIn
from central.places import place_of, places_of, recent_calls
from central.queue.explanation import Explanation
from central.queue.line import Line, line_of, next_line, stage_keys
from central.queue.order import in_order
from central.queue.place import Place
from central.service_day import ServiceDay, service_day
from kiosk.model import Fee, QueueState, Service, Words

MISSED_SHOWN = 20


@dataclass(frozen=True)
class Serving:
    """Who is at the counter: the call with its place, service and stage, why it was next, where it goes from here
    (None where all is done), and what partners were asked for it.
    """

    call: CallRow
    place: Place
    service: Service | None
    stage: Words | None
    why: Explanation
    goes_to: Words | None
    fees: tuple[Fee, ...]
    requests: tuple[tuple[RequestRow, PartnerRow], ...]


@dataclass(frozen=True)
class Destination:
    """Where somebody can be sent: a service and one of its stages, None for one that is done at one counter."""

    line: Line
    service: Words
    stage: Words | None


@dataclass(frozen=True)
class CounterView:
    """All of the page of an open counter; those who wait are in the order in which it would call them."""

    counter: CounterRow
    day: ServiceDay
    serving: Serving | None
    waiting: tuple[Place, ...]
    held: tuple[Place, ...]
    missed: tuple[Place, ...]
    help_calls: tuple[HelpCall, ...]
    destinations: tuple[Destination, ...]

    def service_of(self, place: Place) -> Words | None:
        """What somebody waits for."""
        return next((each.name for each in self.day.services if each.id == place.stands_in.service), None)

    def stage_of(self, place: Place) -> Words | None:
        """The stage that somebody waits for, None for a service that is done at one counter."""
        return _stage(self.day, place.stands_in)


def counter_of_clerk(session: Session, officer: SignedIn, day: ServiceDay) -> CounterRow | None:
    """The counter that somebody opened today, the latest where there are several."""
    own = [each for each in counters(session, officer.office) if each.clerk == officer.name and each.opened_at]
    today = [each for each in own if each.opened_at and each.opened_at.astimezone(day.zone).date() == day.day]
    return max(today, key=lambda each: (each.opened_at, each.id), default=None)


def counter_view(session: Session, officer: SignedIn, now: datetime) -> CounterView | None:
    """The page as of `now` (UTC), None for somebody who has no counter open, or before the office is loaded."""
    day = service_day(session, officer.office, now)
    counter = counter_of_clerk(session, officer, day) if day else None
    if day is None or counter is None:
        return None
    reached = [each for each in places_of(session, day) if counter.reach.covers(each.stands_in)]
    waiting = [each for each in reached if each.waits]
    missed = [each for each in reached if each.state is QueueState.NO_SHOW]
    call = open_call(session, counter)
    return CounterView(
        counter=counter,
        day=day,
        serving=_serving(session, counter, call, day) if call else None,
        waiting=in_order(waiting, now, day.zone, day.rules, recent_calls(session, counter, day)),
        held=tuple(each for each in reached if each.held),
        missed=tuple(sorted(missed, key=lambda each: each.ticket.number)[:MISSED_SHOWN]),
        help_calls=help_calls(session, officer.office, now, day.zone),
        destinations=destinations(day),
    )


def destinations(day: ServiceDay) -> tuple[Destination, ...]:
    """Every line of an office's day."""
    lines = (Line(each.id, key) for each in day.services for key in stage_keys(day.services, each.id))
    names = {each.id: each.name for each in day.services}
    return tuple(Destination(line, names[line.service], _stage(day, line)) for line in lines)


def _serving(session: Session, counter: CounterRow, call: CallRow, day: ServiceDay) -> Serving:
    ticket = session.get_one(TicketRow, call.ticket)
    service = next((each for each in day.services if each.id == call.service), None)
    line = line_of(day.services, call.service, call.stage)
    following = next_line(day.services, line, counter.reach)
    return Serving(
        call=call,
        place=place_of(ticket, day),
        service=service,
        stage=_stage(day, line),
        why=explanation_of(call),
        goes_to=_stage(day, following) if following else None,
        fees=_in_force(service.fees if service else (), day.day),
        requests=requests_for(session, counter.office, call.ticket),
    )


def _stage(day: ServiceDay, line: Line) -> Words | None:
    stages = next((each.stages for each in day.services if each.id == line.service), ())
    return next((each for each in stages if each.key and each.key == line.stage), None)


def _in_force(fees: tuple[Fee, ...], day: date) -> tuple[Fee, ...]:
    """The fees of a day, each by its latest amount."""
    latest = {each.name: each for each in sorted(fees, key=lambda each: each.valid_from) if each.valid_from <= day}
    return tuple(latest.values())
