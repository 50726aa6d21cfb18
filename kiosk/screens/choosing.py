"""Arriving without a booking: the service, its documents, a priority."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import DocumentsMissing, DocumentsReady, PriorityDeclared, ServiceChosen
from kiosk.screens.screen import KioskScreen


class ServicesScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("choosing.title", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        language = self.view.visit.language
        made: list[Widget] = []
        for service in self.view.data.services if self.view.data else ():
            offered = service.walk_in_quota != 0
            name = service.name[language]
            text = name if offered else f"{name} ({self.word('choosing.by_booking')})"
            made.append(self.choice(text, wide, ServiceChosen(service.id), "plain" if offered else "off", size=10))
        return made


class DocumentsScreen(KioskScreen):
    goes_back = True

    def ask(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        service = self.view.data.service(visit.service) if self.view.data else None
        listed = [f"•  {each[visit.language]}" for each in service.documents] if service else []
        name = service.name[visit.language] if service else ""
        return [
            self.title("documents.title", wide),
            self.words(name, wide, theme.LARGE_MM, theme.QUIET, bold=True),
            *(self.words(each, wide, theme.LARGE_MM, halign="left") for each in listed),
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [
            self.choice(self.word("documents.ready"), wide, DocumentsReady(), "main", 36, theme.TITLE_MM),
            self.choice(self.word("documents.missing"), wide, DocumentsMissing(), least=30),
        ]


class PriorityScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("priority.title", wide), self.hint("priority.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        groups = self.view.data.rules.priority_groups if self.view.data else ()
        language = self.view.visit.language
        made = [self.choice(each.name[language], wide, PriorityDeclared(each.id), least=26) for each in groups]
        return [
            *made,
            self.choice(self.word("priority.none"), wide, PriorityDeclared(None), "main", 36, theme.TITLE_MM),
        ]
