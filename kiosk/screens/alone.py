"""What the window shows while nobody tells it anything: in Indonesian and English, for whoever stands before it."""

from collections.abc import Iterator

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.model import ENGLISH, INDONESIAN, Language
from kiosk.reader import Script
from kiosk.screens.icons import Icon
from kiosk.screens.widgets import Ground, Sign, Words, column
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import Alone

ICONS = {Alone.MOMENT: Icon.CLOCK, Alone.OUT_OF_ORDER: Icon.WARNING}


class AloneScreen(Ground):
    """Covers all of the window; nothing on it can be touched, and nothing is of a person."""

    def __init__(self, texts: Texts, panel: Panel, what: Alone) -> None:
        super().__init__()
        self._texts, self._panel, self._what = texts, panel, what
        self.bind(size=lambda *_: self._draw(), pos=lambda *_: self._draw())

    def script(self, language: Language) -> Script:
        """The screen in words, for whoever listened."""
        title, hint = self._words(language)
        return Script(title, (hint,))

    def _draw(self) -> None:
        self.clear_widgets()
        wide = self.width - 2 * self._mm(theme.MARGIN_MM)
        made = column(list(self._rows(wide)), wide, self._mm(theme.GAP_MM * 2))
        made.pos = self.x + (self.width - wide) / 2, self.y + (self.height - made.height) / 2
        self.add_widget(made)

    def _rows(self, wide: float) -> Iterator[Widget]:
        colours = theme.AS_DESIGNED
        colour = colours.warning if self._what is Alone.OUT_OF_ORDER else colours.main
        yield Sign(ICONS[self._what], wide, self._mm(theme.SIGN_MM), colour)
        for language in (INDONESIAN, ENGLISH):
            title, hint = self._words(language)
            yield Words(title, wide, self._mm(theme.TITLE_MM), colours.ink, True, "center")
            yield Words(hint, wide, self._mm(theme.LARGE_MM), colours.quiet, False, "center")

    def _words(self, language: Language) -> tuple[str, str]:
        return self._texts(f"alone.{self._what}.title", language), self._texts(f"alone.{self._what}.hint", language)

    def _mm(self, millimetres: float) -> float:
        return millimetres * self._panel.pixels_per_mm
