"""ESC/POS bytes → commands, as a printer takes them apart (no I/O).

Lengths are those of Epson's ESC/POS command reference; an unknown command is passed over with the bytes that name it.
"""

import re
from dataclasses import dataclass

_FIXED = {
    b"\x1b@": 0, b"\x1b2": 0, b"\x1b!": 1, b"\x1bE": 1, b"\x1bG": 1, b"\x1b-": 1, b"\x1ba": 1, b"\x1bd": 1,
    b"\x1bJ": 1, b"\x1bt": 1, b"\x1bR": 1, b"\x1bM": 1, b"\x1b{": 1, b"\x1b3": 1, b"\x1bV": 1, b"\x1b ": 1,
    b"\x1b$": 2, b"\x1b\\": 2, b"\x1bp": 3, b"\x1d!": 1, b"\x1dB": 1, b"\x1dr": 1, b"\x1da": 1, b"\x1dL": 2,
    b"\x1dW": 2, b"\x1db": 1, b"\x1dI": 1, b"\x10\x04": 1, b"\x10\x05": 1,
}  # fmt: skip
"""Bytes after the name, for commands of a fixed length."""

_DLE_DC4_CLEAR = 8
_LONGEST_HEAD = 8
"""Bytes that tell how long a command is."""

_TEXT = re.compile(rb"[^\x00-\x1f]+")
_CUT_WITH_FEED = (65, 66, 97, 98, 103, 104)


@dataclass(frozen=True)
class Command:
    """One command: its name (empty for text), what follows the name, and all of its bytes."""

    name: bytes
    arguments: bytes
    raw: bytes

    @property
    def real_time(self) -> bool:
        """Whether a printer heeds it when it arrives, before what was sent earlier."""
        return self.name[:1] == b"\x10"


class CommandReader:
    """Bytes as they arrive → commands; a command that is not complete waits for its rest."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Command]:
        self._held += data
        commands, start = [], 0
        while start < len(self._held) and (end := start + _length(self._held, start)) <= len(self._held):
            commands.append(_command(self._held[start:end]))
            start = end
        self._held = self._held[start:]
        return commands


def parse(data: bytes) -> list[Command]:
    """All complete commands of `data`."""
    return CommandReader().feed(data)


def _command(raw: bytes) -> Command:
    if raw[0] in (0x1B, 0x1D, 0x10):
        size = 3 if raw[:2] in (b"\x1d(", b"\x1dv") else 2
        return Command(raw[:size], raw[size:], raw)
    if raw[0] < 0x20:
        return Command(raw[:1], b"", raw)
    return Command(b"", raw, raw)


def _length(data: bytes, start: int) -> int:
    """Length of the command at `start`; more than there is if that cannot be told yet."""
    text = _TEXT.match(data, start)
    if text:
        return text.end() - start
    head, unknown = data[start : start + _LONGEST_HEAD], len(data) + 1
    if head[0] not in (0x1B, 0x1D, 0x10):
        return 1
    name = head[:2]
    if len(name) < 2:
        return unknown
    if name in _FIXED:
        return 2 + _FIXED[name]
    if name == b"\x1d(":
        return 5 + int.from_bytes(head[3:5], "little") if len(head) >= 5 else unknown
    if name == b"\x1dv":
        across, down = int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")
        return 8 + across * down if len(head) >= 8 else unknown
    if name == b"\x1dV":
        return unknown if len(head) < 3 else 4 if head[2] in _CUT_WITH_FEED else 3
    if name == b"\x10\x14":
        return unknown if len(head) < 3 else 10 if head[2] == _DLE_DC4_CLEAR else 5
    return 2
