"""How the rest of the day may go, as ranges, from what is known now (pure). Times are the office's.

It is reckoned as a flow: who waits and who still comes, through the counters at the rate of the last hour of open time.
Nothing is said where there is too little to say it from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from kiosk.model import Period

RATE_OVER = timedelta(hours=1)
SHORTEST_RATE = timedelta(minutes=30)
FEWEST_SERVED = 5
"""The rate is known after so many were served within RATE_OVER of open time, of which SHORTEST_RATE has passed."""
FEWEST_WEEKS = 3
"""The walk-ins to come are known from so many past weeks."""


@dataclass(frozen=True)
class Known:
    """What is known at `now`: the day's `periods`; how many `wait` or are at a counter; when the others were served.

    `slots` are the booked times of those who may still come. `walk_ins` counts, for each of the past weeks, the
    walk-ins that came on the same weekday after this time of day.
    """

    now: datetime
    periods: tuple[Period, ...]
    wait: int
    served_at: tuple[datetime, ...]
    slots: tuple[datetime, ...]
    walk_ins: tuple[int, ...]


@dataclass(frozen=True)
class Range:
    """From the `least` to the `most`, both possible."""

    least: int
    most: int


@dataclass(frozen=True)
class Forecast:
    """`booked` who still come: at least those whose time is yet to come, at most all. `walk_ins` None: too few weeks
    are known. `ends` is between when everybody is served, None where rate or walk-ins are not known; `left` how many
    then are not served when the office `closes` (None on a day off).
    """

    booked: Range
    walk_ins: Range | None
    closes: datetime | None
    ends: tuple[datetime, datetime] | None = None
    left: Range | None = None


def forecast(known: Known) -> Forecast:
    """The rest of the day, as far as it can be said."""
    booked = Range(sum(slot >= known.now for slot in known.slots), len(known.slots))
    weeks = known.walk_ins
    walk_ins = Range(min(weeks), max(weeks)) if len(weeks) >= FEWEST_WEEKS else None
    spans = _spans(known)
    if not spans:
        return Forecast(booked, walk_ins, None)
    closes = spans[-1][1]
    rate = _rate(known, spans)
    if walk_ins is None or rate is None:
        return Forecast(booked, walk_ins, closes)
    least, most = (known.wait + getattr(booked, end) + getattr(walk_ins, end) for end in ("least", "most"))
    slow, quick = rate
    last_slot = max(known.slots, default=known.now)
    return Forecast(
        booked,
        walk_ins,
        closes,
        ends=(
            max(_after(known.now, timedelta(hours=least / quick), spans), min(last_slot, closes)),
            max(_after(known.now, timedelta(hours=most / slow), spans), min(last_slot, closes)),
        ),
        left=Range(_left(known, least, quick, spans), _left(known, most, slow, spans)),
    )


def _spans(known: Known) -> list[tuple[datetime, datetime]]:
    day, zone = known.now.date(), known.now.tzinfo
    return [
        (datetime.combine(day, each.opens, zone), datetime.combine(day, each.closes, zone)) for each in known.periods
    ]


def _rate(known: Known, spans: Sequence[tuple[datetime, datetime]]) -> tuple[float, float] | None:
    """Between how many are served in an hour: a count of independent events is known to its square root."""
    since, counted = known.now, timedelta()
    for opens, closes in reversed(spans):
        if opens < known.now and counted < RATE_OVER:
            until = min(closes, known.now)
            since = max(opens, until - (RATE_OVER - counted))
            counted += until - since
    served = sum(since < each <= known.now for each in known.served_at)
    if served < FEWEST_SERVED or counted < SHORTEST_RATE:
        return None
    hours = counted / timedelta(hours=1)
    return (served - sqrt(served)) / hours, (served + sqrt(served)) / hours


def _after(now: datetime, work: timedelta, spans: Sequence[tuple[datetime, datetime]]) -> datetime:
    """When so much open time has passed; beyond the last closing time it goes on."""
    at = now
    for opens, closes in spans:
        at = max(at, opens) if at < closes else at
        if at < closes:
            step = min(work, closes - at)
            at, work = at + step, work - step
            if not work:
                return at
    return at + work


def _left(known: Known, people: int, rate: float, spans: Sequence[tuple[datetime, datetime]]) -> int:
    """How many of these people are not served when the office closes."""
    open_time = sum((max(closes - max(opens, known.now), timedelta()) for opens, closes in spans), timedelta())
    return max(people - int(rate * (open_time / timedelta(hours=1))), 0)
