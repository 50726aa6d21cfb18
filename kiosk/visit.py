"""The visit: what the person sees, what may happen, what is then to be done (pure).

`TRANSITIONS` says it all; `advance` only looks up. States are screens, events come from taps, scanners and workers,
commands go to workers. A visit asks only the questions that its booking or its service needs, one screen each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from kiosk.commands import (
    CallHelp,
    CheckCode,
    CheckDigits,
    CheckIn,
    CheckPin,
    Command,
    ConfirmPaper,
    DoTask,
    IssueWalkIn,
    LetOut,
    LookAtWayIn,
    LookUp,
    LookUpQueue,
    LookUpSurvey,
    LookUpWalkIn,
    Print,
    RecordComment,
    RecordRating,
    RecordSurvey,
    Restart,
)
from kiosk.events import (
    AccessChosen,
    Answer,
    ApplicantsChosen,
    ApplicantToggled,
    Back,
    BookingFound,
    Broken,
    CodeScanned,
    CodeTyped,
    CommentWritten,
    DeviceChosen,
    DigitsRight,
    DigitsTyped,
    DigitsWrong,
    DocumentsMissing,
    DocumentsReady,
    Event,
    HeadphonesMoved,
    HelpChosen,
    Home,
    InformationChosen,
    Interrupted,
    LanguageChosen,
    LetIn,
    OfficeClosed,
    OfficeOpened,
    PaperCameOut,
    PaperMissing,
    PinTyped,
    Printed,
    PrintFailed,
    PrintUncertain,
    PriorityDeclared,
    Question,
    QueueFound,
    QueueNumberTyped,
    QueueStatusChosen,
    RateChosen,
    Rated,
    Refused,
    ScanChosen,
    ServiceChosen,
    StayChosen,
    SuggestionChosen,
    SurveyAnswered,
    SurveyChosen,
    SurveyRefused,
    SurveyTicketFound,
    TaskChosen,
    TaskDone,
    TechnicianChosen,
    TechnicianCodeTyped,
    TicketsFound,
    TicketsIssued,
    TimedOut,
    TypeChosen,
    WalkInChosen,
    WalkInFound,
    WayInFound,
)
from kiosk.model import (
    AS_DESIGNED,
    INDONESIAN,
    Access,
    Booking,
    Box,
    Language,
    Outcome,
    QueueEntry,
    Reason,
    Refusal,
    Sound,
    StoreFault,
    Task,
    TaskEnd,
    TextSize,
    Ticket,
    Topic,
    WayIn,
)
from kiosk.questionnaire import Survey, SurveyReason


class State(StrEnum):
    WELCOME = "welcome"
    SCANNING = "scanning"
    TYPING = "typing"
    LOOKING_UP = "looking_up"
    CHOOSING_APPLICANTS = "choosing_applicants"
    VERIFYING = "verifying"
    CHOOSING_SERVICE = "choosing_service"
    CHECKING_DOCUMENTS = "checking_documents"
    DECLARING_PRIORITY = "declaring_priority"
    ISSUING = "issuing"
    PRINTING = "printing"
    TICKET_PRINTED = "ticket_printed"
    TICKET_UNCERTAIN = "ticket_uncertain"
    TICKET_ON_SCREEN = "ticket_on_screen"
    REFUSED = "refused"
    RATING = "rating"
    COMMENT = "comment"
    THANKS = "thanks"
    SURVEY_TICKET = "survey_ticket"
    SURVEY = "survey"
    INFORMATION = "information"
    QUEUE_STATUS = "queue_status"
    HELP = "help"
    STILL_THERE = "still_there"
    CLOSED = "closed"
    OUT_OF_SERVICE = "out_of_service"
    TECHNICIAN_PIN = "technician_pin"
    TECHNICIAN_CODE = "technician_code"
    TECHNICIAN = "technician"
    TECHNICIAN_WAITING = "technician_waiting"
    TECHNICIAN_OUTCOME = "technician_outcome"


@dataclass(frozen=True)
class Visit:
    """One person at the kiosk. `id` tells the answers to this visit's commands from late ones to another's."""

    id: int
    state: State = State.WELCOME
    language: Language = INDONESIAN
    access: Access = AS_DESIGNED
    back: State = State.WELCOME
    """Where HELP and STILL_THERE lead back to."""
    questions: tuple[Question, ...] = ()
    booking: Booking | None = None
    chosen: frozenset[int] = frozenset()
    """Which applicants of the booking came, by their place in it."""
    service: str = ""
    topic: Topic | None = None
    """Of what the information is: of `service` where there is one, else of this."""
    documents_missing: bool = False
    """The information is read by a person who lacks documents of `service`, and may find them yet."""
    priority: str | None = None
    wrong_digits: int = 0
    tickets: tuple[Ticket, ...] = ()
    refusal: Refusal | None = None
    queue: QueueEntry | None = None
    queue_unknown: bool = False
    survey: Survey | None = None
    survey_refused: SurveyReason | None = None
    fault: StoreFault | None = None
    way_in: WayIn | None = None
    box: Box | None = None
    task: Task | None = None
    """What the technician wanted last."""
    outcome: Outcome | None = None
    """How the technician's last task ended, while it is read."""


