"""Calls to counters: who is called, and what becomes of them."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lobby import Desk, Lobby
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from wire import MORNING, slot

from central.counters import calls
from central.counters.calls import Result, explanation_of
from central.counters.desk import close_counter, open_counter
from central.counters.refusals import (
    CallEnded,
    CallRefused,
    CounterClosed,
    CounterTaken,
    NobodyWaits,
    NotWaiting,
    StillServing,
    UnknownHere,
)
from central.counters.rows import CallRow, Outcome
from central.database import OfficeRow, TicketRow, for_writing, open_database
from central.people.roles import Role, SignedIn
from central.people.rows import AuditRow
from central.queue.explanation import Ground
from central.queue.line import Line
from central.queue.turn import TurnKind
from kiosk.model import QueueState


@pytest.fixture
def lobby(data: Path) -> Iterator[Lobby]:
    engine = open_database(data)
    with Session(for_writing(engine)) as session:
        yield Lobby(session)
    engine.dispose()


def test_a_call_says_who_was_called_where_by_whom_since_when_and_why(lobby: Lobby) -> None:
    lobby.comes("A-001", 0, slot=slot("08:30"))
    desk = lobby.opens("2", "clerk")
    lobby.minute = 40
    assert desk.next() == "A-001"
    call = desk.current()
    assert (call.service, call.stage, call.clerk, call.day) == ("passport_new", "documents", "clerk", "2026-11-24")
    assert (call.waiting_since, call.called_at) == (MORNING + timedelta(minutes=30), lobby.now)
    assert (explanation_of(call).turn, explanation_of(call).waited) == (TurnKind.BOOKED, 10)
    assert (lobby.row("A-001").state, lobby.row("A-001").counter) == (QueueState.CALLED, "2")


def test_a_counter_calls_from_its_own_services_and_stages_only(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    lobby.comes("H-001", 1, service="reentry")
    lobby.minute = 5
    assert lobby.opens("1", services="reentry stay_permit").next() == "H-001"
    with pytest.raises(NobodyWaits):
        lobby.opens("2", stages="photo interview").next()
    assert lobby.opens("3", stages="documents").next() == "A-001"


def test_nobody_is_called_to_a_counter_before_the_last_one_has_left(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    lobby.comes("A-002", 1)
    desk = lobby.opens("2")
    desk.next()
    with pytest.raises(StillServing) as refused:
        desk.next()
    assert refused.value.number == "A-001"
    with pytest.raises(StillServing):
        desk.call("A-002")
    with pytest.raises(StillServing):
        close_counter(lobby.session, desk.who, desk.counter)


def test_before_the_slot_nobody_is_called_while_others_wait_and_the_counter_hears_from_when(lobby: Lobby) -> None:
    lobby.comes("A-001", 0, slot=slot("09:00"))
    lobby.comes("A-002", 0, slot=slot("09:30"))
    lobby.comes("W1-001", 5)
    desk = lobby.opens("2")
    lobby.minute = 10
    assert desk.next() == "W1-001"
    desk.finishes()
    assert desk.next() == "A-001", "nobody else waits"
    assert explanation_of(desk.current()).ground is Ground.IDLE


def test_an_empty_lobby_is_told_from_one_of_early_comers(lobby: Lobby) -> None:
    desk = lobby.opens("2")
    with pytest.raises(NobodyWaits) as refused:
        desk.next()
    assert refused.value.from_when is None


def test_the_quota_is_of_a_counters_own_calls(lobby: Lobby) -> None:
    for count in range(4):
        lobby.comes(f"W1-00{count}", count)
        lobby.comes(f"W2-00{count}", 5 + count, priority="elderly")
    desk, other = lobby.opens("1"), lobby.opens("2", "other")
    lobby.minute = 12
    called = []
    for _ in range(4):
        called.append(desk.next())
        desk.finishes()
    assert called == ["W2-000", "W1-000", "W1-001", "W2-001"]
    assert other.next() == "W2-002"


def test_a_call_that_was_taken_back_uses_no_quota(lobby: Lobby) -> None:
    lobby.comes("W1-001", 0)
    lobby.comes("W2-001", 5, priority="elderly")
    desk = lobby.opens("1")
    lobby.minute = 6
    assert desk.next() == "W2-001"
    desk.does(calls.take_back)
    assert (lobby.row("W2-001").state, lobby.row("W2-001").counter) == (QueueState.WAITING, "")
    assert desk.next() == "W2-001"


def test_a_chosen_ticket_is_called_out_of_order_and_the_call_says_so(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    lobby.comes("A-002", 1)
    one, other = lobby.opens("1"), lobby.opens("2")
    lobby.minute = 5
    assert one.call("A-002").out_of_order
    assert not other.call("A-001").out_of_order, "it was that one's turn"
    with pytest.raises(NotWaiting) as refused:
        lobby.opens("3").call("A-002")
    assert (refused.value.number, refused.value.state, refused.value.counter) == ("A-002", QueueState.CALLED, "1")


def test_to_call_an_early_comer_before_the_time_is_out_of_order_even_where_nobody_else_waits(lobby: Lobby) -> None:
    lobby.comes("A-001", 0, slot=slot("09:00"))
    assert not lobby.opens("1").call("A-001").out_of_order, "the office allows it"
    lobby.comes("A-002", 0, slot=slot("09:30"))
    lobby.comes("W1-001", 0)
    lobby.opens("2").call("W1-001")
    lobby.comes("A-003", 0, slot=slot("09:00"))
    assert lobby.opens("3").call("A-002").out_of_order


def test_a_recall_is_counted_and_timed(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1")
    desk.next()
    for minute in (1, 2):
        lobby.minute = minute
        desk.does(calls.recall)
    assert (desk.current().recalls, desk.current().recalled_at) == (2, lobby.now)


def test_who_missed_the_call_and_is_back_soon_keeps_the_turn_and_later_waits_as_of_now(lobby: Lobby) -> None:
    for number, minute in (("A-001", 0), ("A-002", 0), ("A-003", 4)):
        lobby.comes(number, minute)
    desk = lobby.opens("1")
    for _ in range(2):
        desk.next()
        desk.does(calls.no_show)
    lobby.minute = 10
    desk.resumes("A-001")
    assert desk.next() == "A-001", "10 minutes are tolerated"
    desk.finishes()
    lobby.minute = 11
    desk.resumes("A-002")
    assert lobby.place("A-002").moved is not None
    assert (lobby.row("A-002").turn_at, lobby.row("A-002").turn_kind) == (lobby.now, TurnKind.RETURNED)
    assert desk.next() == "A-003"
    with pytest.raises(NotWaiting):
        desk.resumes("A-003")


def test_who_is_held_is_called_by_nobody_until_they_are_back_with_the_same_turn(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    lobby.comes("A-002", 1)
    desk = lobby.opens("1")
    desk.next()
    desk.does(calls.hold)
    place = lobby.place("A-001")
    assert (place.held, place.counter, place.waits) == (True, "1", False)
    lobby.minute = 30
    assert desk.next() == "A-002"
    desk.finishes()
    desk.resumes("A-001")
    lobby.comes("A-003", 20)
    assert desk.next() == "A-001"
    assert not lobby.row("A-001").held


def test_a_counter_calls_the_one_it_holds_back_itself(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1")
    desk.next()
    desk.does(calls.hold)
    assert not desk.call("A-001").out_of_order
    assert (lobby.row("A-001").state, lobby.row("A-001").held) == (QueueState.CALLED, False)


def test_from_a_stage_one_goes_to_the_next_with_what_was_waited_before(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    documents, photo = lobby.opens("1", stages="documents payment"), lobby.opens("2", "other", stages="photo interview")
    lobby.minute = 20
    documents.next()
    lobby.minute = 26
    assert documents.finishes() is Outcome.NEXT_STAGE
    place = lobby.place("A-001")
    assert (place.state, place.stands_in) == (QueueState.WAITING, Line("passport_new", "photo"))
    assert place.moved is not None
    assert (place.moved.at, place.moved.kind) == (MORNING + timedelta(minutes=6), TurnKind.NEXT_STAGE)
    lobby.comes("W1-001", 10)
    lobby.row("W1-001").stage = "photo"
    assert photo.next() == "A-001", "20 minutes were waited before, W1-001 has waited 16"
    assert photo.current().waiting_since == lobby.now
    assert photo.finishes() is Outcome.SERVED
    assert lobby.row("A-001").state == QueueState.SERVED


def test_a_counter_that_does_every_stage_does_them_in_one_call(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1")
    desk.next()
    assert desk.finishes() is Outcome.SERVED


def test_who_lacks_a_document_goes_on_to_no_stage(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1", stages="documents")
    desk.next()
    assert desk.finishes(Result.INCOMPLETE) is Outcome.INCOMPLETE
    assert lobby.row("A-001").state == QueueState.SERVED


def test_a_transfer_goes_to_another_service_or_stage_with_what_was_waited_before(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1")
    lobby.minute = 10
    desk.next()
    lobby.minute = 15
    desk.does(calls.transfer, "passport_renewal", "")
    place = lobby.place("A-001")
    assert (place.stands_in, place.ticket.service) == (Line("passport_renewal", "documents"), "passport_new")
    assert place.moved is not None
    assert (place.moved.at, place.moved.kind) == (MORNING + timedelta(minutes=5), TurnKind.TRANSFERRED)
    desk.next()
    for service, stage in (("no_such", ""), ("passport_new", "no_such")):
        with pytest.raises(UnknownHere):
            desk.does(calls.transfer, service, stage)
    desk.does(calls.transfer, "passport_renewal", "interview")
    assert lobby.place("A-001").stands_in == Line("passport_renewal", "interview")


def test_a_call_out_of_order_and_a_transfer_are_on_the_audit_trail_and_nothing_else_is(lobby: Lobby) -> None:
    for count in range(3):
        lobby.comes(f"A-00{count}", count)
    desk = lobby.opens("2", "clerk")
    lobby.minute = 5
    desk.call("A-000")
    desk.finishes()
    desk.call("A-002")
    desk.does(calls.transfer, "reentry", "")
    rows = lobby.session.scalars(select(AuditRow).order_by(AuditRow.seq))
    trail = [(row.who, row.action, row.subject, json.loads(row.detail)) for row in rows]
    assert trail == [
        ("clerk", "called_out_of_order", lobby.tickets["A-002"], {"counter": "2", "place": "2", "ground": "turn"}),
        ("clerk", "ticket_transferred", lobby.tickets["A-002"], {"service": "reentry", "stage": ""}),
    ]


def test_a_call_ends_once(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1")
    desk.next()
    desk.does(calls.no_show)
    for act, more in ((calls.no_show, ()), (calls.hold, ()), (calls.recall, ()), (calls.finish, (Result.DONE,))):
        with pytest.raises(CallEnded) as refused:
            desk.does(act, *more)
        assert refused.value.outcome == Outcome.NO_SHOW


def test_a_counter_is_of_one_clerk_until_it_is_closed_or_the_day_is_over(lobby: Lobby) -> None:
    desk = lobby.opens("1", "clerk")
    other = SignedIn("other", "PYK", frozenset({Role.CLERK}))
    with pytest.raises(CounterTaken) as refused:
        open_counter(lobby.session, other, desk.counter, lobby.now)
    assert refused.value.clerk == "clerk"
    with pytest.raises(CounterClosed):
        calls.call_next(lobby.session, other, desk.counter, lobby.now)
    assert open_counter(lobby.session, other, desk.counter, lobby.now + timedelta(days=1)).clerk == "other"
    close_counter(lobby.session, other, desk.counter)
    assert open_counter(lobby.session, desk.who, desk.counter, lobby.now).clerk == "clerk"


def test_another_offices_counters_tickets_and_calls_are_unknown(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    desk = lobby.opens("1")
    stranger = SignedIn("clerk", "AGM", frozenset({Role.CLERK}))
    lobby.session.add(OfficeRow(id="AGM", body=lobby.session.get_one(OfficeRow, "PYK").body))
    with pytest.raises(UnknownHere):
        calls.call_next(lobby.session, stranger, desk.counter, lobby.now)
    desk.next()
    with pytest.raises(UnknownHere):
        calls.no_show(lobby.session, stranger, desk.current().id, lobby.now)
    with pytest.raises(UnknownHere):
        calls.call_of(lobby.session, stranger, lobby.tickets["A-001"])


def test_a_ticket_of_another_day_is_not_called_and_does_not_wait_again(lobby: Lobby) -> None:
    for number in ("A-001", "A-002"):
        lobby.comes(number, 0)
    lobby.opens("1").next()
    lobby.row("A-001").state = QueueState.NO_SHOW
    lobby.minute = 24 * 60
    desk = lobby.opens("2")
    with pytest.raises(UnknownHere):
        desk.call("A-002")
    with pytest.raises(UnknownHere):
        desk.resumes("A-001")


def test_calls_are_forgotten_with_their_ticket(lobby: Lobby) -> None:
    lobby.comes("A-001", 0)
    lobby.opens("1").next()
    lobby.session.flush()
    lobby.session.connection().exec_driver_sql("DELETE FROM tickets")
    assert lobby.session.scalars(select(CallRow.id)).all() == []


ACTS = ("next", "finish", "incomplete", "no_show", "hold", "take_back", "resume", "transfer", "call", "wait")


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 5)), max_size=30))
def test_whatever_clerks_do_no_ticket_is_lost_and_none_is_at_two_counters(
    lobby: Lobby, acts: list[tuple[str, int, int]]
) -> None:
    with lobby.session.begin_nested() as undone:
        fresh = Lobby(lobby.session)
        for count in range(6):
            fresh.comes(f"A-00{count}", count, priority="elderly" if count % 3 == 0 else None)
        fresh.minute = 10
        stages = ("documents payment", "photo", "interview")
        desks = [fresh.opens(str(count), stages=each) for count, each in enumerate(stages, 1)]
        for act, desk, ticket in acts:
            with suppress(CallRefused):
                do(fresh, act, desks[desk], f"A-00{ticket}")
            every_ticket_is_somewhere(fresh)
        everybody_is_served(fresh, desks)
        undone.rollback()


def do(lobby: Lobby, act: str, desk: Desk, number: str) -> None:
    call = lobby.session.scalar(select(CallRow).where(CallRow.counter == desk.counter, CallRow.ended_at.is_(None)))
    one_of = {"no_show": calls.no_show, "hold": calls.hold, "take_back": calls.take_back}
    if act == "next":
        desk.next()
    elif act == "call":
        desk.call(number)
    elif act == "resume":
        desk.resumes(number)
    elif act == "wait":
        lobby.minute += 7
    elif call is None:
        return
    elif act == "transfer":
        desk.does(calls.transfer, "passport_renewal", "photo")
    elif act in one_of:
        desk.does(one_of[act])
    else:
        desk.finishes(Result.DONE if act == "finish" else Result.INCOMPLETE)


def every_ticket_is_somewhere(lobby: Lobby) -> None:
    lobby.session.flush()
    at_counters = lobby.session.scalars(select(CallRow.ticket).where(CallRow.ended_at.is_(None))).all()
    assert len(set(at_counters)) == len(at_counters)
    for row in lobby.session.scalars(select(TicketRow)):
        assert (row.state == QueueState.CALLED) == (row.id in at_counters)
        assert bool(row.counter) == (row.state != QueueState.WAITING or row.held)


def everybody_is_served(lobby: Lobby, desks: list[Desk]) -> None:
    for number in lobby.tickets:
        if lobby.row(number).held or lobby.row(number).state == QueueState.NO_SHOW:
            desks[0].resumes(number)
    for _ in range(3 * len(lobby.tickets)):
        for desk in desks:
            with suppress(NobodyWaits, StillServing):
                desk.next()
            with suppress(CallEnded, NoResultFound):
                desk.finishes()
    assert {row.state for row in lobby.session.scalars(select(TicketRow))} == {QueueState.SERVED}
