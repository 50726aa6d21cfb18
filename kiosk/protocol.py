"""The wire between kiosk and central server: one definition, used by both (pure).

Everything is JSON over HTTPS. A kiosk names itself with a short-lived token: a JWT (RFC 7519) signed with its Ed25519
key (EdDSA, RFC 8037), `sub` the kiosk's id, `iat` and `exp` at most TOKEN_SECONDS apart, sent as `Authorization:
Bearer …`.

Facts form a chain: each bears the SHA-256 of the one before it, in its canonical form (RFC 8785).
"""

import hashlib
import re
from base64 import b64decode
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from kiosk.booking_code import CODE_ALPHABET
from kiosk.model import (
    UNKNOWN_LANGUAGE,
    Announcement,
    Booking,
    ClockState,
    Holiday,
    Language,
    Office,
    PassKey,
    PrinterStatus,
    QueueEntry,
    Rules,
    Service,
    StoreFault,
    Ticket,
    TicketState,
)
from kiosk.questionnaire import LONGEST_ID, MOST_OPTIONS, MOST_QUESTIONS, Questionnaire, TimeBand

ENROLMENTS = "/api/v1/enrolments"
EPOCHS = "/api/v1/epochs"
SNAPSHOT = "/api/v1/snapshot"
FACTS = "/api/v1/facts"
HEARTBEATS = "/api/v1/heartbeats"
BUNDLES = "/api/v1/bundles"

TOKEN_SECONDS = 120
TOKEN_LEEWAY_SECONDS = 300
"""How far a kiosk's clock may be off before the server does not believe its token."""
BUNDLE_BYTES = 1_000_000
"""A bundle for support is not longer."""
BATCH_FACTS = 100
BATCH_BYTES = 256 * 1024
LARGEST_INTEGER = 2**53 - 1
"""Beyond it JSON readers disagree (RFC 7493, 2.2), so no epoch and no seq is larger."""

VERSION_FORM = r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$"
"""What a version of the appliance looks like: 1.2.3."""
REMOTE_TABLES = ("printer", "scanner", "keypad", "screen")
"""What of a kiosk's settings can be set from afar: never the way to the server, never where the data lies."""


class Unserved(StrEnum):
    """The `type` of a 403: why a kiosk that the server knows is told nothing. WAITING: nobody has approved it yet, so
    it may ask again. REVOKED: it is not believed any more, or never was approved, for good.
    """

    WAITING = "waiting_for_approval"
    REVOKED = "revoked"


