"""What an ESC/POS printer answers, told apart byte by byte (no I/O).

The fixed bits are those of Epson's ESC/POS command reference: a DLE EOT status has bits 1 and 4 set and 0 and 7 clear;
a GS r status has 4 and 7 clear; the first of four bytes of Automatic Status Back has 4 set and 0, 1 and 7 clear; a
block begins with 37h (or 53h, 3Fh, 5Fh by its kind) and ends in 00h.
"""

from dataclasses import dataclass
from enum import Enum, auto

from kiosk.model import PrinterStatus


class ReplyKind(Enum):
    REAL_TIME = auto()
    BARRIER = auto()


@dataclass(frozen=True)
class Reply:
    kind: ReplyKind
    byte: int


class ReplyReader:
    """Bytes from a printer → replies. Automatic status, blocks and flow control (XON, XOFF) are passed over."""

    def __init__(self) -> None:
        self._skip = 0
        self._in_block = False

    def feed(self, data: bytes) -> list[Reply]:
        return [reply for byte in data if (reply := self._byte(byte))]

    def _byte(self, byte: int) -> Reply | None:
        if self._in_block:
            self._in_block = byte != 0x00
        elif self._skip:
            self._skip -= 1
        elif byte == 0x37:
            self._in_block = True
        elif byte & 0x93 == 0x10:
            self._skip = 3
        elif byte & 0x93 == 0x12:
            return Reply(ReplyKind.REAL_TIME, byte)
        elif byte & 0x90 == 0x00:
            return Reply(ReplyKind.BARRIER, byte)
        return None


def status_from(printer: int, offline_cause: int, error: int, paper: int) -> PrinterStatus:
    """The status that the answers to DLE EOT 1, 2, 3 and 4 mean (Epson ESC/POS command reference, DLE EOT).

    An open cover comes first, for the paper sensors under it then see no paper either.
    """
    if offline_cause & 0x04:
        return PrinterStatus.COVER_OPEN
    if paper & 0x60 or offline_cause & 0x20:
        return PrinterStatus.PAPER_OUT
    if printer & 0x08 or offline_cause & 0x40 or error & 0x6C:
        return PrinterStatus.OFFLINE
    return PrinterStatus.PAPER_LOW if paper & 0x0C else PrinterStatus.READY
