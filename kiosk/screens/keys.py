"""The kiosk's own keys: large, few, and without a memory beyond the screen's."""

from collections.abc import Callable, Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import Card, column, row

KEY_MM = 20.0


def keypad(screen: KioskScreen, characters: str, columns: int, wide: float, most: int) -> list[Widget]:
    """Rows of keys that add to what the screen holds as typed, up to `most` characters, and one that deletes at the end
    of the last row, or below where it is full.
    """
    rows = [characters[start : start + columns] for start in range(0, len(characters), columns)]
    made: list[Widget] = [key_row(screen, each, columns, wide, most) for each in rows]
    delete = delete_key(screen, wide / 2)
    return [*made, delete]


def key_row(screen: KioskScreen, characters: Sequence[str], columns: int, wide: float, most: int) -> Widget:
    """One row of keys, each as wide as one of `columns`."""
    gap = screen.mm(theme.GAP_MM) / 2
    each = (wide - gap * (columns - 1)) / columns
    return row([screen.choice(one, each, _adding(screen, one, most), least=KEY_MM) for one in characters], gap)


def delete_key(screen: KioskScreen, wide: float) -> Widget:
    """Takes the last character back."""
    return screen.choice(screen.word("button.delete"), wide, _deleting(screen), least=KEY_MM, icon=Icon.DELETE)


def _deleting(screen: KioskScreen) -> Callable[[], None]:
    def delete() -> None:
        screen.typed = screen.typed[:-1]
        screen.show(screen.view)

    return delete


def _adding(screen: KioskScreen, character: str, most: int) -> Callable[[], None]:
    def add() -> None:
        if len(screen.typed) < most:
            screen.typed += character
            screen.show(screen.view)

    return add


def typed_box(
    screen: KioskScreen, text: str, wide: float, size: float, halign: str = "center", length: str = ""
) -> Widget:
    """What was typed, on a card, and how long it is."""
    pad, palette = screen.mm(theme.GAP_MM), screen.palette
    room = wide - 2 * pad
    shown: Widget = screen.words(text or " ", room, size, bold=True, halign=halign)
    if length:
        shown = column([shown, screen.words(length, room, theme.SMALL_MM, palette.quiet, halign="right")], room, 0)
    return Card(shown, pad, screen.mm(theme.CORNER_MM), palette.card, palette.quiet)
