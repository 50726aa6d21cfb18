"""A screen for whoever listens: in words, with what can be done in the order in which it is read, and the ring around
what the keypad's next key would take.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kivy.graphics import Color, Line
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import AccessChosen, Back, HelpChosen, Home
from kiosk.reader import Option, Script
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import Card, Target, Words
from kiosk.visit import TRANSITIONS


def script_of(screen: KioskScreen) -> Script:
    """The screen in words, all its pages; what was typed is told apart from what is written."""
    known, access = TRANSITIONS[screen.view.visit.state], screen.view.visit.access
    parts, controls = list(_parts(screen)), controls_of(screen)
    names = {each.text for each in controls}
    title, *lines = [each.text for each in parts if isinstance(each, Words) and each.text not in names] or [""]
    options = [Option(each.said, partial(each.dispatch, "on_release"), each.kind == "chosen") for each in controls]
    curtain = screen.word("spoken.curtain_open" if access.curtain else "spoken.curtain")
    draw_curtain = AccessChosen(replace(access, curtain=not access.curtain))
    leave = Back() if Back in known and screen.goes_back else Home() if Home in known else None
    return Script(
        title=title,
        lines=tuple(dict.fromkeys(lines)),
        options=(*options, Option(curtain, partial(screen.post, draw_curtain))),
        typed=screen.typed if any(isinstance(each, Card) for each in parts) and not screen.hides_typed else None,
        back=partial(screen.post, leave) if leave else None,
        help=partial(screen.post, HelpChosen()) if HelpChosen in known else None,
    )


def controls_of(screen: KioskScreen) -> list[Target]:
    """What can be touched, on all pages, in the order of the script's options; what is off is left out."""
    return [each for each in _parts(screen) if isinstance(each, Target) and not each.disabled]


def focus(screen: KioskScreen, place: int | None) -> None:
    """Draws a ring around the option at a place of the script, on the page where it stands, and no other."""
    controls = controls_of(screen)
    for each in controls:
        each.canvas.after.clear()
    # The last option, the curtain, has no control.
    if place is None or place >= len(controls):
        return
    for page in range(screen.pages):
        if _is_shown(screen, controls_of(screen)[place]):
            break
        screen.turn_to(page)
    _draw_ring(controls_of(screen)[place], screen.palette.focus, screen.mm(theme.RING_MM))


def _parts(screen: KioskScreen) -> Iterator[Widget]:
    """What a person reads or touches, from top to bottom; the head is left out."""
    for row in screen.rows:
        yield from _leaves(row)


def _leaves(widget: Widget) -> Iterator[Widget]:
    if isinstance(widget, Words | Card | Target):
        yield widget
        return
    for each in reversed(widget.children):
        yield from _leaves(each)


def _is_shown(screen: KioskScreen, control: Target) -> bool:
    return any(each is control for each in screen.walk(restrict=True))


def _draw_ring(control: Target, colour: theme.Colour, apart: float) -> None:
    x, y, wide, high = control.x - apart, control.y - apart, control.width + 2 * apart, control.height + 2 * apart
    with control.canvas.after:
        Color(*colour)
        Line(rounded_rectangle=(x, y, wide, high, 2 * apart), width=apart / 2)