Keep = Callable[[Visit, Any], Visit]
Do = Callable[[Visit, Any], Command | None]
Choose = Callable[[Visit], State]


@dataclass(frozen=True)
class Step:
    """One cell of the table: what the visit keeps of the event, where it goes, and what is then to be done.

    `to` is a state, or several of which `choose` picks one. The commands are made from the visit as it then is.
    """

    to: State | tuple[State, ...]
    keep: Keep | None = None
    do: Do | None = None
    choose: Choose | None = None

    @property
    def targets(self) -> tuple[State, ...]:
        return self.to if isinstance(self.to, tuple) else (self.to,)


def _fresh(visit: Visit, event: Any) -> Visit:
    return Visit(id=visit.id + 1, language=visit.language, access=visit.access)


def _home(visit: Visit, event: Any) -> Visit:
    return Visit(id=visit.id + 1)


def _broken(visit: Visit, event: Broken) -> Visit:
    return replace(_home(visit, event), fault=event.fault)


def _interrupted(visit: Visit, event: Interrupted) -> Visit:
    return replace(_fresh(visit, event), tickets=event.tickets)


def _language(visit: Visit, event: LanguageChosen) -> Visit:
    return replace(visit, language=event.language)


def _access(visit: Visit, event: AccessChosen) -> Visit:
    return replace(visit, access=event.access)


def _headphones(visit: Visit, event: HeadphonesMoved) -> Visit:
    sound = Sound.ON if event.plugged else Sound.OFF
    return replace(visit, access=replace(visit.access, sound=sound, curtain=visit.access.curtain and event.plugged))


def _remember_place(visit: Visit, event: Any) -> Visit:
    return replace(visit, back=visit.state)


def _back(visit: Visit) -> State:
    return visit.back


def _booking(visit: Visit, event: BookingFound) -> Visit:
    everyone = frozenset(range(len(event.booking.applicants)))
    return replace(
        visit, booking=event.booking, questions=event.questions, chosen=everyone, service=event.booking.service
    )


def _walk_in(visit: Visit, event: WalkInFound) -> Visit:
    return replace(visit, questions=event.questions)


def _next_question(visit: Visit) -> State:
    return ASKED_IN[visit.questions[0]] if visit.questions else State.ISSUING


def _answered(visit: Visit, event: Any) -> Visit:
    return replace(visit, questions=visit.questions[1:])


def _priority(visit: Visit, event: PriorityDeclared) -> Visit:
    return _answered(replace(visit, priority=event.group), event)


def _issue(visit: Visit, event: Any) -> Command | None:
    if visit.questions:
        return None
    if visit.booking is None:
        return IssueWalkIn(visit.id, visit.service, visit.priority, visit.language)
    return CheckIn(visit.id, visit.booking, tuple(sorted(visit.chosen)), visit.priority, visit.language)


