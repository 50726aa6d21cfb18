"""The time that simulated printers live in: the wall's, or one that only waiting moves on."""

import time
from threading import Condition
from typing import Protocol


class Clock(Protocol):
    """Gives the time in s and waits."""

    def monotonic(self) -> float:
        """The time in s."""

    def wait(self, changed: Condition, seconds: float) -> None:
        """Waits until `changed` is notified, `seconds` at most; `changed` is held by the caller."""


class WallClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, changed: Condition, seconds: float) -> None:
        changed.wait(seconds)


class SimulatedClock:
    """Time for a single thread: it stands still but for waits, which take no real time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, changed: Condition, seconds: float) -> None:
        self.passes(seconds)

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
