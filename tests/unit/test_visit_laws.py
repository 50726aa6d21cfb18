"""What holds for any order of taps, scans, answers and silences."""

from hypothesis import given
from hypothesis import strategies as st
from samples import OPEN, family, questionnaire, served

from kiosk import events as e
from kiosk.commands import CheckIn, Command, DoTask, IssueWalkIn, Print
from kiosk.events import Answer, Event, Question, TimedOut
from kiosk.model import (
    ENGLISH,
    Box,
    DeviceKind,
    Outcome,
    QueueEntry,
    QueueState,
    Reason,
    Refusal,
    RefusedDevice,
    Task,
    TaskEnd,
    Ticket,
    WayIn,
)
from kiosk.questionnaire import SurveyReason
from kiosk.visit import HELPFUL, LEAVABLE, TRANSITIONS, State, Visit, advance

BOOKING = family(3, 3)
TICKETS = tuple(
    Ticket(BOOKING.ticket_id(each.number), each.number, BOOKING.day, "a", each.masked_name, OPEN)
    for each in BOOKING.applicants
)
QUESTIONS = st.sampled_from(
    [(), (Question.APPLICANTS,), (Question.SECOND_FACTOR, Question.PRIORITY), tuple(Question), (Question.PRIORITY,)]
)
REFUSED = Outcome(
    Task.REFUSED_DEVICES, TaskEnd.DONE, devices=(RefusedDevice(DeviceKind.SCANNER, "HR32", "", "a" * 44),)
)
TAPS: list[Event] = [
    e.CodeScanned("x"), e.CodeTyped("x"), e.ScanChosen(), e.TypeChosen(), e.WalkInChosen(), e.InformationChosen(),
    e.InformationChosen("a"), e.QueueStatusChosen(), e.RateChosen(), e.HelpChosen(), e.Back(), e.Home(),
    e.ApplicantToggled(0), e.ApplicantToggled(1), e.ApplicantToggled(2), e.ApplicantToggled(9), e.ApplicantsChosen(),
    e.DigitsTyped("4321"), e.ServiceChosen("a"), e.DocumentsReady(), e.DocumentsMissing(), e.PriorityDeclared("old"),
    e.PriorityDeclared(None), e.PaperCameOut(), e.PaperMissing(), e.Rated(4), e.CommentWritten("x"), e.StayChosen(),
    e.QueueNumberTyped("A-001"), e.LanguageChosen(ENGLISH), e.OfficeClosed(), e.OfficeOpened(), e.Broken(),
    e.SuggestionChosen(),
    e.SurveyChosen(), e.SurveyAnswered("sex", None), e.SurveyAnswered("sex", "male"), e.SurveyAnswered("U1", 3),
    e.TechnicianChosen(), e.PinTyped("481516"), e.TechnicianCodeTyped("12345678"), e.TaskChosen(Task.CHECK),
    e.DeviceChosen(0), e.DeviceChosen(9),
]  # fmt: skip


@st.composite
def happenings(draw: st.DrawFn, visit: Visit) -> Event:
    """Mostly what the state knows, so that a walk gets far; answers bear this visit's id, or a late one's."""
    asked = visit.id - draw(st.sampled_from([0, 0, 0, 1]))
    everything: list[Event] = [
        *TAPS, TimedOut(), e.BookingFound(asked, BOOKING, draw(QUESTIONS)), e.TicketsFound(asked, TICKETS),
        e.WalkInFound(asked, draw(st.sampled_from([(), (Question.PRIORITY,)]))),
        e.Refused(asked, Refusal(Reason.UNKNOWN)), e.DigitsRight(asked), e.DigitsWrong(asked),
        e.TicketsIssued(asked, TICKETS), e.Printed(asked), e.PrintUncertain(asked), e.PrintFailed(asked),
        e.QueueFound(asked, QueueEntry("A-001", QueueState.WAITING)), e.QueueFound(asked, None),
        e.WayInFound(asked, WayIn()), e.WayInFound(asked, WayIn(challenge="042917")),
        e.LetIn(asked, Box("0.1.0", 3, 20_000)), e.TaskDone(asked, Outcome(Task.CHECK, TaskEnd.DONE)),
        e.TaskDone(asked, REFUSED),
        e.SurveyTicketFound(asked, served(), questionnaire(1)), e.SurveyRefused(asked, SurveyReason.TAKEN),
    ]  # fmt: skip
    known = [each for each in everything if type(each) in TRANSITIONS[visit.state]]
    return draw(st.sampled_from(known * 3 + everything))


