"""ESC/POS bytes → commands, as a printer takes them apart (no I/O).

Lengths are those of Epson's ESC/POS command reference; an unknown command is passed over with the bytes that name it.
"""

from dataclasses import dataclass

_FIXED = {
    b"\x1b@": 0, b"\x1b2": 0, b"\x1b!": 1, b"\x1bE": 1, b"\x1bG": 1, b"\x1b-": 1, b"\x1ba": 1, b"\x1bd": 1,
    b"\x1bJ": 1, b"\x1bt": 1, b"\x1bR": 1, b"\x1bM": 1, b"\x1b{": 1, b"\x1b3": 1, b"\x1bV": 1, b"\x1b ": 1,
    b"\x1b$": 2, b"\x1b\\": 2, b"\x1bp": 3, b"\x1d!": 1, b"\x1dB": 1, b"\x1dr": 1, b"\x1da": 1, b"\x1dL": 2,
    b"\x1dW": 2, b"\x1db": 1, b"\x1dI": 1, b"\x10\x04": 1, b"\x10\x05": 1,
}  # fmt: skip
"""Bytes after the name, for commands of a fixed length."""

_DLE_DC4_CLEAR = 8
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
        commands = []
        while self._held and (length := _length(self._held)) <= len(self._held):
            commands.append(_command(self._held[:length]))
            self._held = self._held[length:]
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


def _length(data: bytes) -> int:
    """Length of the first command; one more than there is if that cannot be told yet."""
    if data[0] not in (0x1B, 0x1D, 0x10):
        return 1 if data[0] < 0x20 else _text_length(data)
    name, unknown = data[:2], len(data) + 1
    if len(name) < 2:
        return unknown
    if name in _FIXED:
        return 2 + _FIXED[name]
    if name == b"\x1d(":
        return 5 + int.from_bytes(data[3:5], "little") if len(data) >= 5 else unknown
    if name == b"\x1dv":
        return (
            8 + int.from_bytes(data[4:6], "little") * int.from_bytes(data[6:8], "little") if len(data) >= 8 else unknown
        )
    if name == b"\x1dV":
        return unknown if len(data) < 3 else 4 if data[2] in _CUT_WITH_FEED else 3
    if name == b"\x10\x14":
        return unknown if len(data) < 3 else 10 if data[2] == _DLE_DC4_CLEAR else 5
    return 2


def _text_length(data: bytes) -> int:
    return next((index for index, byte in enumerate(data) if byte < 0x20), len(data))
