from random import Random
from threading import Event

from hypothesis import given
from hypothesis import strategies as st

from kiosk.event_log import WorkerName
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
