"""The queue of an office's day, read from its tickets and counters."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from central.bodies import ticket_in
from central.counters.rows import CallRow, CounterRow, Outcome
from central.database import TicketRow
from central.queue.line import line_of
from central.queue.order import OpenCounter, ranked
from central.queue.place import Place
from central.queue.turn import Turn, TurnKind
from central.service_day import ServiceDay, service_day
from kiosk.model import QueueState


def places(session: Session, office: str, day: date, now: datetime) -> tuple[Place, ...]:
    """The tickets of an office's day in the order of the queue as of `now` (UTC); none before the office is loaded."""
    found = service_day(session, office, now, day)
    if found is None:
        return ()
    counters = tuple(
        OpenCounter(each.reach, recent_calls(session, each, found)) for each in open_counters(session, office)
    )
    return ranked(places_of(session, found), now, found.zone, found.rules, counters)


def places_of(session: Session, day: ServiceDay) -> list[Place]:
    """The tickets of a day, in no order, as the database has them now."""
    return _read(session, day)


def waiting_of(session: Session, day: ServiceDay) -> list[Place]:
    """Those of a day's tickets that stand in a line, in no order, as the database has them now."""
    return _read(session, day, TicketRow.state == QueueState.WAITING, TicketRow.held.is_(False))


def _read(session: Session, day: ServiceDay, *those: ColumnElement[bool]) -> list[Place]:
    # Columns, not rows that follow their changes: those take much longer to make, and a day has hundreds.
    wanted = select(*_COLUMNS).where(TicketRow.office == day.office, TicketRow.day == day.day.isoformat(), *those)
    return [place_of(row, day) for row in session.execute(wanted)]


_COLUMNS = (
    TicketRow.body,
    TicketRow.arrived_at,
    TicketRow.state,
    TicketRow.counter,
    TicketRow.dated_by_server,
    TicketRow.surveyed,
    TicketRow.service,
    TicketRow.stage,
    TicketRow.turn_at,
    TicketRow.turn_kind,
    TicketRow.held,
)


def place_of(row: TicketRow | Row[*tuple[Any, ...]], day: ServiceDay) -> Place:
    """A ticket's place, not yet held against the others'."""
    ticket = ticket_in(row.body)
    moved = Turn(row.turn_at, TurnKind(row.turn_kind)) if row.turn_at and row.turn_kind else None
    return Place(
        ticket=ticket,
        arrived_at=row.arrived_at,
        state=QueueState(row.state),
        counter=row.counter,
        dated_by_server=row.dated_by_server,
        surveyed=row.surveyed,
        line=line_of(day.services, row.service or ticket.service, row.stage),
        moved=moved,
        held=row.held,
    )


def recent_calls(session: Session, counter: CounterRow, day: ServiceDay) -> tuple[bool, ...]:
    """Of a counter's latest calls of the day, as many as the quota looks back, whether each went ahead of a turn."""
    wanted = (
        select(CallRow.ahead_of_turn)
        .where(CallRow.counter == counter.id, CallRow.day == day.day.isoformat())
        .where(CallRow.outcome.is_distinct_from(Outcome.TAKEN_BACK))
        .order_by(CallRow.called_at.desc(), CallRow.id.desc())
        .limit(max(0, day.rules.quota_calls - 1))
    )
    return tuple(session.scalars(wanted))[::-1]


def open_counters(session: Session, office: str) -> list[CounterRow]:
    """The counters of an office that somebody has opened."""
    wanted = select(CounterRow).where(CounterRow.office == office, CounterRow.clerk.is_not(None))
    return list(session.scalars(wanted))