def _toggle(visit: Visit, event: ApplicantToggled) -> Visit:
    known = visit.booking is not None and 0 <= event.place < len(visit.booking.applicants)
    return replace(visit, chosen=visit.chosen ^ {event.place}) if known else visit


def _applicants_answered(visit: Visit, event: ApplicantsChosen) -> Visit:
    return _answered(visit, event) if visit.chosen else visit


def _wrong(visit: Visit, event: DigitsWrong) -> Visit:
    tries = visit.wrong_digits + 1
    refusal = Refusal(Reason.NOT_VERIFIED) if tries >= DIGIT_TRIES else None
    return replace(visit, wrong_digits=tries, refusal=refusal)


def _ask_digits_again(visit: Visit) -> State:
    return State.REFUSED if visit.refusal else State.VERIFYING


def _refusal(visit: Visit, event: Refused) -> Visit:
    return replace(visit, refusal=event.refusal)


def _no_answer(visit: Visit, event: Any) -> Visit:
    return replace(visit, id=visit.id + 1, refusal=Refusal(Reason.NO_ANSWER))


def _no_answer_yet(visit: Visit, event: Any) -> Visit:
    """A number may be on its way: it is printed if it comes while the person still reads."""
    return replace(visit, refusal=Refusal(Reason.NO_ANSWER))


def _service(visit: Visit, event: Any) -> Visit:
    return replace(visit, service=event.service)


def _information(visit: Visit, event: InformationChosen) -> Visit:
    return replace(visit, service=event.service, topic=event.topic)


def _documents_missing(visit: Visit, event: DocumentsMissing) -> Visit:
    return replace(visit, documents_missing=True)


def _start_information(visit: Visit, event: InformationChosen) -> Visit:
    return _information(_fresh(visit, event), event)


def _leave_information(visit: Visit, event: Back) -> Visit:
    """From a service to the list of them, from a topic to the list of topics, from there home; who lacked documents is
    asked for them again.
    """
    if visit.documents_missing:
        return replace(visit, documents_missing=False, back=State.CHECKING_DOCUMENTS)
    if not visit.service and visit.topic is None:
        return _home(visit, event)
    return replace(visit, service="", topic=Topic.SERVICES if visit.service else None, back=State.INFORMATION)


def _tickets(visit: Visit, event: Any) -> Visit:
    return replace(visit, tickets=event.tickets)


def _queue(visit: Visit, event: QueueFound) -> Visit:
    return replace(visit, queue=event.entry, queue_unknown=event.entry is None)


def _survey(visit: Visit, event: SurveyTicketFound) -> Visit:
    return replace(visit, survey=Survey(event.ticket, event.questionnaire), survey_refused=None)


def _no_survey(visit: Visit, event: SurveyRefused) -> Visit:
    return replace(visit, survey_refused=event.reason)


def _survey_answered(visit: Visit, event: SurveyAnswered) -> Visit:
    return replace(visit, survey=visit.survey.answered(event.key, event.value)) if visit.survey else visit


def _survey_one_back(visit: Visit, event: Back) -> Visit:
    return replace(visit, survey=visit.survey.one_back() if visit.survey else None)


def _next_of_survey(visit: Visit) -> State:
    return State.SURVEY if visit.survey and visit.survey.question else State.THANKS


def _survey_or_its_ticket(visit: Visit) -> State:
    return State.SURVEY if visit.survey else State.SURVEY_TICKET


def _look_up_survey_ticket(visit: Visit, event: CodeScanned) -> Command:
    return LookUpSurvey(visit.id, event.text)


def _look_up_survey_number(visit: Visit, event: QueueNumberTyped) -> Command:
    return LookUpSurvey(visit.id, event.number)


def _record_survey(visit: Visit, event: SurveyAnswered) -> Command | None:
    """Who skipped every element has given no response, and may still give one."""
    survey = visit.survey
    return RecordSurvey(visit.id, survey) if survey and survey.question is None and survey.scores else None


