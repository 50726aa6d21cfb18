"""What a visit keeps of each event, and what is asked of the workers for it, one step at a time."""

from dataclasses import replace

import pytest
from samples import OPEN, booking, family, questionnaire, served

from kiosk import commands as c
from kiosk import events as e
from kiosk.events import Event, Question
from kiosk.model import (
    ENGLISH,
    INDONESIAN,
    Box,
    DeviceKind,
    Outcome,
    QueueEntry,
    QueueState,
    Reason,
    Refusal,
    RefusedDevice,
    Shut,
    StoreFault,
    Task,
    TaskEnd,
    Ticket,
    Topic,
    WayIn,
)
from kiosk.questionnaire import Survey, SurveyReason
from kiosk.visit import DIGIT_TRIES, HELPFUL, LEAVABLE, TRANSITIONS, State, Visit, advance

EN = ENGLISH
BOX = Box("0.1.0", 3, 20_000)
TICKETS = (Ticket(booking().ticket_id("A-001"), "A-001", booking().day, "a", "S*** R***", OPEN),)
FULL = Visit(
    5, State.SCANNING, EN, back=State.TYPING, questions=tuple(Question), booking=family(3, 3), chosen=frozenset({0, 2}),
    service="a", priority="old", wrong_digits=1, tickets=TICKETS, refusal=Refusal(Reason.UNKNOWN),
    queue=QueueEntry("A-001", QueueState.WAITING), queue_unknown=True,
    topic=Topic.HOURS, documents_missing=True,
    survey=Survey(served(), questionnaire(2)), survey_refused=SurveyReason.TAKEN,
)  # fmt: skip
"""A visit with everything that one can hold."""


def at(state: State, **changes: object) -> Visit:
    return replace(FULL, state=state, **changes)  # type: ignore[arg-type]


def goes(before: Visit, event: Event, after: Visit, *commands: c.Command) -> None:
    assert advance(before, event) == (after, commands)


@pytest.mark.parametrize(
    ("state", "event", "to"),
    [
        (State.WELCOME, e.ScanChosen(), State.SCANNING),
        (State.SCANNING, e.TypeChosen(), State.TYPING),
        (State.REFUSED, e.WalkInChosen(), State.CHOOSING_SERVICE),
        (State.WELCOME, e.QueueStatusChosen(), State.QUEUE_STATUS),
        (State.WELCOME, e.RateChosen(), State.RATING),
    ],
)
def test_who_begins_something_leaves_all_behind_but_the_language(state: State, event: Event, to: State) -> None:
    goes(at(state), event, Visit(6, to, EN))


@pytest.mark.parametrize("event", [e.Home(), e.TimedOut()])
def test_who_goes_home_leaves_all_behind(event: Event) -> None:
    goes(at(State.REFUSED), event, Visit(6))


def test_a_scanned_and_a_typed_code_are_looked_up_in_a_visit_of_their_own() -> None:
    goes(at(State.REFUSED), e.CodeScanned("x"), Visit(6, State.LOOKING_UP, EN), c.LookUp(6, "x"))
    goes(at(State.TYPING), e.CodeTyped("x"), Visit(6, State.LOOKING_UP, EN), c.LookUp(6, "x", typed=True))


@pytest.mark.parametrize("state", [state for state in State if e.LanguageChosen in TRANSITIONS[state]])
def test_another_language_changes_nothing_else_wherever_it_is_chosen(state: State) -> None:
    before = at(state, language=INDONESIAN)
    goes(before, e.LanguageChosen(EN), at(state))


@pytest.mark.parametrize("state", HELPFUL)
def test_help_is_called_for_the_place_where_it_was_asked_and_the_visit_stays_as_it_is(state: State) -> None:
    goes(at(state), e.HelpChosen(), at(State.HELP, back=state), c.CallHelp(5, state))
    goes(at(State.HELP, back=state), e.Back(), at(state, back=state))


@pytest.mark.parametrize("state", LEAVABLE)
def test_silence_asks_and_who_stays_finds_the_visit_as_it_was(state: State) -> None:
    goes(at(state), e.TimedOut(), at(State.STILL_THERE, back=state))
    goes(at(State.STILL_THERE, back=state), e.StayChosen(), at(state, back=state))


@pytest.mark.parametrize("state", [state for state in State if e.Broken in TRANSITIONS[state]])
def test_a_fault_of_the_store_is_kept_for_its_words_and_nothing_of_the_person(state: State) -> None:
    broken = e.Broken(StoreFault.DISK_FULL)
    goes(at(state), broken, Visit(6, State.OUT_OF_SERVICE, fault=StoreFault.DISK_FULL))


