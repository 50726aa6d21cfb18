"""A day of the queue, simulated: how long whom waits, and the laws of the order held against every call.

200 bookings and 60 walk-ins by default come to four counters; some are late, some early, some of a priority group, and
a flood of people of priority groups comes at ten. The order is the central server's own. The laws are checked from
turns and arrivals alone. The control calls priority groups first, always; it must break them.
"""

import argparse
import sys
import time as clock
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from statistics import median, quantiles
from uuid import UUID
from zoneinfo import ZoneInfo

from central.queue.estimate import LATEST_CALLS, Expected, Pace, Waiting, expected_call
from central.queue.explanation import Explanation
from central.queue.line import EVERYTHING, Reach, line_of, next_line
from central.queue.order import in_order, ranked
from central.queue.place import Place
from central.queue.turn import TurnKind, turn_after
from kiosk.model import Period, QueueRules, QueueState, Service, Stage, Ticket, Words

ZONE = ZoneInfo("Asia/Jakarta")
DAY = date(2026, 11, 24)
OPENS = datetime.combine(DAY, time(8), ZONE)
HOURS = (Period(time(8), time(12)), Period(time(13), time(16)))
MINUTE = timedelta(minutes=1)
CHANGE = timedelta(seconds=30)
"""From one person to the next at a counter."""
NOTHING = Words("", "")
ONE_DESK = Service("passport", "A", NOTHING, NOTHING, (), (), ())
IN_STAGES = Service(
    "passport", "A", NOTHING, NOTHING, (), (), tuple(Stage("", "", key=key) for key in ("documents", "photo"))
)

Order = Callable[[Iterable[Place], datetime, ZoneInfo, QueueRules, Sequence[bool]], tuple[Place, ...]]
"""As `central.queue.order.in_order`."""


@dataclass(frozen=True)
class Called:
    """A call: `others` could have been called instead, or wait for their slot; each of all has its `why`."""

    place: Place
    at: datetime
    counter: int
    since: datetime
    others: tuple[Place, ...]
    ended: datetime


@dataclass
class Counter:
    """What it serves, until when it is busy, and whether its latest calls went ahead of a turn."""

    reach: Reach
    free_at: datetime = OPENS
    recent: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """An estimate that was given at an arrival."""

    ticket: UUID
    at: datetime
    expected: Expected


@dataclass
class QueueDay:
    """Runs one day: `run` fills `calls` and `said`."""

    tickets: Sequence[Ticket]
    rules: QueueRules
    counters: Sequence[Counter]
    seconds: Callable[[Place], float]
    service: Service = ONE_DESK
    order: Order = in_order
    hours: Sequence[Period] = HOURS
    calls: list[Called] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    _waiting: dict[UUID, tuple[Place, datetime]] = field(default_factory=dict)

    def run(self) -> "QueueDay":
        """Every minute, and whenever somebody comes or a counter gets free, whoever may be called is."""
        events: list[tuple[datetime, int, Place]] = []
        for count, ticket in enumerate(self.tickets):
            assert ticket.issued_at
            place = Place(ticket, ticket.issued_at, QueueState.WAITING, line=line_of((self.service,), "passport", ""))
            heappush(events, (ticket.issued_at, count, place))
        now = min((each[0] for each in events), default=OPENS)
        while events or self._waiting:
            while events and events[0][0] <= now:
                at, _, place = heappop(events)
                self._waiting[place.ticket.id] = place, at
                self._estimate(place, now)
            for number, counter in enumerate(self.counters):
                if counter.free_at <= now and self._is_open(now):
                    self._call(number, counter, now, events)
            busy = [each.free_at for each in self.counters if each.free_at > now]
            now = min([now + MINUTE, *(each[0] for each in events[:1] if each[0] > now), *busy])
        return self

    def _is_open(self, now: datetime) -> bool:
        local = now.astimezone(ZONE)
        # Whoever is there at the end of the day is served.
        return any(each.opens <= local.time() < each.closes for each in self.hours) or local.time() >= time(16)

    def _call(self, number: int, counter: Counter, now: datetime, events: list[tuple[datetime, int, Place]]) -> None:
        could = [each for each, _ in self._waiting.values() if counter.reach.covers(each.stands_in)]
        order = self.order(could, now, ZONE, self.rules, counter.recent)
        if not order or not why(order[0]).may_be_called:
            return
        first, since = order[0], self._waiting.pop(order[0].ticket.id)[1]
        counter.recent.append(why(first).ahead_of_turn)
        ended = now + timedelta(seconds=self.seconds(first))
        counter.free_at = ended + CHANGE
        self.calls.append(Called(first, now, number, since, order[1:], ended))
        following = next_line((self.service,), first.stands_in, counter.reach)
        if following:
            turn = turn_after(first.turn(ZONE), now, ended, TurnKind.NEXT_STAGE)
            place = Place(first.ticket, first.arrived_at, QueueState.WAITING, line=following, moved=turn)
            heappush(events, (ended, len(self.tickets) + len(self.calls), place))

    def _estimate(self, place: Place, now: datetime) -> None:
        """Notes what the ticket's page would say to somebody who has just come."""
        waiting = [each for each, _ in self._waiting.values()]
        stands = next(each for each in ranked(waiting, now, ZONE, self.rules) if each.ticket.id == place.ticket.id)
        to_come = self._to_come(place, now)
        asked = Waiting(stands.ahead, to_come, why(stands).callable_from, place.ticket.priority is not None)
        found = expected_call(asked, self._pace(now), self.rules, self.hours, now.astimezone(ZONE))
        if found:
            self.said.append(Said(place.ticket.id, now, found))

    def _to_come(self, place: Place, now: datetime) -> float:
        """Bookings with earlier slots that are not here, and as many walk-ins until the turn as of late."""
        turn = place.turn(ZONE).at
        booked = [each for each in self.tickets if each.slot and arrival(each) > now and slot_of(each) < turn]
        lately = [each for each in self.tickets if not each.slot and now - 60 * MINUTE < arrival(each) <= now]
        return len(booked) + len(lately) * max(0.0, (turn - now) / (60 * MINUTE))

    def _pace(self, now: datetime) -> Pace:
        ended = [each for each in self.calls if each.ended <= now][-LATEST_CALLS:]
        cycles = tuple(each.ended - each.at + CHANGE for each in ended)
        return Pace(
            cycles, sum(why(each.place).ahead_of_turn for each in ended), len(self.counters), len(self.counters)
        )