def _look_up_scanned(visit: Visit, event: CodeScanned) -> Command:
    return LookUp(visit.id, event.text)


def _look_up_typed(visit: Visit, event: CodeTyped) -> Command:
    return LookUp(visit.id, event.text, typed=True)


def _look_up_walk_in(visit: Visit, event: ServiceChosen) -> Command:
    return LookUpWalkIn(visit.id, event.service)


def _look_up_queue(visit: Visit, event: CodeScanned) -> Command:
    return LookUpQueue(visit.id, event.text)


def _look_up_number(visit: Visit, event: QueueNumberTyped) -> Command:
    return LookUpQueue(visit.id, event.number)


def _check_digits(visit: Visit, event: DigitsTyped) -> Command | None:
    return CheckDigits(visit.id, visit.booking, event.digits) if visit.booking else None


def _print(visit: Visit, event: Any) -> Command:
    return Print(visit.id, visit.tickets, visit.language)


def _print_missing(visit: Visit, event: Any) -> Command:
    return Print(visit.id, visit.tickets, visit.language, only_missing=True)


def _confirm_paper(visit: Visit, event: Any) -> Command:
    return ConfirmPaper(visit.id, visit.tickets)


def _rate(visit: Visit, event: Rated) -> Command:
    return RecordRating(visit.id, event.score, visit.language)


def _comment(visit: Visit, event: CommentWritten) -> Command:
    return RecordComment(visit.id, event.text)


def _call_help(visit: Visit, event: Any) -> Command:
    return CallHelp(visit.id, visit.back)


def _way_in(visit: Visit, event: WayInFound) -> Visit:
    return replace(visit, way_in=event.way_in)


def _pin_or_code(visit: Visit) -> State:
    return State.TECHNICIAN_CODE if visit.way_in and visit.way_in.challenge else State.TECHNICIAN_PIN


def _let_in(visit: Visit, event: LetIn) -> Visit:
    return replace(visit, way_in=None, box=event.box)


def _begin_task(visit: Visit, event: TaskChosen) -> Visit:
    return replace(visit, task=event.task, outcome=None)


def _end_task(visit: Visit, event: TaskDone) -> Visit:
    return replace(visit, task=None, outcome=event.outcome)


def _begin_allowing(visit: Visit, event: DeviceChosen) -> Visit:
    """Of the devices that were found refused the chosen one is kept, for _allow."""
    found = visit.outcome.devices[event.place : event.place + 1] if visit.outcome and event.place >= 0 else ()
    if not found or found[0].kind is None or visit.outcome is None:
        return visit
    return replace(visit, task=Task.ALLOW_DEVICE, outcome=replace(visit.outcome, devices=found))


def _allowing(visit: Visit) -> State:
    return State.TECHNICIAN_WAITING if visit.task is Task.ALLOW_DEVICE else State.TECHNICIAN_OUTCOME


def _allow(visit: Visit, event: DeviceChosen) -> Command | None:
    if visit.task is not Task.ALLOW_DEVICE or visit.outcome is None:
        return None
    return DoTask(visit.id, Task.ALLOW_DEVICE, visit.language, visit.outcome.devices[0].id)


def _trial_code(visit: Visit, event: CodeScanned) -> Visit:
    """What was scanned is not shown, only how long it is."""
    return replace(visit, outcome=Outcome(Task.TRIAL_CODE, TaskEnd.DONE, detail=str(len(event.text))))


def _leave_outcome(visit: Visit, event: Back) -> Visit:
    return replace(visit, outcome=None)


def _look_at_way_in(visit: Visit, event: Any) -> Command:
    return LookAtWayIn(visit.id)


def _check_pin(visit: Visit, event: PinTyped) -> Command:
    return CheckPin(visit.id, event.pin)


def _check_code(visit: Visit, event: TechnicianCodeTyped) -> Command:
    return CheckCode(visit.id, event.code)


