"""Threads: an Inbox for what they report, a Worker for each of them, waits that grow.

Workers tell, they never ask: what a worker reports goes into the Inbox, and the one thread that owns the controller
drains it.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from random import Random
from typing import Generic, TypeVar

from kiosk.event_log import Failure, WorkerFailed, WorkerName, WorkerStuck, note

T = TypeVar("T")

STOP_SECONDS = 4.0
"""All of a kiosk's workers end within so long, or are left behind: who ends the process waits for 5 s."""
LONGEST_TURN_SECONDS = 60.0


class Inbox(Generic[T]):
    """What the workers report, in order; `wake` is called from their threads after each."""

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._items: SimpleQueue[T] = SimpleQueue()
        self.wake = wake

    def post(self, item: T) -> None:
        """Hands over one item, from any thread."""
        self._items.put(item)
        self.wake()

    def drain(self) -> list[T]:
        """All that has arrived, without waiting."""
        items = []
        while True:
            try:
                items.append(self._items.get_nowait())
            except Empty:
                return items

    def take(self, timeout: float | None) -> T | None:
        """The next item, None if none comes within `timeout` s."""
        try:
            return self._items.get(timeout=timeout)
        except Empty:
            return None


class Worker:
    """A thread that runs `turn` until it is stopped; an error that escapes goes to `failed`, and ends it. A turn that
    takes longer than `longest` s hangs.
    """

    def __init__(
        self,
        name: WorkerName,
        turn: Callable[[], None],
        failed: Callable[[Exception], None],
        at_end: Callable[[], None] = lambda: None,
        longest: float = LONGEST_TURN_SECONDS,
    ) -> None:
        self._name, self._turn, self._failed, self._at_end = name, turn, failed, at_end
        self._longest, self._turned_at = longest, time.monotonic()
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._turned_at = time.monotonic()
        self._thread.start()

    @property
    def is_well(self) -> bool:
        """Whether the thread runs, and does not hang."""
        return self._thread.is_alive() and time.monotonic() - self._turned_at < self._longest

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Asks the thread to end, and waits for it up to so many s."""
        self.stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(seconds)
            if self._thread.is_alive():
                note(WorkerStuck(self._name))

    def _run(self) -> None:
        try:
            while not self.stopping.is_set():
                self._turn()
                self._turned_at = time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever it is, the kiosk must not go on without this worker
            note(WorkerFailed(self._name, Failure.of(error)))
            self._failed(error)
        finally:
            self._at_end()


class BackOff:
    """Waits that double from `first` to `longest` s, each drawn between zero and its bound (full jitter)."""

    def __init__(self, first: float, longest: float, random: Random | None = None) -> None:
        self._first, self._longest = first, longest
        self._random = random or Random()
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def next_wait(self) -> float:
        """How long to wait after one more failure, in s."""
        bound = min(self._longest, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return self._random.uniform(0, bound)
