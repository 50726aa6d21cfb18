"""The ground of a button, pixel by pixel."""

import pytest
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.pane import RIM, Pane, _painted_pane

EDGE, GROUND = theme.AS_DESIGNED.quiet, theme.AS_DESIGNED.main
CORNER = 16


def pixel(x: int, y: int) -> tuple[int, ...]:
    side = 2 * CORNER + 1
    start = 4 * (y * side + x)
    return tuple(_painted_pane(CORNER, EDGE, GROUND).pixels[start : start + 4])


def opaque(colour: theme.Colour) -> tuple[int, ...]:
    return tuple(round(255 * part) for part in colour)


def test_it_is_a_rim_around_a_ground_and_nothing_in_the_corners() -> None:
    across = [pixel(x, CORNER) for x in range(2 * CORNER + 1)]
    assert across[:RIM] == across[-RIM:] == [opaque(EDGE)] * RIM
    assert set(across[RIM:-RIM]) == {opaque(GROUND)}
    assert [pixel(x, y)[3] for x, y in ((0, 0), (0, 32), (32, 0), (32, 32))] == [0] * 4
    assert any(0 < pixel(x, 2)[3] < 255 for x in range(CORNER)), "its outline is soft"


@pytest.mark.parametrize("place", [10.0, 10.4, 10.6])
def test_it_lies_on_whole_pixels_and_leaves_no_gap_to_the_next(place: float) -> None:
    with Widget().canvas:
        one, next_one = Pane(CORNER), Pane(CORNER)
    one.lie(place, 0, 100.3, 50)
    next_one.lie(place + 100.3, 0, 100.3, 50)
    (left, _), (wide, _) = one._area.pos, one._area.size
    assert left == int(left)
    assert left + wide == next_one._area.pos[0]
