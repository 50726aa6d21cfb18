"""What time it is, and how far that is to be believed: by the central server's word and the time since then.

The machine's own clock may be wrong, jump, or start in 1970 (small boards keep no time without power), so it is asked
only where nothing better is known, and believed only if it is plausible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk.model import ClockState, TimeMark

SYNCED_FOR = timedelta(minutes=15)
"""So long after the central server's word the clock counts as synced, then as in holdover."""
HOLDOVER_FOR = timedelta(days=30)
"""A crystal is off by up to 100 ppm, which is four minutes in so long a time; after it nothing is dated any more."""
SLOWEST_ANSWER = 5.0
"""An answer that took longer, in s, says too little about the moment that it was made in."""
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that shows an earlier time than that of this software is right."""


@dataclass(frozen=True)
class Uptime:
    """`boot` names the machine's present boot, `seconds` tells how long it has been up, suspended or not."""

    boot: str
    seconds: Callable[[], float]


class Clock:
    """The kiosk's time. From any thread.

    `wall` is the machine's clock (UTC), `keeps_time` whether it is known to run without power or to be set from the
    network.
    """

    def __init__(self, wall: Callable[[], datetime], uptime: Uptime, keeps_time: Callable[[], bool]) -> None:
        self._wall, self._uptime, self._keeps_time = wall, uptime, keeps_time
        self._known: datetime | None = None
        self._heard_at: float | None = None
        self._anchor: tuple[datetime, float] | None = None

    def recall(self, mark: TimeMark | None, last_at: datetime | None) -> None:
        """Goes on from what was kept: the last word of the central server, and the last instant that was recorded, as
        it cannot be earlier now.
        """
        self._known = max((each for each in (last_at, mark.at if mark else None) if each), default=None)
        if mark and mark.boot == self._uptime.boot and mark.seconds <= self._uptime.seconds():
            self._anchor = (mark.at, mark.seconds)

    def heard(self, server: datetime, took: float) -> TimeMark | None:
        """The central server said that it was `server` (UTC), in an answer that has just come after `took` s.

        Returns the mark to keep; None where the answer was too slow, or cannot be right.
        """
        if took > SLOWEST_ANSWER or server < EARLIEST:
            return None
        answered = self._uptime.seconds()
        middle = answered - took / 2
        self._anchor, self._heard_at = (server, middle), answered
        return TimeMark(self._uptime.boot, middle, server)

    @property
    def state(self) -> ClockState:
        """How far the time is to be believed now."""
        anchor = self._anchored()
        if anchor is None:
            return ClockState.UNTRUSTED
        recently = self._heard_at is not None and self._since(self._heard_at) <= SYNCED_FOR
        return ClockState.SYNCED if recently else ClockState.HOLDOVER

    def now(self) -> datetime:
        """The best guess (UTC): right unless the clock is untrusted; then not before the last known time."""
        anchor = self._anchored()
        if anchor:
            return anchor[0] + self._since(anchor[1])
        wall = self._wall()
        return max(wall, self._known) if self._known else wall

    def trusted(self) -> datetime | None:
        """The time (UTC), or None while it is not to be believed: nothing may be dated then."""
        return None if self._anchored() is None else self.now()

    def _anchored(self) -> tuple[datetime, float] | None:
        if self._anchor is None and self._is_plausible(wall := self._wall()):
            # From here on the machine's clock may jump: only the time that passes counts.
            self._anchor = (wall, self._uptime.seconds())
        if self._anchor and self._since(self._anchor[1]) > HOLDOVER_FOR:
            return None
        return self._anchor

    def _is_plausible(self, wall: datetime) -> bool:
        known = self._known
        return known is not None and self._keeps_time() and known <= wall <= known + HOLDOVER_FOR

    def _since(self, seconds: float) -> timedelta:
        return timedelta(seconds=self._uptime.seconds() - seconds)