def test_out_of_service_asks_to_be_started_anew() -> None:
    goes(Visit(5, State.OUT_OF_SERVICE), e.TimedOut(), Visit(5, State.OUT_OF_SERVICE), c.Restart(5))


@pytest.mark.parametrize("state", [State.WELCOME, State.CLOSED])
def test_who_was_interrupted_by_a_power_cut_is_asked_about_their_tickets(state: State) -> None:
    goes(at(state), e.Interrupted(TICKETS), Visit(6, State.TICKET_UNCERTAIN, EN, tickets=TICKETS))


# ------------------------------------------------------------ what is asked before a ticket


def found(questions: tuple[Question, ...]) -> Visit:
    return Visit(
        5, questions=questions, booking=family(3, 3), chosen=frozenset({0, 1, 2}), service=family(3, 3).service
    )


def test_a_booking_that_was_found_is_kept_with_its_service_and_everybody_chosen() -> None:
    questions = (Question.SECOND_FACTOR, Question.PRIORITY)
    event = e.BookingFound(5, family(3, 3), questions)
    goes(Visit(5, State.LOOKING_UP), event, replace(found(questions), state=State.VERIFYING))


@pytest.mark.parametrize(
    ("question", "state"),
    [
        (Question.APPLICANTS, State.CHOOSING_APPLICANTS),
        (Question.SECOND_FACTOR, State.VERIFYING),
        (Question.PRIORITY, State.DECLARING_PRIORITY),
    ],
)
def test_the_first_question_is_asked_first(question: Question, state: State) -> None:
    event = e.BookingFound(5, family(3, 3), (question, Question.PRIORITY))
    assert advance(Visit(5, State.LOOKING_UP), event)[0].state is state


def test_each_answer_leads_to_the_next_question_and_the_last_one_to_the_ticket() -> None:
    asked = replace(found(tuple(Question)), state=State.CHOOSING_APPLICANTS)
    some, _ = advance(asked, e.ApplicantToggled(1))
    verifying = replace(some, state=State.VERIFYING, questions=tuple(Question)[1:])
    goes(some, e.ApplicantsChosen(), verifying)
    declaring = replace(verifying, state=State.DECLARING_PRIORITY, questions=tuple(Question)[2:])
    goes(verifying, e.DigitsRight(5), declaring)
    issuing = replace(declaring, state=State.ISSUING, questions=(), priority="old")
    goes(declaring, e.PriorityDeclared("old"), issuing, c.CheckIn(5, family(3, 3), (0, 2), "old", INDONESIAN))


def test_an_applicant_is_taken_out_and_in_again_and_places_that_nobody_has_are_ignored() -> None:
    visit = at(State.CHOOSING_APPLICANTS)
    goes(visit, e.ApplicantToggled(0), replace(visit, chosen=frozenset({2})))
    goes(visit, e.ApplicantToggled(1), replace(visit, chosen=frozenset({0, 1, 2})))
    for place in (-1, 3, 9):
        goes(visit, e.ApplicantToggled(place), visit)
    without = replace(visit, booking=None)
    goes(without, e.ApplicantToggled(0), without)


def test_nobody_chosen_is_no_answer() -> None:
    visit = replace(at(State.CHOOSING_APPLICANTS), chosen=frozenset())
    goes(visit, e.ApplicantsChosen(), visit)


def test_digits_are_checked_for_the_booking_and_wrong_ones_may_be_typed_anew_until_the_last_try() -> None:
    visit = at(State.VERIFYING, wrong_digits=0, refusal=None)
    goes(visit, e.DigitsTyped("1234"), visit, c.CheckDigits(5, family(3, 3), "1234"))
    for tried in range(1, DIGIT_TRIES):
        visit, _ = advance(visit, e.DigitsWrong(5))
        assert visit == at(State.VERIFYING, wrong_digits=tried, refusal=None)
    refused = at(State.REFUSED, wrong_digits=DIGIT_TRIES, refusal=Refusal(Reason.NOT_VERIFIED))
    goes(visit, e.DigitsWrong(5), refused)
    without = at(State.VERIFYING, booking=None)
    goes(without, e.DigitsTyped("1234"), without)


def test_a_walk_in_says_its_service_its_papers_and_its_group() -> None:
    visit = Visit(5, State.CHOOSING_SERVICE)
    looking = replace(visit, state=State.LOOKING_UP, service="a")
    goes(visit, e.ServiceChosen("a"), looking, c.LookUpWalkIn(5, "a"))
    checking = replace(looking, state=State.CHECKING_DOCUMENTS, questions=(Question.PRIORITY,))
    goes(looking, e.WalkInFound(5, (Question.PRIORITY,)), checking)
    declaring = replace(checking, state=State.DECLARING_PRIORITY)
    goes(checking, e.DocumentsReady(), declaring)
    issuing = replace(declaring, state=State.ISSUING, questions=(), priority="old")
    goes(declaring, e.PriorityDeclared("old"), issuing, c.IssueWalkIn(5, "a", "old", INDONESIAN))