def _do_task(visit: Visit, event: TaskChosen) -> Command:
    return DoTask(visit.id, event.task, visit.language)


def _let_out(visit: Visit, event: Any) -> Command:
    return LetOut(visit.id)


def _restart(visit: Visit, event: Any) -> Command:
    return Restart(visit.id)


ASKED_IN = {
    Question.APPLICANTS: State.CHOOSING_APPLICANTS,
    Question.SECOND_FACTOR: State.VERIFYING,
    Question.PRIORITY: State.DECLARING_PRIORITY,
}
DIGIT_TRIES = 3

LEAVABLE = (
    State.SCANNING,
    State.TYPING,
    State.CHOOSING_APPLICANTS,
    State.VERIFYING,
    State.CHOOSING_SERVICE,
    State.CHECKING_DOCUMENTS,
    State.DECLARING_PRIORITY,
    State.RATING,
    State.COMMENT,
    State.INFORMATION,
    State.QUEUE_STATUS,
    State.SURVEY_TICKET,
    State.SURVEY,
)
"""The states in which a person is in the middle of something: silence asks whether they are still there."""
HELPFUL = (
    *LEAVABLE,
    State.WELCOME,
    State.TICKET_PRINTED,
    State.TICKET_UNCERTAIN,
    State.TICKET_ON_SCREEN,
    State.REFUSED,
    State.THANKS,
)
"""The states from which staff can be called."""

_GO_HOME = Step(State.WELCOME, keep=_home)
_BREAK = Step(State.OUT_OF_SERVICE, keep=_broken)
_ASK_FOR_PAPER = Step(State.TICKET_UNCERTAIN, keep=_interrupted)
_SCAN = Step(State.LOOKING_UP, keep=_fresh, do=_look_up_scanned)
_TYPE = Step(State.TYPING, keep=_fresh)
_WALK_IN = Step(State.CHOOSING_SERVICE, keep=_fresh)
_KNOCK = Step(State.TECHNICIAN_PIN, keep=_fresh, do=_look_at_way_in)
_ASK_TECHNICIAN = Step((State.TECHNICIAN_PIN, State.TECHNICIAN_CODE), keep=_way_in, choose=_pin_or_code)
_LET_OUT = Step(State.WELCOME, keep=_home, do=_let_out)

Row = dict[type[Event], Step]


def _ask_next(keep: Keep | None = None) -> Step:
    return Step((*ASKED_IN.values(), State.ISSUING), keep=keep, do=_issue, choose=_next_question)


def _always(state: State) -> Row:
    """What every screen allows: another language, another way to use the kiosk."""
    return {
        LanguageChosen: Step(state, keep=_language),
        AccessChosen: Step(state, keep=_access),
        HeadphonesMoved: Step(state, keep=_headphones),
    }


