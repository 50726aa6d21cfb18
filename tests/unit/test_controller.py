from datetime import date

import pytest
from samples import FakeClock, family, snapshot

from kiosk.commands import Command, LookUp, Restart
from kiosk.controller import DOUBLE_TAP_SECONDS, SAME_CODE_SECONDS, Controller
from kiosk.events import (
    AccessChosen,
    ApplicantsChosen,
    ApplicantToggled,
    BookingFound,
    Broken,
    CodeScanned,
    Event,
    Home,
    InformationChosen,
    KeyPressed,
    LanguageChosen,
    LetIn,
    Question,
    Refused,
    TechnicianChosen,
    TypeChosen,
    WalkInChosen,
    WayInFound,
)
from kiosk.model import (
    ENGLISH,
    INDONESIAN,
    Access,
    Announcement,
    Box,
    Key,
    PrinterStatus,
    Reason,
    Refusal,
    Topic,
    WayIn,
    Words,
)
from kiosk.monitor import Monitor
from kiosk.protocol import Snapshot
from kiosk.view import View
from kiosk.visit import TIMEOUTS, State, Visit


class Stage:
    def __init__(self, held: Snapshot | None) -> None:
        self.clock = FakeClock()
        self.monitor = Monitor(self.clock.trusted(), PrinterStatus.READY)
        self.monitor.snapshot = held
        self.sent: list[Command] = []
        self.views: list[View] = []
        self.controller = Controller(
            self.monitor.surroundings, self.sent.append, self.clock.monotonic, self.views.append
        )
        self.controller.tick()

    @property
    def state(self) -> State:
        return self.controller.visit.state

    def waits(self, seconds: float) -> None:
        self.clock.passes(seconds)
        self.controller.tick()


def test_the_second_half_of_a_double_tap_is_ignored() -> None:
    stage = Stage(snapshot())
    stage.waits(1)
    stage.controller.tap(WalkInChosen())
    stage.clock.passes(DOUBLE_TAP_SECONDS / 2)
    stage.controller.tap(Home())
    assert stage.state is State.CHOOSING_SERVICE
    stage.clock.passes(DOUBLE_TAP_SECONDS)
    stage.controller.tap(Home())
    assert stage.state is State.WELCOME


def with_a_family() -> Stage:
    """Two applicants are asked who of them came."""
    stage = Stage(snapshot())
    stage.controller.handle(CodeScanned("x"))
    stage.controller.handle(BookingFound(stage.controller.visit.id, family(1, 2), (Question.APPLICANTS,)))
    stage.clock.passes(1)
    return stage


def test_the_same_applicant_touched_by_a_trembling_hand_counts_once() -> None:
    stage = with_a_family()
    for _ in range(5):
        stage.controller.tap(ApplicantToggled(1))
        stage.clock.passes(DOUBLE_TAP_SECONDS / 2)
    assert stage.controller.visit.chosen == {0}
    stage.clock.passes(DOUBLE_TAP_SECONDS)
    stage.controller.tap(ApplicantToggled(1))
    assert stage.controller.visit.chosen == {0, 1}


def test_two_buttons_touched_at_once_both_count_while_the_screen_stays() -> None:
    stage = with_a_family()
    stage.controller.tap(ApplicantToggled(0))
    stage.controller.tap(ApplicantToggled(1))
    assert stage.controller.visit.chosen == set()
    stage.controller.tap(ApplicantToggled(0))
    stage.controller.tap(ApplicantsChosen())
    assert stage.state is State.ISSUING


@pytest.mark.parametrize("changing", [WalkInChosen(), AccessChosen(Access(low_reach=True)), LanguageChosen(ENGLISH)])
def test_a_touch_so_soon_after_the_screen_changed_was_meant_for_the_former_one(changing: Event) -> None:
    stage = Stage(snapshot())
    stage.waits(1)
    assert stage.controller.touched()
    stage.controller.tap(changing)
    after = stage.controller.visit
    stage.clock.passes(DOUBLE_TAP_SECONDS / 2)
    assert not stage.controller.touched()
    stage.controller.tap(TypeChosen())
    assert stage.controller.visit == after
    stage.clock.passes(DOUBLE_TAP_SECONDS)
    assert stage.controller.touched()


def test_another_topic_is_another_screen_though_the_state_is_the_same() -> None:
    stage = Stage(snapshot())
    for event in (InformationChosen(), InformationChosen(topic=Topic.SERVICES)):
        stage.waits(1)
        stage.controller.tap(event)
        assert not stage.controller.touched(), event


def test_a_code_held_to_the_scanner_counts_once_until_it_was_away() -> None:
    stage = Stage(snapshot())
    for _ in range(10):
        stage.controller.handle(CodeScanned("x"))
        stage.controller.handle(Refused(stage.controller.visit.id, Refusal(Reason.UNKNOWN)))
        stage.clock.passes(SAME_CODE_SECONDS - 1)
    assert [type(each) for each in stage.sent] == [LookUp]
    stage.clock.passes(2)
    stage.controller.handle(CodeScanned("x"))
    assert len(stage.sent) == 2


def test_a_touch_anywhere_restarts_the_wait_in_the_middle_of_something() -> None:
    stage = Stage(snapshot())
    stage.controller.handle(InformationChosen())
    stage.waits(TIMEOUTS[State.INFORMATION] - 1)
    stage.controller.touched()
    stage.waits(TIMEOUTS[State.INFORMATION] - 1)
    assert stage.state is State.INFORMATION
    stage.waits(2)
    assert stage.state is State.STILL_THERE


