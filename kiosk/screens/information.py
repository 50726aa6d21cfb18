"""Information: of each service, the hours of the week, what is announced, where to complain."""

from collections.abc import Iterator, Sequence
from datetime import date

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import InformationChosen, SuggestionChosen, WalkInChosen
from kiosk.model import Fee, Period, Service, Topic
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import QrCode, column, row

TOPIC_ICONS = {
    Topic.SERVICES: Icon.DOCUMENT,
    Topic.HOURS: Icon.CLOCK,
    Topic.ANNOUNCEMENTS: Icon.ANNOUNCEMENT,
    Topic.COMPLAINTS: Icon.COMPLAINT,
}
HOLIDAYS_SHOWN = 4
COMPLAINT_MM = 60.0


class InformationScreen(KioskScreen):
    """The list of topics, one of them, or one service with its documents, fees and stages."""

    home, home_icon = "button.home", Icon.HOME

    @property
    def reads_body(self) -> bool:  # type: ignore[override]
        return self._service is not None or self._topic not in (None, Topic.SERVICES)

    @property
    def goes_back(self) -> bool:  # type: ignore[override]
        return self._service is not None or self._topic is not None

    @property
    def _topic(self) -> Topic | None:
        return self.view.visit.topic

    @property
    def _service(self) -> Service | None:
        return self.view.data.service(self.view.visit.service) if self.view.data else None

    def ask(self, wide: float) -> Sequence[Widget]:
        service, language = self._service, self.view.visit.language
        if service is None:
            return [self.title(f"information.{self._topic}" if self._topic else "information.title", wide)]
        name = self.words(service.name[language], wide, theme.TITLE_MM, bold=True)
        if self.view.visit.documents_missing:
            told = self.word("information.documents_missing")
            return [name, self.words(told, wide, theme.LARGE_MM, bold=True)]
        return [name, self.words(service.summary[language], wide, theme.LARGE_MM, self.palette.quiet)]

    def body(self, wide: float) -> Sequence[Widget]:
        if self._service is not None:
            return [*self._about(self._service, wide)]
        if self._topic is None:
            return [self._topic_choice(each, wide) for each in Topic]
        told = {
            Topic.SERVICES: self._services,
            Topic.HOURS: self._hours,
            Topic.ANNOUNCEMENTS: self._announcements,
            Topic.COMPLAINTS: self._complaints,
        }
        return [*told[self._topic](wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        if self.view.visit.documents_missing:
            return []
        if self._service is not None and self._service.walk_in_quota != 0:
            walk_in = self.word("button.walk_in")
            return [self.choice(walk_in, wide, WalkInChosen(), "main", icon=Icon.TICKET)]
        if self._service is None and self._topic is Topic.COMPLAINTS:
            suggest = self.word("information.suggest")
            return [self.choice(suggest, wide, SuggestionChosen(), "main", icon=Icon.TYPE)]
        return []

    def _topic_choice(self, topic: Topic, wide: float) -> Widget:
        words = self.word(f"information.{topic}")
        return self.choice(words, wide, InformationChosen(topic=topic), least=36, icon=TOPIC_ICONS[topic])

    # ------------------------------------------------------------ services

    def _services(self, wide: float) -> Iterator[Widget]:
        language = self.view.visit.language
        for each in self.view.data.services if self.view.data else ():
            yield self.choice(each.name[language], wide, InformationChosen(each.id), size=10)

    def _about(self, service: Service, wide: float) -> Iterator[Widget]:
        language = self.view.visit.language
        documents = [self.point(each[language], wide) for each in service.documents]
        fees = [*self._fee_rows(service.fees, wide)] or self._lines([self.word("information.no_fees")], wide)
        stages = [*self._stage_rows(service)] or [self.word("information.no_stages")]
        yield from self._list("information.documents", documents, wide)
        yield from self._list("information.fees", fees, wide)
        yield from self._list("information.stages", self._lines(stages, wide), wide)

    def _fee_rows(self, fees: Sequence[Fee], wide: float) -> Iterator[Widget]:
        """The fees below what each rests on."""
        language = self.view.visit.language
        by_source: dict[tuple[str, date], list[Fee]] = {}
        for fee in fees:
            by_source.setdefault((fee.regulation, fee.valid_from), []).append(fee)
        for (regulation, since), held in by_source.items():
            day = self.texts.short_day(since, language)
            source = self.word("information.in_force", day=day)
            yield from self._lines([f"{regulation}, {source}" if regulation else source.capitalize()], wide)
            for each in held:
                yield self.point(f"{each.name[language]}: {self.texts.rupiah(each.rupiah)}", wide)

    def _stage_rows(self, service: Service) -> Iterator[str]:
        language = self.view.visit.language
        for place, each in enumerate(service.stages, 1):
            estimate = f": {each.estimate[language]}" if each.estimate else ""
            yield f"{place}. {each[language]}{estimate}"
        if any(each.estimate is None for each in service.stages):
            yield self.word("information.no_estimate")

    # ------------------------------------------------------------ all else

    def _hours(self, wide: float) -> Iterator[Widget]:
        view, language = self.view, self.view.visit.language
        if view.data is None:
            return
        for place, periods in enumerate(view.data.rules.hours):
            told = f"{self.texts.weekday(place, language)}:  {self._periods(periods)}"
            yield self.words(told, wide, theme.LARGE_MM, bold=place == view.now.weekday(), halign="left")
        holidays = view.data.holidays[:HOLIDAYS_SHOWN]
        if holidays:
            days = [f"{self.texts.day(each.day, language)}: {each.name[language]}" for each in holidays]
            yield from self._list("information.holidays", self._lines(days, wide), wide)

    def _periods(self, periods: Sequence[Period]) -> str:
        language, time = self.view.visit.language, self.texts.time
        told = (f"{time(each.opens, language)}–{time(each.closes, language)}" for each in periods)
        return ", ".join(told) or self.word("information.day_off")

    def _announcements(self, wide: float) -> Iterator[Widget]:
        language = self.view.visit.language
        announced = self.view.announcements
        for each in announced:
            yield self.point(each.words[language], wide, theme.LARGE_MM)
        if not announced:
            yield self.words(self.word("information.no_announcements"), wide, theme.LARGE_MM)

    def _complaints(self, wide: float) -> Iterator[Widget]:
        if self.view.data is None:
            return
        side = self.mm(COMPLAINT_MM) * min(1.0, self._scale)
        told = self.words(self.word("information.official"), wide - side - self.gap, theme.LARGE_MM, halign="left")
        yield row([QrCode(self.view.data.office.complaint_url, side), told], self.gap)
        yield self.words(self.word("information.suggest_hint"), wide, theme.LARGE_MM, self.palette.quiet)

    def _lines(self, told: Sequence[str], wide: float) -> list[Widget]:
        return [self.words(each, wide, theme.BODY_MM, halign="left") for each in told]

    def _list(self, key: str, rows: list[Widget], wide: float) -> list[Widget]:
        heading = self.words(self.word(key), wide, theme.LARGE_MM, bold=True, halign="left")
        if not rows:
            return []
        first, *others = rows
        # A heading is never left alone at the end of a page.
        return [column([heading, first], wide, self.gap), *others]
