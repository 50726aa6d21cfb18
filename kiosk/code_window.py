"""The window of the first start: asks for the code that makes this box a kiosk, for whoever has the network.

One line goes out for each code that was typed; one comes in for each answer: DONE, or why not. It ends with its input.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Thread
from typing import Any, TextIO

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.events import AccessChosen, CodeTyped, Event, LanguageChosen
from kiosk.lockdown import lock
from kiosk.model import ClockState, ClosedReason, EnrolmentProblem, Opening, PrinterStatus
from kiosk.pace import keep_pace
from kiosk.screens.enrolling import EnrollingScreen
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import View
from kiosk.visit import State, Visit

DONE = "done"


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


class CodeApp(App):
    """Writes the codes to `typed`, shows what `answers` say of them, and ends with those."""

    title = "Anjungan"

    def __init__(self, panel: Panel, answers: Iterable[str], typed: TextIO) -> None:
        super().__init__()
        self._answers, self._typed = answers, typed
        self.screen = EnrollingScreen(Texts.load(), panel, self._post)

    def build(self) -> EnrollingScreen:
        self.screen.size = Window.size
        self.screen.show(first_view(datetime.now(UTC)))
        return self.screen

    def on_start(self) -> None:
        lock(Window)
        keep_pace(Window)
        Window.bind(size=lambda *_: self._fit())
        Thread(target=self._listen, daemon=True).start()

    def _fit(self) -> None:
        self.screen.size = Window.size
        self.screen.show(self.screen.view)

    def _post(self, event: Event) -> None:
        if isinstance(event, CodeTyped):
            self.screen.waiting, self.screen.problem = True, None
            self._typed.write(f"{event.text}\n")
            self._typed.flush()
        self.screen.show(after(self.screen.view, event))

    def _listen(self) -> None:
        for line in self._answers:
            Clock.schedule_once(partial(self._hear, line.strip()))
        Clock.schedule_once(lambda _: self.stop())

    def _hear(self, answer: str, _: float) -> None:
        self.screen.waiting = answer == DONE
        self.screen.problem = None if answer == DONE else EnrolmentProblem(answer)
        self.screen.typed = ""
        self.screen.show(self.screen.view)

    def _install_settings_keys(self, window: Any) -> None:
        """No key opens Kivy's own settings."""

    def open_settings(self, *_: Any) -> bool:
        """Nor does anything else."""
        return False
