"""The nouns of the lobby, as frozen records (pure).

Times of day and days are the office's; instants are UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid5

TICKET_NAMESPACE = UUID("6d1f7a52-3c0e-5a86-9c53-2f0f5f0c7b11")
"""Namespace of ticket ids: two kiosks that check in the same applicant make the same id."""


Language = NewType("Language", str)
"""The tag of a language (BCP 47); which there are is found from the files of `languages/`."""
INDONESIAN = Language("id")
ENGLISH = Language("en")
UNKNOWN_LANGUAGE = Language("")


class TextSize(StrEnum):
    """How large the words of the screens are; the sizes are in the theme."""

    NORMAL = "normal"
    LARGE = "large"
    LARGEST = "largest"


class Sound(StrEnum):
    """Whether the screens are spoken, and how loud. A screen that is spoken can be worked by keys alone."""

    OFF = "off"
    ON = "on"
    LOUD = "loud"


class Key(StrEnum):
    """The keys of the keypad for those who use the kiosk by ear."""

    UP = "up"
    DOWN = "down"
    SELECT = "select"
    BACK = "back"
    HELP = "help"


@dataclass(frozen=True)
class Access:
    """How a person wants the kiosk to be used (the accessibility bar of every screen); forgotten with the visit.

    `low_reach` brings everything that is touched into the band that is reached from a wheelchair; `curtain` blanks the
    screen of somebody who listens.
    """

    text_size: TextSize = TextSize.NORMAL
    high_contrast: bool = False
    low_reach: bool = False
    sound: Sound = Sound.OFF
    curtain: bool = False


AS_DESIGNED = Access()
"""How everybody finds the kiosk."""


@dataclass(frozen=True)
class Words:
    """One text of an office's data. Who reads another language than these gets the Indonesian one."""

    id: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.en if language == ENGLISH else self.id


@dataclass(frozen=True)
class Fee:
    """A fee in rupiah, valid from a day on by a `regulation` ("PP 45/2024"; "" where it is not known)."""

    name: Words
    rupiah: int
    valid_from: date
    regulation: str = ""


@dataclass(frozen=True)
class Stage(Words):
    """A stage of a service in words, with how long it takes, None where no source says so. `key` names a stage that
    people are called to in one visit; one without is only told of.
    """

    estimate: Words | None = None
    key: str = ""


@dataclass(frozen=True)
class Service:
    """What an applicant comes for; `letter` starts the numbers of its bookings, and no other service's.

    `walk_in_quota` is how many walk-in tickets one kiosk may issue in a day, None without a limit, 0 if a booking is
    needed.
    """

    id: str
    letter: str
    name: Words
    summary: Words
    documents: tuple[Words, ...]
    fees: tuple[Fee, ...]
    stages: tuple[Stage, ...]
    walk_in_quota: int | None = None


@dataclass(frozen=True)
class PriorityGroup:
    """A group that is served first (domain: kelompok rentan), declared by the person."""

    id: str
    name: Words


@dataclass(frozen=True)
class Period:
    """From `opens` to before `closes`, office time."""

    opens: time
    closes: time


@dataclass(frozen=True)
class QueueRules:
    """How an office orders its queue (docs/queue.md). No source fixes these numbers: each is the office's own choice.

    Who comes early is called from `lead_minutes` before the slot on, or sooner where nobody else waits and
    `early_when_idle`. A priority group starts `priority_head_minutes` ahead, and each minute of its wait counts
    `priority_weight` times; of any `quota_calls` calls of one counter at most `quota_ahead` let somebody go before an
    earlier turn. Nobody who has waited `most_wait_minutes` is overtaken. Who missed a call and comes back within
    `return_minutes` keeps the turn. Raises ValueError where a number cannot be meant.
    """

    lead_minutes: int = 10
    early_when_idle: bool = True
    priority_head_minutes: int = 10
    priority_weight: float = 2.0
    quota_calls: int = 3
    quota_ahead: int = 1
    most_wait_minutes: int = 60
    return_minutes: int = 10

    def __post_init__(self) -> None:
        if min(self.lead_minutes, self.priority_head_minutes, self.most_wait_minutes, self.return_minutes) < 0:
            raise ValueError("the queue's minutes must be 0 or more")
        if self.priority_weight < 1 or self.quota_calls < 1 or self.quota_ahead < 0:
            raise ValueError("a priority group's weight and the quota's calls must be 1 or more")


