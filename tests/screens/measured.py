"""What can be measured on a screen."""

from collections.abc import Iterator
from itertools import combinations

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.phone_picture import PhonePicture
from kiosk.screens.screen import KioskScreen
from kiosk.screens.stage import Stage
from kiosk.screens.widgets import Choice, QrCode, Sign, Target, Words
from kiosk.theme import Panel

LEAST_TARGET_MM = 15.0


def leaves(stage: Stage | KioskScreen) -> list[Widget]:
    """Everything that is read or touched."""
    return [each for each in stage.walk() if isinstance(each, Words | Target | QrCode | Sign)]


def touched(stage: Stage) -> list[Widget]:
    """Everything that can be touched."""
    return [each for each in leaves(stage) if isinstance(each, Target) and not is_only_seen(each)]


def is_only_seen(target: Target) -> bool:
    """A picture that does nothing, but could."""
    return isinstance(target, PhonePicture) and target.disabled


def box(widget: Widget) -> tuple[float, float, float, float]:
    return widget.x, widget.y, widget.right, widget.top


def overlap(one: Widget, other: Widget) -> bool:
    (left, low, right, high), (left2, low2, right2, high2) = box(one), box(other)
    return left + 1 < right2 and left2 + 1 < right and low + 1 < high2 and low2 + 1 < high


def name_of(widget: Widget) -> str:
    return f"{type(widget).__name__} {getattr(widget, 'text', '')!r}"


def faults(stage: Stage | KioskScreen, panel: Panel) -> Iterator[str]:
    """What is clipped, overlaps, cannot be read or cannot be touched."""
    found = leaves(stage)
    for each in found:
        left, low, right, high = box(each)
        if left < 0 or low < 0 or right > stage.width + 1 or high > stage.height + 1:
            yield f"{name_of(each)} leaves the screen: {box(each)}"
        if isinstance(each, Words | Choice):
            if each.texture_size[0] > each.width + 1 or each.texture_size[1] > each.height + 1:
                yield f"{name_of(each)} is clipped"
            if each.font_size < (theme.LEAST_MM - 0.01) * panel.pixels_per_mm:
                yield f"{name_of(each)} is too small to read: {each.font_size / panel.pixels_per_mm:.2f} mm"
        if isinstance(each, Target) and min(each.size) < LEAST_TARGET_MM * panel.pixels_per_mm:
            yield f"{name_of(each)} is too small to touch: {each.size}"
    for one, other in combinations(found, 2):
        if overlap(one, other):
            yield f"{name_of(one)} lies over {name_of(other)}"


def out_of_reach(stage: Stage, panel: Panel) -> Iterator[str]:
    """What is touched and does not lie within reach of a seated person."""
    low, high = panel.band(stage.height)
    for each in touched(stage):
        if each.y < low - 1 or each.top > high + 1:
            yield f"{name_of(each)} lies at {each.y:.0f} to {each.top:.0f} px, reach is {low:.0f} to {high:.0f}"