_LEAVING: Row = {
    HelpChosen: Step(State.HELP, keep=_remember_place, do=_call_help),
    Home: _GO_HOME,
    TimedOut: Step(State.STILL_THERE, keep=_remember_place),
}
"""What every screen in the middle of a visit allows: help, going home; silence asks."""
_TELLING: Row = {
    HelpChosen: Step(State.HELP, keep=_remember_place, do=_call_help),
    CodeScanned: _SCAN,
    Home: _GO_HOME,
    TimedOut: _GO_HOME,
}
"""What a screen allows that only tells and leaves by itself: the next person may scan at once."""
_NO_ANSWER = Step(State.REFUSED, keep=_no_answer)
_NO_ANSWER_YET = Step(State.REFUSED, keep=_no_answer_yet)
_ROWS: dict[State, Row] = {
    State.WELCOME: {
        CodeScanned: _SCAN,
        ScanChosen: Step(State.SCANNING, keep=_fresh),
        TypeChosen: _TYPE,
        WalkInChosen: _WALK_IN,
        InformationChosen: Step(State.INFORMATION, keep=_start_information),
        QueueStatusChosen: Step(State.QUEUE_STATUS, keep=_fresh),
        RateChosen: Step(State.RATING, keep=_fresh),
        HelpChosen: Step(State.HELP, keep=_remember_place, do=_call_help),
        TechnicianChosen: _KNOCK,
        TimedOut: _GO_HOME,
        OfficeClosed: Step(State.CLOSED, keep=_home),
        Interrupted: _ASK_FOR_PAPER,
        Broken: _BREAK,
    },
    State.SCANNING: _LEAVING | {CodeScanned: _SCAN, TypeChosen: _TYPE, Back: _GO_HOME},
    State.TYPING: _LEAVING
    | {
        CodeScanned: _SCAN,
        CodeTyped: Step(State.LOOKING_UP, keep=_fresh, do=_look_up_typed),
        Back: _GO_HOME,
    },
    State.LOOKING_UP: {
        TimedOut: _NO_ANSWER,
        BookingFound: _ask_next(_booking),
        TicketsFound: Step(State.PRINTING, keep=_tickets, do=_print),
        WalkInFound: Step(State.CHECKING_DOCUMENTS, keep=_walk_in),
        Refused: Step(State.REFUSED, keep=_refusal),
        Broken: _BREAK,
    },
    State.CHOOSING_APPLICANTS: _LEAVING
    | {
        ApplicantToggled: Step(State.CHOOSING_APPLICANTS, keep=_toggle),
        ApplicantsChosen: _ask_next(_applicants_answered),
        Back: _GO_HOME,
    },
    State.VERIFYING: _LEAVING
    | {
        DigitsTyped: Step(State.VERIFYING, do=_check_digits),
        DigitsRight: _ask_next(_answered),
        DigitsWrong: Step((State.VERIFYING, State.REFUSED), keep=_wrong, choose=_ask_digits_again),
        Refused: Step(State.REFUSED, keep=_refusal),
        Back: _GO_HOME,
    },
    State.CHOOSING_SERVICE: _LEAVING
    | {
        CodeScanned: _SCAN,
        ServiceChosen: Step(State.LOOKING_UP, keep=_service, do=_look_up_walk_in),
        Back: _GO_HOME,
    },
    State.CHECKING_DOCUMENTS: _LEAVING
    | {
        DocumentsReady: _ask_next(),
        DocumentsMissing: Step(State.INFORMATION, keep=_documents_missing),
        Back: Step(State.CHOOSING_SERVICE),
    },
    State.DECLARING_PRIORITY: _LEAVING
    | {
        PriorityDeclared: _ask_next(_priority),
        Back: _GO_HOME,
    },
    State.ISSUING: {
        TimedOut: _NO_ANSWER_YET,
        TicketsIssued: Step(State.PRINTING, keep=_tickets, do=_print),
        Refused: Step(State.REFUSED, keep=_refusal),
        Broken: _BREAK,
    },
    State.PRINTING: {
        TimedOut: Step(State.TICKET_UNCERTAIN),
        Printed: Step(State.TICKET_PRINTED),
        PrintUncertain: Step(State.TICKET_UNCERTAIN),
        PrintFailed: Step(State.TICKET_ON_SCREEN),
    },
    State.TICKET_PRINTED: _TELLING | {RateChosen: Step(State.RATING), PrintFailed: Step(State.TICKET_ON_SCREEN)},
    State.TICKET_UNCERTAIN: {
        HelpChosen: Step(State.HELP, keep=_remember_place, do=_call_help),
        PaperCameOut: Step(State.TICKET_PRINTED, do=_confirm_paper),
        PaperMissing: Step(State.PRINTING, do=_print_missing),
        Printed: Step(State.TICKET_PRINTED),
        PrintFailed: Step(State.TICKET_ON_SCREEN),
        TimedOut: _GO_HOME,
    },
    State.TICKET_ON_SCREEN: _TELLING | {RateChosen: Step(State.RATING)},
    State.REFUSED: _TELLING
    | {
        TypeChosen: _TYPE,
        WalkInChosen: _WALK_IN,
        TicketsIssued: Step(State.PRINTING, keep=_tickets, do=_print),
        Back: _GO_HOME,
    },
    State.RATING: _LEAVING | {CodeScanned: _SCAN, Rated: Step(State.COMMENT, do=_rate), Back: _GO_HOME},
    State.COMMENT: _LEAVING
    | {
        CommentWritten: Step(State.THANKS, do=_comment),
        Home: Step(State.THANKS),
        Back: Step(State.THANKS),
    },
    State.THANKS: _TELLING | {SurveyChosen: Step(State.SURVEY_TICKET, keep=_fresh)},
    State.SURVEY_TICKET: _LEAVING
    | {
        CodeScanned: Step(State.SURVEY_TICKET, do=_look_up_survey_ticket),
        QueueNumberTyped: Step(State.SURVEY_TICKET, do=_look_up_survey_number),
        SurveyTicketFound: Step(State.SURVEY, keep=_survey),
        SurveyRefused: Step(State.SURVEY_TICKET, keep=_no_survey),
        Back: _GO_HOME,
    },
    State.SURVEY: _LEAVING
    | {
        SurveyAnswered: Step(
            (State.SURVEY, State.THANKS), keep=_survey_answered, do=_record_survey, choose=_next_of_survey
        ),
        Back: Step((State.SURVEY, State.SURVEY_TICKET), keep=_survey_one_back, choose=_survey_or_its_ticket),
    },
    State.INFORMATION: _LEAVING
    | {
        CodeScanned: _SCAN,
        InformationChosen: Step(State.INFORMATION, keep=_information),
        SuggestionChosen: Step(State.COMMENT),
        WalkInChosen: _WALK_IN,
        Back: Step((State.INFORMATION, State.CHECKING_DOCUMENTS, State.WELCOME), keep=_leave_information, choose=_back),
    },
    State.QUEUE_STATUS: _LEAVING
    | {
        CodeScanned: Step(State.QUEUE_STATUS, do=_look_up_queue),
        QueueNumberTyped: Step(State.QUEUE_STATUS, do=_look_up_number),
        QueueFound: Step(State.QUEUE_STATUS, keep=_queue),
        Back: _GO_HOME,
    },
    State.HELP: {
        Back: Step(HELPFUL, choose=_back),
        Home: _GO_HOME,
        TimedOut: _GO_HOME,
    },
    State.STILL_THERE: {
        StayChosen: Step(LEAVABLE, choose=_back),
        CodeScanned: _SCAN,
        Home: _GO_HOME,
        TimedOut: _GO_HOME,
    },
    State.CLOSED: {
        CodeScanned: _SCAN,
        InformationChosen: Step(State.INFORMATION, keep=_start_information),
        TechnicianChosen: _KNOCK,
        OfficeOpened: _GO_HOME,
        Interrupted: _ASK_FOR_PAPER,
        TimedOut: Step(State.CLOSED, keep=_home),
        Broken: _BREAK,
    },
    State.OUT_OF_SERVICE: {
        TimedOut: Step(State.OUT_OF_SERVICE, do=_restart),
    },
    State.TECHNICIAN_PIN: {
        PinTyped: Step(State.TECHNICIAN_PIN, do=_check_pin),
        WayInFound: _ASK_TECHNICIAN,
        CodeScanned: _SCAN,
        Home: _GO_HOME,
        TimedOut: _GO_HOME,
    },
    State.TECHNICIAN_CODE: {
        TechnicianCodeTyped: Step(State.TECHNICIAN_CODE, do=_check_code),
        WayInFound: _ASK_TECHNICIAN,
        LetIn: Step(State.TECHNICIAN, keep=_let_in),
        Home: _LET_OUT,
        TimedOut: _LET_OUT,
    },
    State.TECHNICIAN: {
        TaskChosen: Step(State.TECHNICIAN_WAITING, keep=_begin_task, do=_do_task),
        CodeScanned: Step(State.TECHNICIAN_OUTCOME, keep=_trial_code),
        Home: _LET_OUT,
        TimedOut: _LET_OUT,
    },
    State.TECHNICIAN_WAITING: {
        TaskDone: Step(State.TECHNICIAN_OUTCOME, keep=_end_task),
        TimedOut: _LET_OUT,
    },
    State.TECHNICIAN_OUTCOME: {
        CodeScanned: Step(State.TECHNICIAN_OUTCOME, keep=_trial_code),
        DeviceChosen: Step(
            (State.TECHNICIAN_WAITING, State.TECHNICIAN_OUTCOME), keep=_begin_allowing, do=_allow, choose=_allowing
        ),
        Back: Step(State.TECHNICIAN, keep=_leave_outcome),
        Home: _LET_OUT,
        TimedOut: _LET_OUT,
    },
}

