"""The clock of the law: 3×24 hours, for a notice of a breach (UU 27/2022, article 46) and to stop processing after a
withdrawal (pure).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

ALLOWED = timedelta(hours=3 * 24)
PRESSING = timedelta(hours=24)
"""So little time left is an alarm."""


@dataclass(frozen=True)
class Deadline:
    """`since` when the clock runs, and when it was `met`, None while it is not; instants are UTC."""

    since: datetime
    met: datetime | None = None

    @property
    def due(self) -> datetime:
        """When it has to be met."""
        return self.since + ALLOWED

    def left(self, now: datetime) -> timedelta:
        """How much time is left, less than none where it is over."""
        return self.due - (self.met or now)

    def state(self, now: datetime) -> str:
        """`met`, `met_late`, `late`, `pressing` or `running`."""
        left = self.left(now)
        if self.met:
            return "met" if left >= timedelta() else "met_late"
        if left < timedelta():
            return "late"
        return "pressing" if left < PRESSING else "running"

    def hours_left(self, now: datetime) -> tuple[int, int]:
        """Hours and minutes left, or gone by since."""
        minutes = int(abs(self.left(now)).total_seconds()) // 60
        return minutes // 60, minutes % 60
