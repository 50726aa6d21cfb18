"""When somebody will be called, as a range (pure); docs/queue.md has the formula and an example."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import fmean, stdev

from kiosk.model import Period, QueueRules

MINUTE = timedelta(minutes=1)
FEWEST_CALLS = 5
"""From fewer calls nothing can be said."""
LATEST_CALLS = 30
"""So many tell how fast it goes now."""
SPREAD = 1.5
"""How many standard deviations the range goes to either side: with it the true call falls within four times of five
(tests/central/test_queue_day.py).
"""


@dataclass(frozen=True)
class Pace:
    """How fast it goes at the counters that are open.

    `cycles` are how long the latest calls kept a counter, from one call to the next; `passing` of them let somebody go
    before an earlier turn. `counters` serve this line, `helping` any of the lines that those serve (at least as many).
    """

    cycles: tuple[timedelta, ...]
    passing: int
    counters: int
    helping: int


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits, with so many `ahead`; `to_come` are expected yet, and will go before: bookings with earlier
    slots, and who else comes before the turn. Who is early is called from `callable_from` on. `has_priority`: some of
    those ahead will be passed.
    """

    ahead: int
    to_come: float = 0
    callable_from: datetime | None = None
    has_priority: bool = False


@dataclass(frozen=True)
class Expected:
    """The call is expected between two instants (UTC)."""

    earliest: datetime
    latest: datetime


def expected_call(
    waiting: Waiting, pace: Pace, rules: QueueRules, hours: Sequence[Period], now: datetime
) -> Expected | None:
    """When somebody will be called, None where it cannot be said yet: from too few calls, with no counter open, or not
    within the day's `hours`. `now` is the office's time; breaks are waited through.
    """
    if len(pace.cycles) < FEWEST_CALLS or not pace.counters:
        return None
    minutes = [each / MINUTE for each in pace.cycles]
    mean, spread = fmean(minutes), stdev(minutes)
    fewest, most = _fewest(waiting, rules), _most(waiting, pace, rules)
    soonest = fewest * mean / pace.helping - SPREAD * _deviation(fewest, spread, pace.helping, len(minutes))
    slowest = (most + 1) * mean / pace.counters + SPREAD * _deviation(most, spread, pace.counters, len(minutes))
    earliest, latest = open_time_after(now, max(0.0, soonest), hours), open_time_after(now, slowest, hours)
    if earliest is None or latest is None:
        return None
    if waiting.callable_from and waiting.callable_from > now:
        slot_near = waiting.callable_from.astimezone(now.tzinfo)
        at_work = (waiting.ahead + waiting.to_come) * mean / pace.counters * MINUTE
        idle_before = rules.early_when_idle and now + at_work < slot_near
        earliest = earliest if idle_before else max(earliest, slot_near)
        latest = max(latest, open_time_after(slot_near, mean / pace.counters, hours) or latest)
    return Expected(earliest.astimezone(UTC), latest.astimezone(UTC))


def _fewest(waiting: Waiting, rules: QueueRules) -> float:
    """How many of those ahead will go before at least: a priority group gains on them."""
    return waiting.ahead / rules.priority_weight if waiting.has_priority else waiting.ahead


def _most(waiting: Waiting, pace: Pace, rules: QueueRules) -> float:
    """How many will go before at most: also who is yet to come, of priority groups as many as of late."""
    passing = min(rules.quota_ahead / rules.quota_calls, (pace.passing + 1) / (len(pace.cycles) + 2))
    return (waiting.ahead + waiting.to_come) / (1 - passing) if passing < 1 else waiting.ahead + waiting.to_come


def _deviation(ahead: float, spread: float, counters: int, calls: int) -> float:
    """Of the minutes until the call: that of the single calls, and that of their mean, which so many `calls` tell."""
    return spread * sqrt((ahead + 1) / counters**2 + ((ahead + 1) / counters) ** 2 / calls)


def open_time_after(start: datetime, minutes: float, hours: Sequence[Period]) -> datetime | None:
    """The instant after so many minutes of opening time, None where the day has not so many left."""
    left = minutes * MINUTE
    for period in sorted(hours, key=lambda each: each.opens):
        opens = datetime.combine(start.date(), period.opens, start.tzinfo)
        closes = datetime.combine(start.date(), period.closes, start.tzinfo)
        begins = max(start, opens)
        if begins > closes:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    return None
