from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import booking, family, questionnaire, served
from unit.ignorable import IGNORABLE

from kiosk import events as all_events
from kiosk.commands import CheckIn, IssueWalkIn
from kiosk.events import (
    AccessChosen,
    Answer,
    BookingFound,
    CodeScanned,
    Event,
    HeadphonesMoved,
    KeyPressed,
    LanguageChosen,
    Question,
    TimedOut,
)
from kiosk.model import (
    ENGLISH,
    INDONESIAN,
    Access,
    Box,
    Outcome,
    Reason,
    Refusal,
    Sound,
    Task,
    TaskEnd,
    TextSize,
    WayIn,
)
from kiosk.questionnaire import SurveyReason
from kiosk.visit import (
    BUSY,
    DIGIT_TRIES,
    HELPFUL,
    LEAVABLE,
    PATIENCE,
    TIMEOUTS,
    TRANSITIONS,
    State,
    Visit,
    advance,
    timeout,
)

EVENTS = [
    each
    for each in vars(all_events).values()
    if isinstance(each, type) and issubclass(each, Event) and each not in (Event, Answer, KeyPressed)
]
"""All that a visit may hear of; a key means nothing to it before the reader has made a choice of it."""

ANSWERS = {each.__name__ for each in EVENTS if issubclass(each, Answer)}
WAITED_FOR = {
    State.LOOKING_UP: {"BookingFound", "TicketsFound", "WalkInFound", "Refused"},
    State.VERIFYING: {"DigitsRight", "DigitsWrong", "Refused"},
    State.ISSUING: {"TicketsIssued", "Refused"},
    State.PRINTING: {"Printed", "PrintUncertain", "PrintFailed"},
    State.TICKET_PRINTED: {"PrintFailed"},
    State.TICKET_UNCERTAIN: {"Printed", "PrintFailed"},
    State.REFUSED: {"TicketsIssued"},
    State.QUEUE_STATUS: {"QueueFound"},
    State.SURVEY_TICKET: {"SurveyTicketFound", "SurveyRefused"},
    State.TECHNICIAN_PIN: {"WayInFound"},
    State.TECHNICIAN_CODE: {"WayInFound", "LetIn"},
    State.TECHNICIAN_WAITING: {"TaskDone"},
}


def names(state: State) -> set[str]:
    return {each.__name__ for each in TRANSITIONS[state]}


def test_every_state_has_a_row_and_a_timeout() -> None:
    assert set(TRANSITIONS) == set(State) == set(TIMEOUTS)


def test_every_pair_of_state_and_event_is_in_the_table_or_on_the_list_of_ignorable_pairs() -> None:
    everything = {each.__name__ for each in EVENTS}
    for state in State:
        assert names(state).isdisjoint(IGNORABLE[state]), state
        assert names(state) | set(IGNORABLE[state]) == everything, state


def test_a_worker_is_answered_to_only_where_it_was_asked() -> None:
    for state in State:
        assert names(state) & ANSWERS == WAITED_FOR.get(state, set()), state


def test_a_code_may_be_scanned_wherever_no_worker_is_busy_and_nothing_is_asked_of_this_person() -> None:
    deaf = {state for state in State if CodeScanned not in TRANSITIONS[state]}
    assert deaf == {
        State.LOOKING_UP, State.CHOOSING_APPLICANTS, State.VERIFYING, State.CHECKING_DOCUMENTS,
        State.DECLARING_PRIORITY,
        State.ISSUING, State.PRINTING, State.TICKET_UNCERTAIN, State.COMMENT, State.SURVEY, State.HELP,
        State.OUT_OF_SERVICE, State.TECHNICIAN_CODE, State.TECHNICIAN_WAITING,
    }  # fmt: skip


def test_language_and_time_are_known_to_every_state() -> None:
    for state in State:
        assert {"LanguageChosen", "TimedOut"} <= names(state), state


def test_staff_can_be_called_from_every_state_where_a_person_is_not_waiting() -> None:
    assert {state for state in State if "HelpChosen" in names(state)} == set(HELPFUL)


def test_every_state_is_reachable_from_welcome() -> None:
    reached, edge = {State.WELCOME}, [State.WELCOME]
    while edge:
        for step in TRANSITIONS[edge.pop()].values():
            new = set(step.targets) - reached
            reached |= new
            edge += new
    assert reached == set(State)


def test_time_alone_leads_home_from_every_state_but_the_closed_ones() -> None:
    for state in set(State) - {State.CLOSED, State.OUT_OF_SERVICE}:
        visit = Visit(1, state, ENGLISH, refusal=Refusal(Reason.UNKNOWN))
        for _ in range(6):
            visit, _ = advance(visit, TimedOut())
        assert visit.state is State.WELCOME, state
        assert visit == Visit(visit.id), "nothing of the person is left"


