"""A ticket and its words, as lines for a printer (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True)
class Text:
    """One line of text; `width` and `height` are multiples (1 to 8) of the printer's font A (12 × 24 dots)."""

    text: str
    align: Align = Align.CENTRE
    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Code:
    """A QR code, centred; the driver chooses the largest module that fits the paper, up to `module` dots."""

    data: str
    module: int = 6


@dataclass(frozen=True)
class Picture:
    """A picture (PNG bytes), centred, printed in black and white; wider than the paper is scaled down."""

    png: bytes


@dataclass(frozen=True)
class Feed:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True)
class Cut:
    """Feeds past the cutter and cuts."""


Line = Text | Rule | Code | Picture | Feed | Cut

COLUMNS = {80: 48, 58: 32}
"""Characters of font A in a line, by paper width in mm (576 and 384 dots at 203 dpi)."""
