"""A kiosk that does not know the time serves everybody, dates nothing, and repeats no number when it knows it again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flows.flow import Flow
from samples import OPEN, TODAY, FakeClock, a_pass, booking, snapshot

from kiosk.clock import Clock, Uptime
from kiosk.events import DocumentsReady, PriorityDeclared, ServiceChosen, WalkInChosen
from kiosk.model import ENGLISH, INDONESIAN, BookingStatus, ClockState, Reason
from kiosk.printing import printable_ticket
from kiosk.texts import Texts
from kiosk.view import office_data
from kiosk.visit import State

WALKS_IN = (WalkInChosen(), ServiceChosen("a"), DocumentsReady(), PriorityDeclared(None))
NINE_AT_NIGHT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


class Powerless(FakeClock):
    """A machine that starts in 1970 after each power cut."""

    def __init__(self) -> None:
        super().__init__(datetime(1970, 1, 1, tzinfo=UTC))
        self.clock = Clock(self.utc, Uptime("this boot", self.monotonic), lambda: False)
        self.clock.recall(None, OPEN)

    def hears(self, at: datetime) -> None:
        self.clock.heard(at, took=0.0)


@pytest.fixture
def machine() -> Powerless:
    return Powerless()


@pytest.fixture
def flow(tmp_path: Path, machine: Powerless) -> Flow:
    cancelled = booking(3, status=BookingStatus.CANCELLED)
    late = booking(4, day=TODAY - timedelta(days=1))
    return Flow(
        tmp_path, snapshot(booking(1), booking(2, day=TODAY + timedelta(days=1)), cancelled, late), machine.clock
    )


def test_whoever_holds_a_booking_gets_its_ticket_whatever_the_clock_shows(flow: Flow) -> None:
    for place in (1, 2):
        flow.scans(a_pass(booking(place))).sees(State.TICKET_PRINTED).has(f"A-{place:03}").waits()
    assert [each.issued_at for each in flow.store.tickets()] == [None, None]
    assert [each.day for each in flow.store.tickets()] == [TODAY, TODAY + timedelta(days=1)]
    assert {each.at for each in flow.store.owed(9)} == {None}


def test_the_same_code_gives_the_same_ticket(flow: Flow) -> None:
    for _ in range(2):
        flow.scans(a_pass(booking(1))).sees(State.TICKET_PRINTED).has("A-001").waits()
    assert len(flow.store.tickets()) == 1


def test_what_needs_no_clock_is_refused_as_ever(flow: Flow) -> None:
    flow.scans(a_pass(booking(3))).is_refused(Reason.CANCELLED).waits()
    flow.scans(a_pass(booking(4))).is_refused(Reason.EXPIRED).waits()
    flow.scans("https://evil.example").is_refused(Reason.UNREADABLE)


def test_a_pass_is_not_refused_for_an_expiry_that_cannot_be_judged(flow: Flow, machine: Powerless) -> None:
    soon = a_pass(booking(1), expires=OPEN - timedelta(days=1))
    flow.scans(soon).sees(State.TICKET_PRINTED).waits()
    machine.hears(OPEN)
    flow.scans(soon).is_refused(Reason.EXPIRED)


def test_no_number_of_an_undated_ticket_comes_again_when_the_time_is_known(flow: Flow, machine: Powerless) -> None:
    for count in (1, 2):
        flow.does(*WALKS_IN).sees(State.TICKET_PRINTED).has(f"W1-{count:03}").waits().clock.passes(60)
        machine.passes(60)
    machine.hears(OPEN)
    flow.does(*WALKS_IN).sees(State.TICKET_PRINTED).has("W1-003").waits().clock.passes(60)
    machine.hears(OPEN + timedelta(days=1))
    flow.does(*WALKS_IN).sees(State.TICKET_PRINTED).has("W1-003")
    days = [each.day for each in flow.store.tickets()]
    assert days == [TODAY, TODAY, TODAY, TODAY + timedelta(days=1)]


def test_the_paper_says_that_the_time_is_to_be_confirmed(flow: Flow) -> None:
    flow.scans(a_pass(booking(1)))
    words = Texts.load()
    for language, said in ((INDONESIAN, "dipastikan petugas"), (ENGLISH, "confirm it")):
        made = printable_ticket(flow.store.tickets()[0], office_data(snapshot(), TODAY), words, language)
        assert said in made.times[-1]
        assert "1970" not in " ".join(made.times)


def test_the_office_is_not_said_to_be_closed_by_a_clock_that_may_be_wrong(tmp_path: Path) -> None:
    night = FakeClock(NINE_AT_NIGHT)
    closed = Flow(tmp_path / "night", snapshot(booking(1)), night.trusted())
    closed.does(WalkInChosen(), ServiceChosen("a")).is_refused(Reason.CLOSED)
    lost = Clock(night.utc, Uptime("this boot", night.monotonic), lambda: False)
    assert lost.state is ClockState.UNTRUSTED
    Flow(tmp_path / "lost", snapshot(booking(1)), lost).does(*WALKS_IN).sees(State.TICKET_PRINTED)


def test_an_undated_number_is_above_those_of_every_day_though_the_guess_is_a_day_without_any(
    flow: Flow, machine: Powerless
) -> None:
    machine.hears(OPEN)
    for count in (1, 2):
        flow.does(*WALKS_IN).sees(State.TICKET_PRINTED).has(f"W1-{count:03}").waits().clock.passes(60)
    machine.now = OPEN + timedelta(days=9)
    lost = Clock(machine.utc, Uptime("the next boot", machine.monotonic), lambda: False)
    assert lost.state is ClockState.UNTRUSTED
    flow.records._clock = lost
    flow.store._now = lost.trusted
    flow.does(*WALKS_IN).sees(State.TICKET_PRINTED).has("W1-003")
