"""Days of the queue, simulated (bench/queue_day.py): the laws hold at every call, and estimates come true."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_day import (
    CHANGE,
    IN_STAGES,
    MINUTE,
    OPENS,
    ZONE,
    Counter,
    QueueDay,
    broken_laws,
    hits,
    overtaken_for,
    priority_first,
    simulate,
    waits,
)
from wire import a_ticket, slot

from central.queue.line import EVERYTHING, Reach
from kiosk.model import QueueRules, Ticket

RULES = QueueRules()


@pytest.fixture(scope="module")
def day() -> QueueDay:
    """200 bookings, 60 walk-ins, 20 more of priority groups at ten, 4 counters."""
    return simulate(1, 200, 60, 20, 4)


def test_a_day_keeps_every_law_and_serves_everybody(day: QueueDay) -> None:
    assert list(broken_laws(day)) == []
    assert len({call.place.ticket.id for call in day.calls}) == len(day.calls) == 280


def test_the_control_which_calls_priority_groups_first_breaks_the_laws() -> None:
    broken = list(broken_laws(simulate(1, 120, 60, 60, 3, order=priority_first)))
    assert len(broken) > 10
    assert any("waited too long to be overtaken" in each for each in broken)
    assert any("more than the quota" in each for each in broken)


def test_priority_groups_wait_less_and_nobody_is_overtaken_for_longer_than_the_office_says(day: QueueDay) -> None:
    found = {group: sorted(minutes)[len(minutes) // 2] for group, minutes in waits(day).items()}
    assert found["booked, priority"] < found["booked"]
    assert overtaken_for(day) <= RULES.most_wait_minutes


@pytest.mark.parametrize(("seed", "counters"), [(1, 4), (2, 5)])
def test_calls_fall_within_their_estimates_four_times_of_five(seed: int, counters: int) -> None:
    said, within, width = hits(simulate(seed, 200, 60, 0, counters))
    assert said > 200
    assert within / said >= 0.8
    assert width < 30


@st.composite
def crowds(draw) -> list[Ticket]:
    """A few people, and as many of priority groups as an adversary likes, whenever it likes."""
    made = []
    for count in range(draw(st.integers(1, 8))):
        booked = draw(st.sampled_from([None, "08:00", "08:30", "09:00"]))
        more = {"slot": slot(booked), "late": draw(st.booleans())} if booked else {}
        made.append(a_ticket(f"A-{count:03}", draw(st.integers(0, 90)), **more))
    for count in range(draw(st.integers(0, 30))):
        made.append(a_ticket(f"W1-{count:03}", draw(st.integers(0, 120)), priority="elderly"))  # noqa: PERF401
    return made


rules = st.builds(
    QueueRules,
    lead_minutes=st.integers(0, 30),
    early_when_idle=st.booleans(),
    priority_head_minutes=st.integers(0, 60),
    priority_weight=st.floats(1, 10),
    quota_calls=st.integers(1, 4),
    quota_ahead=st.integers(0, 4),
    most_wait_minutes=st.integers(5, 60),
)


def served(tickets: list[Ticket], by: QueueRules, counters: int = 1) -> QueueDay:
    desks = [Counter(EVERYTHING) for _ in range(counters)]
    return QueueDay(tickets, by, desks, lambda place: 5 * 60).run()


@settings(max_examples=60)
@given(crowds(), rules, st.integers(1, 3))
def test_no_crowd_breaks_a_law(crowd: list[Ticket], by: QueueRules, counters: int) -> None:
    assert list(broken_laws(served(crowd, by, counters))) == []


@settings(max_examples=60)
@given(crowds(), rules)
def test_nobody_starves(crowd: list[Ticket], by: QueueRules) -> None:
    day = served(crowd, by)
    one_call = 5 * MINUTE + CHANGE
    turns = {call.place.ticket.number: call.place.turn(ZONE).at for call in day.calls}
    for call in day.calls:
        turn = call.place.turn(ZONE).at
        not_later = sum(other <= turn for other in turns.values())
        overtaken = timedelta(minutes=by.most_wait_minutes)
        since = max(turn, call.place.arrived_at)
        # Who was overtaken for as long as may be still waits for the call that began before, and for earlier turns.
        assert call.at - since <= overtaken + one_call * (not_later + 1)


@settings(max_examples=40)
@given(crowds(), st.sampled_from([EVERYTHING, Reach(stages=frozenset({"photo"}))]), st.booleans())
def test_everybody_goes_through_every_stage_once_and_in_order(
    crowd: list[Ticket], second: Reach, is_whole: bool
) -> None:
    first = EVERYTHING if is_whole else Reach(stages=frozenset({"documents"}))
    desks = [Counter(first), Counter(second)]
    day = QueueDay(crowd, RULES, desks, lambda place: 4 * 60, service=IN_STAGES).run()
    stages: dict[str, list[str]] = {}
    for call in day.calls:
        stages.setdefault(call.place.ticket.number, []).append(call.place.stands_in.stage)
    assert set(stages) == {each.number for each in crowd}
    for called in stages.values():
        # A counter that does every stage does them in one call.
        assert called in (["documents", "photo"], ["documents"])
        assert called == ["documents", "photo"] or is_whole or second == EVERYTHING


def test_a_day_is_the_same_each_time() -> None:
    tickets = [a_ticket(f"W1-{each:03}", each % 30, priority="elderly" if each % 4 else None) for each in range(40)]

    def calls(shuffle: int) -> list[tuple[str, object]]:
        mixed = Random(shuffle).sample(tickets, len(tickets))
        return [(call.place.ticket.number, call.at) for call in served(mixed, RULES, 2).calls]

    assert calls(1) == calls(2)


def test_nobody_is_called_before_the_office_opens(day: QueueDay) -> None:
    assert min(call.at for call in day.calls) >= OPENS