def check_text(public_key: str) -> str:
    """What a kiosk's screen and the officers' page show of its public key (base64), to be compared: the first 40 bits
    of its SHA-256 in the codes' alphabet.

    >>> check_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    'CSM7-NBFR'
    """
    bits = int.from_bytes(hashlib.sha256(b64decode(public_key)).digest()[:5])
    letters = "".join(CODE_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def is_zone(name: str) -> bool:
    """Whether the machine knows the time zone; asked of it alone, since a list of all reads 600 files."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


class Message(BaseModel):
    """Anything on the wire: immutable; fields that the reader does not know are ignored, so that either side may be
    newer.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


class Enrolment(Message):
    """A one-time code and the kiosk's public key (32 bytes, base64); sent without a token."""

    code: str
    public_key: str
    name: str


class Enrolled(Message):
    """What the kiosk is from now on. `digit` is its first walk-in series (1 gives W1-001). Until somebody of the office
    has `approved` it, it is served nothing.
    """

    kiosk_id: UUID
    name: str
    digit: int
    office: str
    approved: bool = True


class NewEpoch(Message):
    """A kiosk's store was made anew, and numbers its facts from 1 in this `epoch`, a number drawn at random.

    Saying so again changes nothing. `series` is the one that it holds already, so that a central server restored from
    an older copy gives it to nobody else.
    """

    epoch: int = Field(ge=1, le=LARGEST_INTEGER)
    series: int | None = Field(default=None, ge=1, le=999)


class Epoch(Message):
    """The walk-in `series` that belongs to this epoch alone, for good: 4 gives W4-001. A replaced disk gets another
    one, so no number can come twice. `up_to` is the last seq of the epoch that the server holds, 0 for none: a server
    that was restored from an older copy holds less than it acknowledged.
    """

    epoch: int
    series: int = Field(ge=1, le=999)
    up_to: int = Field(ge=0, le=LARGEST_INTEGER)


class Snapshot(Message):
    """All that a kiosk decides from. Sent with an ETag; If-None-Match of the same answers 304.

    `revoked` are the bookings whose passes are not to be believed any more, though they have not expired.
    `questionnaire` is the survey that the office asks, None for none.
    """

    office: Office
    rules: tuple[Rules, ...]
    holidays: tuple[Holiday, ...]
    services: tuple[Service, ...]
    bookings: tuple[Booking, ...]
    pass_keys: tuple[PassKey, ...]
    announcements: tuple[Announcement, ...]
    queue: tuple[QueueEntry, ...] = ()
    revoked: tuple[UUID, ...] = ()
    questionnaire: Questionnaire | None = None

    @field_validator("office")
    @classmethod
    def _is_real(cls, office: Office) -> Office:
        if not is_zone(office.time_zone):
            raise ValueError("the office's time zone is not known here")
        if office.colour and not re.fullmatch("[0-9A-Fa-f]{6}", office.colour):
            raise ValueError("the office's colour must be six hex digits")
        return office

    @field_validator("rules")
    @classmethod
    def _has_weeks(cls, rules: tuple[Rules, ...]) -> tuple[Rules, ...]:
        if not rules or any(len(each.hours) != 7 for each in rules):
            raise ValueError("there must be rules, and each must have the hours of seven days")
        return rules

    @field_validator("questionnaire")
    @classmethod
    def _can_be_asked(cls, questionnaire: Questionnaire | None) -> Questionnaire | None:
        problem = questionnaire.problem() if questionnaire else None
        if problem:
            raise ValueError(problem)
        return questionnaire


class CheckedIn(Message):
    """An applicant with a booking arrived and has a ticket."""

    kind: Literal["checked_in"] = "checked_in"
    ticket: Ticket


class WalkInIssued(Message):
    """A person without a booking has a ticket."""

    kind: Literal["walk_in_issued"] = "walk_in_issued"
    ticket: Ticket


class PaperMoved(Message):
    """A ticket's paper came to a state; `by_person` is true where the person said so."""

    kind: Literal["paper_moved"] = "paper_moved"
    ticket: UUID
    state: TicketState
    by_person: bool = False


class Rated(Message):
    """One tap, 1 (very bad) to 5 (very good), in the person's language; never mixed with the official survey."""

    kind: Literal["rated"] = "rated"
    rating: UUID
    score: int = Field(ge=1, le=5)
    language: Language = UNKNOWN_LANGUAGE


class Commented(Message):
    """A comment or complaint; `rating` is the one that it came with, None for a suggestion without one."""

    kind: Literal["commented"] = "commented"
    rating: UUID | None = None
    text: str = Field(max_length=500)


class HelpCalled(Message):
    """Somebody at the kiosk needs help; `step` is the state of the visit."""

    kind: Literal["help_called"] = "help_called"
    step: str


class StoreRenewed(Message):
    """The kiosk's store could not be used any more, for this reason; it was put aside, and this epoch began."""

    kind: Literal["store_renewed"] = "store_renewed"
    fault: StoreFault


class TechnicianActed(Message):
    """A technician got in at the kiosk ("let_in") or left ("left"), had it do something (a Task), or too many wrong
    answers shut the way in ("shut"). `ended` is how that ended (a TaskEnd).
    """

    kind: Literal["technician_acted"] = "technician_acted"
    act: str = Field(max_length=30, pattern="^[a-z_]+$")
    ended: str = Field(default="done", max_length=30, pattern="^[a-z_]+$")


class SurveyTaken(Message):
    """A survey was taken for this ticket; what was answered is not told here, nor with what it could be joined."""

    kind: Literal["survey_taken"] = "survey_taken"
    ticket: UUID


class SurveyGiven(Message):
    """One response to a questionnaire, of nobody in particular: `scores` by the keys of the elements, skipped ones left
    out, and `header` about the respondent. Of the occasion it has what enough others share, None for the rest; its
    fact's `at` is when it left the kiosk, among others and in no order.
    """

    kind: Literal["survey_given"] = "survey_given"
    questionnaire: str = Field(min_length=1, max_length=LONGEST_ID)
    version: int = Field(ge=1, le=LARGEST_INTEGER)
    day: date | None
    time_band: TimeBand | None
    service: str | None
    header: dict[str, str] = Field(max_length=MOST_QUESTIONS)
    scores: dict[str, Annotated[int, Field(ge=1, le=MOST_OPTIONS)]] = Field(min_length=1, max_length=MOST_QUESTIONS)


FactBody = Annotated[
    CheckedIn
    | WalkInIssued
    | PaperMoved
    | Rated
    | Commented
    | HelpCalled
    | StoreRenewed
    | TechnicianActed
    | SurveyTaken
    | SurveyGiven,
    Field(discriminator="kind"),
]


class Envelope(Message):
    """All of a fact but what happened: unique by `id` and by (kiosk, `epoch`, `seq`); `seq` has no gaps. `at` is UTC,
    None where the kiosk's clock could not be trusted. `previous` is the digest of the fact before it, "" for the first
    of an epoch.
    """

    id: UUID
    epoch: int = Field(ge=1, le=LARGEST_INTEGER)
    seq: int = Field(ge=1, le=LARGEST_INTEGER)
    previous: str = Field(pattern="^([0-9a-f]{64})?$")
    at: AwareDatetime | None


class Fact(Envelope):
    """Something that happened, appended and never edited."""

    body: FactBody


def canonical(fact: dict[str, Any]) -> bytes:
    """The one form of a fact's JSON (RFC 8785), as it is stored, sent and digested. Raises ValueError for a number that
    it cannot hold.
    """
    return rfc8785.dumps(fact)


def digest(canonical_fact: bytes) -> str:
    """SHA-256 of a fact in its canonical form, in hex: what the next fact bears as `previous`."""
    return hashlib.sha256(canonical_fact).hexdigest()


class FactBatch(Message):
    """One to BATCH_FACTS facts of one epoch, at most BATCH_BYTES as JSON; each `seq` is one more than that before."""

    facts: tuple[Fact, ...] = Field(min_length=1, max_length=BATCH_FACTS)


class FactsAccepted(Message):
    """The server holds every fact of the epoch up to and including this `seq`; the kiosk keeps them for
    7 days more, in case the server is restored from an older copy.
    """

    epoch: int
    up_to: int


class Readiness(Message):
    """What the box was found to be by its last report, `at` (UTC): the names of the requirements that are `broken`,
    none where it is ready (docs/provisioning.md).
    """

    at: AwareDatetime
    broken: tuple[Annotated[str, Field(max_length=40)], ...] = Field(default=(), max_length=60)


class PracticeVisit(Message):
    """A practice visit that the box made by night, begun `at` (UTC): after how many `seconds` it ended, and the step
    that `failed` with what is known of the `problem`, both empty where it came to its end (docs/practice.md).
    """

    at: AwareDatetime
    seconds: int = Field(default=0, ge=0, le=LARGEST_INTEGER)
    failed: str = Field(default="", max_length=60)
    problem: str = Field(default="", max_length=300)


class Heartbeat(Message):
    """How a kiosk is: `screen` is the state of the visit, `owed` how many facts wait, `at` its own clock and `clock`
    how far that is to be believed, `epoch` that of its facts (0 before the first). `facts_held_back`: the server does
    not take its facts, and only a technician can help. `boot` is another one each time that the machine starts, and
    never comes back: two that alternate are two machines with one identity. `settings_version` is that of the
    RemoteSettings in use (0: none), `settings_refused` of those that could not be used, with the `settings_problem`.
    `devices` are the URLs of the printer, the scanners and the keypads. `readiness` is None before the first report.
    `update_refused` is the version that the kiosk was to have and has taken back, with the `update_problem`.
    `practice_visit` is the last one of a night, None before the first.
    `technician` is the mark of the TechnicianWay that it holds, "" for none.
    """

    at: AwareDatetime
    version: str
    screen: str
    printer: PrinterStatus
    scanner_ready: bool
    owed: int
    clock: ClockState = ClockState.SYNCED
    epoch: int = 0
    facts_held_back: bool = False
    boot: str = Field(default="", max_length=64)
    settings_version: int = Field(default=0, ge=0, le=LARGEST_INTEGER)
    settings_refused: int = Field(default=0, ge=0, le=LARGEST_INTEGER)
    settings_problem: str = Field(default="", max_length=1000)
    disk_free_mb: int | None = Field(default=None, ge=0, le=LARGEST_INTEGER)
    devices: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=20)
    readiness: Readiness | None = None
    update_refused: str = Field(default="", max_length=20)
    update_problem: str = Field(default="", max_length=1000)
    practice_visit: PracticeVisit | None = None
    technician: str = Field(default="", max_length=64)


