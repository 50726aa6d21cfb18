"""A printer on a serial line or a USB serial adapter."""

import serial

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import read_some, write_all
from kiosk.errors import PrinterError


class SerialConnection:
    """A tty at `baudrate`, 8 data bits, no parity, 1 stop bit.

    pyserial sets the line up; bytes are moved on its descriptor because its write does not tell how many bytes a
    time-out left.
    """

    answers = True

    def __init__(self, path: str, baudrate: int) -> None:
        self._path = path
        self._baudrate = baudrate
        self._serial: serial.Serial | None = None
        self.bytes_per_second = baudrate / 10

    def open(self) -> None:
        self.close()
        try:
            self._serial = serial.Serial(self._path, self._baudrate, timeout=0, exclusive=True)
        except (OSError, ValueError) as error:
            raise PrinterError(
                f"the printer at {self._path} cannot be opened ({error});"
                " check its cable, or the path in the configuration"
            ) from error

    def write(self, data: bytes) -> None:
        write_all(self._descriptor(), data)

    def read(self, timeout: float) -> bytes:
        return read_some(self._descriptor(), timeout)

    def close(self) -> None:
        if self._serial is not None:
            self._serial.close()
            self._serial = None

    def _descriptor(self) -> int:
        if self._serial is None:
            raise ConnectionLost("the printer is not open")
        return int(self._serial.fileno())
