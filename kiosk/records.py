"""The desk behind the screens: looks up, decides by the pure rules, records (one worker's job, no threads here)."""

import re
from collections import deque
from collections.abc import Callable
from datetime import date, datetime
from hmac import compare_digest
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from kiosk.admission import is_late, refusal_of, refusal_without_time
from kiosk.booking_code import Code, read, second_factor_hash
from kiosk.booking_pass import BookingPass, Keys, verifying_keys
from kiosk.clock import Clock
from kiosk.commands import (
    CallHelp,
    CheckDigits,
    CheckIn,
    Command,
    ConfirmPaper,
    IssueWalkIn,
    LookUp,
    LookUpQueue,
    LookUpSurvey,
    LookUpWalkIn,
    RecordComment,
    RecordRating,
    RecordSurvey,
)
from kiosk.comment import without_numbers
from kiosk.errors import NumberTaken
from kiosk.event_log import NumberClash, note
from kiosk.events import (
    Answer,
    BookingFound,
    DigitsRight,
    DigitsWrong,
    PrintFailed,
    Question,
    QueueFound,
    Refused,
    SurveyRefused,
    SurveyTicketFound,
    TicketsFound,
    TicketsIssued,
    WalkInFound,
)
from kiosk.foreign_codes import reference_in
from kiosk.model import (
    Applicant,
    Booking,
    BookingStatus,
    ClockState,
    Opening,
    QueueEntry,
    Reason,
    Refusal,
    Rules,
    Ticket,
    TicketState,
)
from kiosk.numbering import plain, series_of
from kiosk.opening import opening_by, rules_on
from kiosk.protocol import Commented, HelpCalled, Rated, Snapshot
from kiosk.questionnaire import SurveyReason
from kiosk.store import Store
from kiosk.survey_rules import no_survey, response_of, ticket_meant

