"""What the display in the lobby shows: numbers and counters, never a name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.counters.rows import CallRow, CounterRow, Outcome
from central.counters.spoken import call_sentence
from central.database import TicketRow
from central.monitoring.announcements import in_force
from central.places import places
from central.snapshot import office_snapshot, office_zone
from central.tickets import ticket_of
from kiosk.model import ENGLISH, INDONESIAN, Announcement, Language, Office, Service, Words

CALLS_SHOWN = 6
WAITING_SHOWN = 3
"""Numbers that wait, of each service."""
SPOKEN_WITHIN = timedelta(minutes=2)
"""A call that a display hears of later, as after a broken network, is shown and not spoken."""
ANNOUNCEMENT_SECONDS = 10
"""Each announcement stays for so long."""
LEAST_CONTRAST = 4.5
"""White words on the office's colour (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True)
class ShownCall:
    """A number that was called to a counter, and again `recalls` times; `fresh`: it is to be spoken now."""

    id: int
    number: str
    counter: str
    language: Language
    recalls: int
    fresh: bool

    @property
    def sound(self) -> str:
        """The address of its sound; another one when it is called again."""
        return f"{self.id}.wav?{self.recalls}"

    @property
    def in_english(self) -> bool:
        return self.language == ENGLISH


@dataclass(frozen=True)
class WaitingNumbers:
    """The next numbers of a service."""

    service: Words
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Display:
    """All of the display as of `now` (UTC), the latest call first; `colour` is the office's where white is read on it
    well. An `announcement` of an emergency takes the place of everything else.
    """

    office: Office
    colour: str
    zone: str
    now: datetime
    calls: tuple[ShownCall, ...]
    waiting: tuple[WaitingNumbers, ...]
    announcement: Announcement | None


def is_dark(colour: str) -> bool:
    """Whether white is read well on a colour (six hex digits), by the contrast of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= LEAST_CONTRAST


def announced(announcements: Sequence[Announcement], now: datetime) -> Announcement | None:
    """The announcement whose turn it is, of those in force with the emergencies first; of those alone while there are
    any.
    """
    urgent = [each for each in announcements if each.emergency]
    taking_turns = urgent or announcements
    turn = int(now.timestamp()) // ANNOUNCEMENT_SECONDS
    return taking_turns[turn % len(taking_turns)] if taking_turns else None


def waiting_by_service(services: Iterable[Service], waiting: Iterable[tuple[str, str]]) -> tuple[WaitingNumbers, ...]:
    """The next numbers of each service, of all who wait as (service, number) in the order of the queue."""
    numbers = defaultdict(list)
    for service, number in waiting:
        numbers[service].append(number)
    return tuple(
        WaitingNumbers(each.name, tuple(numbers[each.id][:WAITING_SHOWN])) for each in services if numbers[each.id]
    )


def display_of(session: Session, office: str, now: datetime) -> Display | None:
    """An office's display as of `now` (UTC), None for an office that is not held."""
    found = office_snapshot(session, office)
    if found is None:
        return None
    zone = ZoneInfo(found.office.time_zone)
    today = now.astimezone(zone).date()
    queue = places(session, office, today, now)
    waiting = ((each.stands_in.service, each.ticket.number) for each in queue if each.waits)
    colour = found.office.colour
    return Display(
        office=found.office,
        colour=colour if colour and is_dark(colour) else "",
        zone=found.office.time_zone,
        now=now,
        calls=_calls(session, office, today.isoformat(), now),
        waiting=waiting_by_service(found.services, waiting),
        announcement=announced(in_force(session, office, now.astimezone(zone)), now),
    )


def sentences_of(session: Session, office: str, call: int, now: datetime) -> tuple[tuple[Language, str], ...] | None:
    """What is said of a call, in each language that it is said in; None for one that this office did not make
    today."""
    row = session.get(CallRow, call)
    today = now.astimezone(office_zone(session, office)).date().isoformat()
    if row is None or (row.office, row.day) != (office, today):
        return None
    ticket, counter = session.get_one(TicketRow, row.ticket), session.get_one(CounterRow, row.counter)
    found = office_snapshot(session, office)
    zero = found.office.spoken_zero if found else ""
    indonesian = (INDONESIAN, call_sentence(ticket.number, counter.name, INDONESIAN, zero))
    if ticket_of(ticket).language != ENGLISH:
        return (indonesian,)
    return indonesian, (ENGLISH, call_sentence(ticket.number, counter.name, ENGLISH))


def _calls(session: Session, office: str, day: str, now: datetime) -> tuple[ShownCall, ...]:
    """The last calls of a day, each once, but for those that were a mistake."""
    last_called = func.coalesce(CallRow.recalled_at, CallRow.called_at)
    wanted = (
        select(CallRow, TicketRow, CounterRow.name, last_called)
        .join(TicketRow, TicketRow.id == CallRow.ticket)
        .join(CounterRow, CounterRow.id == CallRow.counter)
        .where(CallRow.office == office, CallRow.day == day)
        .where(CallRow.outcome.is_distinct_from(Outcome.TAKEN_BACK))
        .order_by(last_called.desc(), CallRow.id.desc())
        .limit(CALLS_SHOWN)
    )
    return tuple(
        ShownCall(
            id=call.id,
            number=ticket.number,
            counter=counter,
            language=ticket_of(ticket).language,
            recalls=call.recalls,
            fresh=call.ended_at is None and now - at < SPOKEN_WITHIN,
        )
        for call, ticket, counter, at in session.execute(wanted)
    )