TRANSITIONS: dict[State, Row] = {state: _always(state) | row for state, row in _ROWS.items()}

TIMEOUTS: dict[State, float] = {
    State.WELCOME: 30,
    State.SCANNING: 60,
    State.TYPING: 60,
    State.LOOKING_UP: 10,
    State.CHOOSING_APPLICANTS: 60,
    State.VERIFYING: 60,
    State.CHOOSING_SERVICE: 60,
    State.CHECKING_DOCUMENTS: 90,
    State.DECLARING_PRIORITY: 60,
    State.ISSUING: 10,
    State.PRINTING: 30,
    State.TICKET_PRINTED: 12,
    State.TICKET_UNCERTAIN: 60,
    State.TICKET_ON_SCREEN: 60,
    State.REFUSED: 45,
    State.RATING: 45,
    State.COMMENT: 90,
    State.THANKS: 12,
    State.SURVEY_TICKET: 60,
    State.SURVEY: 60,
    State.INFORMATION: 90,
    State.QUEUE_STATUS: 60,
    State.HELP: 60,
    State.STILL_THERE: 25,
    State.CLOSED: 30,
    State.OUT_OF_SERVICE: 15,
    State.TECHNICIAN_PIN: 45,
    State.TECHNICIAN_CODE: 120,
    State.TECHNICIAN: 120,
    State.TECHNICIAN_WAITING: 120,
    State.TECHNICIAN_OUTCOME: 120,
}
"""How long each screen waits for a person or a worker, in s. STILL_THERE gives at least 20 s (WCAG 2.2.1)."""

