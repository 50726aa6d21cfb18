"""All screens, one of them shown."""

from kivy.uix.floatlayout import FloatLayout

from kiosk.events import Event
from kiosk.screens.arriving import (
    ApplicantsScreen,
    ScanningScreen,
    TypingScreen,
    VerifyingScreen,
    WaitingScreen,
    WelcomeScreen,
)
from kiosk.screens.asking import HelpScreen, InformationScreen, QueueScreen
from kiosk.screens.choosing import DocumentsScreen, PriorityScreen, ServicesScreen
from kiosk.screens.leaving import CommentScreen, RatingScreen, ThanksScreen
from kiosk.screens.machine import ClosedScreen, OutOfServiceScreen, StillThereScreen
from kiosk.screens.refused import RefusedScreen
from kiosk.screens.screen import KioskScreen, Post
from kiosk.screens.ticket import OnScreenScreen, PrintedScreen, UncertainScreen
from kiosk.screens.widgets import forget_words
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import View
from kiosk.visit import State

SCREENS: dict[State, type[KioskScreen]] = {
    State.WELCOME: WelcomeScreen,
    State.SCANNING: ScanningScreen,
    State.TYPING: TypingScreen,
    State.LOOKING_UP: WaitingScreen,
    State.CHOOSING_APPLICANTS: ApplicantsScreen,
    State.VERIFYING: VerifyingScreen,
    State.CHOOSING_SERVICE: ServicesScreen,
    State.CHECKING_DOCUMENTS: DocumentsScreen,
    State.DECLARING_PRIORITY: PriorityScreen,
    State.ISSUING: WaitingScreen,
    State.PRINTING: WaitingScreen,
    State.TICKET_PRINTED: PrintedScreen,
    State.TICKET_UNCERTAIN: UncertainScreen,
    State.TICKET_ON_SCREEN: OnScreenScreen,
    State.REFUSED: RefusedScreen,
    State.RATING: RatingScreen,
    State.COMMENT: CommentScreen,
    State.THANKS: ThanksScreen,
    State.INFORMATION: InformationScreen,
    State.QUEUE_STATUS: QueueScreen,
    State.HELP: HelpScreen,
    State.STILL_THERE: StillThereScreen,
    State.CLOSED: ClosedScreen,
    State.OUT_OF_SERVICE: OutOfServiceScreen,
}


INTERRUPTIONS = (State.STILL_THERE, State.HELP)
"""Screens after which a person goes on with what was typed before."""


class Stage(FloatLayout):
    """Shows each view on the screen of its state. `post` hears what a person touches."""

    def __init__(self, texts: Texts, panel: Panel, post: Post) -> None:
        super().__init__()
        self._screens = {state: made(texts, panel, self._poster(state)) for state, made in SCREENS.items()}
        self._panel, self._post = panel, post
        self._shown: View | None = None
        self.bind(size=lambda *_: self._again())

    @property
    def screen(self) -> KioskScreen | None:
        """The screen that is shown."""
        return self.children[0] if self.children else None

    def show(self, view: View) -> None:
        """Shows the view; what was typed is forgotten when the visit ends or another screen comes."""
        before, self._shown = self._shown, view
        if before and before.visit.id != view.visit.id:
            for each in self._screens.values():
                each.wipe()
            forget_words()
        screen = self._screens[view.visit.state]
        if self.screen is not screen:
            if before and before.visit.state not in INTERRUPTIONS:
                screen.wipe()
            if self.screen:
                self.screen.clear_widgets()
            self.clear_widgets()
            self.add_widget(screen)
        screen.pos, screen.size = self.pos, self.size
        screen.show(view)

    def _poster(self, state: State) -> Post:
        """A finger may leave a button whose screen has gone meanwhile: that is for nobody."""

        def post(event: Event) -> None:
            if self._shown and self._shown.visit.state is state:
                self._post(event)

        return post

    def take_step(self, step: int) -> None:
        """Time went on by one step of what moves."""
        if self.screen and self._panel.motion:
            self.screen.take_step(step)

    def _again(self) -> None:
        if self._shown:
            self.show(self._shown)
