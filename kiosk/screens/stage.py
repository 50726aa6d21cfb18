"""All screens, one of them shown."""

from dataclasses import replace

from kivy.uix.floatlayout import FloatLayout

from kiosk.events import AccessChosen, Event
from kiosk.model import Key, Sound
from kiosk.reader import Reader
from kiosk.screens.alone import AloneScreen
from kiosk.screens.arriving import (
    ApplicantsScreen,
    ScanningScreen,
    TypingScreen,
    VerifyingScreen,
    WaitingScreen,
    WelcomeScreen,
)
from kiosk.screens.asking import HelpScreen, QueueScreen
from kiosk.screens.by_ear import focus, script_of
from kiosk.screens.choosing import DocumentsScreen, PriorityScreen, ServicesScreen
from kiosk.screens.curtain import Curtain
from kiosk.screens.information import InformationScreen
from kiosk.screens.leaving import CommentScreen, RatingScreen, ThanksScreen
from kiosk.screens.machine import ClosedScreen, OutOfServiceScreen, StillThereScreen
from kiosk.screens.refused import RefusedScreen
from kiosk.screens.screen import KioskScreen, Post
from kiosk.screens.survey import SurveyScreen, SurveyTicketScreen
from kiosk.screens.technician import OutcomeScreen, PinScreen, TaskWaitingScreen, TechnicianCodeScreen, TechnicianScreen
from kiosk.screens.ticket import OnScreenScreen, PrintedScreen, UncertainScreen
from kiosk.screens.widgets import forget_words
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import Alone, View
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
    State.SURVEY_TICKET: SurveyTicketScreen,
    State.SURVEY: SurveyScreen,
    State.INFORMATION: InformationScreen,
    State.QUEUE_STATUS: QueueScreen,
    State.HELP: HelpScreen,
    State.STILL_THERE: StillThereScreen,
    State.CLOSED: ClosedScreen,
    State.OUT_OF_SERVICE: OutOfServiceScreen,
    State.TECHNICIAN_PIN: PinScreen,
    State.TECHNICIAN_CODE: TechnicianCodeScreen,
    State.TECHNICIAN: TechnicianScreen,
    State.TECHNICIAN_WAITING: TaskWaitingScreen,
    State.TECHNICIAN_OUTCOME: OutcomeScreen,
}


INTERRUPTIONS = (State.STILL_THERE, State.HELP)
"""Screens after which a person goes on with what was typed before."""


class Stage(FloatLayout):
    """Shows each view on the screen of its state. `post` hears what a person touches or takes by keys, `reader` what is
    shown.
    """

    def __init__(self, texts: Texts, panel: Panel, post: Post, reader: Reader | None = None) -> None:
        super().__init__()
        self._texts, self._post, self._reader = texts, post, reader
        self.screen: KioskScreen | None = None
        """The screen that is shown."""
        self._curtain: Curtain | None = None
        self._alone: AloneScreen | None = None
        self._shown: View | None = None
        self.fit(panel)
        self.bind(size=lambda *_: self._again())

    def fit(self, panel: Panel) -> None:
        """Makes all screens for a panel; the next view that is shown has them."""
        self._clear()
        self._panel = panel
        self._screens = {state: made(self._texts, panel, self._poster(state)) for state, made in SCREENS.items()}
        for each in self._screens.values():
            each.told = self._tell

    def stand_alone(self, what: Alone) -> None:
        """Shows what is to be seen while nobody says anything; nothing of what was shown is left."""
        shown = self._shown
        if shown:
            for each in self._screens.values():
                each.wipe()
            forget_words()
        self._clear()
        self._alone = AloneScreen(self._texts, self._panel, what)
        self._alone.pos, self._alone.size = self.pos, self.size
        self.add_widget(self._alone)
        if self._reader and shown:
            script = self._alone.script(shown.visit.language)
            self._reader.show(script, shown.visit.language, shown.visit.access.sound)

    def _clear(self) -> None:
        if self.screen:
            self.screen.clear_widgets()
        self.clear_widgets()
        self.screen = self._shown = self._curtain = self._alone = None

    def show(self, view: View) -> None:
        """Shows the view; what was typed is forgotten when the visit ends or another screen comes."""
        if self._alone:
            self._clear()
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
                self.remove_widget(self.screen)
            self.screen = screen
            # Below the curtain, if it is drawn.
            self.add_widget(screen, index=len(self.children))
        screen.pos, screen.size = self.pos, self.size
        self._cover(view)
        screen.show(view)

    def hide(self, is_hidden: bool) -> None:
        """Blanks the screen while nobody is to see it."""
        self.opacity = 0 if is_hidden else 1

    def _poster(self, state: State) -> Post:
        """A finger may leave a button whose screen has gone meanwhile: that is for nobody."""

        def post(event: Event) -> None:
            if self._shown and self._shown.visit.state is state:
                self._post(event)

        return post

    def press(self, key: Key) -> None:
        """A key of the keypad was pressed."""
        if self._reader and self.screen:
            self._reader.press(key)
            focus(self.screen, self._reader.focused)

    def take_step(self, step: int) -> None:
        """Time went on by one step of what moves."""
        if self.screen and self._panel.motion:
            self.screen.take_step(step)

    def _tell(self) -> None:
        """The screen shows something new: it is read aloud, and the ring is drawn again."""
        if self._reader and self.screen:
            visit = self.screen.view.visit
            self._reader.show(script_of(self.screen), visit.language, visit.access.sound)
            focus(self.screen, self._reader.focused)

    def _cover(self, view: View) -> None:
        """Draws the curtain before anything new can be seen, or lifts it."""
        visit = view.visit
        if self._curtain:
            self.remove_widget(self._curtain)
            self._curtain = None
        if visit.access.curtain and visit.access.sound is not Sound.OFF:
            lifted = AccessChosen(replace(visit.access, curtain=False))
            words = self._texts("access.curtain", visit.language)
            self._curtain = Curtain(words, self.size, self._panel, lambda: self._post(lifted))
            self.add_widget(self._curtain)

    def _again(self) -> None:
        if self._alone:
            self._alone.pos, self._alone.size = self.pos, self.size
        if self._shown:
            self.show(self._shown)
