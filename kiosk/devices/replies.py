"""What an ESC/POS printer answers, told apart byte by byte (no I/O).

The fixed bits are those of Epson's ESC/POS command reference: a DLE EOT status has bits 1 and 4 set and 0 and 7 clear;
a GS r status has 4 and 7 clear; the first of four bytes of Automatic Status Back has 4 set and 0, 1 and 7 clear; a
block begins with 37h (or 53h, 3Fh, 5Fh by its kind) and ends in 00h.
"""

from dataclasses import dataclass
from enum import Enum, auto

from kiosk.model import PrinterStatus

_BLOCK = 0x37
_CLEARED = b"\x37\x25"
"""The block, without its end, that answers DLE DC4 8."""

_NAMED = b"\x37\x22"
"""How the answer to GS ( H function 48 begins."""

_FLOW_CONTROL = (0x11, 0x13)


class ReplyKind(Enum):
    """STRAY is what no question and no flow control accounts for."""

    REAL_TIME = auto()
    BARRIER = auto()
    STRAY = auto()


@dataclass(frozen=True)
class Reply:
    kind: ReplyKind
    byte: int


class ReplyReader:
    """Bytes from a printer → replies. Blocks that answer a question of ours and flow control are passed over."""

    def __init__(self) -> None:
        self._skip = 0
        self._block = b""

    def feed(self, data: bytes) -> list[Reply]:
        return [reply for byte in data if (reply := self._byte(byte))]

    def _byte(self, byte: int) -> Reply | None:
        if self._block:
            return self._in_block(byte)
        if self._skip:
            self._skip -= 1
        elif byte == _BLOCK:
            self._block = bytes((byte,))
        elif byte & 0x93 == 0x12:
            return Reply(ReplyKind.REAL_TIME, byte)
        elif byte & 0x90 == 0x00:
            return Reply(ReplyKind.BARRIER, byte)
        elif byte & 0x93 == 0x10:
            self._skip = 3
            return Reply(ReplyKind.STRAY, byte)
        elif byte not in _FLOW_CONTROL:
            return Reply(ReplyKind.STRAY, byte)
        return None

    def _in_block(self, byte: int) -> Reply | None:
        if byte != 0x00:
            self._block += bytes((byte,))
            return None
        whole, self._block = self._block, b""
        ours = whole == _CLEARED or (whole.startswith(_NAMED) and len(whole) == 6)
        return None if ours else Reply(ReplyKind.STRAY, byte)


class Heard:
    """All that has come since a piece of data was sent: the bytes, the answers by kind, how much had no cause."""

    def __init__(self) -> None:
        self.data = b""
        self.real_time: list[int] = []
        self.barriers: list[int] = []
        self.strays = 0

    def note(self, data: bytes, replies: list[Reply]) -> None:
        self.data += data
        self.real_time += [reply.byte for reply in replies if reply.kind is ReplyKind.REAL_TIME]
        self.barriers += [reply.byte for reply in replies if reply.kind is ReplyKind.BARRIER]
        self.strays += sum(reply.kind is ReplyKind.STRAY for reply in replies)


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
