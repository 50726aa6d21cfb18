"""The order of the queue (pure); docs/queue.md says it in words and numbers.

Whose turn is earliest goes first: the slot or, late or without a booking, the arrival. The wait of a priority group
counts more, so it goes before those who have waited little longer; but no more often than the office's quota allows,
and before nobody who has waited as long as the office lets anybody be overtaken. Who is early waits for the slot.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from central.queue.explanation import Explanation, Ground
from central.queue.line import EVERYTHING, Line, Reach
from central.queue.place import Place
from central.queue.turn import TurnKind
from kiosk.model import QueueRules

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class OpenCounter:
    """What a counter serves, and of its latest calls (the last one last) whether each let somebody go before an earlier
    turn.
    """

    reach: Reach = EVERYTHING
    recent: tuple[bool, ...] = ()


def in_order(
    waiting: Iterable[Place], now: datetime, zone: ZoneInfo, rules: QueueRules, recent: Sequence[bool] = ()
) -> tuple[Place, ...]:
    """Those who wait, in the order in which one counter would call them at `now`, one right after the other; each with
    `why`. Its `recent` calls are as of an OpenCounter. Slots are in the office's `zone`.
    """
    standing = [_Standing(each, explained(each, now, zone, rules)) for each in waiting]
    called = list(_by_quota([each for each in standing if each.why.may_be_called], rules, recent))
    early = sorted((each for each in standing if not each.why.may_be_called), key=_Standing.by_turn)
    if early and not called and rules.early_when_idle:
        early[0] = early[0].on(Ground.IDLE)
    return tuple(replace(each.place, why=each.why) for each in (*called, *early))


def ranked(
    places: Iterable[Place], now: datetime, zone: ZoneInfo, rules: QueueRules, counters: Sequence[OpenCounter] = ()
) -> tuple[Place, ...]:
    """All places: who does not wait by the turn, then who waits in the order of the queue. `ahead` counts those before
    whom a counter could call instead, everybody where no counter serves the line.
    """
    held = [_Standing(each, explained(each, now, zone, rules)) for each in places]
    waiting = [each.place for each in held if each.place.waits]
    lines = {each.stands_in for each in waiting}
    told = []
    for some in {rivals(line, lines, counters) for line in lines}:
        line_up = [each for each in waiting if each.stands_in in some]
        order = in_order(line_up, now, zone, rules, _recent(some, counters))
        of_these = [each for each in enumerate(order) if rivals(each[1].stands_in, lines, counters) == some]
        told += [replace(each, ahead=before) for before, each in of_these]
    turns = {each.place.ticket.id: each.by_turn() for each in held}
    rest = [each.place for each in held if not each.place.waits]
    rest.sort(key=lambda each: turns[each.ticket.id])
    told.sort(key=lambda each: (each.ahead, turns[each.ticket.id]))
    return (*rest, *told)


def rivals(line: Line, lines: Iterable[Line], counters: Sequence[OpenCounter]) -> frozenset[Line]:
    """Those of the lines that a counter of this line calls from too, all where no counter serves it."""
    reaches = [each.reach for each in counters if each.reach.covers(line)]
    return frozenset(other for other in lines if not reaches or any(reach.covers(other) for reach in reaches))


def _recent(some: frozenset[Line], counters: Sequence[OpenCounter]) -> tuple[bool, ...]:
    """The latest calls where one counter alone calls from these lines: of several nobody knows which will be next."""
    calling = [each for each in counters if any(each.reach.covers(line) for line in some)]
    return calling[0].recent if len(calling) == 1 else ()


def explained(place: Place, now: datetime, zone: ZoneInfo, rules: QueueRules) -> Explanation:
    """A place by itself, before it is held against the others."""
    turn, group = place.turn(zone), place.ticket.priority
    waited = (now - turn.at) / MINUTE
    weighted = waited * rules.priority_weight if waited > 0 else waited
    counted = weighted + rules.priority_head_minutes if group else waited
    callable_from = turn.at - rules.lead_minutes * MINUTE if turn.kind is TurnKind.BOOKED else None
    if callable_from and now < callable_from:
        ground = Ground.EARLY
    else:
        ground = Ground.WAITED if waited >= rules.most_wait_minutes else Ground.TURN
    return Explanation(ground, turn.kind, turn.at, waited, counted, group, callable_from)


@dataclass(frozen=True)
class _Standing:
    """A place with its explanation, as far as it is known."""

    place: Place
    why: Explanation

    def by_turn(self) -> tuple[datetime, datetime, str, str]:
        ticket = self.place.ticket
        return self.why.turn_at, self.place.arrived_at, ticket.number, str(ticket.id)

    def by_counted(self) -> tuple[bool, float, tuple[datetime, datetime, str, str]]:
        is_overdue = self.why.ground is Ground.WAITED
        return not is_overdue, 0.0 if is_overdue else -self.why.counted, self.by_turn()

    def on(self, ground: Ground) -> "_Standing":
        return replace(self, why=replace(self.why, ground=ground))


def _by_quota(standing: Sequence[_Standing], rules: QueueRules, recent: Sequence[bool]) -> Iterator[_Standing]:
    """Of those who may be called, always the one with the most counted, or the one with the earliest turn where enough
    were let go before such a one.
    """
    latest = deque(recent, rules.quota_calls - 1)
    by_counted, by_turn = deque(sorted(standing, key=_Standing.by_counted)), sorted(standing, key=_Standing.by_turn)
    gone: set[UUID] = set()
    for earliest in by_turn:
        while earliest.place.ticket.id not in gone:
            while by_counted[0].place.ticket.id in gone:
                by_counted.popleft()
            first = by_counted[0]
            if first.place != earliest.place and sum(latest) >= rules.quota_ahead:
                by_counted[0] = first.on(Ground.QUOTA)
                first = earliest
            ahead_of_turn = first.place != earliest.place
            latest.append(ahead_of_turn)
            gone.add(first.place.ticket.id)
            yield _passing(first) if ahead_of_turn else first


def _passing(standing: _Standing) -> _Standing:
    """Somebody who goes before an earlier turn."""
    ground = standing.why.ground if standing.why.ground is Ground.QUOTA else Ground.PRIORITY
    return replace(standing, why=replace(standing.why, ground=ground, ahead_of_turn=True))