@dataclass(frozen=True)
class Rules:
    """The office's rules from a day on, until a later set takes their place.

    `hours` has seven rows, Monday first; a row without a period is a day off. An applicant may check in from
    `early_minutes` before the slot until `late_minutes` after it; `late_minutes` of None tolerates the whole day. Who
    comes more than `grace_minutes` after the slot is late: the place in the queue is lowered, and the ticket says so.
    One kiosk issues walk-in tickets at least `walk_in_pause_seconds` apart, so that nobody draws numbers to sell them.
    """

    valid_from: date
    hours: tuple[tuple[Period, ...], ...]
    early_minutes: int
    late_minutes: int | None
    priority_groups: tuple[PriorityGroup, ...]
    grace_minutes: int = 15
    walk_in_pause_seconds: int = 20
    queue: QueueRules = QueueRules()


@dataclass(frozen=True)
class Holiday:
    day: date
    name: Words


@dataclass(frozen=True)
class Announcement:
    """Shown from `first_day` at `starts` to `last_day` before `ends` (None: to its end), the highest `priority` first.
    An `emergency` takes the place of everything else.
    """

    id: str
    words: Words
    first_day: date
    last_day: date
    priority: int = 0
    starts: time = time()
    ends: time | None = None
    emergency: bool = False

    def is_in_force(self, at: datetime) -> bool:
        """Whether it is shown at a moment of office time."""
        begun = (self.first_day, self.starts) <= (at.date(), at.time())
        over = at.date() > self.last_day or (
            self.ends is not None and (at.date(), at.time()) >= (self.last_day, self.ends)
        )
        return begun and not over


class Topic(StrEnum):
    """What the information is about."""

    SERVICES = "services"
    HOURS = "hours"
    ANNOUNCEMENTS = "announcements"
    COMPLAINTS = "complaints"


@dataclass(frozen=True)
class PassKey:
    """An Ed25519 public key (32 bytes, base64) that booking passes are verified with, by its key id (hex)."""

    key_id: str
    public_key: str


@dataclass(frozen=True)
class Office:
    """The office as printed and shown; `ticket_url` is the phone page's address with `{ticket}` in the id's place.

    `other_offices` names the offices that a pass may be for, so that a person at the wrong one is told where to go.
    `foreign_formats` names the formats of other systems' codes that its visitors bring (`foreign_codes.FORMATS`).
    `colour` (six hex digits, "" for none) is the main colour of its screens, where words on it can be read well.
    `spoken_zero` is what its Indonesian calls say for a 0 ("kosong"), "" for "nol".
    """

    id: str
    name: str
    address: str
    phone: str
    time_zone: str
    ticket_url: str
    complaint_url: str
    other_offices: dict[str, str]
    foreign_formats: tuple[str, ...] = ()
    colour: str = ""
    spoken_zero: str = ""


class BookingStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    SERVED = "served"


@dataclass(frozen=True)
class Applicant:
    """One person of a booking, by the masked name and the number that the booking holds for that person."""

    masked_name: str
    number: str


@dataclass(frozen=True)
class Booking:
    """An appointment for up to five applicants.

    `code` is the ten-character Crockford code for typing, `reference` an opaque code of another system. A booking
    known only from its pass has no names yet. `second_factor` is the salted hash that the last four digits of the
    phone number must match, or None where the office asks for none. `asks_priority` says that the applicants must be
    asked for a priority group.
    """

    id: UUID
    office: str
    day: date
    slot: time
    service: str
    applicants: tuple[Applicant, ...]
    code: str = ""
    reference: str = ""
    status: BookingStatus = BookingStatus.BOOKED
    second_factor: str | None = None
    asks_priority: bool = False

    def ticket_id(self, number: str) -> UUID:
        """The id of an applicant's ticket, the same on every kiosk (UUIDv5 of office, booking, day and number)."""
        return uuid5(TICKET_NAMESPACE, f"{self.office}/{self.id}/{self.day}/{number}")


