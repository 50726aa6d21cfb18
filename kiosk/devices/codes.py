"""Where one scanned code ends and the next begins, and when a code held before a camera counts again (no I/O)."""

import re

LIMIT = 4096
"""Longest code that is read whole, in bytes; one byte more is handed on so that its reader refuses it."""

_END = re.compile(rb"[\r\n]")


class CodeSplitter:
    """Bytes of a scanner → codes. A code ends in CR, LF or both, or with `end()` after an idle gap.

    Of a code longer than LIMIT only LIMIT + 1 characters are kept; the rest of it is dropped as it comes.
    """

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def pending(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[str]:
        """The codes that `data` completes."""
        codes = []
        *ended, rest = _END.split(data)
        for piece in ended:
            self._hold(piece)
            if code := self.end():
                codes.append(code)
        self._hold(rest)
        return codes

    def end(self) -> str | None:
        """The code so far, as if its end had come; None if there is none."""
        held = bytes(self._held)
        self._held.clear()
        # One character a byte keeps what is too long too long.
        return held.decode("latin-1" if len(held) > LIMIT else "utf-8", "replace") or None

    def _hold(self, piece: bytes) -> None:
        self._held += piece[: LIMIT + 1 - len(self._held)]


class HeldCode:
    """Lets a code through once while it is held before the camera, and again when it has been away for `away` s."""

    def __init__(self, away: float = 2.0) -> None:
        self._away = away
        self._code: str | None = None
        self._seen = 0.0

    def new(self, code: str | None, now: float) -> str | None:
        """`code` if it has not been held until now; `now` is a monotonic time in s."""
        if code is None:
            return None
        held = code == self._code and now - self._seen < self._away
        self._code, self._seen = code, now
        return None if held else code