def test_the_office_closes_at_the_welcome_screen_and_opens_again() -> None:
    stage = Stage(snapshot())
    assert stage.state is State.WELCOME
    stage.waits(3 * 3600)  # 12:30, the break
    assert stage.state is State.CLOSED
    stage.waits(3600)
    assert stage.state is State.WELCOME


def test_without_a_first_snapshot_it_is_closed_until_one_comes() -> None:
    stage = Stage(None)
    assert stage.state is State.CLOSED
    stage.monitor.snapshot = snapshot()
    stage.waits(0.3)
    assert stage.state is State.WELCOME


def test_a_kiosk_that_cannot_record_goes_out_of_service_after_this_person_and_asks_to_be_restarted() -> None:
    stage = Stage(snapshot())
    stage.controller.handle(InformationChosen())
    stage.controller.handle(Broken())
    assert stage.state is State.INFORMATION
    stage.clock.passes(1)
    stage.controller.tap(Home())
    assert stage.state is State.OUT_OF_SERVICE
    stage.waits(TIMEOUTS[State.OUT_OF_SERVICE])
    assert isinstance(stage.sent[-1], Restart)


def test_nothing_is_shown_anew_while_nothing_changes() -> None:
    stage = Stage(snapshot())
    shown = len(stage.views)
    stage.waits(0.25)
    assert len(stage.views) == shown
    stage.waits(60)
    assert len(stage.views) == shown + 1


def test_a_tap_that_changes_only_the_same_screen_counts_once_too() -> None:
    stage = Stage(snapshot())
    stage.waits(1)
    stage.controller.tap(LanguageChosen(ENGLISH))
    stage.controller.tap(LanguageChosen(INDONESIAN))
    assert stage.controller.visit.language is ENGLISH
    stage.clock.passes(DOUBLE_TAP_SECONDS + 0.1)
    stage.controller.tap(LanguageChosen(INDONESIAN))
    assert stage.controller.visit.language is INDONESIAN


def test_a_key_goes_to_the_reader_and_is_nothing_to_the_visit() -> None:
    stage = Stage(snapshot())
    keys: list[Key] = []
    stage.controller.press = keys.append
    stage.controller.handle(KeyPressed(Key.DOWN))
    assert keys == [Key.DOWN]
    assert stage.state is State.WELCOME


def test_who_presses_keys_is_still_there_on_every_screen_that_waits_for_a_person() -> None:
    stage = Stage(snapshot())
    stage.controller.handle(CodeScanned("x"))
    stage.controller.handle(Refused(stage.controller.visit.id, Refusal(Reason.UNKNOWN)))
    stage.waits(TIMEOUTS[State.REFUSED] - 1)
    stage.controller.handle(KeyPressed(Key.DOWN))
    stage.waits(TIMEOUTS[State.REFUSED] - 1)
    assert stage.state is State.REFUSED
    stage.waits(2)
    assert stage.state is State.WELCOME


def test_a_key_does_not_make_the_kiosk_wait_longer_for_itself() -> None:
    stage = Stage(snapshot())
    stage.controller.handle(CodeScanned("x"))
    stage.waits(TIMEOUTS[State.LOOKING_UP] - 1)
    stage.controller.handle(KeyPressed(Key.DOWN))
    stage.waits(2)
    assert stage.state is State.REFUSED


def test_an_emergency_takes_the_place_of_what_somebody_was_about_to_do_and_its_end_gives_the_kiosk_back() -> None:
    stage = Stage(snapshot())
    stage.waits(1)
    stage.controller.tap(WalkInChosen())
    words = Words("Lewat pintu utara", "By the north door")
    emergency = Announcement("e", words, date(2026, 11, 24), date(2026, 11, 24), emergency=True)
    stage.monitor.snapshot = snapshot(announcements=(emergency,))
    stage.waits(1)
    assert stage.state is State.CLOSED
    assert stage.views[-1].opening.words == words
    stage.monitor.snapshot = snapshot()
    stage.waits(1)
    assert stage.state is State.WELCOME


def test_a_ticket_on_its_way_to_the_paper_is_not_broken_off_by_an_emergency() -> None:
    stage = Stage(snapshot())
    stage.controller.visit = Visit(1, State.PRINTING)
    words = Words("Lewat pintu utara", "By the north door")
    emergency = Announcement("e", words, date(2026, 11, 24), date(2026, 11, 24), emergency=True)
    stage.monitor.snapshot = snapshot(announcements=(emergency,))
    stage.waits(1)
    assert stage.state is State.PRINTING


@pytest.mark.parametrize(
    ("state", "stays"), [(State.TECHNICIAN_PIN, False), (State.TECHNICIAN_CODE, True), (State.TECHNICIAN, True)]
)
def test_touches_keep_a_technician_in_but_not_the_page_of_the_pin(state: State, stays: bool) -> None:
    stage = Stage(snapshot())
    stage.controller.handle(TechnicianChosen())
    if state is not State.TECHNICIAN_PIN:
        stage.controller.handle(WayInFound(stage.controller.visit.id, WayIn(challenge="042917")))
    if state is State.TECHNICIAN:
        stage.controller.handle(LetIn(stage.controller.visit.id, Box("0.1.0", 0, 20_000)))
    for _ in range(4):
        stage.waits(TIMEOUTS[state] * 0.6)
        stage.controller.touched()
    assert (stage.state is state) is stays
    stage.waits(TIMEOUTS[state] + 1)
    assert stage.state is State.WELCOME
