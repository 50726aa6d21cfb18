"""The order of the queue, decision by decision (docs/queue.md)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from wire import DAY, MORNING, a_ticket, slot

from central import queue
from central.queue.explanation import Explanation, Ground
from central.queue.line import EVERYTHING, Line, Reach
from central.queue.order import OpenCounter, in_order, ranked
from central.queue.place import Place
from central.queue.turn import Turn, TurnKind
from kiosk.model import QueueEntry, QueueRules, QueueState, Ticket

ZONE = ZoneInfo("Asia/Jakarta")
RULES = QueueRules()


def at(minute: float) -> datetime:
    return MORNING + timedelta(minutes=minute)


def place_of(ticket: Ticket, state: QueueState = QueueState.WAITING, counter: str = "", **more: object) -> Place:
    assert ticket.issued_at
    return Place(ticket, ticket.issued_at, state, counter, **more)


def lined_up(
    minute: float, *tickets: Ticket, rules: QueueRules = RULES, recent: Sequence[bool] = ()
) -> tuple[Place, ...]:
    """How those stand `minute` after 08.00."""
    return in_order([place_of(each) for each in tickets], at(minute), ZONE, rules, recent)


def numbers(places: Sequence[Place]) -> list[str]:
    return [each.ticket.number for each in places]


def why(place: Place) -> Explanation:
    assert place.why
    return place.why


def grounds(places: Sequence[Place]) -> list[Ground]:
    return [why(each).ground for each in places]


def walk_in(count: int, minute: float, group: str | None = None) -> Ticket:
    return a_ticket(f"W1-{count:03}", minute, priority=group)


def test_booked_time_goes_before_arrival() -> None:
    early_comer = a_ticket("A-007", 0, slot=slot("09:00"))
    on_time = a_ticket("A-001", 25, slot=slot("08:30"))
    assert numbers(lined_up(55, early_comer, on_time)) == ["A-001", "A-007"]


def test_of_one_slot_who_came_first_goes_first() -> None:
    one, other = a_ticket("A-001", 9, slot=slot("08:30")), a_ticket("A-002", 4, slot=slot("08:30"))
    assert numbers(lined_up(30, one, other)) == ["A-002", "A-001"]


def test_a_walk_in_is_reckoned_from_the_arrival() -> None:
    booked = a_ticket("A-001", 10, slot=slot("08:30"))
    assert numbers(lined_up(41, booked, walk_in(1, 20), walk_in(2, 40))) == ["W1-001", "A-001", "W1-002"]


def test_who_is_late_is_reckoned_from_the_arrival_and_told_so() -> None:
    late = a_ticket("A-001", 70, slot=slot("08:00"), late=True)
    order = lined_up(71, late, a_ticket("A-010", 50, slot=slot("09:00")))
    assert numbers(order) == ["A-010", "A-001"]
    assert (why(order[1]).turn, why(order[1]).turn_at) == (TurnKind.LATE, at(70))


def test_a_slot_is_in_the_offices_time_and_an_arrival_in_utc() -> None:
    booked = a_ticket("A-001", 0, slot=slot("08:30"))
    assert numbers(lined_up(31, walk_in(2, 31), booked, walk_in(1, 29))) == ["W1-001", "A-001", "W1-002"]


def test_an_early_comer_waits_for_the_slot_but_for_the_offices_lead() -> None:
    early, other = a_ticket("A-001", 0, slot=slot("09:00")), walk_in(1, 45)
    before, since = lined_up(49.9, early, other), lined_up(50, early, other)
    assert grounds(before) == [Ground.TURN, Ground.EARLY]
    assert why(before[1]).callable_from == at(50)
    assert grounds(since) == [Ground.TURN, Ground.TURN]


def test_an_early_comer_is_called_where_nobody_else_waits_if_the_office_allows_it() -> None:
    tickets = [a_ticket("A-001", 0, slot=slot("09:00")), a_ticket("A-002", 0, slot=slot("09:30"))]
    assert grounds(lined_up(10, *tickets)) == [Ground.IDLE, Ground.EARLY]
    strict = replace(RULES, early_when_idle=False)
    assert grounds(lined_up(10, *tickets, rules=strict)) == [Ground.EARLY, Ground.EARLY]


def test_a_priority_group_begins_ahead_and_gains_by_waiting() -> None:
    aged = walk_in(2, 20, "elderly")
    assert numbers(lined_up(20, walk_in(1, 11), aged)) == ["W1-002", "W1-001"], "9 minutes later, 10 ahead"
    assert numbers(lined_up(20, walk_in(1, 9), aged)) == ["W1-001", "W1-002"], "11 minutes later, 10 ahead"
    assert numbers(lined_up(22, walk_in(1, 9), aged)) == ["W1-002", "W1-001"], "11 later, 10 ahead, 2 gained"
    assert why(lined_up(22, aged)[0]).counted == 10 + 2 * 2


def test_nobody_is_overtaken_who_has_waited_as_long_as_the_office_lets_them() -> None:
    aged = [walk_in(9, 55, "elderly")]
    assert numbers(lined_up(59.9, walk_in(1, 0), *aged, rules=replace(RULES, priority_head_minutes=60)))[0] == "W1-009"
    order = lined_up(60, walk_in(1, 0), *aged, rules=replace(RULES, priority_head_minutes=60))
    assert (numbers(order)[0], grounds(order)[0]) == ("W1-001", Ground.WAITED)


def test_only_so_many_calls_go_before_an_earlier_turn() -> None:
    others = [walk_in(count, count) for count in range(1, 6)]
    aged = [walk_in(count, count, "elderly") for count in range(6, 10)]
    order = lined_up(12, *others, *aged)
    assert numbers(order)[:6] == ["W1-006", "W1-001", "W1-002", "W1-007", "W1-003", "W1-004"]
    assert grounds(order)[:4] == [Ground.PRIORITY, Ground.TURN, Ground.TURN, Ground.QUOTA]
    assert [why(each).ahead_of_turn for each in order[:4]] == [True, False, False, True]


def test_what_the_counter_called_before_counts_too() -> None:
    tickets = walk_in(1, 0), walk_in(2, 5, "elderly")
    assert numbers(lined_up(6, *tickets)) == ["W1-002", "W1-001"]
    assert numbers(lined_up(6, *tickets, recent=[True, False])) == ["W1-001", "W1-002"]
    assert numbers(lined_up(6, *tickets, recent=[True, False, False])) == ["W1-002", "W1-001"]


def test_a_priority_group_whose_own_turn_has_come_uses_no_quota() -> None:
    order = lined_up(10, walk_in(1, 0, "elderly"), walk_in(2, 1, "elderly"), walk_in(3, 9), recent=[True])
    assert numbers(order) == ["W1-001", "W1-002", "W1-003"]
    assert not any(why(each).ahead_of_turn for each in order)


def test_who_comes_from_another_stage_keeps_the_turn_given_there() -> None:
    moved = place_of(walk_in(1, 50), moved=Turn(at(10), TurnKind.NEXT_STAGE))
    order = in_order([moved, place_of(walk_in(2, 20))], at(50), ZONE, RULES)
    assert numbers(order) == ["W1-001", "W1-002"]
    assert why(order[0]).turn is TurnKind.NEXT_STAGE


def test_an_entry_says_where_the_number_was_called_to() -> None:
    place = place_of(a_ticket("A-001"), QueueState.CALLED, "3")
    entry = QueueEntry("A-001", QueueState.CALLED, 0, "3", place.ticket.id, DAY, place.ticket.service)
    assert place.entry(DAY) == entry


def test_who_is_held_stands_in_no_line_and_is_told_to_go_back_to_the_counter() -> None:
    held = place_of(walk_in(1, 0), counter="3", held=True)
    (one, other) = ranked([held, place_of(walk_in(2, 5))], at(9), ZONE, RULES)
    assert (numbers([one, other]), other.ahead) == (["W1-001", "W1-002"], 0)
    assert (one.entry(DAY).state, one.entry(DAY).counter) == (QueueState.CALLED, "3")


def test_those_are_ahead_whom_a_counter_of_ones_own_line_could_call_first() -> None:
    of_line = {each: Line("passport", each) for each in ("documents", "photo", "interview")}
    stages = enumerate(("documents", "photo") * 2)
    places = [place_of(walk_in(count, count), line=of_line[each]) for count, each in stages]
    one_each = [OpenCounter(Reach(stages=frozenset({each}))) for each in of_line]
    assert [each.ahead for each in ranked(places, at(9), ZONE, RULES, one_each)] == [0, 0, 1, 1]
    both = [OpenCounter(Reach(stages=frozenset({"documents", "photo"})))]
    assert [each.ahead for each in ranked(places, at(9), ZONE, RULES, both)] == [0, 1, 2, 3]
    nobody_serves = [OpenCounter(Reach(stages=frozenset({"interview"})))]
    assert [each.ahead for each in ranked(places, at(9), ZONE, RULES, nobody_serves)] == [0, 1, 2, 3]


def test_where_one_counter_calls_its_latest_calls_are_reckoned_with() -> None:
    places = [place_of(walk_in(1, 0)), place_of(walk_in(2, 5, "elderly"))]
    lately = OpenCounter(EVERYTHING, (True,))
    assert numbers(ranked(places, at(6), ZONE, RULES, [lately])) == ["W1-001", "W1-002"]
    assert numbers(ranked(places, at(6), ZONE, RULES, [lately, lately])) == ["W1-002", "W1-001"], "nobody knows which"


def test_the_example_of_the_documentation_is_what_comes_out() -> None:
    page = (Path(queue.__file__).parents[2] / "docs/queue.md").read_text("utf-8")
    rows = [[cell.strip() for cell in row.split("|")] for row in re.findall(r"^\|( \d \|.*)\|$", page, re.MULTILINE)]
    tickets = [
        walk_in(1, 8), walk_in(2, 52), walk_in(3, 65, "elderly"), walk_in(4, 68, "elderly"),
        a_ticket("A-001", 50, slot=slot("09:00")), a_ticket("A-002", 62, slot=slot("08:30"), late=True),
        a_ticket("A-007", 60, slot=slot("09:30")),
    ]  # fmt: skip
    order = lined_up(70, *tickets)
    assert [row[1] for row in rows] == numbers(order)
    assert [row[3] for row in rows] == [f"{why(each).turn_at.astimezone(ZONE):%H.%M}" for each in order]
    for row, each in zip(rows, order, strict=True):
        assert [float(row[4].replace("−", "-")), float(row[5].replace("−", "-"))] == [
            why(each).waited,
            why(each).counted,
        ]
        assert row[6].split(":")[0] == why(each).ground


@pytest.mark.parametrize(
    "wrong", [{"quota_calls": 0}, {"quota_ahead": -1}, {"priority_weight": 0.5}, {"most_wait_minutes": -1}]
)
def test_rules_that_cannot_be_meant_are_refused_when_the_office_is_loaded(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="must be"):
        TypeAdapter(QueueRules).validate_python(wrong)


@st.composite
def tickets(draw) -> list[Ticket]:
    """People who arrive from 08.00 to 10.00, with and without bookings."""
    made = []
    for count in range(draw(st.integers(1, 14))):
        minute = draw(st.integers(0, 120))
        booked = draw(st.sampled_from([None, "08:00", "09:30", "11:00"]))
        more = {"priority": draw(st.sampled_from([None, None, "elderly"]))}
        if booked:
            more |= {"slot": slot(booked), "late": draw(st.booleans())}
        made.append(a_ticket(f"A-{count:03}", minute, **more))
    return made


rules = st.builds(
    QueueRules,
    lead_minutes=st.integers(0, 60),
    early_when_idle=st.booleans(),
    priority_head_minutes=st.integers(0, 30),
    priority_weight=st.floats(1, 5),
    quota_calls=st.integers(1, 5),
    quota_ahead=st.integers(0, 3),
    most_wait_minutes=st.integers(0, 120),
)


@given(tickets(), rules, st.integers(0, 200), st.integers())
def test_the_order_does_not_depend_on_how_the_tickets_came_in(
    some: list[Ticket], by: QueueRules, minute: int, seed: int
) -> None:
    mixed = list(some)
    Random(seed).shuffle(mixed)
    assert lined_up(minute, *mixed, rules=by) == lined_up(minute, *some, rules=by)


@given(tickets(), rules, st.integers(0, 200), st.lists(st.booleans(), max_size=5))
def test_who_is_said_to_be_next_is_called_next(
    some: list[Ticket], by: QueueRules, minute: int, recent: list[bool]
) -> None:
    told, left, latest, served = lined_up(minute, *some, rules=by, recent=recent), list(some), list(recent), []
    while left:
        first = lined_up(minute, *left, rules=by, recent=latest)[0]
        latest.append(why(first).ahead_of_turn)
        served.append(first.ticket.number)
        left = [each for each in left if each.number != first.ticket.number]
    assert served == numbers(told)


@given(tickets(), rules, st.integers(0, 200), st.lists(st.booleans(), max_size=5))
def test_the_order_follows_from_its_explanations_alone(
    some: list[Ticket], by: QueueRules, minute: int, recent: list[bool]
) -> None:
    told = lined_up(minute, *some, rules=by, recent=recent)
    left, latest = [(why(each), each.arrived_at, each.ticket.number) for each in told], list(recent)

    def by_turn(each: tuple[Explanation, datetime, str]) -> tuple[datetime, datetime, str]:
        return each[0].turn_at, each[1], each[2]

    def by_counted(each: tuple[Explanation, datetime, str]) -> tuple[bool, float, tuple[datetime, datetime, str]]:
        has_waited = each[0].waited >= by.most_wait_minutes
        return not has_waited, 0 if has_waited else -each[0].counted, by_turn(each)

    for place in told:
        may_come = [each for each in left if not each[0].callable_from or each[0].callable_from <= at(minute)]
        chosen = min(may_come, key=by_counted) if may_come else min(left, key=by_turn)
        earliest = min(may_come, key=by_turn) if may_come else chosen
        window = latest[-(by.quota_calls - 1) :] if by.quota_calls > 1 else []
        if chosen != earliest and sum(window) >= by.quota_ahead:
            chosen = earliest
        assert chosen[2] == place.ticket.number
        assert why(place).ahead_of_turn == (chosen != earliest)
        latest.append(chosen != earliest)
        left.remove(chosen)


@given(tickets(), st.lists(st.sampled_from(QueueState), min_size=14, max_size=14), st.integers(0, 200))
def test_ahead_counts_those_who_wait_before(some: list[Ticket], states: list[QueueState], minute: int) -> None:
    places = [place_of(*each) for each in zip(some, states, strict=False)]
    placed = ranked(places, at(minute), ZONE, RULES)
    assert sorted(numbers(placed)) == sorted(numbers(places)), "nobody is lost"
    waiting = [place for place in placed if place.state is QueueState.WAITING]
    assert [place.ahead for place in waiting] == list(range(len(waiting)))
    assert {place.ahead for place in placed if place.state is not QueueState.WAITING} <= {0}
