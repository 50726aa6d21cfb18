"""The kiosk's own keys: large, few, and without a memory beyond the screen's."""

from collections.abc import Callable, Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import Box, row


def keypad(screen: KioskScreen, characters: str, columns: int, wide: float, most: int) -> list[Widget]:
    """Rows of keys that add to what the screen holds as typed, up to `most` characters, and one that deletes."""
    rows = [characters[start : start + columns] for start in range(0, len(characters), columns)]
    made: list[Widget] = [key_row(screen, each, columns, wide, most) for each in rows]
    made.append(screen.choice(screen.word("button.delete"), wide / 2, deleting(screen), least=18))
    return made


def key_row(screen: KioskScreen, characters: Sequence[str], columns: int, wide: float, most: int) -> Widget:
    """One row of keys, each as wide as one of `columns`."""
    gap = screen.mm(theme.GAP_MM) / 2
    each = (wide - gap * (columns - 1)) / columns
    return row([screen.choice(one, each, _adding(screen, one, most), least=20) for one in characters], gap)


def deleting(screen: KioskScreen) -> Callable[[], None]:
    """Takes the last character back."""

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


def typed_box(screen: KioskScreen, text: str, wide: float, size: float, halign: str = "center") -> Widget:
    """What was typed, on a card."""
    pad = screen.mm(theme.GAP_MM)
    shown = screen.words(text or " ", wide - 2 * pad, size, bold=True, halign=halign)
    box = Box(size=(wide, shown.height + 2 * pad), padding=pad)
    box.add_widget(shown)
    return box
