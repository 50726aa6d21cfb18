"""The rounded ground of a button or a card, with its rim: painted once for each pair of colours, and stretched.

In software every painted pixel costs, and the middle of a button is most of a screen: two rounded rectangles upon one
another, each with soft edges, take three times as long.
"""

from functools import lru_cache
from math import hypot

from kivy.graphics import BorderImage, Color
from kivy.graphics.texture import Texture

from kiosk import theme

RIM = 3
"""The width of an edge, px."""
MOST_PANES = 64
"""More pairs of colours and corners than the screens of an office have."""


class Pane:
    """A ground with a rim, added to the canvas that is open."""

    def __init__(self, corner: float) -> None:
        self._corner = max(RIM + 1, round(corner))
        Color(1, 1, 1, 1)
        self._area = BorderImage(border=[self._corner] * 4)

    def paint(self, edge: theme.Colour, ground: theme.Colour) -> None:
        self._area.texture = _painted_pane(self._corner, edge, ground)

    def lie(self, x: float, y: float, wide: float, high: float) -> None:
        """On whole pixels, so that a straight edge stays sharp."""
        left, low = round(x), round(y)
        self._area.pos, self._area.size = (left, low), (round(x + wide) - left, round(y + high) - low)


@lru_cache(maxsize=MOST_PANES)
def _painted_pane(corner: int, edge: theme.Colour, ground: theme.Colour) -> Texture:
    """Four corners of `corner` px around one px of the middle."""
    side = 2 * corner + 1
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.mag_filter = texture.min_filter = "nearest"
    pixels = b"".join(_pixel(_depth(x, y, corner), edge, ground) for y in range(side) for x in range(side))
    texture.blit_buffer(pixels, colorfmt="rgba", bufferfmt="ubyte")
    return texture


def _depth(x: int, y: int, corner: int) -> float:
    """How far the middle of a pixel is inside the rounded outline, px."""
    return corner + 0.5 - hypot(x - corner, y - corner)


def _pixel(depth: float, edge: theme.Colour, ground: theme.Colour) -> bytes:
    """Red, green, blue, alpha: soft over one px at the outline and where rim and ground meet."""
    inner, outer = (min(1.0, max(0.0, depth - inset + 0.5)) for inset in (RIM, 0.0))
    mixed = (rim + (plain - rim) * inner for rim, plain in zip(edge[:3], ground[:3], strict=True))
    return bytes(round(255 * part) for part in (*mixed, outer))