# ------------------------------------------------------------ the ticket and its end


@pytest.mark.parametrize(
    ("state", "event"), [(State.LOOKING_UP, e.TicketsFound(5, TICKETS)), (State.ISSUING, e.TicketsIssued(5, TICKETS))]
)
def test_tickets_are_printed_in_the_language_of_the_visit(state: State, event: Event) -> None:
    goes(at(state, tickets=()), event, at(State.PRINTING), c.Print(5, TICKETS, EN))


def test_what_did_not_come_out_is_printed_again_and_what_did_is_written_down() -> None:
    uncertain = at(State.TICKET_UNCERTAIN)
    goes(uncertain, e.PaperMissing(), at(State.PRINTING), c.Print(5, TICKETS, EN, only_missing=True))
    goes(uncertain, e.PaperCameOut(), at(State.TICKET_PRINTED), c.ConfirmPaper(5, TICKETS))


@pytest.mark.parametrize("state", [State.LOOKING_UP, State.VERIFYING, State.ISSUING])
def test_a_refusal_is_kept_for_its_words(state: State) -> None:
    refusal = Refusal(Reason.TOO_LATE)
    goes(at(state), e.Refused(5, refusal), at(State.REFUSED, refusal=refusal))


def test_a_look_up_that_is_late_is_not_waited_for_and_its_answer_not_heard() -> None:
    refused = replace(at(State.REFUSED, refusal=Refusal(Reason.NO_ANSWER)), id=6)
    goes(at(State.LOOKING_UP), e.TimedOut(), refused)


def test_a_number_that_is_late_is_not_waited_for_but_printed_if_it_comes() -> None:
    refused = at(State.REFUSED, refusal=Refusal(Reason.NO_ANSWER))
    goes(at(State.ISSUING), e.TimedOut(), refused)
    goes(
        refused,
        e.TicketsIssued(refused.id, TICKETS),
        replace(refused, state=State.PRINTING, tickets=TICKETS),
        c.Print(refused.id, TICKETS, EN),
    )


def test_a_printer_that_is_late_may_still_have_printed() -> None:
    goes(at(State.PRINTING), e.TimedOut(), at(State.TICKET_UNCERTAIN))


# ------------------------------------------------------------ questions and opinions


def test_information_leads_back_from_a_service_to_the_services_to_the_topics_home() -> None:
    goes(at(State.WELCOME), e.InformationChosen("b"), Visit(6, State.INFORMATION, EN, service="b"))
    goes(at(State.CLOSED), e.InformationChosen(), Visit(6, State.INFORMATION, EN))
    one = at(State.INFORMATION, documents_missing=False)
    goes(one, e.InformationChosen("b"), replace(one, service="b", topic=None))
    listed = replace(one, service="", topic=Topic.SERVICES, back=State.INFORMATION)
    goes(one, e.Back(), listed)
    topics = replace(listed, topic=None)
    goes(listed, e.Back(), topics)
    goes(topics, e.InformationChosen(topic=Topic.HOURS), replace(topics, topic=Topic.HOURS))
    goes(replace(topics, topic=Topic.HOURS), e.Back(), topics)
    goes(topics, e.Back(), Visit(6))


def test_who_lacks_documents_reads_what_is_needed_and_comes_back_to_the_question() -> None:
    checking = at(State.CHECKING_DOCUMENTS, documents_missing=False)
    reading = replace(checking, state=State.INFORMATION, documents_missing=True)
    goes(checking, e.DocumentsMissing(), reading)
    goes(reading, e.Back(), replace(checking, back=State.CHECKING_DOCUMENTS))


def test_a_suggestion_is_written_without_a_rating() -> None:
    visit = at(State.INFORMATION, service="", topic=Topic.COMPLAINTS)
    goes(visit, e.SuggestionChosen(), replace(visit, state=State.COMMENT))


def test_a_place_in_the_queue_is_asked_for_by_code_or_number_and_what_is_unknown_is_said() -> None:
    visit = at(State.QUEUE_STATUS)
    goes(visit, e.CodeScanned("x"), visit, c.LookUpQueue(5, "x"))
    goes(visit, e.QueueNumberTyped("A-001"), visit, c.LookUpQueue(5, "A-001"))
    entry = QueueEntry("A-002", QueueState.CALLED)
    goes(visit, e.QueueFound(5, entry), replace(visit, queue=entry, queue_unknown=False))
    goes(visit, e.QueueFound(5, None), replace(visit, queue=None, queue_unknown=True))


