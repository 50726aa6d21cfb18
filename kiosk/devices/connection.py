"""The line to a printer: bytes out, bytes in, each with a known end."""

from typing import Protocol

from kiosk.errors import PrinterError


class ConnectionLost(PrinterError):
    """The line is gone or takes no more bytes; `sent` of the bytes of this write had been taken before."""

    def __init__(self, message: str, sent: int = 0) -> None:
        super().__init__(message)
        self.sent = sent


class Connection(Protocol):
    """A line to a printer.

    python-escpos brings connections of its own, but they tell neither how many bytes of a cut write went out nor a
    silence from a lost line, and the outcome of a print hangs on just that; so the drivers move the bytes themselves.
    """

    answers: bool
    """False for a line that can only be written to."""

    bytes_per_second: float
    """How fast the line is at its best, to know how long a ticket may be on its way."""

    def open(self) -> None:
        """Open the line; PrinterError with the next step if that cannot be."""

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the line; ConnectionLost (with the count taken) if it breaks or takes nothing for 5
        s."""

    def read(self, timeout: float) -> bytes:
        """What has come, waiting up to `timeout` s for a first byte; empty after a silence; ConnectionLost if it
        broke."""

    def close(self) -> None:
        """Close the line; harmless when it is closed already."""
