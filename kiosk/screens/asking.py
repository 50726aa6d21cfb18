"""Asking: the state of the queue, help."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import QueueNumberTyped
from kiosk.screens.icons import Icon
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.screen import KioskScreen

NUMBER_KEYS = ("ABCDEFGW-", "1234567890")
LONGEST_NUMBER = 8


class QueueScreen(KioskScreen):
    home, home_icon = "button.home", Icon.HOME

    def ask(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        made: list[Widget] = [self.title("queue.title", wide), self.hint("queue.hint", wide)]
        if visit.queue:
            entry = visit.queue
            told = self.word(f"queue.{entry.state}", number=entry.number, ahead=entry.ahead, counter=entry.counter)
            made.append(self.words(told, wide, theme.TITLE_MM * 0.85, self.palette.main, bold=True))
        elif visit.queue_unknown:
            made.append(self.words(self.word("queue.unknown"), wide, theme.LARGE_MM, self.palette.warning, bold=True))
        return [*made, typed_box(self, self.typed, wide, theme.TITLE_MM * 1.2)]

    def answer(self, wide: float) -> Sequence[Widget]:
        kind = "main" if self.typed else "off"
        search = self.choice(self.word("queue.search"), wide, self._search, kind, icon=Icon.SEARCH)
        return [*keypad(self, NUMBER_KEYS, wide, LONGEST_NUMBER), search]

    def _search(self) -> None:
        number, self.typed = self.typed, ""
        self.post(QueueNumberTyped(number))


class HelpScreen(KioskScreen):
    """That staff are called; without a network nobody hears it yet, so nothing is promised."""

    home, home_icon = "button.home", Icon.HOME
    goes_back = True

    def ask(self, wide: float) -> Sequence[Widget]:
        if self.view.online:
            return [
                self.sign(Icon.STAFF, wide),
                self.title("help.called", wide),
                self.hint("help.called_hint", wide),
            ]
        return [
            self.sign(Icon.WARNING, wide, self.palette.warning),
            self.title("help.offline", wide),
            self.hint("help.offline_hint", wide),
        ]
