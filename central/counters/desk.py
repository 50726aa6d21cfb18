"""Counters, opened and closed by clerks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.counters.refusals import CounterClosed, CounterTaken, StillServing, UnknownHere
from central.counters.rows import CallRow, CounterRow
from central.database import TicketRow
from central.people.roles import SignedIn
from central.service_day import lock_queue, service_day


def counters(session: Session, office: str) -> tuple[CounterRow, ...]:
    """All counters of an office, by name."""
    return tuple(session.scalars(select(CounterRow).where(CounterRow.office == office).order_by(CounterRow.name)))


def counter_named(session: Session, office: str, name: str) -> CounterRow:
    """The counter that is shown by this name (1 to 10 characters); made, to serve everything, where it is new."""
    lock_queue(session, office)
    found = session.scalar(select(CounterRow).where(CounterRow.office == office, CounterRow.name == name))
    if found is None:
        found = CounterRow(office=office, name=name)
        session.add(found)
        session.flush()
    return found


def open_counter(session: Session, by: SignedIn, counter: int, now: datetime) -> CounterRow:
    """Opens a counter for whoever asks; their own stays open. Raises UnknownHere, and CounterTaken where somebody else
    opened it today.
    """
    lock_queue(session, by.office)
    row = counter_of(session, by, counter)
    if row.clerk not in (None, by.name) and _opened_today(session, row, now):
        raise CounterTaken(row.clerk or "")
    if row.clerk != by.name:
        row.clerk, row.opened_at = by.name, now
    return row


def close_counter(session: Session, by: SignedIn, counter: int) -> None:
    """Closes a counter, one's own or one that was left open. Raises UnknownHere, and StillServing before its call has
    ended.
    """
    lock_queue(session, by.office)
    row = counter_of(session, by, counter)
    busy_with = open_call(session, row)
    if busy_with:
        raise StillServing(number_of(session, busy_with))
    row.clerk = row.opened_at = None


def counter_of(session: Session, by: SignedIn, counter: int) -> CounterRow:
    """A counter of somebody's office. Raises UnknownHere."""
    row = session.get(CounterRow, counter, populate_existing=True)
    if row is None or row.office != by.office:
        raise UnknownHere
    return row


def own_counter(session: Session, by: SignedIn, counter: int) -> CounterRow:
    """A counter that whoever asks has opened. Raises UnknownHere, CounterClosed."""
    row = counter_of(session, by, counter)
    if row.clerk != by.name:
        raise CounterClosed
    return row


def open_call(session: Session, counter: CounterRow) -> CallRow | None:
    """The call that has not ended at a counter, None while it is free."""
    return session.scalar(select(CallRow).where(CallRow.counter == counter.id, CallRow.ended_at.is_(None)))


def number_of(session: Session, call: CallRow) -> str:
    """The number that was called."""
    ticket = session.get(TicketRow, call.ticket)
    return ticket.number if ticket else ""


def _opened_today(session: Session, row: CounterRow, now: datetime) -> bool:
    day = service_day(session, row.office, now)
    zone = day.zone if day else ZoneInfo("UTC")
    return row.opened_at is not None and row.opened_at.astimezone(zone).date() == now.astimezone(zone).date()
