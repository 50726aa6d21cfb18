"""What a day's tickets add up to: counts, waits and service times (pure).

A wait is until the first call, from the arrival or, for who came before it, from the booked time. A service time is
what the finished calls of somebody who was served took together, through all stages.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.model import QueueState


@dataclass(frozen=True)
class Journey:
    """One ticket's way through its day; instants are UTC.

    `called_at` is the first call, before which the person `waited` so long; None before it. `in_line_since` is when the
    wait began that goes on now, None for who does not stand in a line. `attended` is what the finished calls took
    together, `served_at` when the last of them ended, None while the person is not served.
    """

    number: str
    service: str
    arrived_at: datetime
    state: QueueState
    booked: bool = False
    called_at: datetime | None = None
    waited: timedelta | None = None
    in_line_since: datetime | None = None
    attended: timedelta = timedelta()
    served_at: datetime | None = None

    @property
    def waits(self) -> Iterator[tuple[datetime, datetime | None]]:
        """When the waits that are known began and, but for the one that goes on, ended."""
        if self.called_at and self.waited is not None:
            yield self.called_at - self.waited, self.called_at
        if self.in_line_since:
            yield self.in_line_since, None


@dataclass(frozen=True)
class Spread:
    """Durations in short: how many, the `median` (halfway between the two middle ones of an even number), and `p90`,
    the shortest that nine tenths of them do not exceed.
    """

    count: int
    median: timedelta
    p90: timedelta


def spread(durations: Iterable[timedelta | None]) -> Spread | None:
    """Of those that are known, None without any."""
    known = sorted(each for each in durations if each is not None)
    if not known:
        return None
    count = len(known)
    middle = (known[(count - 1) // 2] + known[count // 2]) / 2
    return Spread(count, middle, known[-(-count * 9 // 10) - 1])


@dataclass(frozen=True)
class ServiceFigures:
    """A service's day, or that of all together: tickets by state, waits and service times."""

    states: Counter[QueueState]
    waits: Spread | None
    services: Spread | None

    @property
    def arrived(self) -> int:
        """All who came."""
        return self.states.total()


def figures(journeys: Sequence[Journey]) -> ServiceFigures:
    """What these tickets add up to."""
    return ServiceFigures(
        states=Counter(each.state for each in journeys),
        waits=spread(each.waited for each in journeys),
        services=spread(each.attended for each in journeys if each.served_at),
    )


def by_service(journeys: Iterable[Journey]) -> dict[str, ServiceFigures]:
    """The figures of each service that somebody came for."""
    held: dict[str, list[Journey]] = defaultdict(list)
    for each in journeys:
        held[each.service].append(each)
    return {service: figures(each) for service, each in sorted(held.items())}


@dataclass(frozen=True)
class Hour:
    """One hour of the office's day: who `arrived`, who was `served`, and the `waits` of those who arrived in it."""

    hour: int
    arrived: int
    served: int
    waits: Spread | None


def by_hour(journeys: Sequence[Journey], zone: ZoneInfo) -> tuple[Hour, ...]:
    """The hours from the first to the last in which something happened."""
    arrived = _grouped(journeys, lambda each: each.arrived_at, zone)
    served = _grouped([each for each in journeys if each.served_at], lambda each: each.served_at, zone)
    hours = [*arrived, *served]
    if not hours:
        return ()
    return tuple(
        Hour(hour, len(arrived[hour]), len(served[hour]), spread(each.waited for each in arrived[hour]))
        for hour in range(min(hours), max(hours) + 1)
    )


def _grouped(
    journeys: Iterable[Journey], at: Callable[[Journey], datetime | None], zone: ZoneInfo
) -> dict[int, list[Journey]]:
    grouped: dict[int, list[Journey]] = defaultdict(list)
    for each in journeys:
        instant = at(each)
        if instant:
            grouped[instant.astimezone(zone).hour].append(each)
    return grouped