def why(place: Place) -> Explanation:
    """A place's explanation, which everything in an order has."""
    assert place.why
    return place.why


def arrival(ticket: Ticket) -> datetime:
    """When its person came."""
    assert ticket.issued_at
    return ticket.issued_at


def slot_of(ticket: Ticket) -> datetime:
    """Its booked time."""
    assert ticket.slot
    return datetime.combine(ticket.day, ticket.slot, ZONE)


def a_day(random: Random, bookings: int, walk_ins: int, flood: int) -> list[Ticket]:
    """People of a day: the booked ones about ten minutes before their slots, give or take, walk-ins at any time, every
    eighth of a priority group; and a flood of people of priority groups from ten on.
    """
    starts = [OPENS + 30 * MINUTE * count for count in range(14) if count not in (8, 9)]
    groups = ("elderly", None, None, None, None, None, None, None)
    made = []
    for count in range(bookings):
        slot = starts[count * len(starts) // bookings]
        at = slot + random.gauss(-10, 12) * MINUTE
        late = at > slot + 15 * MINUTE
        made.append(_ticket(random, f"A-{count + 1:03}", at, random.choice(groups), slot.time(), late))
    for count in range(walk_ins):
        at = OPENS + random.uniform(-10, 440) * MINUTE
        made.append(_ticket(random, f"W1-{count + 1:03}", at, random.choice(groups)))
    at_ten = [OPENS + (120 + count) * MINUTE for count in range(flood)]
    return made + [_ticket(random, f"W2-{count:03}", at, "elderly") for count, at in enumerate(at_ten, 1)]


def _ticket(
    random: Random, number: str, at: datetime, group: str | None, slot: time | None = None, late: bool = False
) -> Ticket:
    made = UUID(int=random.getrandbits(128), version=4)
    return Ticket(made, number, DAY, "passport", "", at.astimezone(UTC), slot=slot, priority=group, late=late)


def five_minutes(random: Random) -> Callable[[Place], float]:
    """Seconds at a counter: mostly some five minutes, now and then much longer."""
    return lambda place: min(1800.0, 60 * random.lognormvariate(1.45, 0.5))


def priority_first(
    waiting: Iterable[Place], now: datetime, zone: ZoneInfo, rules: QueueRules, recent: Sequence[bool]
) -> tuple[Place, ...]:
    """The control: priority groups before all others, as it is often done."""
    honest = in_order(waiting, now, zone, rules, recent)
    return tuple(sorted(honest, key=lambda each: (not why(each).may_be_called, each.ticket.priority is None)))


def broken_laws(day: QueueDay) -> Iterator[str]:
    """What is not as docs/queue.md says, from turns, arrivals and groups alone."""
    window: dict[int, deque[bool]] = {}
    for call in day.calls:
        name, turn = f"{call.place.ticket.number} at {call.at.astimezone(ZONE):%H:%M:%S}", call.place.turn(ZONE)
        free = [each for each in call.others if may_come(each, call.at, day.rules)]
        passed = [each for each in free if rank(each) < rank(call.place)]
        if not may_come(call.place, call.at, day.rules) and (free or not day.rules.early_when_idle):
            yield f"{name}: before the slot, and others wait"
        if any(call.at - each.turn(ZONE).at >= day.rules.most_wait_minutes * MINUTE for each in passed):
            yield f"{name}: somebody has waited too long to be overtaken"
        if passed and not call.place.ticket.priority:
            yield f"{name}: goes before an earlier turn without a reason"
        latest = window.setdefault(call.counter, deque(maxlen=day.rules.quota_calls))
        latest.append(bool(passed))
        if sum(latest) > day.rules.quota_ahead:
            yield f"{name}: one more than the quota goes before an earlier turn"
        if bool(passed) != why(call.place).ahead_of_turn or turn.at != why(call.place).turn_at:
            yield f"{name}: explained otherwise"


def may_come(place: Place, now: datetime, rules: QueueRules) -> bool:
    """Whether the slot has come near enough."""
    turn = place.turn(ZONE)
    return turn.kind is not TurnKind.BOOKED or now >= turn.at - rules.lead_minutes * MINUTE


def rank(place: Place) -> tuple[datetime, datetime, str]:
    """The order by the turns alone."""
    return place.turn(ZONE).at, place.arrived_at, place.ticket.number


def waits(day: QueueDay) -> dict[str, list[float]]:
    """Minutes from the turn, or the arrival if that was later, to the first call, by group."""
    found: dict[str, list[float]] = {}
    seen: set[UUID] = set()
    for call in day.calls:
        ticket = call.place.ticket
        if ticket.id in seen:
            continue
        seen.add(ticket.id)
        kind = "late" if ticket.late else "booked" if ticket.slot else "walk-in"
        since = max(call.place.turn(ZONE).at, call.since)
        minutes = max(0.0, (call.at - since) / MINUTE)
        found.setdefault(f"{kind}, priority" if ticket.priority else kind, []).append(minutes)
    return dict(sorted(found.items()))


def overtaken_for(day: QueueDay) -> float:
    """For how many minutes after the turn anybody was still overtaken, at most."""
    return max(
        ((call.at - each.turn(ZONE).at) / MINUTE
         for call in day.calls for each in call.others
         if may_come(each, call.at, day.rules) and rank(each) < rank(call.place)),
        default=0.0,
    )  # fmt: skip


def hits(day: QueueDay) -> tuple[int, int, float]:
    """How many estimates were given, how many first calls fell within them, and the median width in minutes."""
    first: dict[UUID, datetime] = {}
    for call in day.calls:
        first.setdefault(call.place.ticket.id, call.at)
    within = [each for each in day.said if each.expected.earliest <= first[each.ticket] <= each.expected.latest]
    widths = [(each.expected.latest - each.expected.earliest) / MINUTE for each in day.said]
    return len(day.said), len(within), median(widths) if widths else 0.0


def simulate(seed: int, bookings: int, walk_ins: int, flood: int, counters: int, order: Order = in_order) -> QueueDay:
    """One day by its seed."""
    random, rules = Random(seed), QueueRules()
    tickets = a_day(random, bookings, walk_ins, flood)
    desks = [Counter(EVERYTHING) for _ in range(counters)]
    return QueueDay(tickets, rules, desks, five_minutes(random), order=order).run()


def main() -> int:
    """Returns 1 where a law was broken, or the control broke none."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--bookings", type=int, default=200)
    parser.add_argument("--walk-ins", type=int, default=60)
    parser.add_argument("--flood", type=int, default=20, help="people of priority groups who come at ten, one a minute")
    parser.add_argument("--counters", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = clock.monotonic()
    of_a_day = (asked.bookings, asked.walk_ins, asked.flood, asked.counters)
    days = [simulate(asked.seed + count, *of_a_day) for count in range(asked.days)]
    broken = [each for day in days for each in broken_laws(day)]
    report(days, broken)
    control = list(broken_laws(simulate(asked.seed, *of_a_day, order=priority_first)))
    print(f"control, priority groups always first: {len(control)} laws broken in a day")
    print(f"{clock.monotonic() - began:.1f} s, seed {asked.seed}")
    return 1 if broken or not control else 0


def report(days: Sequence[QueueDay], broken: Sequence[str]) -> None:
    """Prints what came of the days."""
    found: dict[str, list[float]] = {}
    for day in days:
        for group, minutes in waits(day).items():
            found.setdefault(group, []).extend(minutes)
    print(f"{len(days)} days, {sum(len(day.calls) for day in days)} calls")
    for group, minutes in sorted(found.items()):
        p90 = quantiles(minutes, n=10)[-1] if len(minutes) > 1 else minutes[0]
        told = f"median {median(minutes):5.1f}, p90 {p90:5.1f}, longest {max(minutes):5.1f} min"
        print(f"{group:18} {len(minutes):6} people, {told}")
    print(f"anybody was overtaken for {max(overtaken_for(day) for day in days):.1f} min at most")
    given, within, width = (sum(each) for each in zip(*(hits(day) for day in days), strict=True))
    print(f"{within} of {given} calls within their estimate ({within / given:.0%}), {width / len(days):.0f} min wide")
    print(f"{len(broken)} laws broken")
    for each in broken[:20]:
        print(f"  {each}")


if __name__ == "__main__":
    sys.exit(main())
