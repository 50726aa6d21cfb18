"""What may happen in a visit: taps, scans, workers' answers, time (pure).

Fields with a person's data are left out of `repr`, so that no log can show them.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.model import (
    Access,
    Booking,
    Box,
    Key,
    Language,
    Outcome,
    QueueEntry,
    Refusal,
    StoreFault,
    Task,
    Ticket,
    Topic,
    WayIn,
)
from kiosk.questionnaire import Questionnaire, SurveyReason


class Question(StrEnum):
    """What may have to be asked before a ticket is issued."""

    APPLICANTS = "applicants"
    SECOND_FACTOR = "second_factor"
    PRIORITY = "priority"


@dataclass(frozen=True)
class Event:
    """Something that happened."""


@dataclass(frozen=True)
class Answer(Event):
    """A worker's result; `visit` is the id of the visit that asked."""

    visit: int


@dataclass(frozen=True)
class CodeScanned(Event):
    text: str = field(repr=False)


@dataclass(frozen=True)
class CodeTyped(Event):
    text: str = field(repr=False)


@dataclass(frozen=True)
class LanguageChosen(Event):
    language: Language


@dataclass(frozen=True)
class AccessChosen(Event):
    """The person wants to use the kiosk in another way from now on."""

    access: Access


@dataclass(frozen=True)
class HeadphonesMoved(Event):
    """Headphones were plugged in, or pulled out."""

    plugged: bool


@dataclass(frozen=True)
class KeyPressed(Event):
    """A key of the keypad; what it means depends on what has been spoken, so no visit knows it."""

    key: Key


@dataclass(frozen=True)
class ScanChosen(Event):
    pass


@dataclass(frozen=True)
class TypeChosen(Event):
    pass


@dataclass(frozen=True)
class WalkInChosen(Event):
    pass


@dataclass(frozen=True)
class InformationChosen(Event):
    """A service to read about, or a topic; neither for the list of topics."""

    service: str = ""
    topic: Topic | None = None


@dataclass(frozen=True)
class SuggestionChosen(Event):
    """The person wants to write something without rating."""


@dataclass(frozen=True)
class QueueStatusChosen(Event):
    pass


@dataclass(frozen=True)
class RateChosen(Event):
    pass


@dataclass(frozen=True)
class HelpChosen(Event):
    pass


@dataclass(frozen=True)
class Back(Event):
    """The person goes one step back, or leaves a screen that only tells."""


@dataclass(frozen=True)
class Home(Event):
    """The person gives up, or has finished."""


@dataclass(frozen=True)
class ApplicantToggled(Event):
    place: int


@dataclass(frozen=True)
class ApplicantsChosen(Event):
    pass


@dataclass(frozen=True)
class DigitsTyped(Event):
    digits: str = field(repr=False)


@dataclass(frozen=True)
class ServiceChosen(Event):
    service: str


@dataclass(frozen=True)
class DocumentsReady(Event):
    pass


@dataclass(frozen=True)
class DocumentsMissing(Event):
    pass


@dataclass(frozen=True)
class PriorityDeclared(Event):
    """`group` is a priority group's id, None for none."""

    group: str | None


@dataclass(frozen=True)
class PaperCameOut(Event):
    pass


@dataclass(frozen=True)
class PaperMissing(Event):
    pass


@dataclass(frozen=True)
class Rated(Event):
    score: int


@dataclass(frozen=True)
class CommentWritten(Event):
    text: str = field(repr=False)


@dataclass(frozen=True)
class QueueNumberTyped(Event):
    number: str


@dataclass(frozen=True)
class SurveyChosen(Event):
    pass


@dataclass(frozen=True)
class SurveyAnswered(Event):
    """The answer to the question of that key; None for a skipped one."""

    key: str
    value: str | int | None = field(repr=False)


@dataclass(frozen=True)
class TechnicianChosen(Event):
    """The office's name was held for long enough."""


@dataclass(frozen=True)
class PinTyped(Event):
    pin: str = field(repr=False)


@dataclass(frozen=True)
class TechnicianCodeTyped(Event):
    code: str = field(repr=False)


@dataclass(frozen=True)
class TaskChosen(Event):
    task: Task


@dataclass(frozen=True)
class DeviceChosen(Event):
    """Of the refused devices that are shown the one to be let in, by its place among them."""

    place: int


@dataclass(frozen=True)
class StayChosen(Event):
    pass


@dataclass(frozen=True)
class TimedOut(Event):
    pass


@dataclass(frozen=True)
class OfficeClosed(Event):
    pass


@dataclass(frozen=True)
class OfficeOpened(Event):
    pass


@dataclass(frozen=True)
class Broken(Event):
    """The kiosk can neither record nor show: it must not go on. `fault` says why it cannot record."""

    fault: StoreFault | None = None


@dataclass(frozen=True)
class Interrupted(Event):
    """The kiosk was started anew in the middle of printing these tickets: did the paper come out?"""

    tickets: tuple[Ticket, ...]


@dataclass(frozen=True)
class BookingFound(Answer):
    """The booking may check in once `questions` are answered."""

    booking: Booking
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class TicketsFound(Answer):
    """This code's tickets were issued before: they are printed again, with the same numbers."""

    tickets: tuple[Ticket, ...]


@dataclass(frozen=True)
class WalkInFound(Answer):
    """The service has a number left; `questions` are answered after the documents."""

    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Refused(Answer):
    refusal: Refusal


@dataclass(frozen=True)
class DigitsRight(Answer):
    pass


@dataclass(frozen=True)
class DigitsWrong(Answer):
    pass


@dataclass(frozen=True)
class TicketsIssued(Answer):
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True)
class Printed(Answer):
    pass


@dataclass(frozen=True)
class PrintUncertain(Answer):
    pass


@dataclass(frozen=True)
class PrintFailed(Answer):
    pass


@dataclass(frozen=True)
class QueueFound(Answer):
    """`entry` is None where the central queue, as of the last snapshot, has no such number."""

    entry: QueueEntry | None


@dataclass(frozen=True)
class SurveyTicketFound(Answer):
    """The ticket's person was served, and has not been asked yet."""

    ticket: QueueEntry
    questionnaire: Questionnaire


@dataclass(frozen=True)
class SurveyRefused(Answer):
    reason: SurveyReason


@dataclass(frozen=True)
class WayInFound(Answer):
    """How the technician's way in stands, also after a wrong answer; with a challenge once the PIN was right."""

    way_in: WayIn


@dataclass(frozen=True)
class LetIn(Answer):
    """The code was right: a technician is in."""

    box: Box


@dataclass(frozen=True)
class TaskDone(Answer):
    outcome: Outcome


SCREEN_EVENTS: tuple[type[Event], ...] = (
    CodeTyped, LanguageChosen, AccessChosen, ScanChosen, TypeChosen, WalkInChosen, InformationChosen, SuggestionChosen,
    QueueStatusChosen, RateChosen, HelpChosen, Back, Home, ApplicantToggled, ApplicantsChosen, DigitsTyped,
    ServiceChosen, DocumentsReady, DocumentsMissing, PriorityDeclared, PaperCameOut, PaperMissing, Rated,
    CommentWritten, QueueNumberTyped, SurveyChosen, SurveyAnswered, StayChosen, TechnicianChosen, PinTyped,
    TechnicianCodeTyped, TaskChosen, DeviceChosen,
)  # fmt: skip
"""What a person does on the screen: all that a window may tell of."""