PATIENCE = 2
"""How many times longer the screens wait for a person who listens, or who needs large words."""
KEPT_BY_TOUCH = (*LEAVABLE, State.TECHNICIAN_CODE, State.TECHNICIAN, State.TECHNICIAN_OUTCOME)
"""The states that wait anew when the screen is touched anywhere. The PIN is not among them, so that no hand that leans
there keeps the kiosk from everybody else."""
BUSY = (State.LOOKING_UP, State.ISSUING, State.PRINTING, State.OUT_OF_SERVICE, State.TECHNICIAN_WAITING)
"""The states that wait for the machine, not for a person."""


def timeout(visit: Visit) -> float:
    """How long the visit's screen waits, in s."""
    slow = visit.access.sound is not Sound.OFF or visit.access.text_size is not TextSize.NORMAL
    return TIMEOUTS[visit.state] * (PATIENCE if slow and visit.state not in BUSY else 1)


def advance(visit: Visit, event: Event) -> tuple[Visit, tuple[Command, ...]]:
    """The visit after the event, and what is then to be done; an event that the state does not know changes nothing.

    An answer to another visit's command is late, and changes nothing either.
    """
    step = TRANSITIONS[visit.state].get(type(event))
    if step is None or (isinstance(event, Answer) and event.visit != visit.id):
        return visit, ()
    kept = step.keep(visit, event) if step.keep else visit
    state = step.choose(kept) if step.choose else step.targets[0]
    after = replace(kept, state=state)
    command = step.do(after, event) if step.do else None
    return after, (command,) if command else ()