class RemoteSettings(Message):
    """A kiosk's settings as the central server keeps them: tables of TOML (REMOTE_TABLES) that take the place of
    those in the kiosk's own file. `version` counts up.
    """

    version: int = Field(ge=1, le=LARGEST_INTEGER)
    toml: str = Field(max_length=8000)


class TechnicianWay(Message):
    """By what this one kiosk tells a technician, also without a network: the `secret` of its one-time codes (base32),
    and what is kept of the office's PIN (kiosk/technician.py), "" where none is set.
    """

    secret: str = Field(pattern="^[A-Z2-7]{32}$", repr=False)
    pin: str = Field(default="", max_length=200, repr=False)

    @property
    def mark(self) -> str:
        """Tells it from another one, and nothing of it."""
        return hashlib.sha256(f"{self.secret} {self.pin}".encode()).hexdigest()[:16]


class HeartbeatAnswer(Message):
    """The server's clock, for the kiosk to compare, its settings where it does not have them yet, the version of
    the appliance that it is to have, None where it is to stay with its own, and by what it tells a technician, where it
    holds something else.
    """

    at: AwareDatetime
    settings: RemoteSettings | None = None
    update: str | None = Field(default=None, pattern=VERSION_FORM)
    technician: TechnicianWay | None = None


class BundleTaken(Message):
    """The server holds a bundle for support, a .tar.gz of at most BUNDLE_BYTES, since `at` by its clock."""

    at: AwareDatetime