TYPED_TRIES = 8
TYPED_WINDOW_SECONDS = 120.0
"""So many typed codes that were not found, within so long, are the most; then staff are to be asked."""
_OF_THE_HOUR = (Reason.TOO_LATE, Reason.CLOSED)
"""What keeps the rest of a family from checking in, but not those who have from their tickets."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Records:
    """Answers the visit's commands from the last snapshot and the store.

    `monotonic` gives s. Every method may raise StoreError. While the clock cannot be trusted nobody is refused for the
    time, and tickets have none.
    """

    def __init__(self, store: Store, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._store, self._clock, self._monotonic = store, clock, monotonic
        self._walk_in_at: float | None = None
        self._tidied: date | None = None
        self._wrong_codes: deque[float] = deque()
        self._rating: tuple[int, UUID] = (0, uuid4())
        self._snapshot: Snapshot | None = None
        self._by_id: dict[UUID, Booking] = {}
        self._by_code: dict[str, Booking] = {}
        self._by_reference: dict[str, Booking] = {}
        self._keys: Keys = {}
        self._revoked: frozenset[UUID] = frozenset()
        self._duties: dict[type[Command], Callable[..., Answer | None]] = {
            LookUp: self._look_up,
            LookUpWalkIn: self._look_up_walk_in,
            CheckDigits: self._check_digits,
            CheckIn: self._check_in,
            IssueWalkIn: self._issue_walk_in,
            ConfirmPaper: self._confirm_paper,
            RecordRating: self._record_rating,
            RecordComment: self._record_comment,
            CallHelp: self._call_help,
            LookUpQueue: self._look_up_queue,
            LookUpSurvey: self._look_up_survey,
            RecordSurvey: self._record_survey,
        }

    def take_snapshot(self, snapshot: Snapshot) -> None:
        """Decides from this snapshot from now on."""
        self._snapshot = snapshot
        self._by_id = {each.id: each for each in snapshot.bookings}
        self._by_code = {each.code: each for each in snapshot.bookings if each.code}
        self._by_reference = {each.reference: each for each in snapshot.bookings if each.reference}
        self._keys = verifying_keys(snapshot.pass_keys)
        self._revoked = frozenset(snapshot.revoked)

    def answer(self, command: Command) -> Answer | None:
        """Does what the command asks; None where nobody waits for an answer."""
        return self._duties[type(command)](command)

    # ------------------------------------------------------------ with a booking

    def _look_up(self, command: LookUp) -> Answer:
        snapshot = self._snapshot
        if snapshot is None:
            return Refused(command.visit, Refusal(Reason.CLOSED))
        if command.typed and self._tries_are_used_up():
            return Refused(command.visit, Refusal(Reason.TOO_MANY_TRIES))
        held = self._ticket_by_address(command.text, snapshot)
        if held:
            return self._own_ticket(command.visit, held, snapshot)
        found = self._booking_of(command.text, snapshot)
        if isinstance(found, Refusal):
            if command.typed:
                self._wrong_codes.append(self._monotonic())
            return Refused(command.visit, found)
        return self._admit(command.visit, found, snapshot)

    def _own_ticket(self, visit: int, held: Ticket, snapshot: Snapshot) -> Answer:
        if self._knows_the_time and held.day != self._office_time(snapshot).date():
            return Refused(visit, Refusal(Reason.EXPIRED))
        return TicketsFound(visit, (held,))

    def _tries_are_used_up(self) -> bool:
        since = self._monotonic() - TYPED_WINDOW_SECONDS
        while self._wrong_codes and self._wrong_codes[0] < since:
            self._wrong_codes.popleft()
        return len(self._wrong_codes) >= TYPED_TRIES

    def _ticket_by_address(self, text: str, snapshot: Snapshot) -> Ticket | None:
        found = _id_in_address(text, snapshot)
        return self._store.ticket(found) if found else None

    def _booking_of(self, text: str, snapshot: Snapshot) -> Booking | Refusal:
        reference = reference_in(text, snapshot.office.foreign_formats)
        if reference is not None:
            return self._by_reference.get(reference) or Refusal(Reason.UNKNOWN)
        code = read(text, self._keys, self._clock.trusted())
        if isinstance(code, Refusal):
            return code
        if isinstance(code, BookingPass):
            return self._booking_of_pass(code, snapshot)
        found = self._by_code.get(code.text) if isinstance(code, Code) else None
        # Another system's reference may have the look of a code.
        return found or self._by_reference.get(text.strip()) or Refusal(Reason.UNKNOWN)

    def _booking_of_pass(self, found: BookingPass, snapshot: Snapshot) -> Booking | Refusal:
        if found.booking in self._revoked:
            return Refusal(Reason.REVOKED)
        return self._by_id.get(found.booking) or _booking_by_its_pass(found, snapshot)

    def _admit(self, visit: int, booking: Booking, snapshot: Snapshot) -> Answer:
        now = self._office_time(snapshot)
        held = self._store.tickets_of(booking.id, now.date() if self._knows_the_time else booking.day)
        if len(held) == len(booking.applicants) and booking.status is not BookingStatus.SERVED:
            return TicketsFound(visit, held)
        refusal = self._refusal_of(booking, snapshot, now)
        if refusal and held and refusal.reason in _OF_THE_HOUR:
            return TicketsFound(visit, held)
        if refusal:
            return Refused(visit, refusal)
        return BookingFound(visit, booking, self._questions(booking, snapshot, now))

    def _refusal_of(self, booking: Booking, snapshot: Snapshot, now: datetime) -> Refusal | None:
        if not self._knows_the_time:
            return refusal_without_time(booking, snapshot.office, now.date())
        rules = rules_on(snapshot.rules, now.date())
        return refusal_of(booking, snapshot.office, rules, self._opening(snapshot), now)

    def _questions(self, booking: Booking, snapshot: Snapshot, now: datetime) -> tuple[Question, ...]:
        groups = rules_on(snapshot.rules, now.date()).priority_groups
        asked = {
            Question.APPLICANTS: len(booking.applicants) > 1,
            Question.SECOND_FACTOR: booking.second_factor is not None,
            Question.PRIORITY: booking.asks_priority and bool(groups),
        }
        return tuple(question for question, needed in asked.items() if needed)

    def _check_digits(self, command: CheckDigits) -> Answer:
        meant = second_factor_hash(command.booking.id, command.digits)
        right = compare_digest(meant, command.booking.second_factor or "")
        return DigitsRight(command.visit) if right else DigitsWrong(command.visit)

    def _check_in(self, command: CheckIn) -> Answer:
        snapshot = self._known()
        now = self._office_time(snapshot)
        late = self._knows_the_time and is_late(command.booking, rules_on(snapshot.rules, now.date()), now)
        try:
            tickets = self._store.check_in(command.booking, command.places, command.priority, late, command.language)
        except NumberTaken:
            note(NumberClash())
            return Refused(command.visit, Refusal(Reason.UNKNOWN))
        return TicketsIssued(command.visit, tickets)

    # ------------------------------------------------------------ without a booking

    def _look_up_walk_in(self, command: LookUpWalkIn) -> Answer:
        snapshot = self._snapshot
        if snapshot is None:
            return Refused(command.visit, Refusal(Reason.CLOSED))
        now = self._office_time(snapshot)
        refusal = self._walk_in_refusal(command.service, snapshot, now)
        if refusal:
            return Refused(command.visit, refusal)
        groups = rules_on(snapshot.rules, now.date()).priority_groups
        return WalkInFound(command.visit, (Question.PRIORITY,) if groups else ())

    def _walk_in_refusal(self, service: str, snapshot: Snapshot, now: datetime) -> Refusal | None:
        opening_now = self._opening(snapshot)
        if opening_now.closed is not None:
            return Refusal(Reason.CLOSED, when=opening_now.opens_at)
        quota = _quota(service, snapshot)
        full = quota is not None and self._store.walk_ins(now.date(), service) >= quota
        return Refusal(Reason.QUOTA_FULL) if full else None

    def _issue_walk_in(self, command: IssueWalkIn) -> Answer:
        snapshot = self._known()
        now = self._office_time(snapshot)
        if self._must_pause(rules_on(snapshot.rules, now.date())):
            return Refused(command.visit, Refusal(Reason.PAUSE))
        quota = _quota(command.service, snapshot)
        ticket = self._store.issue_walk_in(now.date(), command.service, quota, command.priority, command.language)
        if ticket is None:
            return Refused(command.visit, Refusal(Reason.QUOTA_FULL))
        self._walk_in_at = self._monotonic()
        return TicketsIssued(command.visit, (ticket,))

    def _must_pause(self, rules: Rules) -> bool:
        """Whether the last walk-in ticket was a moment ago."""
        last = self._walk_in_at
        return last is not None and self._monotonic() - last < rules.walk_in_pause_seconds

    # ------------------------------------------------------------ all else

    def _confirm_paper(self, command: ConfirmPaper) -> Answer | None:
        """A person's word makes a paper certain that may be out; for one that surely is not, it cannot."""
        held = [each for each in (self._store.ticket(ticket.id) for ticket in command.tickets) if each]
        for ticket in held:
            if ticket.state in (TicketState.SENDING, TicketState.UNCONFIRMED):
                self._store.end_print(ticket.id, TicketState.PRINTED, by_person=True)
        missing = any(each.state in (TicketState.ISSUED, TicketState.FAILED) for each in held)
        return PrintFailed(command.visit) if missing else None

    def _record_rating(self, command: RecordRating) -> None:
        self._rating = (command.visit, uuid4())
        self._store.record(Rated(rating=self._rating[1], score=command.score, language=command.language))

    def _record_comment(self, command: RecordComment) -> None:
        visit, rating = self._rating
        text = without_numbers(command.text).strip()[:500]
        if text:
            self._store.record(Commented(rating=rating if visit == command.visit else uuid4(), text=text))

    def _call_help(self, command: CallHelp) -> None:
        self._store.record(HelpCalled(step=command.step))

    def _look_up_queue(self, command: LookUpQueue) -> Answer:
        number = self._number_meant(command.number)
        queue = self._snapshot.queue if self._snapshot else ()
        entry: QueueEntry | None = next((each for each in queue if plain(each.number) == plain(number)), None)
        return QueueFound(command.visit, entry)

    def _number_meant(self, text: str) -> str:
        held = self._ticket_by_address(text, self._snapshot) if self._snapshot else None
        if held:
            return held.number
        found = self._booking_of(text, self._snapshot) if self._snapshot and len(text) > 8 else None
        return found.applicants[0].number if isinstance(found, Booking) else text[:12]

    # ------------------------------------------------------------ the survey

    def _look_up_survey(self, command: LookUpSurvey) -> Answer:
        snapshot = self._snapshot
        if snapshot is None or snapshot.questionnaire is None:
            return SurveyRefused(command.visit, SurveyReason.UNKNOWN)
        number = self._number_meant(command.text)
        entry = ticket_meant(snapshot.queue, _id_in_address(command.text, snapshot), number)
        reason = no_survey(entry, self._office_time(snapshot).date() if self._knows_the_time else None)
        if reason is None and entry and entry.ticket and self._store.is_surveyed(entry.ticket):
            reason = SurveyReason.TAKEN
        if reason or entry is None:
            return SurveyRefused(command.visit, reason or SurveyReason.UNKNOWN)
        return SurveyTicketFound(command.visit, entry, snapshot.questionnaire)

    def _record_survey(self, command: RecordSurvey) -> None:
        ticket = command.survey.ticket
        now = self._office_time(self._known()) if self._knows_the_time else None
        if ticket.ticket and ticket.day:
            self._store.record_survey(ticket.ticket, ticket.day, response_of(command.survey, now))

    # ------------------------------------------------------------ the surroundings

    def tidy(self) -> None:
        """Once a service day: deletes what has outlived its purpose."""
        if self._snapshot is None or not self._knows_the_time:
            return
        today = self._office_time(self._snapshot).date()
        if today != self._tidied:
            self._store.prune(today)
            self._tidied = today

    def _opening(self, snapshot: Snapshot) -> Opening:
        return opening_by(self._clock.state, snapshot, self._office_time(snapshot))

    def _office_time(self, snapshot: Snapshot) -> datetime:
        return self._clock.now().astimezone(ZoneInfo(snapshot.office.time_zone))

    @property
    def _knows_the_time(self) -> bool:
        return self._clock.state is not ClockState.UNTRUSTED

    def _known(self) -> Snapshot:
        if self._snapshot is None:
            raise LookupError("a ticket was asked for before the first snapshot")
        return self._snapshot


def _booking_by_its_pass(found: BookingPass, snapshot: Snapshot) -> Booking | Refusal:
    letter = series_of(found.numbers[0])
    service = next((each.id for each in snapshot.services if each.letter == letter), None)
    if service is None and found.office == snapshot.office.id:
        return Refusal(Reason.UNKNOWN)
    applicants = tuple(Applicant("", number) for number in found.numbers)
    return Booking(found.booking, found.office, found.day, found.slot, service or "", applicants)


def _id_in_address(text: str, snapshot: Snapshot) -> UUID | None:
    """The ticket's id in a phone page's address, None where it is no such address."""
    before, _, after = snapshot.office.ticket_url.partition("{ticket}")
    if not (text.startswith(before) and text.endswith(after)):
        return None
    found = _UUID.fullmatch(text[len(before) : len(text) - len(after)])
    return UUID(found.group()) if found else None


def _quota(service_id: str, snapshot: Snapshot) -> int | None:
    service = next((each for each in snapshot.services if each.id == service_id), None)
    return service.walk_in_quota if service else 0
