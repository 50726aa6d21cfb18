"""A time that runs faster than the machine's, the same for all processes that are told of it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk.clock import Uptime


@dataclass(frozen=True)
class FastTime:
    """From `start` (UTC) on, which was when the machine's clock (CLOCK_MONOTONIC) showed `began` s, `speed` times as
    fast.
    """

    start: datetime
    began: float
    speed: float

    @classmethod
    def starting(cls, start: datetime, speed: float) -> "FastTime":
        """From now on."""
        return cls(start, time.monotonic(), speed)

    @classmethod
    def told(cls, text: str) -> "FastTime":
        """What `str` says of another."""
        start, began, speed = text.split()
        return cls(datetime.fromisoformat(start), float(began), float(speed))

    def __str__(self) -> str:
        return f"{self.start.isoformat()} {self.began!r} {self.speed!r}"

    def monotonic(self) -> float:
        """s since the start, of this time."""
        return (time.monotonic() - self.began) * self.speed

    def utc(self) -> datetime:
        return (self.start + timedelta(seconds=self.monotonic())).astimezone(UTC)

    def uptime(self) -> Uptime:
        """Of a machine that was started at the start."""
        return Uptime("one boot", self.monotonic)
