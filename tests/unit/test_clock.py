"""Whose word the kiosk's clock takes, for how long, and what it does when the machine's own clock lies."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import EARLIEST, HOLDOVER_FOR, SYNCED_FOR, Clock, Uptime
from kiosk.model import ClockState, TimeMark

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


class Machine:
    """A machine whose own clock can be set to anything, apart from the time that truly passes."""

    def __init__(self, keeps_time: bool = True) -> None:
        self.wall, self.seconds, self.keeps_time = NOW, 50.0, keeps_time
        self.boot = 1

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()

    def starts(self, mark: TimeMark | None = None, last_at: datetime | None = None) -> Clock:
        clock = Clock(lambda: self.wall, Uptime(f"boot {self.boot}", lambda: self.seconds), lambda: self.keeps_time)
        clock.recall(mark, last_at)
        return clock

    def boots(self, mark: TimeMark | None, last_at: datetime | None = None) -> Clock:
        self.boot += 1
        self.seconds = 10.0
        return self.starts(mark, last_at)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_kiosk_that_never_heard_anything_trusts_no_clock(machine: Machine) -> None:
    clock = machine.starts()
    assert clock.state is ClockState.UNTRUSTED
    assert clock.trusted() is None


def test_the_servers_word_counts_from_the_middle_of_the_exchange(machine: Machine) -> None:
    machine.wall = datetime(1970, 1, 1, tzinfo=UTC)
    clock = machine.starts()
    mark = clock.heard(NOW, took=2.0)
    assert mark == TimeMark("boot 1", 49.0, NOW)
    assert clock.trusted() == NOW + timedelta(seconds=1)
    assert clock.state is ClockState.SYNCED


def test_synced_becomes_holdover_and_after_a_month_without_a_word_nothing_is_dated(machine: Machine) -> None:
    clock = machine.starts()
    clock.heard(NOW, took=0.0)
    machine.passes(SYNCED_FOR)
    assert clock.state is ClockState.SYNCED
    machine.passes(timedelta(seconds=1))
    assert clock.state is ClockState.HOLDOVER
    machine.passes(HOLDOVER_FOR - SYNCED_FOR - timedelta(seconds=1))
    assert clock.state is ClockState.HOLDOVER
    machine.passes(timedelta(seconds=1))
    assert clock.state is ClockState.UNTRUSTED
    assert clock.trusted() is None


@pytest.mark.parametrize(
    "jump", [timedelta(days=-20000), timedelta(hours=-1), timedelta(hours=9), timedelta(days=4000)]
)
def test_a_jump_of_the_machines_clock_changes_nothing_once_the_time_is_known(machine: Machine, jump: timedelta) -> None:
    clock = machine.starts()
    clock.heard(NOW, took=0.0)
    machine.passes(timedelta(minutes=5))
    machine.wall += jump
    assert clock.trusted() == NOW + timedelta(minutes=5)


def test_a_jump_after_a_plausible_start_changes_nothing_either(machine: Machine) -> None:
    clock = machine.starts(last_at=NOW - timedelta(hours=1))
    assert clock.state is ClockState.HOLDOVER
    machine.wall += timedelta(days=40)
    assert clock.trusted() == NOW


def test_a_restart_within_one_boot_goes_on_from_the_servers_last_word(machine: Machine) -> None:
    mark = machine.starts().heard(NOW, took=0.0)
    machine.passes(timedelta(hours=2))
    machine.wall = datetime(1970, 1, 1, tzinfo=UTC)
    again = machine.starts(mark)
    assert again.state is ClockState.HOLDOVER
    assert again.trusted() == NOW + timedelta(hours=2)


def test_after_a_power_cut_a_machine_that_keeps_no_time_is_not_trusted(machine: Machine) -> None:
    mark = machine.starts().heard(NOW, took=0.0)
    machine.keeps_time = False
    clock = machine.boots(mark)
    assert clock.state is ClockState.UNTRUSTED
    machine.keeps_time = True  # the network has set it
    machine.passes(timedelta(minutes=1))
    assert clock.state is ClockState.HOLDOVER
    assert clock.trusted() == machine.wall


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (NOW - timedelta(seconds=1), ClockState.UNTRUSTED),
        (NOW, ClockState.HOLDOVER),
        (NOW + HOLDOVER_FOR, ClockState.HOLDOVER),
        (NOW + HOLDOVER_FOR + timedelta(seconds=1), ClockState.UNTRUSTED),
    ],
)
def test_after_a_boot_the_machines_clock_counts_only_from_the_last_known_time_on(
    machine: Machine, shown: datetime, state: ClockState
) -> None:
    mark = machine.starts().heard(NOW, took=0.0)
    machine.wall = shown
    assert machine.boots(mark).state is state
    assert machine.boots(None, last_at=NOW).state is state


def test_the_best_guess_is_never_before_the_last_known_time(machine: Machine) -> None:
    machine.wall = datetime(1970, 1, 1, tzinfo=UTC)
    assert machine.boots(None, last_at=NOW).now() == NOW
    assert machine.starts().now() == machine.wall


def test_a_word_that_was_slow_or_cannot_be_right_is_not_taken(machine: Machine) -> None:
    clock = machine.starts()
    assert clock.heard(NOW, took=5.1) is None
    assert clock.heard(EARLIEST - timedelta(seconds=1), took=0.0) is None
    assert clock.state is ClockState.UNTRUSTED
    assert clock.heard(EARLIEST, took=5.0)


def test_a_server_that_was_wrong_is_followed_when_it_is_right_again(machine: Machine) -> None:
    clock = machine.starts()
    clock.heard(NOW + timedelta(days=300), took=0.0)
    clock.heard(NOW, took=0.0)
    assert clock.trusted() == NOW


@given(steps=st.lists(st.tuples(st.floats(0, 1e5), st.integers(-(10**9), 10**9)), max_size=20))
def test_between_two_words_of_the_server_time_only_goes_on_as_it_truly_passes(
    steps: list[tuple[float, int]],
) -> None:
    machine = Machine()
    clock = machine.starts()
    clock.heard(NOW, took=0.0)
    passed = timedelta()
    for seconds, jump in steps:
        machine.passes(timedelta(seconds=seconds))
        passed += timedelta(seconds=seconds)
        machine.wall = NOW + timedelta(seconds=jump)
        at = clock.trusted()
        assert at is None or abs(at - (NOW + passed)) < timedelta(milliseconds=1)


def test_a_mark_of_this_very_second_of_the_same_boot_is_gone_on_from(machine: Machine) -> None:
    mark = TimeMark("boot 1", machine.seconds, NOW)
    machine.keeps_time = False
    assert machine.starts(mark).trusted() == NOW
    assert machine.starts(TimeMark("boot 1", machine.seconds + 1, NOW)).trusted() is None
    assert machine.starts(TimeMark("boot 2", machine.seconds, NOW)).trusted() is None
