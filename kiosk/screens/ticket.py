"""The ticket: printed, uncertain, on the screen."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import Home, PaperCameOut, PaperMissing, RateChosen
from kiosk.model import Ticket
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import QrCode, column, row

CODE_MM = 75.0


class TicketScreen(KioskScreen):
    """A title, the number or numbers, and whose they are."""

    home: str | None = "button.done"
    home_icon = Icon.YES
    title_key, hint_key = "printed.title", "printed.hint"

    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title(self.title_key, wide), *self._numbers(wide), self.hint(self.hint_key, wide)]

    def _numbers(self, wide: float) -> list[Widget]:
        tickets = self.view.visit.tickets
        if len(tickets) == 1:
            return [self.number(tickets[0].number, wide), *self._about(tickets[0], wide)]
        size = theme.NUMBER_MM / 2.4
        told = [f"{each.number}  {each.masked_name}".strip() for each in tickets]
        return [self.number(each, wide, size, max(map(len, told))) for each in told]

    def _about(self, ticket: Ticket, wide: float) -> list[Widget]:
        language = self.view.visit.language
        service = self.view.data.service(ticket.service) if self.view.data else None
        made: list[Widget] = []
        if ticket.masked_name:
            made.append(self.words(ticket.masked_name, wide, theme.TITLE_MM, bold=True))
        if service:
            made.append(self.words(service.name[language], wide, theme.LARGE_MM * 1.15, bold=True))
        if ticket.slot:
            booked = self.word("ticket.booked", time=self.texts.time(ticket.slot, language))
            made.append(self.words(booked, wide, theme.LARGE_MM))
        if ticket.late:
            made.append(self.words(self.word("ticket.late"), wide, theme.BODY_MM, self.palette.warning, bold=True))
        return made


class PrintedScreen(TicketScreen):
    home = None

    def answer(self, wide: float) -> Sequence[Widget]:
        return [
            self.choice(self.word("button.done"), wide, Home(), "main", 36, theme.TITLE_MM, Icon.YES),
            self.choice(self.word("button.rate"), wide, RateChosen(), icon=Icon.RATE),
        ]


class UncertainScreen(TicketScreen):
    title_key, hint_key = "uncertain.title", "uncertain.hint"

    def answer(self, wide: float) -> Sequence[Widget]:
        return [
            self.choice(self.word("uncertain.yes"), wide, PaperCameOut(), "main", 36, theme.TITLE_MM, Icon.YES),
            self.choice(self.word("uncertain.no"), wide, PaperMissing(), "plain", 36, theme.TITLE_MM, Icon.PRINT),
        ]


class OnScreenScreen(TicketScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        """What to do comes before the number: nothing is taken along but what is written down."""
        told = self.words(self.word("on_screen.hint"), wide, theme.LARGE_MM, bold=True)
        return [self.title("on_screen.title", wide), told, *self._numbers(wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        data, tickets = self.view.data, self.view.visit.tickets
        if data is None:
            return []
        side = min(self.mm(CODE_MM) * min(1.0, self._scale), (wide - self.gap) / min(2, len(tickets)) * 0.95)
        side = side if len(tickets) < 3 else side * 0.55
        made = []
        for ticket in tickets:
            code = QrCode(data.office.ticket_url.replace("{ticket}", str(ticket.id)), side)
            made.append(column([code, self.words(ticket.number, side, theme.BODY_MM, bold=True)], side, 0))
        per_line = max(1, int((wide + self.gap) // (side + self.gap)))
        lines = [made[start : start + per_line] for start in range(0, len(made), per_line)]
        return [row(each, self.gap) for each in lines]