@pytest.mark.parametrize("access", [Access(), Access(sound=Sound.ON)])
def test_who_walks_away_leaves_nothing_on_the_screen_after_two_minutes_or_twice_that_where_it_is_slow(
    access: Access,
) -> None:
    patience = PATIENCE if access.sound is Sound.ON else 1
    for state in set(State) - {State.CLOSED, State.OUT_OF_SERVICE}:
        waited, visit = 0.0, Visit(1, state, access=access, refusal=Refusal(Reason.UNKNOWN))
        while visit.id == 1 or visit.state is not State.WELCOME:
            waited += timeout(visit)
            visit, _ = advance(visit, TimedOut())
        assert visit == Visit(visit.id), state
        assert waited <= (12 if state is State.TICKET_PRINTED else 120) * patience, state


def test_silence_in_the_middle_of_something_asks_first_and_gives_twenty_seconds() -> None:
    for state in LEAVABLE:
        visit, _ = advance(Visit(1, state), TimedOut())
        assert visit.state is State.STILL_THERE
        assert visit.back is state
    assert TIMEOUTS[State.STILL_THERE] >= 20


def test_a_late_answer_to_another_visit_changes_nothing() -> None:
    visit = Visit(7, State.LOOKING_UP)
    assert advance(visit, BookingFound(6, booking())) == (visit, ())


def test_a_single_applicant_is_checked_in_at_once() -> None:
    visit, commands = advance(Visit(7, State.LOOKING_UP), BookingFound(7, booking()))
    assert visit.state is State.ISSUING
    assert commands == (CheckIn(7, booking(), (0,), None, INDONESIAN),)


def test_the_language_chosen_lasts_for_the_visit_only() -> None:
    visit, _ = advance(Visit(1, State.TYPING), LanguageChosen(ENGLISH))
    assert visit.language is ENGLISH
    for _ in range(2):
        visit, _ = advance(visit, TimedOut())
    assert visit.language is INDONESIAN


BOX = Box("0.1.0", 3, 20_000)
LISTENING = Access(text_size=TextSize.LARGEST, sound=Sound.ON, curtain=True)


def test_another_way_to_use_the_kiosk_lasts_for_the_visit_only() -> None:
    visit, _ = advance(Visit(1, State.TYPING), AccessChosen(LISTENING))
    assert visit == Visit(1, State.TYPING, access=LISTENING)
    for _ in range(2):
        visit, _ = advance(visit, TimedOut())
    assert visit.access == Access()


def test_headphones_start_and_end_listening_and_pulling_them_out_opens_the_curtain() -> None:
    visit, _ = advance(Visit(1), HeadphonesMoved(plugged=True))
    assert visit.access.sound is Sound.ON
    visit, _ = advance(replace(visit, access=LISTENING), HeadphonesMoved(plugged=False))
    assert (visit.access.sound, visit.access.curtain) == (Sound.OFF, False)


def test_screens_wait_twice_as_long_for_whom_listens_but_the_machine_has_no_more_time() -> None:
    for state in State:
        longer = timeout(Visit(1, state, access=LISTENING)) / timeout(Visit(1, state))
        assert longer == (1 if state in BUSY else 2), state


def an_event(kind: type[Event], visit: int, draw: st.DrawFn) -> Event:
    values: dict[str, object] = {}
    for name, hint in kind.__dataclass_fields__.items():  # type: ignore[attr-defined]
        values[name] = {
            "visit": visit, "text": "x", "digits": "1234", "number": "A-001", "service": "a", "group": None,
            "place": draw(st.integers(-1, 6)), "score": 3, "language": ENGLISH, "tickets": (), "entry": None,
            "booking": family(3, 3), "questions": tuple(draw(st.sets(st.sampled_from(Question)))),
            "refusal": Refusal(Reason.UNKNOWN), "fault": None, "access": LISTENING, "plugged": True, "topic": None,
                "ticket": served(), "questionnaire": questionnaire(), "reason": SurveyReason.TAKEN,
                "pin": "481516", "code": "12345678", "task": Task.CHECK, "box": BOX,
                "way_in": draw(st.sampled_from([WayIn(), WayIn(challenge="042917")])),
                "outcome": Outcome(Task.CHECK, TaskEnd.DONE),
                "key": draw(st.sampled_from(["sex", "U1"])), "value": draw(st.sampled_from([None, "male", 1])),
        }[name]  # fmt: skip
        assert hint is not None
    return kind(**values)


@given(st.data())
def test_no_walk_through_the_table_issues_before_every_question_is_answered(data: st.DataObject) -> None:
    @st.composite
    def events(draw: st.DrawFn, visit: int) -> Event:
        return an_event(draw(st.sampled_from(EVENTS)), visit, draw)

    visit = Visit(1)
    for _ in range(25):
        before = visit
        visit, commands = advance(visit, data.draw(events(visit.id)))
        assert visit.wrong_digits <= DIGIT_TRIES
        for command in commands:
            if isinstance(command, CheckIn | IssueWalkIn):
                assert visit.state is State.ISSUING
                assert not visit.questions
                assert before.state is not State.ISSUING
            if isinstance(command, CheckIn):
                assert command.places


def test_the_answers_are_all_events_of_the_module() -> None:
    assert len(EVENTS) > 30
    assert not get_args(Event)
