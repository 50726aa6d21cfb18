"""A keypad without hardware, driven by `press` and `move_headphones`."""

from queue import Empty, SimpleQueue

from kiosk.devices.keypad import Jack
from kiosk.errors import KeypadError
from kiosk.model import Key


class SimulatedKeypad:
    """What is pressed is read, in order. `press`, `move_headphones`, `unplug` and `plug_in` may be called from any
    thread.
    """

    def __init__(self) -> None:
        self._happened: SimpleQueue[Key | Jack | None] = SimpleQueue()
        self._plugged_in = True

    def press(self, key: Key) -> None:
        self._happened.put(key)

    def move_headphones(self, to: Jack) -> None:
        self._happened.put(to)

    def unplug(self) -> None:
        """Pull the keypad itself out."""
        self._plugged_in = False
        self._happened.put(None)

    def plug_in(self) -> None:
        self._plugged_in = True

    def open(self) -> None:
        self._check_plug()

    def read(self, timeout: float) -> Key | Jack | None:
        self._check_plug()
        try:
            happened = self._happened.get(timeout=max(timeout, 0))
        except Empty:
            return None
        self._check_plug()
        return happened

    def close(self) -> None:
        """There is nothing to let go of."""

    def _check_plug(self) -> None:
        if not self._plugged_in:
            raise KeypadError("the simulated keypad is unplugged; plug it in")
