"""The kiosk's own keys: large, few, and without a memory beyond the screen's."""

from collections.abc import Callable, Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import Card, Group, column, row

KEY_MM = 20.0
PHONE_MM = 190.0
"""The width of a telephone's keys together."""


def keypad(screen: KioskScreen, rows: Sequence[str], wide: float, most: int) -> list[Widget]:
    """Rows of keys that add to what the screen holds as typed, up to `most` characters, and one below that deletes."""
    columns = max(map(len, rows))
    return [*(key_row(screen, each, columns, wide, most) for each in rows), delete_key(screen, wide / 2)]


def phone_keys(screen: KioskScreen, wide: float, most: int) -> Widget:
    """Digits as on a telephone, with the key that deletes right of the zero."""
    block, gap = min(wide, screen.mm(PHONE_MM)), screen.mm(theme.GAP_MM) / 2
    each = (block - 2 * gap) / 3
    rows = [key_row(screen, digits, 3, block, most) for digits in ("123", "456", "789")]
    last = row([key_row(screen, "0", 3, block, most), delete_key(screen, each, theme.BODY_MM)], gap)
    high = last.height
    places = [(last, each + gap, 0.0)]
    for digits in reversed(rows):
        places.append((digits, 0.0, high + gap))
        high += gap + digits.height
    return Group(places, block, high)


def key_row(screen: KioskScreen, characters: str, columns: int, wide: float, most: int) -> Widget:
    """One row of keys, each as wide as one of `columns`."""
    gap = screen.mm(theme.GAP_MM) / 2
    each = (wide - gap * (columns - 1)) / columns

    def make() -> Widget:
        return row([screen.choice(one, each, _adding(screen, one, most), least=KEY_MM) for one in characters], gap)

    return screen.kept((characters, each, most), make)


def delete_key(screen: KioskScreen, wide: float, size: float = theme.LARGE_MM) -> Widget:
    """Takes the last character back."""
    word, released = screen.word("button.delete"), _deleting(screen)
    return screen.kept(
        ("delete", wide), lambda: screen.choice(word, wide, released, "plain", KEY_MM, size, Icon.DELETE)
    )


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
