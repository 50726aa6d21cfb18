"""The line to a simulated printer in this process."""

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.errors import PrinterError


class SimulatedConnection:
    """`simulator` is the printer at the line's end; a line that does not answer can only be written to."""

    bytes_per_second = 100_000.0

    def __init__(self, simulator: SimulatedPrinter | None = None, *, answers: bool = True) -> None:
        self.simulator = simulator or SimulatedPrinter()
        self.answers = answers
        self._open = False
        self._plugged_in = True
        self._bytes_left: int | None = None

    @property
    def is_up(self) -> bool:
        """Whether it is open and its cable whole."""
        return self._open and self._plugged_in

    def unplug(self) -> None:
        self._plugged_in = False

    def unplug_after(self, count: int) -> None:
        """The cable is cut when `count` more bytes have gone through, in the middle of a command or not."""
        self._bytes_left = count

    def plug_in(self) -> None:
        self._plugged_in, self._bytes_left = True, None

    def open(self) -> None:
        if not self._plugged_in:
            raise PrinterError("the simulated printer is unplugged; plug it in")
        self._open = True
        # What it said to a line that is gone is lost.
        self.simulator.answers(0)

    def write(self, data: bytes) -> None:
        self._check_line()
        if self._bytes_left is None or self._bytes_left >= len(data):
            self.simulator.receive(data)
            self._bytes_left = None if self._bytes_left is None else self._bytes_left - len(data)
            return
        sent, self._bytes_left = self._bytes_left, None
        self.simulator.receive(data[:sent])
        self.unplug()
        raise ConnectionLost("the simulated printer was unplugged", sent)

    def read(self, timeout: float) -> bytes:
        self._check_line()
        said = self.simulator.answers(timeout)
        return said if self.answers else b""

    def close(self) -> None:
        self._open = False

    def _check_line(self) -> None:
        if not self.is_up:
            raise ConnectionLost("the simulated printer is unplugged or not open")
