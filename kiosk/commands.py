"""What a visit asks the workers to do (pure)."""

from dataclasses import dataclass, field

from kiosk.model import Booking, Language, Task, Ticket
from kiosk.questionnaire import Survey


@dataclass(frozen=True)
class Command:
    """Something for a worker to do; its answer bears the visit's id."""

    visit: int


@dataclass(frozen=True)
class LookUp(Command):
    text: str = field(repr=False)
    typed: bool = False


@dataclass(frozen=True)
class LookUpWalkIn(Command):
    service: str


@dataclass(frozen=True)
class CheckDigits(Command):
    booking: Booking
    digits: str = field(repr=False)


@dataclass(frozen=True)
class CheckIn(Command):
    """Commits check-in, tickets and facts of the chosen applicants in one transaction."""

    booking: Booking
    places: tuple[int, ...]
    priority: str | None
    language: Language


@dataclass(frozen=True)
class IssueWalkIn(Command):
    service: str
    priority: str | None
    language: Language


@dataclass(frozen=True)
class Print(Command):
    """Prints the tickets; with `only_missing`, those of them whose paper is not known to be out."""

    tickets: tuple[Ticket, ...]
    language: Language
    only_missing: bool = False


@dataclass(frozen=True)
class ConfirmPaper(Command):
    """The person saw the paper of these tickets."""

    tickets: tuple[Ticket, ...]


@dataclass(frozen=True)
class RecordRating(Command):
    score: int
    language: Language


@dataclass(frozen=True)
class RecordComment(Command):
    """A comment to the rating that this visit gave."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class CallHelp(Command):
    step: str


@dataclass(frozen=True)
class LookUpQueue(Command):
    number: str = field(repr=False)


@dataclass(frozen=True)
class LookUpSurvey(Command):
    """May the person with this ticket (its code, or its number) take the survey?"""

    text: str = field(repr=False)


@dataclass(frozen=True)
class RecordSurvey(Command):
    """Commits that the ticket was used, and the answers without it."""

    survey: Survey = field(repr=False)


@dataclass(frozen=True)
class LookAtWayIn(Command):
    """Is a technician to be asked for the PIN?"""


@dataclass(frozen=True)
class CheckPin(Command):
    pin: str = field(repr=False)


@dataclass(frozen=True)
class CheckCode(Command):
    code: str = field(repr=False)


@dataclass(frozen=True)
class DoTask(Command):
    """What the technician who is in wants done; `device` is the RefusedDevice.id that ALLOW_DEVICE is about."""

    task: Task
    language: Language
    device: str = ""


@dataclass(frozen=True)
class PrintTrial(Command):
    """Prints a slip that is no ticket."""

    language: Language


@dataclass(frozen=True)
class LetOut(Command):
    """No technician is in any more."""


@dataclass(frozen=True)
class Restart(Command):
    """Ends the process: whoever watches over it starts it anew with fresh handles."""
