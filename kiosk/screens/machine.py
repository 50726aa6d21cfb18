"""The machine's own screens: still there, closed, out of service."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import InformationChosen, StayChosen
from kiosk.model import ClosedReason
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen


class StillThereScreen(KioskScreen):
    home, home_icon = "button.home", Icon.HOME

    def ask(self, wide: float) -> Sequence[Widget]:
        return [
            self.sign(Icon.CLOCK, wide),
            self.title("still_there.title", wide),
            self.hint("still_there.hint", wide, seconds=round(self.view.timeout)),
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [self.choice(self.word("still_there.stay"), wide, StayChosen(), "main", 60, theme.TITLE_MM)]


class ClosedScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        opening, language = self.view.opening, self.view.visit.language
        if opening.closed is None:
            return []
        words = opening.words[language] if opening.words else ""
        if opening.closed is ClosedReason.EMERGENCY:
            return [
                self.sign(Icon.WARNING, wide, self.palette.warning),
                self.title("closed.emergency", wide),
                self.words(words, wide, theme.LARGE_MM * 1.15, bold=True),
                self.words(self.word("closed.follow"), wide, theme.LARGE_MM),
            ]
        if opening.opens_at:
            told = self.word("closed.opens", moment=self.texts.moment(opening.opens_at, language))
        else:
            told = self.word("closed.ask")
        return [
            self.sign(Icon.CLOCK, wide),
            self.title(f"closed.{opening.closed}", wide, holiday=words),
            self.words(told, wide, theme.LARGE_MM * 1.15, bold=True),
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        if self.view.data is None or self.view.opening.closed is ClosedReason.EMERGENCY:
            return []
        return [self.choice(self.word("welcome.information"), wide, InformationChosen(), icon=Icon.INFORMATION)]


class OutOfServiceScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        sign = self.sign(Icon.WARNING, wide, self.palette.warning)
        made: list[Widget] = [sign, self.title("out_of_service.title", wide), self.hint("out_of_service.hint", wide)]
        fault = self.view.visit.fault
        if fault:
            made.append(self.hint(f"out_of_service.{fault}", wide))
        return made
