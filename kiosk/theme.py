"""Colours and sizes of every screen (pure). Sizes are in mm: a finger and an eye find the same on each panel."""

Colour = tuple[float, float, float, float]


def colour(code: str) -> Colour:
    """An opaque colour from its hex code."""
    return int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255, 1.0


INK = colour("0B1F3A")
PAPER = colour("F5F7FB")
CARD = colour("FFFFFF")
QUIET = colour("33435C")
LINE = colour("C3CDDD")
MAIN = colour("07524A")
WARNING = colour("8A1515")
WARM = colour("FFF3D6")

TEXT_PAIRS = (
    (INK, PAPER),
    (INK, CARD),
    (QUIET, PAPER),
    (QUIET, CARD),
    (CARD, MAIN),
    (CARD, INK),
    (WARNING, PAPER),
    (INK, WARM),
)
"""Every pair of text and ground that the screens use."""

SMALL_MM = 8.0
BODY_MM = 9.5
LARGE_MM = 12.0
TITLE_MM = 16.0
NUMBER_MM = 52.0
"""Font sizes; a capital is about 0.7 of it high, so the smallest is 5.6 mm (ADA 707.7.2 asks for 4.8 mm)."""

TARGET_MM = 17.0
"""The least height and width of what is touched (the least that is tested is 15 mm)."""
BUTTON_MM = 24.0
GAP_MM = 4.0
MARGIN_MM = 9.0
CORNER_MM = 4.0


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(of: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in of[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
