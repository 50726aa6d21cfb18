"""The forecast of a day: by hand, honest where it cannot say, and held against simulated days."""

import heapq
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from wire import DAY

from central.monitoring.forecast import Forecast, Known, Range, forecast
from kiosk.model import Period

ZONE = ZoneInfo("Asia/Jakarta")
PERIODS = (Period(time(8), time(12)), Period(time(13), time(16)))


def at(text: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(text), ZONE)


def known(now: str = "10:00", **more: object) -> Known:
    """At 10.00: 12 wait, 20 were served in the last hour, none is booked, ten walk-ins came in each of four weeks."""
    served = tuple(at("09:01") + timedelta(minutes=3 * each) for each in range(20))
    given: dict[str, object] = {
        "periods": PERIODS, "wait": 12, "served_at": served, "slots": (), "walk_ins": (10, 10, 10, 10),
    }  # fmt: skip
    return Known(now=at(now), **(given | more))  # type: ignore[arg-type]


def test_a_morning_worked_by_hand() -> None:
    """22 people at 20 ± √20 an hour: 24.47 at best, 15.53 at worst: 53.9 and 85.0 minutes."""
    found = forecast(known())
    assert found.ends
    assert [each.strftime("%H:%M") for each in found.ends] == ["10:53", "11:25"]
    assert found.left == Range(0, 0)
    assert found.closes == at("16:00")


def test_the_break_is_no_time_of_service() -> None:
    """60 + 10 people: 171.6 and 270.5 minutes, of which 120 are before the break."""
    found = forecast(known(wait=60))
    assert found.ends
    assert [each.strftime("%H:%M") for each in found.ends] == ["13:51", "15:30"]


def test_who_is_left_at_closing_time_is_said_and_the_work_goes_on_after_it() -> None:
    """At 15.00, 50 people and one hour: 24 at best, 15 at worst."""
    served = tuple(at("14:01") + timedelta(minutes=3 * each) for each in range(20))
    found = forecast(known("15:00", wait=40, served_at=served))
    assert found.left == Range(26, 35)
    assert found.ends
    assert [each.strftime("%H:%M") for each in found.ends] == ["17:02", "18:13"]


def test_booked_people_come_no_earlier_than_their_time_and_overdue_ones_perhaps() -> None:
    found = forecast(known(wait=0, slots=(at("09:30"), at("14:30")), walk_ins=(0, 0, 2)))
    assert found.booked == Range(1, 2)
    assert found.walk_ins == Range(0, 2)
    assert found.ends == (at("14:30"), at("14:30"))


@pytest.mark.parametrize(
    "more",
    [
        {"walk_ins": (10, 10)},
        {"served_at": ()},
        {"served_at": tuple(at("09:30") + timedelta(minutes=each) for each in range(4))},
        {"now": "08:20", "served_at": tuple(at("08:05") + timedelta(minutes=each) for each in range(9))},
        {"now": "07:30"},
    ],
    ids=["too few weeks", "nobody served", "too few served", "open too short", "not open yet"],
)
def test_with_too_little_to_go_by_nothing_is_said(more: dict[str, object]) -> None:
    found = forecast(known(**more))  # type: ignore[arg-type]
    assert (found.ends, found.left) == (None, None)
    assert found.booked == Range(0, 0)


def test_the_rate_after_the_break_is_that_of_the_hour_of_open_time_before_now() -> None:
    """13.15: a quarter of an hour since the break, three before it; 5 and 15 were served in them."""
    served = [at("11:16") + timedelta(minutes=2 * each) for each in range(15)]
    served += [at("13:01") + timedelta(minutes=2 * each) for each in range(5)]
    found = forecast(known("13:15", served_at=tuple(served)))
    assert found.ends
    assert [each.strftime("%H:%M") for each in found.ends] == ["14:08", "14:40"]


def test_a_day_off_has_no_end() -> None:
    assert forecast(known(periods=())) == Forecast(Range(0, 0), Range(10, 10), None)


def simulated(seed: int, ask: datetime, blind: bool = False) -> tuple[Forecast, datetime]:
    """A day of four counters: 96 booked (one in ten stays away), some 40 walk-ins, seven minutes each on average.

    Returns the forecast as of `ask`, and when the last was served. `blind` forgets who is still to come.
    """
    random = Random(seed)
    booked = [at("08:00") + timedelta(minutes=30 * (each // 8)) for each in range(96)]
    booked = [each if each < at("12:00") else each + timedelta(hours=1) for each in booked]
    shows = [(slot, slot + timedelta(minutes=random.uniform(-15, 20))) for slot in booked if random.random() > 0.1]
    walk_ins = [at("08:00") + timedelta(minutes=random.uniform(0, 420)) for _ in range(random.randint(32, 48))]
    free = [at("08:00")] * 4
    served = []
    for arrived in sorted([arrival for _, arrival in shows] + walk_ins):
        begins = max(heapq.heappop(free), arrived)
        if at("12:00") <= begins < at("13:00"):
            begins = at("13:00")
        ends = begins + timedelta(minutes=random.gammavariate(7, 1))
        heapq.heappush(free, ends)
        served.append((arrived, ends))
    past = [
        sum(random.uniform(0, 420) > (ask - at("08:00")) / timedelta(minutes=1) for _ in range(40)) for _ in range(6)
    ]
    came = {slot: sum(one == slot and arrival <= ask for one, arrival in shows) for slot in set(booked)}
    to_come = [slot for slot in sorted(set(booked)) for _ in range(8 - came[slot]) if slot + timedelta(hours=2) >= ask]
    made = forecast(
        Known(
            now=ask,
            periods=PERIODS,
            wait=sum(arrived <= ask < ends for arrived, ends in served),
            served_at=tuple(ends for _, ends in served if ends <= ask),
            slots=() if blind else tuple(to_come),
            walk_ins=(0, 0, 0) if blind else tuple(past),
        )
    )
    return made, max(ends for _, ends in served)


DAYS = 200
SLACK = timedelta(minutes=15)


def right(blind: bool, ask: str) -> int:
    """On how many simulated days the end came within the forecast, give or take SLACK."""
    made = [simulated(seed, at(ask), blind) for seed in range(DAYS)]
    return sum(found.ends is not None and found.ends[0] - SLACK <= end <= found.ends[1] + SLACK for found, end in made)


@pytest.mark.parametrize("ask", ["10:30", "14:30"])
def test_on_nine_of_ten_simulated_days_the_end_is_within_the_forecast(ask: str) -> None:
    assert right(False, ask) >= DAYS * 0.9


def test_control_a_forecast_that_forgets_who_is_to_come_is_wrong() -> None:
    assert right(True, "10:30") < DAYS * 0.1