class TicketState(StrEnum):
    """Where a ticket's paper is; each step is on disk before the bytes that it speaks of."""

    ISSUED = "issued"
    SENDING = "sending"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class Ticket:
    """A number in the queue. `booking` and `slot` are None for a walk-in; `late` lowers its place and says so.

    `issued_at` is UTC, or None where the kiosk's clock could not be trusted: its time is to be confirmed, and the
    central server dates it. `day` is then the kiosk's best guess. `language` is the person's, as of the visit that
    issued it, UNKNOWN_LANGUAGE in what an earlier version issued; it is no part of the id.
    """

    id: UUID
    number: str
    day: date
    service: str
    masked_name: str
    issued_at: datetime | None
    state: TicketState = TicketState.ISSUED
    booking: UUID | None = None
    slot: time | None = None
    priority: str | None = None
    late: bool = False
    prints: int = 0
    """How often its bytes were sent; from the second time on the paper says that it is a reprint."""
    language: Language = UNKNOWN_LANGUAGE


class Reason(StrEnum):
    """Why a person cannot be given a ticket now; each has its words and a next step in the languages' files."""

    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    FORGED = "forged"
    REVOKED = "revoked"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    WRONG_DAY = "wrong_day"
    WRONG_OFFICE = "wrong_office"
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    ALREADY_SERVED = "already_served"
    QUOTA_FULL = "quota_full"
    PAUSE = "pause"
    CLOSED = "closed"
    NOT_VERIFIED = "not_verified"
    TOO_MANY_TRIES = "too_many_tries"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class Refusal:
    """A typed no: the reason and what its words need, `when` in office time."""

    reason: Reason
    when: datetime | None = None
    office: str = ""


class PrinterStatus(StrEnum):
    """What a printer says of itself. Only a printer that says so is out of paper; SILENT did not answer, UNKNOWN
    cannot be asked.
    """

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    SILENT = "silent"
    DISCONNECTED = "disconnected"
    UNKNOWN = "unknown"


class PrintOutcome(StrEnum):
    """PRINTED: the printer confirmed the end. UNCONFIRMED: bytes went out, the end is unknown. FAILED: surely nothing
    was printed.
    """

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


class EnrolmentProblem(StrEnum):
    """Why a code made no kiosk of this box. REFUSED: the server does not take it; DISTRUSTED: nobody vouches for the
    server's certificate; NOT_APPROVED: an officer refused the kiosk.
    """

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    DISTRUSTED = "distrusted"
    NOT_APPROVED = "not_approved"


PIN_DIGITS = range(6, 13)
"""How many digits a technician's PIN may have."""
CHALLENGE_DIGITS, CODE_DIGITS = 6, 8
"""Of the number that the kiosk shows, and of the one-time code that answers it."""


class Shut(StrEnum):
    """Why no technician gets in at the kiosk. NOT_TOLD: the central server has not said yet how it tells one; NO_PIN:
    the office has set none; WAIT: too many answers were wrong.
    """

    NOT_TOLD = "not_told"
    NO_PIN = "no_pin"
    WAIT = "wait"


@dataclass(frozen=True)
class WayIn:
    """How a technician's way in stands: `shut` and for how many `minutes`, or the `challenge` that is to be answered,
    "" while the PIN is still to come. `wrong`: the last answer was.
    """

    shut: Shut | None = None
    minutes: int = 0
    challenge: str = ""
    wrong: bool = False


@dataclass(frozen=True)
class WrongAnswers:
    """How many PINs and codes were wrong since a technician got in; the way in is shut in the machine's start `boot`
    until it has been up for `until` s, and is open where that is "".
    """

    count: int = 0
    boot: str = ""
    until: float = 0.0


class Task(StrEnum):
    """What a technician can have the kiosk do. TRIAL_CODE is done by holding a code to the scanner, ALLOW_DEVICE by
    touching one of those that REFUSED_DEVICES found.
    """

    TRIAL_SLIP = "trial_slip"
    TRIAL_CODE = "trial_code"
    CHECK = "check"
    REHEARSAL = "rehearsal"
    NEW_ROLL = "new_roll"
    BUNDLE = "bundle"
    REFUSED_DEVICES = "refused_devices"
    ALLOW_DEVICE = "allow_device"
    RESTART_KIOSK = "restart_kiosk"
    RESTART_MACHINE = "restart_machine"
    SWITCH_OFF = "switch_off"
    ROLL_BACK = "roll_back"