INSIDE = (State.TECHNICIAN, State.TECHNICIAN_WAITING, State.TECHNICIAN_OUTCOME)
Walked = list[tuple[Visit, Event, Visit, tuple[Command, ...]]]


@st.composite
def walks(draw: st.DrawFn) -> Walked:
    visit, walked = Visit(1), []
    for _ in range(draw(st.integers(1, 40))):
        event = draw(happenings(visit))
        after, commands = advance(visit, event)
        walked.append((visit, event, after, commands))
        visit = after
    return walked


@given(walks())
def test_a_choice_leads_only_where_the_table_says(walked: Walked) -> None:
    for before, event, after, _ in walked:
        step = TRANSITIONS[before.state].get(type(event))
        late = isinstance(event, Answer) and event.visit != before.id
        assert after.state in (step.targets if step and not late else (before.state,))


@given(walks())
def test_nothing_of_a_person_is_left_at_home(walked: Walked) -> None:
    for _, _, after, _ in walked:
        if after.state in (State.WELCOME, State.CLOSED, State.OUT_OF_SERVICE):
            assert after == Visit(after.id, after.state, after.language)


@given(walks())
def test_nothing_is_issued_before_all_is_asked_and_each_issuing_is_asked_for_once(walked: Walked) -> None:
    for before, _, after, commands in walked:
        issues = [each for each in commands if isinstance(each, CheckIn | IssueWalkIn)]
        assert bool(issues) is (after.state is State.ISSUING and before.state is not State.ISSUING)
        assert not (issues and after.questions)
        assert all(each.places for each in issues if isinstance(each, CheckIn))


@given(walks())
def test_only_tickets_that_are_recorded_are_printed(walked: Walked) -> None:
    for before, event, _, commands in walked:
        if any(isinstance(each, Print) for each in commands):
            assert isinstance(event, e.TicketsIssued | e.TicketsFound) or before.tickets


@given(walks())
def test_a_command_bears_the_visits_own_id_and_ids_only_grow(walked: Walked) -> None:
    for before, _, after, commands in walked:
        assert before.id <= after.id
        assert all(each.visit == after.id for each in commands)


@given(walks())
def test_an_answer_to_an_earlier_visit_changes_nothing(walked: Walked) -> None:
    for before, event, after, commands in walked:
        if isinstance(event, Answer) and event.visit != before.id:
            assert (after, commands) == (before, ())


@given(walks())
def test_only_whom_the_gate_let_in_has_anything_done_and_time_lets_everybody_out(walked: Walked) -> None:
    inside = 0
    for before, event, after, commands in walked:
        if isinstance(event, e.LetIn) and event.visit == before.id and before.state is State.TECHNICIAN_CODE:
            inside = before.id
        for each in commands:
            if isinstance(each, DoTask):
                assert (before.state, each.visit) == (State.TECHNICIAN, inside)
        assert (after.state in INSIDE) == (after.id == inside)


@given(walks())
def test_from_wherever_a_walk_ends_silence_leads_home(walked: Walked) -> None:
    visit = walked[-1][2]
    if visit.state is State.OUT_OF_SERVICE:
        return
    for _ in range(6):
        visit, _ = advance(visit, TimedOut())
    assert visit.state in (State.WELCOME, State.CLOSED)
    assert visit == Visit(visit.id, visit.state)


def test_back_from_help_and_stay_lead_to_where_they_were_asked() -> None:
    for state in HELPFUL:
        helped, _ = advance(Visit(1, state), e.HelpChosen())
        assert advance(helped, e.Back())[0].state is state
    for state in LEAVABLE:
        asked, _ = advance(Visit(1, state), TimedOut())
        assert advance(asked, e.StayChosen())[0].state is state
    assert {state for state in State if advance(Visit(1, state), TimedOut())[0].state is State.STILL_THERE} == set(
        LEAVABLE
    )
