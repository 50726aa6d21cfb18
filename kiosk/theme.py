"""Colours and sizes of every screen (pure). Sizes are in mm: a finger and an eye find the same on each panel."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kiosk.model import TextSize

Colour = tuple[float, float, float, float]


def colour(code: str) -> Colour:
    """An opaque colour from its hex code."""
    return int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255, 1.0


@dataclass(frozen=True)
class Palette:
    """The colours of a screen by what they are for.

    `ink` and `quiet` are words, `paper` the ground, `card` what lies on it, `line` an edge that only decorates; `main`
    with `on_main` is the one main action, `warning` words of a no, `focus` the ring around what the keys are at.
    """

    ink: Colour
    quiet: Colour
    paper: Colour
    card: Colour
    line: Colour
    main: Colour
    on_main: Colour
    warning: Colour
    focus: Colour

    @property
    def text_pairs(self) -> tuple[tuple[Colour, Colour], ...]:
        """Every pair of words and ground that the screens use."""
        on_both = [(words, ground) for words in (self.ink, self.quiet) for ground in (self.paper, self.card)]
        return (
            *on_both,
            (self.on_main, self.main),
            (self.main, self.paper),
            (self.warning, self.paper),
            (self.paper, self.ink),
            (self.paper, self.warning),
        )


AS_DESIGNED = Palette(
    ink=colour("0B1F3A"),
    quiet=colour("33435C"),
    paper=colour("F5F7FB"),
    card=colour("FFFFFF"),
    line=colour("C3CDDD"),
    main=colour("07524A"),
    on_main=colour("FFFFFF"),
    warning=colour("8A1515"),
    focus=colour("B35900"),
)
HIGH_CONTRAST = Palette(
    ink=colour("FFFFFF"),
    quiet=colour("FFFFFF"),
    paper=colour("000000"),
    card=colour("000000"),
    line=colour("767676"),
    main=colour("FFE100"),
    on_main=colour("000000"),
    warning=colour("FFB4A8"),
    focus=colour("6FD3FF"),
)
LEAST_CONTRAST = 7.0
"""Of words on their ground (WCAG 2.2, 1.4.6)."""


@cache
def palette(high_contrast: bool, office_colour: str = "") -> Palette:
    """The colours of a screen; `office_colour` (hex) takes the main colour's place if white words on it, and it on the
    screen's ground, have enough contrast.
    """
    if high_contrast:
        return HIGH_CONTRAST
    own = replace(AS_DESIGNED, main=colour(office_colour)) if office_colour else AS_DESIGNED
    is_clear = all(contrast(*pair) >= LEAST_CONTRAST for pair in own.text_pairs)
    return own if is_clear else AS_DESIGNED


LEAST_MM = 6.8
"""The least font size: a capital is 0.711 of it high in Roboto, so 4.8 mm (ADA 707.7.2)."""
SMALL_MM = 8.0
BODY_MM = 9.5
LARGE_MM = 12.0
TITLE_MM = 16.0
NUMBER_MM = 52.0
SIGN_MM = 44.0
TEXT_SCALES = {TextSize.NORMAL: 1.0, TextSize.LARGE: 1.25, TextSize.LARGEST: 1.55}
PICTURE_SCALES = {TextSize.NORMAL: 1.0, TextSize.LARGE: 0.7, TextSize.LARGEST: 0.35}
"""Pictures give way to the words of a person who asked for larger ones."""

TARGET_MM = 17.0
"""The least height and width of what is touched (the least that is tested is 15 mm)."""
BUTTON_MM = 24.0
GAP_MM = 4.0
RING_MM = 1.5
MARGIN_MM = 9.0
CORNER_MM = 4.0

REACH_MM = (800.0, 1100.0)
"""Above the floor: what is operated by a seated person lies between (EN 301 549, draft of the reach clauses)."""


@dataclass(frozen=True)
class Panel:
    """The touch panel: its pixels in a mm, the height of its lower edge above the floor in mm, whether pictures on it
    move, and the office's logo (a picture file).
    """

    pixels_per_mm: float = 4.0
    bottom_mm: float = 700.0
    motion: bool = True
    logo: Path | None = None

    def band(self, high: float) -> tuple[float, float]:
        """Where on a screen `high` px high the reach of REACH_MM begins and ends, in px from its lower edge."""
        low, top = ((each - self.bottom_mm) * self.pixels_per_mm for each in REACH_MM)
        return min(max(0.0, low), high), min(max(0.0, top), high)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(of: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in of[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
