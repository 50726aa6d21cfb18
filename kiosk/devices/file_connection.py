"""A printer behind a file that is only written to, such as /dev/usb/lp0."""

import os

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import write_all
from kiosk.errors import PrinterError


class FileConnection:
    """A device file or a plain file. Nothing is ever read from it, so its printer's status is unknown."""

    answers = False
    bytes_per_second = 100_000.0

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None

    def open(self) -> None:
        self.close()
        try:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise PrinterError(
                f"the printer's file {self._path} cannot be opened ({error.strerror});"
                " check its cable, and this user's groups"
            ) from error

    def write(self, data: bytes) -> None:
        if self._descriptor is None:
            raise ConnectionLost("the printer is not open")
        write_all(self._descriptor, data)

    def read(self, timeout: float) -> bytes:
        """Always empty; ConnectionLost if the file is not there any more, or is another one."""
        if self._descriptor is None:
            raise ConnectionLost("the printer is not open")
        try:
            there = os.path.samestat(os.stat(self._path), os.fstat(self._descriptor))
        except OSError:
            there = False
        if not there:
            raise ConnectionLost(f"the printer's file {self._path} is gone")
        return b""

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
