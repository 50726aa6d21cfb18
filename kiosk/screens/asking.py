"""Asking: information, the state of the queue, help."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import InformationChosen, QueueNumberTyped, WalkInChosen
from kiosk.model import Service
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.screen import KioskScreen

NUMBER_KEYS = "ABCDEFGW-1234567890"
LONGEST_NUMBER = 8


class InformationScreen(KioskScreen):
    """The list of services and the hours; or, of one service, its documents, fees and stages."""

    home = "button.home"

    @property
    def goes_back(self) -> bool:  # type: ignore[override]
        return bool(self.view.visit.service)

    @property
    def _service(self) -> Service | None:
        return self.view.data.service(self.view.visit.service) if self.view.data else None

    def ask(self, wide: float) -> Sequence[Widget]:
        service, language = self._service, self.view.visit.language
        if service is None:
            return [self.title("information.title", wide), self._hours(wide)]
        return [
            self.words(service.name[language], wide, theme.TITLE_MM, bold=True),
            self.words(service.summary[language], wide, theme.LARGE_MM, theme.QUIET),
            *self._list("information.documents", [each[language] for each in service.documents], wide),
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        service, language = self._service, self.view.visit.language
        if service is None:
            services = self.view.data.services if self.view.data else ()
            return [self.choice(each.name[language], wide, InformationChosen(each.id), size=10) for each in services]
        fees = [f"{each.name[language]}: {self.texts.rupiah(each.rupiah)}" for each in service.fees]
        stages = [f"{place}. {each[language]}" for place, each in enumerate(service.stages, 1)]
        made = self._list("information.fees", fees or [self.word("information.no_fees")], wide)
        made += self._list("information.stages", stages, wide) if stages else []
        if service.walk_in_quota != 0:
            made.append(self.choice(self.word("information.walk_in"), wide, WalkInChosen(), "main"))
        return made

    def _list(self, key: str, rows: list[str], wide: float) -> list[Widget]:
        heading = self.words(self.word(key), wide, theme.LARGE_MM, bold=True, halign="left")
        return [heading, *(self.words(each, wide, theme.BODY_MM, halign="left") for each in rows)]

    def _hours(self, wide: float) -> Widget:
        language = self.view.visit.language
        today = self.view.data.rules.hours[self.view.now.weekday()] if self.view.data else ()
        told = ", ".join(
            f"{self.texts.time(each.opens, language)}–{self.texts.time(each.closes, language)}" for each in today
        )
        text = self.word("information.hours", hours=told) if told else self.word("information.closed_today")
        return self.words(text, wide, theme.LARGE_MM, theme.QUIET)


class QueueScreen(KioskScreen):
    home = "button.home"

    def ask(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        made: list[Widget] = [self.title("queue.title", wide), self.hint("queue.hint", wide)]
        if visit.queue:
            entry = visit.queue
            told = self.word(f"queue.{entry.state}", number=entry.number, ahead=entry.ahead, counter=entry.counter)
            made.append(self.words(told, wide, theme.TITLE_MM * 0.85, theme.MAIN, bold=True))
        elif visit.queue_unknown:
            made.append(self.words(self.word("queue.unknown"), wide, theme.LARGE_MM, theme.WARNING, bold=True))
        return [*made, typed_box(self, self.typed, wide, theme.TITLE_MM * 1.2)]

    def answer(self, wide: float) -> Sequence[Widget]:
        kind = "main" if self.typed else "off"
        search = self.choice(self.word("queue.search"), wide, self._search, kind)
        return [*keypad(self, NUMBER_KEYS, 10, wide, LONGEST_NUMBER), search]

    def _search(self) -> None:
        number, self.typed = self.typed, ""
        self.post(QueueNumberTyped(number))


class HelpScreen(KioskScreen):
    home = "button.home"
    goes_back = True

    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("help.title", wide), self.hint("help.hint", wide)]
