"""Arriving without a booking: the service, its documents, a priority."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import DocumentsMissing, DocumentsReady, PriorityDeclared, ServiceChosen
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen

GROUP_ICONS = {
    "elderly": Icon.ELDERLY,
    "disability": Icon.REACH,
    "pregnant": Icon.PREGNANT,
    "child": Icon.CHILD,
}
"""Pictures of the usual groups; an office's own ones have their words."""


class ServicesScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("choosing.title", wide)]

    def body(self, wide: float) -> Sequence[Widget]:
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
    reads_body = True

    def ask(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        service = self.view.data.service(visit.service) if self.view.data else None
        name = service.name[visit.language] if service else ""
        return [
            self.title("documents.title", wide),
            self.words(name, wide, theme.LARGE_MM, self.palette.quiet, bold=True),
        ]

    def body(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        service = self.view.data.service(visit.service) if self.view.data else None
        listed = service.documents if service else ()
        return [self.point(each[visit.language], wide, theme.LARGE_MM) for each in listed]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [
            self.choice(self.word("documents.ready"), wide, DocumentsReady(), "main", 36, theme.TITLE_MM, Icon.YES),
            self.choice(self.word("documents.missing"), wide, DocumentsMissing(), least=30),
        ]


class PriorityScreen(KioskScreen):
    pages_last = True

    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("priority.title", wide), self.hint("priority.hint", wide)]

    def body(self, wide: float) -> Sequence[Widget]:
        groups = self.view.data.rules.priority_groups if self.view.data else ()
        language = self.view.visit.language
        return [
            self.choice(each.name[language], wide, PriorityDeclared(each.id), least=26, icon=GROUP_ICONS.get(each.id))
            for each in groups
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [self.choice(self.word("priority.none"), wide, PriorityDeclared(None), least=26)]
