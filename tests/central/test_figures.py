"""A day's figures, against tickets counted by hand."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire import MORNING

from central.monitoring.figures import Journey, by_hour, by_service, figures, spread
from kiosk.model import QueueState

ZONE = ZoneInfo("Asia/Jakarta")


def at(minute: float) -> datetime:
    """So many minutes after 08.00 at the office."""
    return MORNING + timedelta(minutes=minute)


def minutes(*values: float) -> list[timedelta]:
    return [timedelta(minutes=each) for each in values]


def journey(
    arrived: float, called: float | None = None, served: float | None = None, service: str = "passport_new",
    state: QueueState | None = None,
) -> Journey:  # fmt: skip
    guessed = QueueState.SERVED if served else QueueState.CALLED if called else QueueState.WAITING
    return Journey(
        number="A-001",
        service=service,
        arrived_at=at(arrived),
        state=state or guessed,
        called_at=None if called is None else at(called),
        waited=None if called is None else timedelta(minutes=called - arrived),
        attended=timedelta(minutes=(served or 0) - (called or 0)) if served else timedelta(),
        served_at=None if served is None else at(served),
    )


@pytest.mark.parametrize(
    ("values", "middle", "ninth_tenth"),
    [
        ([7], 7, 7),
        ([2, 4], 3, 4),
        ([1, 2, 30], 2, 30),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5.5, 9),
        ([10, 1, 9, 2, 8, 3, 7, 4, 6, 5, 60], 6, 10),
    ],
)
def test_median_and_p90_are_those_worked_by_hand(values: list[float], middle: float, ninth_tenth: float) -> None:
    found = spread(minutes(*values))
    assert found
    assert (found.count, found.median, found.p90) == (len(values), *minutes(middle, ninth_tenth))


def test_what_is_not_known_counts_in_no_spread() -> None:
    assert spread([None, None]) is None
    found = spread([None, *minutes(4)])
    assert found
    assert found.count == 1


@given(st.lists(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=1)), min_size=1, max_size=60))
def test_nine_tenths_do_not_exceed_the_p90_and_no_shorter_one_is_so(values: list[timedelta]) -> None:
    found = spread(values)
    assert found
    assert sum(each <= found.p90 for each in values) * 10 >= len(values) * 9
    assert all(sum(each <= less for each in values) * 10 < len(values) * 9 for less in values if less < found.p90)


def test_a_morning_counted_by_hand() -> None:
    """Three served (waited 4, 10, 15; 6, 10 and 12 minutes at a counter), one at a counter (waited 20), two wait."""
    day = [
        journey(0, 4, 10), journey(2, 12, 22), journey(5, 20, 32),
        journey(10, 30), journey(50), journey(55, service="collection"),
    ]  # fmt: skip
    found = figures(day)
    assert {state.value: count for state, count in found.states.items()} == {"served": 3, "called": 1, "waiting": 2}
    assert found.arrived == 6
    assert found.waits
    assert (found.waits.count, found.waits.median, found.waits.p90) == (4, *minutes(12.5, 20))
    assert found.services
    assert (found.services.count, found.services.median, found.services.p90) == (3, *minutes(10, 12))
    parts = by_service(day)
    assert {name: each.arrived for name, each in parts.items()} == {"collection": 1, "passport_new": 5}
    assert parts["collection"].waits is None


def test_hours_are_the_offices_and_none_between_is_left_out() -> None:
    found = by_hour([journey(0, 4, 130), journey(59, 80), journey(185)], ZONE)
    assert [(each.hour, each.arrived, each.served) for each in found] == [
        (8, 2, 0), (9, 0, 0), (10, 0, 1), (11, 1, 0),
    ]  # fmt: skip
    assert found[0].waits
    assert found[0].waits.median == timedelta(minutes=12, seconds=30)
    assert found[3].waits is None
    assert by_hour([], ZONE) == ()
