import threading
import time
from collections.abc import Callable
from random import Random
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.event_log import WorkerFailed, WorkerName, WorkerStuck
from kiosk.workers import BackOff, Inbox, Worker


def test_what_is_posted_comes_out_in_order_and_wakes_each_time() -> None:
    woken: list[int] = []
    inbox: Inbox[int] = Inbox(lambda: woken.append(1))
    for item in range(3):
        inbox.post(item)
    assert inbox.take(0) == 0
    assert inbox.drain() == [1, 2]
    assert inbox.drain() == []
    assert inbox.take(0) is None
    assert len(woken) == 3


def test_a_worker_turns_until_it_is_stopped_and_then_ends_its_affairs() -> None:
    turned, ended = Event(), Event()
    worker = Worker(WorkerName.SYNC, turned.set, lambda error: None, ended.set)
    worker.start()
    assert turned.wait(5)
    worker.stop()
    assert ended.is_set()


def test_a_worker_that_fails_says_so_once_and_ends_its_affairs() -> None:
    errors: list[Exception] = []
    ended = Event()

    def turn() -> None:
        raise OSError("the disk")

    worker = Worker(WorkerName.RECORDS, turn, errors.append, ended.set)
    worker.start()
    assert ended.wait(5)
    worker.stop()
    assert [str(error) for error in errors] == ["the disk"]


def test_a_worker_that_was_never_started_can_be_stopped() -> None:
    Worker(WorkerName.SCANNER, lambda: None, lambda error: None).stop()


@given(st.floats(0.1, 5), st.floats(5, 60), st.integers(1, 60), st.integers())
def test_waits_stay_between_zero_and_a_bound_that_doubles_up_to_the_longest(
    first: float, longest: float, failures: int, seed: int
) -> None:
    back_off = BackOff(first, longest, Random(seed))
    for failure in range(failures):
        assert 0 <= back_off.next_wait() <= min(longest, first * 2.0**failure)
    back_off.reset()
    assert back_off.next_wait() <= first


def test_two_kiosks_do_not_come_back_at_the_same_moment() -> None:
    assert BackOff(1, 60, Random(1)).next_wait() != BackOff(1, 60, Random(2)).next_wait()


class Longest(Random):
    """Draws the upper bound each time."""

    def uniform(self, a: float, b: float) -> float:
        assert a == 0
        return b


def test_the_bound_of_the_waits_doubles_from_the_first_to_the_longest_and_begins_anew_after_a_success() -> None:
    back_off = BackOff(1, 60, Longest())
    assert [back_off.next_wait() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    back_off.reset()
    assert [back_off.next_wait() for _ in range(2)] == [1, 2]


def test_years_without_a_success_are_waited_through() -> None:
    back_off = BackOff(1, 60, Longest())
    assert {back_off.next_wait() for _ in range(5000)} == {1, 2, 4, 8, 16, 32, 60}


def test_a_worker_that_failed_is_noted_by_name_with_what_failed(caplog: pytest.LogCaptureFixture) -> None:
    ended = Event()

    def turn() -> None:
        raise OSError("the disk")

    with caplog.at_level("DEBUG"):
        worker = Worker(WorkerName.RECORDS, turn, lambda error: None, ended.set)
        worker.start()
        assert ended.wait(5)
        worker.stop()
    (noted,) = [record.msg for record in caplog.records]
    assert isinstance(noted, WorkerFailed)
    assert (noted.worker, noted.failure.error) == (WorkerName.RECORDS, OSError)


def test_a_worker_that_does_not_end_is_left_in_time_and_noted(caplog: pytest.LogCaptureFixture) -> None:
    begun, may_end, ended = Event(), Event(), Event()

    def turn() -> None:
        begun.set()
        may_end.wait(30)

    worker = Worker(WorkerName.PRINTER, turn, lambda error: None, ended.set)
    worker.start()
    assert begun.wait(5)
    with caplog.at_level("DEBUG"):
        worker.stop(seconds=0.05)
    assert not ended.is_set()
    assert [record.msg for record in caplog.records] == [WorkerStuck(WorkerName.PRINTER)]
    may_end.set()
    with caplog.at_level("DEBUG"):
        worker.stop()
    assert ended.is_set()
    assert len(caplog.records) == 1


def test_a_worker_can_stop_itself() -> None:
    errors: list[Exception] = []
    ended = Event()
    worker = Worker(WorkerName.SYNC, lambda: worker.stop(), errors.append, ended.set)
    worker.start()
    assert ended.wait(5)
    assert errors == []


def test_a_workers_thread_bears_its_name_and_holds_no_process_up() -> None:
    seen: list[threading.Thread] = []
    done = Event()

    def turn() -> None:
        seen.append(threading.current_thread())
        done.set()

    worker = Worker(WorkerName.SCANNER, turn, lambda error: None)
    worker.start()
    assert done.wait(5)
    worker.stop()
    assert (seen[0].name, seen[0].daemon) == ("scanner", True)


def test_an_item_is_waited_for_up_to_a_time() -> None:
    inbox: Inbox[int] = Inbox()
    later = threading.Timer(0.05, inbox.post, [7])
    later.start()
    assert inbox.take(30) == 7
    assert inbox.take(0.01) is None
    inbox.post(8)
    assert inbox.take(None) == 8


def test_a_worker_that_has_ended_or_that_hangs_is_not_well() -> None:
    going, hanging, held = threading.Event(), threading.Event(), threading.Event()

    def turn() -> None:
        going.set()
        if hanging.is_set():
            held.wait(5)
        time.sleep(0.001)

    worker = Worker(WorkerName.RECORDS, turn, lambda error: None, longest=0.5)
    assert not worker.is_well
    worker.start()
    assert going.wait(5)
    assert worker.is_well
    hanging.set()
    until(lambda: not worker.is_well)
    held.set()
    worker.stop()
    assert not worker.is_well


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
