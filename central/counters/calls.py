"""Calls: who is called to a counter, and how that ends.

Each function works in the session's transaction and leaves the commit to whoever opened it, which must be one for
writing. All of them first lock the office's queue, so that two counters that call at once never get the same person.
They raise a CallRefused, after which the transaction is to be undone; `now` is UTC.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.counters.desk import number_of, open_call, own_counter
from central.counters.refusals import CallEnded, NobodyWaits, NotWaiting, StillServing, UnknownHere
from central.counters.rows import CallRow, CounterRow, Outcome
from central.database import TicketRow
from central.people.audit import Action, record
from central.people.roles import SignedIn
from central.places import place_of, recent_calls, waiting_of
from central.queue.explanation import Explanation
from central.queue.line import line_of, next_line, stage_keys
from central.queue.order import in_order
from central.queue.place import Place
from central.queue.turn import TurnKind, turn_after, turn_on_return
from central.service_day import ServiceDay, lock_queue, service_day
from kiosk.model import QueueState

_EXPLANATION: TypeAdapter[Explanation] = TypeAdapter(Explanation)


class Result(StrEnum):
    """What somebody leaves a counter with. DONE: on to the next stage, or all is done. INCOMPLETE: something is
    missing, so the visit ends for today.
    """

    DONE = "done"
    INCOMPLETE = "incomplete"


def call_next(session: Session, by: SignedIn, counter: int, now: datetime) -> CallRow:
    """Calls whoever's turn it is in the lines that the counter serves. Raises UnknownHere, CounterClosed, StillServing,
    NobodyWaits.
    """
    day, row = _free(session, by, counter, now)
    order = in_order(_waiting(session, row, day), now, day.zone, day.rules, recent_calls(session, row, day))
    if not order or not _why(order[0]).may_be_called:
        raise NobodyWaits(_why(order[0]).callable_from if order else None)
    return _begin(session, by, row, order[0], day, is_chosen=False)


def call(session: Session, by: SignedIn, counter: int, ticket: str, now: datetime) -> CallRow:
    """Calls a chosen ticket, whoever's turn it is: one that waits, is held, missed its call, or was ended by mistake.
    Where that was out of order the call says so, and the audit trail. Raises UnknownHere, CounterClosed, StillServing,
    and NotWaiting for one that was called already.
    """
    day, row = _free(session, by, counter, now)
    held = _todays_ticket(session, by, ticket, day)
    if held.state == QueueState.CALLED:
        raise NotWaiting(held.number, QueueState.CALLED, held.counter)
    place = place_of(held, day)
    others = [each for each in _waiting(session, row, day) if each.ticket.id != place.ticket.id]
    order = in_order([*others, place], now, day.zone, day.rules, recent_calls(session, row, day))
    chosen = next(each for each in order if each.ticket.id == place.ticket.id)
    in_turn = chosen is order[0] and _why(chosen).may_be_called
    made = _begin(session, by, row, chosen, day, is_chosen=place.waits and not in_turn)
    if made.out_of_order:
        detail = {"counter": row.name, "place": str(order.index(chosen) + 1), "ground": _why(chosen).ground.value}
        record(session, by, Action.CALLED_OUT_OF_ORDER, ticket, now, detail)
    return made


def recall(session: Session, by: SignedIn, call_id: int, now: datetime) -> CallRow:
    """Calls the same person once more to the same counter. Raises UnknownHere, CallEnded."""
    found, _ = _open(session, by, call_id)
    found.recalls, found.recalled_at = found.recalls + 1, now
    return found


def no_show(session: Session, by: SignedIn, call_id: int, now: datetime) -> None:
    """Nobody came. Raises UnknownHere, CallEnded."""
    found, ticket = _open(session, by, call_id)
    _end(found, now, Outcome.NO_SHOW)
    ticket.state = QueueState.NO_SHOW


def hold(session: Session, by: SignedIn, call_id: int, now: datetime) -> None:
    """Sends the person for something; they keep their turn. Raises UnknownHere, CallEnded."""
    found, ticket = _open(session, by, call_id)
    _end(found, now, Outcome.HELD)
    ticket.state, ticket.held = QueueState.WAITING, True


def take_back(session: Session, by: SignedIn, call_id: int, now: datetime) -> None:
    """The call was a mistake: the person waits as before. Raises UnknownHere, CallEnded."""
    found, ticket = _open(session, by, call_id)
    _end(found, now, Outcome.TAKEN_BACK)
    ticket.state, ticket.counter = QueueState.WAITING, ""


def resume(session: Session, by: SignedIn, ticket: str, now: datetime) -> None:
    """Somebody who was held or missed the call is back and waits again: with the same turn, or as of now for who came
    back too late. Raises UnknownHere, and NotWaiting for a ticket that is neither.
    """
    lock_queue(session, by.office)
    day = _day(session, by, now)
    row = _todays_ticket(session, by, ticket, day)
    if not row.held and row.state != QueueState.NO_SHOW:
        raise NotWaiting(row.number, QueueState(row.state), row.counter)
    if row.state == QueueState.NO_SHOW:
        last = _last_call(session, row)
        missed_at = last.ended_at if last and last.ended_at else now
        tolerance = timedelta(minutes=day.rules.return_minutes)
        turn = turn_on_return(place_of(row, day).turn(day.zone), missed_at, now, tolerance)
        row.turn_at, row.turn_kind = turn.at, turn.kind
    row.state, row.held, row.counter = QueueState.WAITING, False, ""


def transfer(session: Session, by: SignedIn, call_id: int, service: str, stage: str, now: datetime) -> None:
    """Sends the person on to another service, or to another stage ("" for the first), with what was waited before;
    the audit trail says so. Raises UnknownHere, CallEnded.
    """
    found, ticket = _open(session, by, call_id)
    day = _day(session, by, now)
    keys = stage_keys(day.services, service)
    if service not in {each.id for each in day.services} or (stage and stage not in keys):
        raise UnknownHere
    _end(found, now, Outcome.TRANSFERRED)
    _send_on(ticket, found, service, stage or keys[0], day, TurnKind.TRANSFERRED)
    record(session, by, Action.TICKET_TRANSFERRED, ticket.id, now, {"service": service, "stage": stage or keys[0]})


def finish(session: Session, by: SignedIn, call_id: int, result: Result, now: datetime) -> Outcome:
    """The person is done here: goes on to the first following stage that this counter does not do too, or has been
    served. Returns which of them. Raises UnknownHere, CallEnded.
    """
    found, ticket = _open(session, by, call_id)
    day = _day(session, by, now)
    counter = session.get_one(CounterRow, found.counter)
    line = line_of(day.services, found.service, found.stage)
    following = next_line(day.services, line, counter.reach) if result is Result.DONE else None
    if following:
        _end(found, now, Outcome.NEXT_STAGE)
        _send_on(ticket, found, following.service, following.stage, day, TurnKind.NEXT_STAGE)
        return Outcome.NEXT_STAGE
    outcome = Outcome.SERVED if result is Result.DONE else Outcome.INCOMPLETE
    _end(found, now, outcome)
    ticket.state = QueueState.SERVED
    return outcome


def call_of(session: Session, by: SignedIn, ticket: str) -> CallRow:
    """The call of a ticket that has not ended. Raises UnknownHere where there is none."""
    _ticket(session, by, ticket)
    found = session.scalar(select(CallRow).where(CallRow.ticket == ticket, CallRow.ended_at.is_(None)))
    if found is None:
        raise UnknownHere
    return found


def explanation_of(call_row: CallRow) -> Explanation:
    """Why the ticket was called when it was."""
    return _EXPLANATION.validate_json(call_row.why)


def _free(session: Session, by: SignedIn, counter: int, now: datetime) -> tuple[ServiceDay, CounterRow]:
    lock_queue(session, by.office)
    row = own_counter(session, by, counter)
    busy_with = open_call(session, row)
    if busy_with:
        raise StillServing(number_of(session, busy_with))
    return _day(session, by, now), row


def _day(session: Session, by: SignedIn, now: datetime) -> ServiceDay:
    found = service_day(session, by.office, now)
    if found is None:
        raise UnknownHere
    return found


def _waiting(session: Session, counter: CounterRow, day: ServiceDay) -> list[Place]:
    """Who could be called to a counter."""
    return [each for each in waiting_of(session, day) if counter.reach.covers(each.stands_in)]


def _ticket(session: Session, by: SignedIn, ticket: str) -> TicketRow:
    row = session.get(TicketRow, ticket, populate_existing=True)
    if row is None or row.office != by.office:
        raise UnknownHere
    return row


def _todays_ticket(session: Session, by: SignedIn, ticket: str, day: ServiceDay) -> TicketRow:
    row = _ticket(session, by, ticket)
    if row.day != day.day.isoformat():
        raise UnknownHere
    return row


def _open(session: Session, by: SignedIn, call_id: int) -> tuple[CallRow, TicketRow]:
    lock_queue(session, by.office)
    found = session.get(CallRow, call_id, populate_existing=True)
    if found is None or found.office != by.office:
        raise UnknownHere
    if found.ended_at is not None:
        raise CallEnded(found.outcome or "")
    return found, _ticket(session, by, found.ticket)


def _begin(
    session: Session, by: SignedIn, counter: CounterRow, place: Place, day: ServiceDay, is_chosen: bool
) -> CallRow:
    ticket = _ticket(session, by, str(place.ticket.id))
    why, line = _why(place), place.stands_in
    last = _last_call(session, ticket)
    since = last.ended_at if last and last.ended_at else ticket.arrived_at
    if why.turn is TurnKind.BOOKED:
        since = max(since, why.turn_at)
    made = CallRow(
        office=by.office,
        day=day.day.isoformat(),
        ticket=ticket.id,
        service=line.service,
        stage=line.stage,
        counter=counter.id,
        clerk=by.name,
        waiting_since=min(since, day.now),
        called_at=day.now,
        ahead_of_turn=why.ahead_of_turn and not is_chosen,
        out_of_order=is_chosen,
        why=_EXPLANATION.dump_json(why).decode(),
    )
    session.add(made)
    ticket.state, ticket.counter, ticket.held = QueueState.CALLED, counter.name, False
    session.flush()
    return made


def _end(found: CallRow, now: datetime, outcome: Outcome) -> None:
    found.ended_at, found.outcome = now, outcome


def _send_on(ticket: TicketRow, ended: CallRow, service: str, stage: str, day: ServiceDay, kind: TurnKind) -> None:
    turn = turn_after(place_of(ticket, day).turn(day.zone), ended.called_at, day.now, kind)
    ticket.service, ticket.stage = service, stage
    ticket.turn_at, ticket.turn_kind = turn.at, turn.kind
    ticket.state, ticket.counter = QueueState.WAITING, ""


def _last_call(session: Session, ticket: TicketRow) -> CallRow | None:
    latest = select(func.max(CallRow.id)).where(CallRow.ticket == ticket.id)
    return session.scalar(select(CallRow).where(CallRow.id == latest.scalar_subquery()))


def _why(place: Place) -> Explanation:
    assert place.why, "every place of an order has its explanation"
    return place.why
