"""How a touch panel is mounted, from where the touches of four targets came (pure)."""

from collections.abc import Sequence

from kiosk.set_up_lines import TARGETS

Place = tuple[float, float]
ROTATIONS = (0, 90, 180, 270)
NEAR = 0.13
"""How far off a finger may be, as a share of the picture; half of what would reach another corner's side."""


def rotation_of(touches: Sequence[Place]) -> int | None:
    """By how many degrees, clockwise, touches have to be turned for each to come to its target; None where no turn does
    that: a mirrored panel, or a finger that went elsewhere.
    """
    for each in ROTATIONS:
        turned = [turn(place, each) for place in touches]
        if all(_is_near(*pair) for pair in zip(turned, TARGETS, strict=True)):
            return each
    return None


def turn(place: Place, degrees: int) -> Place:
    """A place of a panel that is turned clockwise, as box_files.MATRICES turn it."""
    x, y = place
    return {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[degrees]


def _is_near(one: Place, other: Place) -> bool:
    return abs(one[0] - other[0]) <= NEAR and abs(one[1] - other[1]) <= NEAR
