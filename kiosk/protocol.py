"""The wire between kiosk and central server: one definition, used by both (pure).

Everything is JSON over HTTPS. A kiosk names itself with a short-lived token: a JWT (RFC 7519) signed with its Ed25519
key (EdDSA, RFC 8037), `sub` the kiosk's id, `iat` and `exp` at most TOKEN_SECONDS apart, sent as `Authorization:
Bearer …`.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kiosk.model import (
    Announcement,
    Booking,
    Holiday,
    Office,
    PassKey,
    PrinterStatus,
    QueueEntry,
    Rules,
    Service,
    Ticket,
    TicketState,
)

ENROLMENTS = "/api/v1/enrolments"
SNAPSHOT = "/api/v1/snapshot"
FACTS = "/api/v1/facts"
HEARTBEATS = "/api/v1/heartbeats"

TOKEN_SECONDS = 120
TOKEN_LEEWAY_SECONDS = 300
"""How far a kiosk's clock may be off before the server does not believe its token."""
BATCH_FACTS = 100
BATCH_BYTES = 256 * 1024


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
    """What the kiosk is from now on. `digit` marks its own walk-in series (1 gives W1-001)."""

    kiosk_id: UUID
    name: str
    digit: int
    office: str


class Snapshot(Message):
    """All that a kiosk decides from. Sent with an ETag; If-None-Match of the same answers 304."""

    office: Office
    rules: tuple[Rules, ...]
    holidays: tuple[Holiday, ...]
    services: tuple[Service, ...]
    bookings: tuple[Booking, ...]
    pass_keys: tuple[PassKey, ...]
    announcements: tuple[Announcement, ...]
    queue: tuple[QueueEntry, ...] = ()


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
    """One tap, 1 (very bad) to 5 (very good); never mixed with the official survey."""

    kind: Literal["rated"] = "rated"
    rating: UUID
    score: int = Field(ge=1, le=5)


class Commented(Message):
    """A comment or complaint, with the rating that it came with."""

    kind: Literal["commented"] = "commented"
    rating: UUID
    text: str = Field(max_length=500)


class HelpCalled(Message):
    """Somebody at the kiosk needs help; `step` is the state of the visit."""

    kind: Literal["help_called"] = "help_called"
    step: str


FactBody = Annotated[
    CheckedIn | WalkInIssued | PaperMoved | Rated | Commented | HelpCalled, Field(discriminator="kind")
]


class Fact(Message):
    """Something that happened, appended and never edited: unique by `id` and by (kiosk, `epoch`, `seq`); `seq` has no
    gaps; `at` is UTC.
    """

    id: UUID
    epoch: int
    seq: int = Field(ge=1)
    at: AwareDatetime
    body: FactBody


class FactBatch(Message):
    """At most BATCH_FACTS facts, at most BATCH_BYTES as JSON, in the order of `seq`."""

    facts: tuple[Fact, ...] = Field(max_length=BATCH_FACTS)


class FactsAccepted(Message):
    """The server holds every fact of the epoch up to and including this `seq`; the kiosk may forget them."""

    epoch: int
    up_to: int


class Heartbeat(Message):
    """How a kiosk is: `screen` is the state of the visit, `owed` how many facts wait, `at` its own clock."""

    at: AwareDatetime
    version: str
    screen: str
    printer: PrinterStatus
    scanner_ready: bool
    owed: int
    snapshot_etag: str = ""


class HeartbeatAnswer(Message):
    """The server's clock, for the kiosk to compare."""

    at: datetime
