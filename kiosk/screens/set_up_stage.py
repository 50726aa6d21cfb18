"""The set-up's stage: the page that root says, in the language and way that the technician chose."""

from dataclasses import replace
from datetime import UTC, datetime

from kivy.uix.floatlayout import FloatLayout

from kiosk.events import AccessChosen, Event, LanguageChosen
from kiosk.model import Access, ClockState, ClosedReason, Language, Opening, PrinterStatus
from kiosk.screens.set_up import PAGES
from kiosk.screens.set_up_page import Say, SetUpScreen
from kiosk.set_up_lines import Answer, Asked, CodeGiven, Page, Shown
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import View
from kiosk.visit import State, Visit


def first_view(now: datetime) -> View:
    """What is known before anything is known."""
    visit = Visit(0, State.OUT_OF_SERVICE)
    closed = Opening(ClosedReason.NO_DATA)
    return View(visit, closed, None, now, 0.0, PrinterStatus.UNKNOWN, False, False, ClockState.UNTRUSTED)


def after(view: View, event: Event) -> View:
    """The view once a language or a way to use the screen was chosen."""
    if isinstance(event, LanguageChosen):
        return replace(view, visit=replace(view.visit, language=event.language))
    if isinstance(event, AccessChosen):
        return replace(view, visit=replace(view.visit, access=event.access))
    return view


class SetUpStage(FloatLayout):
    """The page that is shown, over all of the window; `say` hears the technician."""

    def __init__(self, texts: Texts, panel: Panel, say: Say) -> None:
        super().__init__(size_hint=(None, None))
        self._say = say
        self._view = first_view(datetime.now(UTC))
        self._shown: Shown | None = None
        self._screens = {page: make(texts, panel, self._post, self._tell) for page, make in PAGES.items()}
        self.bind(size=lambda *_: self._draw())

    @property
    def screen(self) -> SetUpScreen | None:
        """What is shown, None before anything was."""
        return self._screens[self._shown.page] if self._shown else None

    def show(self, shown: Shown) -> None:
        """Another page begins empty; the same keeps what was typed."""
        is_other = self._shown is None or _asked(shown) != _asked(self._shown)
        is_answered = self._shown is not None and self._shown.waiting and not shown.waiting
        self._shown = shown
        screen = self._screens[shown.page]
        if is_other or is_answered:
            screen.wipe()
        if screen.parent is None:
            self.clear_widgets()
            self.add_widget(screen)
        self._draw()

    def use(self, language: Language, access: Access) -> None:
        """As the technician would choose them."""
        self._view = replace(self._view, visit=replace(self._view.visit, language=language, access=access))
        self._draw()

    def held(self) -> None:
        """A finger leans on the screen, wherever that is: the screen may not follow it."""
        if self._shown and self._shown.page not in (Page.UPRIGHT, Page.TARGETS):
            self._say(Asked(number=self._shown.number, page=Page.TARGETS))

    def _draw(self) -> None:
        if self._shown:
            screen = self._screens[self._shown.page]
            screen.size, screen.shown, self._view = self.size, self._shown, replace(self._view)
            screen.show(self._view)

    def _post(self, event: Event) -> None:
        self._view = after(self._view, event)
        self._draw()

    def _tell(self, answer: Answer) -> None:
        if isinstance(answer, CodeGiven) and self._shown:
            # At once, for root may be printing.
            self.show(self._shown.model_copy(update={"waiting": True, "problem": None}))
        self._say(answer)


def _asked(shown: Shown) -> tuple[Page, int, int]:
    """Which question is asked, for how often."""
    return shown.page, shown.number, shown.misfits