def test_a_rating_and_a_comment_are_recorded() -> None:
    goes(at(State.RATING), e.Rated(4), at(State.COMMENT), c.RecordRating(5, 4, EN))
    goes(at(State.COMMENT), e.CommentWritten("x"), at(State.THANKS), c.RecordComment(5, "x"))


CHALLENGED = WayIn(challenge="042917")


@pytest.mark.parametrize("state", [State.WELCOME, State.CLOSED])
def test_who_holds_the_offices_name_is_asked_for_the_pin_in_a_visit_of_its_own(state: State) -> None:
    goes(at(state), e.TechnicianChosen(), Visit(6, State.TECHNICIAN_PIN, EN), c.LookAtWayIn(6))


def test_pin_and_code_are_checked_by_the_gate_and_only_its_word_leads_on() -> None:
    asked = Visit(6, State.TECHNICIAN_PIN)
    goes(asked, e.PinTyped("481516"), asked, c.CheckPin(6, "481516"))
    wrong, shut = WayIn(wrong=True), WayIn(Shut.WAIT, 1)
    for way in (wrong, shut):
        goes(asked, e.WayInFound(6, way), replace(asked, way_in=way))
    coded = Visit(6, State.TECHNICIAN_CODE, way_in=CHALLENGED)
    goes(asked, e.WayInFound(6, CHALLENGED), coded)
    goes(coded, e.TechnicianCodeTyped("12345678"), coded, c.CheckCode(6, "12345678"))
    goes(coded, e.WayInFound(6, shut), replace(coded, state=State.TECHNICIAN_PIN, way_in=shut))
    goes(coded, e.LetIn(6, BOX), Visit(6, State.TECHNICIAN, box=BOX))


def test_a_visitor_who_scans_a_code_is_served_though_the_pin_is_asked_for() -> None:
    goes(Visit(6, State.TECHNICIAN_PIN), e.CodeScanned("x"), Visit(7, State.LOOKING_UP), c.LookUp(7, "x"))


def test_a_task_is_waited_for_and_its_end_read_and_left() -> None:
    inside = Visit(6, State.TECHNICIAN, EN, box=BOX)
    waiting = replace(inside, state=State.TECHNICIAN_WAITING, task=Task.CHECK)
    goes(inside, e.TaskChosen(Task.CHECK), waiting, c.DoTask(6, Task.CHECK, EN))
    outcome = Outcome(Task.CHECK, TaskEnd.DONE)
    read = replace(waiting, state=State.TECHNICIAN_OUTCOME, task=None, outcome=outcome)
    goes(waiting, e.TaskDone(6, outcome), read)
    goes(read, e.Back(), replace(inside, state=State.TECHNICIAN))


def test_of_the_refused_devices_that_are_read_one_that_a_kiosk_uses_is_let_in() -> None:
    scanner, keyboard = (RefusedDevice(kind, "x", "", f"{kind}") for kind in (DeviceKind.SCANNER, None))
    found = Outcome(Task.REFUSED_DEVICES, TaskEnd.DONE, devices=(keyboard, scanner))
    read = Visit(6, State.TECHNICIAN_OUTCOME, EN, box=BOX, outcome=found)
    chosen = replace(found, devices=(scanner,))
    waiting = replace(read, state=State.TECHNICIAN_WAITING, task=Task.ALLOW_DEVICE, outcome=chosen)
    goes(read, e.DeviceChosen(1), waiting, c.DoTask(6, Task.ALLOW_DEVICE, EN, "scanner"))
    for place in (0, 2, -1):
        goes(read, e.DeviceChosen(place), read)
    unread = replace(read, outcome=Outcome(Task.CHECK, TaskEnd.DONE))
    goes(unread, e.DeviceChosen(0), unread)


def test_of_a_trial_code_only_its_length_is_kept() -> None:
    inside = Visit(6, State.TECHNICIAN, box=BOX)
    outcome = Outcome(Task.TRIAL_CODE, TaskEnd.DONE, detail="5")
    goes(inside, e.CodeScanned("abcde"), replace(inside, state=State.TECHNICIAN_OUTCOME, outcome=outcome))


@pytest.mark.parametrize("state", [State.TECHNICIAN, State.TECHNICIAN_WAITING, State.TECHNICIAN_OUTCOME])
def test_silence_and_leaving_let_the_technician_out(state: State) -> None:
    for event in (e.Home(), e.TimedOut()):
        if type(event) in TRANSITIONS[state]:
            goes(Visit(6, state, box=BOX), event, Visit(7), c.LetOut(7))
