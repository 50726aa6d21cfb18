"""The list of alarms: what is one, since when, and in which order."""

from datetime import datetime, timedelta

import pytest
from wire import MORNING

from central.alerts import Alert, AlertKind, Sighting
from central.monitoring.alarms import Alarm, AlarmKind, Seen, from_alert, listed, long_wait, no_counter

CAP = timedelta(minutes=60)


def at(minute: float) -> datetime:
    return MORNING + timedelta(minutes=minute)


def test_every_alert_is_an_alarm() -> None:
    for kind in AlertKind:
        alarm = from_alert(Alert(kind, "W1-001", (Sighting("Lobi W1", at(3)), Sighting("Lobi W2", at(9)))))
        assert (alarm.kind, alarm.since, alarm.where) == (kind, at(3), "Lobi W1, Lobi W2")


def test_what_nobody_has_noted_comes_first_then_the_urgent_then_the_latest() -> None:
    early, late = Alarm(AlarmKind.BURST, at(1), "a"), Alarm(AlarmKind.BURST, at(9), "b")
    urgent, noted = Alarm(AlarmKind.PAPER_OUT, at(0), "c"), Alarm(AlarmKind.FORK, at(20), "d")
    by = Seen("Ibu Rina", at(21))
    made = listed([noted, early, urgent, late], {noted.key: by})
    assert made == [(urgent, None), (late, None), (early, None), (noted, by)]


def test_an_alarm_that_grows_is_the_same_and_one_that_comes_again_is_not() -> None:
    first = Alarm(AlarmKind.BURST, at(1), "Lobi W1", "8")
    assert first.key == Alarm(AlarmKind.BURST, at(1), "Lobi W1", "11").key
    others = [
        Alarm(AlarmKind.BURST, at(2), "Lobi W1"),
        Alarm(AlarmKind.CLOCK, at(1), "Lobi W1"),
        Alarm(AlarmKind.BURST, at(1)),
    ]
    assert first.key not in {each.key for each in others}


@pytest.mark.parametrize(
    ("waits", "last", "open_counters", "since"),
    [
        ([0, 6], None, 0, 0),
        ([0, 6], 3, 0, 3),
        ([6], 3, 0, None),
        ([0], None, 1, None),
        ([], None, 0, None),
        ([15], None, 0, None),
    ],
    ids=["since the first", "since the last was served", "not long", "a counter is open", "nobody", "not due yet"],
)  # fmt: skip
def test_people_who_wait_while_no_counter_is_open(
    waits: list[float], last: float | None, open_counters: int, since: float | None
) -> None:
    served = None if last is None else at(last)
    found = no_counter([at(each) for each in waits], served, open_counters, at(10))
    assert (found.since if found else None) == (None if since is None else at(since))


def test_a_wait_over_the_cap_is_since_there_has_always_been_one() -> None:
    """The first was over it from 60 to 70, the second since 65: one episode. That of 10 to 20 was another one."""
    waits = [(at(-50), at(20)), (at(0), at(70)), (at(5), None), (at(30), None)]
    found = long_wait("passport_new", waits, CAP, at(80))
    assert found == Alarm(AlarmKind.LONG_WAIT, at(60), "passport_new", "1")
    assert long_wait("passport_new", waits[:2], CAP, at(80)) is None


def test_just_the_cap_is_not_over_it() -> None:
    assert long_wait("x", [(at(0), None)], CAP, at(60)) is None
