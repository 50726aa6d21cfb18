"""A keypad, or a socket for headphones, as an input device of Linux."""

import fcntl
import os
import struct
import time
from collections import deque
from collections.abc import Callable

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import read_some
from kiosk.devices.keypad import Jack
from kiosk.errors import KeypadError
from kiosk.model import Key

EVENT = struct.Struct("llHHi")
"""struct input_event (linux/input.h): seconds, microseconds, type, code, value."""
EVIOCGRAB = 0x40044590
"""_IOW('E', 0x90, int) (linux/input.h): events go to this descriptor and to nobody else."""
EV_KEY, EV_SW = 0x01, 0x05
PRESSED = 1
"""The value of a key that goes down; 0 is its release, 2 its repetition while it is held (linux/input.h)."""
SW_HEADPHONE_INSERT = 0x02
KEYS = {
    103: Key.UP,
    108: Key.DOWN,
    28: Key.SELECT,  # KEY_ENTER
    96: Key.SELECT,  # KEY_KPENTER
    0x160: Key.SELECT,  # KEY_OK
    0x161: Key.SELECT,  # KEY_SELECT
    158: Key.BACK,  # KEY_BACK
    1: Key.BACK,  # KEY_ESC
    14: Key.BACK,  # KEY_BACKSPACE
    138: Key.HELP,  # KEY_HELP
    59: Key.HELP,  # KEY_F1
}
"""Codes of linux/input-event-codes.h, as the keypads for kiosks send them."""


def grab(descriptor: int) -> None:
    """Keeps an input device's events from everybody else: the window, the console. OSError where it is none, or is
    taken.
    """
    fcntl.ioctl(descriptor, EVIOCGRAB, 1)


class EvdevKeypad:
    """Reads the input device at `path`; a key that is held counts once, other keys do nothing."""

    def __init__(self, path: str, grab: Callable[[int], None] = grab) -> None:
        self._path, self._grab = path, grab
        self._descriptor: int | None = None
        self._rest = b""
        self._waiting: deque[Key | Jack] = deque()

    def open(self) -> None:
        self.close()
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._grab(self._descriptor)
        except OSError as error:
            self.close()
            raise KeypadError(
                f"the keypad at {self._path} cannot be opened ({error.strerror}); check its cable, the path in the"
                " configuration, and that no other program has taken it"
            ) from error

    def read(self, timeout: float) -> Key | Jack | None:
        deadline = time.monotonic() + timeout
        while not self._waiting:
            left = deadline - time.monotonic()
            self._take(self._receive(max(0.0, left)))
            if left <= 0 and not self._waiting:
                return None
        return self._waiting.popleft()

    def close(self) -> None:
        self._rest = b""
        self._waiting.clear()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _receive(self, timeout: float) -> bytes:
        if self._descriptor is None:
            raise KeypadError(f"the keypad at {self._path} is not open")
        try:
            return read_some(self._descriptor, timeout, 64 * EVENT.size)
        except ConnectionLost as error:
            raise KeypadError(f"the keypad at {self._path} is gone ({error}); check its cable") from error

    def _take(self, data: bytes) -> None:
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_KEY and value == PRESSED and code in KEYS:
                self._waiting.append(KEYS[code])
            elif kind == EV_SW and code == SW_HEADPHONE_INSERT:
                self._waiting.append(Jack.PLUGGED if value else Jack.PULLED)
