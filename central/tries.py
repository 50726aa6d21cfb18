"""How often somebody may guess wrong."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MOST_ADDRESSES = 10_000


class Tries:
    """Wrong tries by address: after `most` within `window`, the next must wait. Safe to call from any thread."""

    def __init__(self, most: int, window: timedelta) -> None:
        self._most, self._window = most, window
        self._wrong: dict[str, deque[datetime]] = {}
        self._turn = Lock()

    def wait(self, address: str, now: datetime) -> int:
        """After how many s the address may try again, 0 for at once."""
        with self._turn:
            wrong = self._wrong.get(address, deque())
            while wrong and wrong[0] <= now - self._window:
                wrong.popleft()
            if not wrong:
                self._wrong.pop(address, None)
            if len(wrong) < self._most:
                return 0
            return int((wrong[0] + self._window - now).total_seconds()) + 1

    def wrong(self, address: str, now: datetime) -> None:
        """Notes a wrong try."""
        with self._turn:
            if address not in self._wrong and len(self._wrong) >= MOST_ADDRESSES:
                # The address that was first to guess wrong makes room, so that memory stays bounded.
                del self._wrong[next(iter(self._wrong))]
            self._wrong.setdefault(address, deque(maxlen=self._most)).append(now)
