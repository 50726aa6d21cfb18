"""When somebody will be called, as a range (pure); docs/queue.md has the formula and an example."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean, stdev

from kiosk.model import Period, QueueRules

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
class Expected:
    """The call is expected between two instants (UTC)."""

    earliest: datetime
    latest: datetime


def expected_call(
    ahead: int,
    to_come: float,
    pace: Pace,
    rules: QueueRules,
    hours: Sequence[Period],
    now: datetime,
    callable_from: datetime | None = None,
) -> Expected | None:
    """When somebody with so many `ahead` will be called, None where it cannot be said yet: from too few calls, with no
    counter open, or not within the day's `hours`.

    `to_come` is how many are expected yet who will go before: bookings with earlier slots, and who else comes before
    the turn. `now` is the office's time; breaks are waited through. Who is early is called from `callable_from` on.
    """
    if len(pace.cycles) < FEWEST_CALLS or not pace.counters:
        return None
    minutes = [each / timedelta(minutes=1) for each in pace.cycles]
    mean, spread = fmean(minutes), stdev(minutes)
    passing = min(rules.quota_ahead / rules.quota_calls, (pace.passing + 1) / (len(minutes) + 2))
    most = (ahead + to_come) / (1 - passing) if passing < 1 else ahead + to_come
    soonest = ahead * mean / pace.helping - SPREAD * _deviation(ahead, spread, pace.helping, len(minutes))
    slowest = (most + 1) * mean / pace.counters + SPREAD * _deviation(most, spread, pace.counters, len(minutes))
    earliest, latest = open_time_after(now, max(0.0, soonest), hours), open_time_after(now, slowest, hours)
    if earliest is None or latest is None:
        return None
    if callable_from and callable_from > now:
        may_be_idle = rules.early_when_idle and ahead == 0
        earliest = earliest if may_be_idle else max(earliest, callable_from)
        from_then = open_time_after(callable_from.astimezone(now.tzinfo), mean / pace.counters, hours)
        latest = max(latest, from_then or latest)
    return Expected(earliest, latest)


def _deviation(ahead: float, spread: float, counters: int, calls: int) -> float:
    """Of the minutes until the call: that of the single calls, and that of their mean, which so many `calls` tell."""
    return spread * sqrt((ahead + 1) / counters**2 + ((ahead + 1) / counters) ** 2 / calls)


def open_time_after(start: datetime, minutes: float, hours: Sequence[Period]) -> datetime | None:
    """The instant after so many minutes of opening time, None where the day has not so many left."""
    left = timedelta(minutes=minutes)
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
