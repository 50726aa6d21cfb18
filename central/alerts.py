"""What officers should look into, found in what kiosks told (pure).

Nothing here refuses anybody: a number that was issued is called. Names of kiosks and instants (UTC) are as they came.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kiosk.numbering import series_of

BURST_TICKETS = 8
BURST_WINDOW = timedelta(minutes=10)
"""So many walk-in tickets of one kiosk within this time look like somebody who draws numbers to sell them."""


class AlertKind(StrEnum):
    """FORK: a kiosk's facts do not follow from those held. NUMBER_TAKEN: one number on two tickets. TWO_KIOSKS: one
    booking checked in on several kiosks. WRONG_SERIES: a walk-in numbers that are not of their kiosk's series. BURST:
    many walk-ins at once. STORE_RENEWED: a kiosk had to begin with an empty store. WAY_IN_SHUT: somebody tried a
    technician's way in at a kiosk, until it was shut. CLOCK: a kiosk cannot tell the time, or told one that had not
    come yet. HELD_BACK: a kiosk's facts are not taken, and stay there.
    """

    FORK = "fork"
    NUMBER_TAKEN = "number_taken"
    TWO_KIOSKS = "two_kiosks"
    WRONG_SERIES = "wrong_series"
    BURST = "burst"
    STORE_RENEWED = "store_renewed"
    WAY_IN_SHUT = "way_in_shut"
    CLOCK = "clock"
    HELD_BACK = "held_back"


URGENT = frozenset({AlertKind.FORK, AlertKind.HELD_BACK})
"""Until somebody helps, what such a kiosk does is not known here."""


@dataclass(frozen=True)
class Sighting:
    """Which kiosk, when."""

    kiosk: str
    at: datetime


@dataclass(frozen=True)
class Alert:
    """`what` it is about (a number, a series, a count, a fault, a fork's words), and where it was seen, the earliest
    first.
    """

    kind: AlertKind
    what: str
    seen: tuple[Sighting, ...]


@dataclass(frozen=True)
class Issue:
    """A ticket issued at a kiosk, on the `day` in whose queue it stands.

    `booking` is the booking's id, "" for a walk-in, whose `series` is that of its kiosk's epoch (None: not registered).
    `dated_by_server`: `at` is when the server heard of it.
    """

    kiosk: str
    at: datetime
    ticket: str
    day: date
    number: str
    booking: str = ""
    series: int | None = None
    dated_by_server: bool = False


def alerts_of(issues: Iterable[Issue]) -> tuple[Alert, ...]:
    """What the tickets issued lately give cause for, the latest first."""
    held = sorted(issues, key=lambda each: each.at)
    found = [*_numbers_taken(held), *_bookings_on_two_kiosks(held), *_wrong_series(held), *_bursts(held)]
    return latest_first(found)


def latest_first(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The urgent ones first, then by when they were last seen."""
    return tuple(sorted(alerts, key=lambda each: (each.kind in URGENT, each.seen[-1].at), reverse=True))


def _numbers_taken(issues: list[Issue]) -> Iterator[Alert]:
    for same in _grouped(issues, lambda each: (each.day, each.number)):
        first_of_each = {each.ticket: each for each in reversed(same)}
        if len(first_of_each) > 1:
            yield Alert(AlertKind.NUMBER_TAKEN, same[0].number, _seen(reversed(first_of_each.values())))


def _bookings_on_two_kiosks(issues: list[Issue]) -> Iterator[Alert]:
    for same in _grouped((each for each in issues if each.booking), lambda each: each.booking):
        first_of_each = {each.kiosk: each for each in reversed(same)}
        if len(first_of_each) > 1:
            numbers = ", ".join(sorted({each.number for each in same}))
            yield Alert(AlertKind.TWO_KIOSKS, numbers, _seen(sorted(first_of_each.values(), key=lambda each: each.at)))


def _wrong_series(issues: list[Issue]) -> Iterator[Alert]:
    wrong = (each for each in issues if not each.booking and series_of(each.number) != f"W{each.series}")
    for same in _grouped(wrong, lambda each: (each.kiosk, series_of(each.number))):
        yield Alert(AlertKind.WRONG_SERIES, series_of(same[0].number), _first_and_last(same))


def _bursts(issues: list[Issue]) -> Iterator[Alert]:
    # When the server dated them, they were issued at other times than they say.
    walk_ins = (each for each in issues if not each.booking and not each.dated_by_server)
    for same in _grouped(walk_ins, lambda each: each.kiosk):
        start, end = 0, -1
        for first in range(len(same) - BURST_TICKETS + 1):
            last = first + BURST_TICKETS - 1
            if same[last].at - same[first].at > BURST_WINDOW:
                continue
            if first > end >= 0:
                yield _burst(same[start : end + 1])
            if first > end:
                start = first
            end = last
        if end >= 0:
            yield _burst(same[start : end + 1])


def _burst(issues: list[Issue]) -> Alert:
    return Alert(AlertKind.BURST, str(len(issues)), _first_and_last(issues))


def _first_and_last(issues: list[Issue]) -> tuple[Sighting, ...]:
    return _seen(issues[:1] + issues[1:][-1:])


def _seen(issues: Iterable[Issue]) -> tuple[Sighting, ...]:
    return tuple(Sighting(each.kiosk, each.at) for each in issues)


def _grouped(issues: Iterable[Issue], key: Callable[[Issue], Hashable]) -> list[list[Issue]]:
    groups: dict[Hashable, list[Issue]] = defaultdict(list)
    for each in issues:
        groups[key(each)].append(each)
    return list(groups.values())
