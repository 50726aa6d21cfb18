"""Asking: information, the state of the queue, help."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import InformationChosen, QueueNumberTyped, WalkInChosen
from kiosk.model import Service
from kiosk.screens.icons import Icon
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import column

NUMBER_KEYS = "ABCDEFGW-1234567890"
LONGEST_NUMBER = 8


class InformationScreen(KioskScreen):
    """The list of services and the hours; or, of one service, its documents, fees and stages."""

    home, home_icon = "button.home", Icon.HOME

    @property
    def reads_body(self) -> bool:  # type: ignore[override]
        return self._service is not None

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
            self.words(service.summary[language], wide, theme.LARGE_MM, self.palette.quiet),
        ]

    def body(self, wide: float) -> Sequence[Widget]:
        service, language = self._service, self.view.visit.language
        if service is None:
            services = self.view.data.services if self.view.data else ()
            return [self.choice(each.name[language], wide, InformationChosen(each.id), size=10) for each in services]
        fees = [f"{each.name[language]}: {self.texts.rupiah(each.rupiah)}" for each in service.fees]
        stages = [f"{place}. {each[language]}" for place, each in enumerate(service.stages, 1)]
        documents = [each[language] for each in service.documents]
        made = self._list("information.documents", documents, wide) if documents else []
        made += self._list("information.fees", fees or [self.word("information.no_fees")], wide)
        made += self._list("information.stages", stages, wide) if stages else []
        return made

    def answer(self, wide: float) -> Sequence[Widget]:
        if self._service is None or self._service.walk_in_quota == 0:
            return []
        return [self.choice(self.word("information.walk_in"), wide, WalkInChosen(), "main", icon=Icon.TICKET)]

    def _list(self, key: str, rows: list[str], wide: float) -> list[Widget]:
        heading = self.words(self.word(key), wide, theme.LARGE_MM, bold=True, halign="left")
        first, *others = (self.words(each, wide, theme.BODY_MM, halign="left") for each in rows)
        # A heading is never left alone at the end of a page.
        return [column([heading, first], wide, self.gap), *others]

    def _hours(self, wide: float) -> Widget:
        language = self.view.visit.language
        today = self.view.data.rules.hours[self.view.now.weekday()] if self.view.data else ()
        told = ", ".join(
            f"{self.texts.time(each.opens, language)}–{self.texts.time(each.closes, language)}" for each in today
        )
        text = self.word("information.hours", hours=told) if told else self.word("information.closed_today")
        return self.words(text, wide, theme.LARGE_MM, self.palette.quiet)


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
        return [*keypad(self, NUMBER_KEYS, 10, wide, LONGEST_NUMBER), search]

    def _search(self) -> None:
        number, self.typed = self.typed, ""
        self.post(QueueNumberTyped(number))


class HelpScreen(KioskScreen):
    home, home_icon = "button.home", Icon.HOME
    goes_back = True

    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.sign(Icon.STAFF, wide), self.title("help.title", wide), self.hint("help.hint", wide)]