class DeviceKind(StrEnum):
    """What a device at the kiosk's USB is for it; one of no kind is of no use. LINE: an adapter with a serial line, of
    whatever hangs on it.
    """

    PRINTER = "printer"
    SCANNER = "scanner"
    TOUCH = "touch"
    CAMERA = "camera"
    SOUND = "sound"
    LINE = "line"
    KEYPAD = "keypad"
    NETWORK = "network"


class TaskEnd(StrEnum):
    """How a task ended. UNCERTAIN: only the technician can see it; NOT_HERE: this box is not set up for it."""

    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    NOT_HERE = "not_here"


class Verdict(StrEnum):
    """Of a check. UNKNOWN is what cannot be measured on this box, or not now; it is no failure."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What a check found of a requirement (docs/provisioning.md): `measured` is in English, `remedy` says what to do,
    None where nothing is.
    """

    requirement: Words
    verdict: Verdict
    measured: str
    remedy: Words | None = None


@dataclass(frozen=True)
class RefusedDevice:
    """A USB device that the box does not let in; `id` is USBGuard's hash of it. One of no `kind` is never let in."""

    kind: DeviceKind | None
    name: str
    serial: str
    id: str


@dataclass(frozen=True)
class Outcome:
    """How a technician's task ended, with its `findings`, the `devices` that are refused, or a `detail` of few
    characters.
    """

    task: Task
    end: TaskEnd
    findings: tuple[Finding, ...] = ()
    detail: str = ""
    devices: tuple[RefusedDevice, ...] = ()


@dataclass(frozen=True)
class Box:
    """The kiosk's box when a technician came: its `version`, how many facts are `owed` to the central server, MB that
    are free on its disk, where its `devices` are, and which requirements its last report found `broken`, `reported` on
    (UTC; None where there was none).
    """

    version: str
    owed: int
    disk_free_mb: int
    devices: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    reported: datetime | None = None


class StoreFault(StrEnum):
    """Why the kiosk cannot record. CORRUPT: the file is not what was written; KEY: it does not open with this key;
    NEWER: a later version of the kiosk made it; OLD_COPY: the central server holds more of it than it does itself.
    """

    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    DISK_ERROR = "disk_error"
    CORRUPT = "corrupt"
    KEY = "key"
    IN_USE = "in_use"
    NEWER = "newer"
    OLD_COPY = "old_copy"


class ClockState(StrEnum):
    """How far the kiosk's time is to be believed. SYNCED: compared with the central server lately; HOLDOVER: carried on
    from such a comparison, or from a clock that kept time while the power was off; UNTRUSTED: neither, so it dates
    nothing.
    """

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True)
class TimeMark:
    """That it was `at` (UTC), by the central server, when the machine had been up for `seconds` since the boot named
    `boot`.
    """

    boot: str
    seconds: float
    at: datetime


class ClosedReason(StrEnum):
    """Why the office is closed now; NO_DATA is a kiosk that has not had its first snapshot yet, EMERGENCY an
    announcement that takes the place of everything else.
    """

    OUTSIDE_HOURS = "outside_hours"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"
    NO_DATA = "no_data"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Opening:
    """Whether the office is open; if not, why, and when it opens next (office time, None if not known). `words` name
    the holiday, or are the emergency's.
    """

    closed: ClosedReason | None = None
    opens_at: datetime | None = None
    words: Words | None = None


class QueueState(StrEnum):
    """Where a ticket stands in the central queue."""

    WAITING = "waiting"
    CALLED = "called"
    SERVED = "served"
    NO_SHOW = "no_show"


@dataclass(frozen=True)
class QueueEntry:
    """A ticket in the central queue as of the last snapshot; `ahead` counts those before it, `counter` is where it was
    called to. `ticket` is its id, by which the code on a paper of any kiosk is found. `surveyed`: a survey was taken
    for it, there is no other. A server of before surveys says nothing of the ticket's id, day and service.
    """

    number: str
    state: QueueState
    ahead: int = 0
    counter: str = ""
    ticket: UUID | None = None
    day: date | None = None
    service: str = ""
    surveyed: bool = False
