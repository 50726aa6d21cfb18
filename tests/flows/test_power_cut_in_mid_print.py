"""The kiosk comes up again after it was cut off between the number and its paper: the person is asked, staff see it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flows.flow import Flow
from samples import TODAY, a_store, booking, snapshot

from kiosk.events import Interrupted, PaperCameOut, PaperMissing, TicketsIssued
from kiosk.model import Reason, Ticket, TicketState
from kiosk.printing import Printing
from kiosk.protocol import PaperMoved
from kiosk.texts import Texts
from kiosk.view import office_data
from kiosk.visit import State


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(tmp_path, snapshot(booking(1), booking(2)))


def a_cut_off_print(flow: Flow, begun: bool) -> Ticket:
    ticket = flow.store.check_in(booking(1), (0,), None, False)[0]
    return flow.store.begin_print(ticket.id) if begun else ticket


def comes_up_again(flow: Flow, minutes: int, file: Path) -> tuple[Ticket, ...]:
    """The process is another one, `minutes` later; whom does it ask?"""
    flow.store.close()
    flow.clock.passes(minutes * 60)
    flow.store = a_store(file, flow.clock.utc)
    flow.records._store = flow.store
    printing = Printing(None, flow.store, Texts.load(), lambda: office_data(snapshot(), TODAY), lambda status: None)
    return printing.recover(flow.clock.utc() - timedelta(minutes=2))


def moves(flow: Flow) -> list[tuple[TicketState, bool]]:
    bodies = [each.body for each in flow.store.owed(99)]
    return [(each.state, each.by_person) for each in bodies if isinstance(each, PaperMoved)]


@pytest.mark.parametrize(
    ("begun", "state", "prints"), [(True, TicketState.UNCONFIRMED, 1), (False, TicketState.FAILED, 0)]
)
def test_what_was_cut_off_lately_is_recorded_for_staff_and_asked_about(
    flow: Flow, tmp_path: Path, begun: bool, state: TicketState, prints: int
) -> None:
    ticket = a_cut_off_print(flow, begun)
    asked = comes_up_again(flow, 1, tmp_path / "kiosk.sqlite")
    assert [(each.id, each.state, each.prints) for each in asked] == [(ticket.id, state, prints)]
    assert moves(flow) == [(state, False)]


def test_the_person_who_has_the_paper_says_so(flow: Flow, tmp_path: Path) -> None:
    a_cut_off_print(flow, begun=True)
    asked = comes_up_again(flow, 1, tmp_path / "kiosk.sqlite")
    flow.does(Interrupted(asked)).sees(State.TICKET_UNCERTAIN).has("A-001").does(PaperCameOut())
    flow.sees(State.TICKET_PRINTED)
    assert moves(flow)[-1] == (TicketState.PRINTED, True)


@pytest.mark.parametrize(("begun", "prints"), [(True, 2), (False, 1)])
def test_the_person_without_it_gets_the_same_number_marked_as_a_reprint_only_if_paper_may_be_out(
    flow: Flow, tmp_path: Path, begun: bool, prints: int
) -> None:
    a_cut_off_print(flow, begun)
    asked = comes_up_again(flow, 1, tmp_path / "kiosk.sqlite")
    flow.does(Interrupted(asked), PaperMissing()).sees(State.TICKET_PRINTED).has("A-001")
    assert [(each.number, each.prints) for each in flow.store.tickets()] == [("A-001", prints)]


def test_nobody_is_asked_who_has_left_long_ago_but_staff_can_see_it(flow: Flow, tmp_path: Path) -> None:
    a_cut_off_print(flow, begun=True)
    assert comes_up_again(flow, 3, tmp_path / "kiosk.sqlite") == ()
    assert moves(flow) == [(TicketState.UNCONFIRMED, False)]


def test_who_does_not_answer_leaves_the_trace_that_is_there(flow: Flow, tmp_path: Path) -> None:
    a_cut_off_print(flow, begun=True)
    asked = comes_up_again(flow, 1, tmp_path / "kiosk.sqlite")
    flow.does(Interrupted(asked)).waits().sees(State.WELCOME)
    assert moves(flow) == [(TicketState.UNCONFIRMED, False)]


def test_a_closed_office_asks_too(flow: Flow, tmp_path: Path) -> None:
    a_cut_off_print(flow, begun=True)
    asked = comes_up_again(flow, 1, tmp_path / "kiosk.sqlite")
    flow.visit = replace(flow.visit, state=State.CLOSED)
    flow.does(Interrupted(asked)).sees(State.TICKET_UNCERTAIN)


def test_no_word_makes_a_paper_certain_that_surely_is_not_there(flow: Flow, tmp_path: Path) -> None:
    a_cut_off_print(flow, begun=False)
    asked = comes_up_again(flow, 1, tmp_path / "kiosk.sqlite")
    flow.does(Interrupted(asked), PaperCameOut()).sees(State.TICKET_ON_SCREEN)
    assert flow.store.tickets()[0].state is TicketState.FAILED


def test_a_number_that_came_late_is_printed_while_its_person_still_reads_that_it_did_not(flow: Flow) -> None:
    ticket = flow.store.check_in(booking(1), (0,), None, False)[0]
    flow.visit = replace(flow.visit, state=State.ISSUING)
    flow.waits().is_refused(Reason.NO_ANSWER)
    flow.does(TicketsIssued(flow.visit.id, (ticket,))).sees(State.TICKET_PRINTED).has("A-001")
