"""A keyboard-less scanner on a tty."""

import time
from collections import deque

import serial

from kiosk.devices.codes import CodeSplitter
from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import read_some
from kiosk.errors import ScannerError

IDLE_GAP = 0.05
"""A code without a terminator ends when nothing has come for this long, in s (a byte at 9600 baud takes 1 ms)."""


class SerialScanner:
    """Reads codes from the tty at `path`; each ends in CR, LF, CRLF or an idle gap."""

    def __init__(self, path: str, baudrate: int) -> None:
        self._path = path
        self._baudrate = baudrate
        self._serial: serial.Serial | None = None
        self._splitter = CodeSplitter()
        self._codes: deque[str] = deque()
        self._last_byte = 0.0

    def open(self) -> None:
        self.close()
        try:
            self._serial = serial.Serial(self._path, self._baudrate, timeout=0, exclusive=True)
        except (OSError, ValueError) as error:
            raise ScannerError(
                f"the scanner at {self._path} cannot be opened ({error});"
                " check its cable, or the path in the configuration"
            ) from error

    def read(self, timeout: float) -> str | None:
        deadline = time.monotonic() + timeout
        while not self._codes:
            now = time.monotonic()
            gap = self._last_byte + IDLE_GAP - now if self._splitter.pending else timeout
            if gap <= 0 and (code := self._splitter.end()):
                return code
            if data := self._receive(max(0, min(deadline - now, gap))):
                self._last_byte = time.monotonic()
                self._codes.extend(self._splitter.feed(data))
            elif now >= deadline:
                return None
        return self._codes.popleft()

    def close(self) -> None:
        self._splitter = CodeSplitter()
        self._codes.clear()
        if self._serial is not None:
            self._serial.close()
            self._serial = None

    def _receive(self, timeout: float) -> bytes:
        if self._serial is None:
            raise ScannerError(f"the scanner at {self._path} is not open")
        try:
            return read_some(self._serial.fileno(), timeout, 65536)
        except ConnectionLost as error:
            raise ScannerError(f"the scanner at {self._path} is gone ({error}); check its cable") from error
