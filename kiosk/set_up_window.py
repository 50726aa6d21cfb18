"""The window of the set-up: shows what root says, a page a line, and says what the technician does, for whoever has the
network and may change the box. It ends with its input.
"""

from collections.abc import Iterable
from functools import partial
from threading import Thread
from typing import Any, TextIO

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input import MotionEvent

from kiosk.lockdown import lock
from kiosk.pace import keep_pace
from kiosk.screens.set_up_stage import SetUpStage
from kiosk.screens.widgets import leans
from kiosk.set_up_lines import Answer, Shown, line_of, shown_in
from kiosk.texts import Texts
from kiosk.theme import Panel


class SetUpApp(App):
    """Shows what `said` says in its lines, writes what the technician does to `told`, and ends with the former."""

    title = "Anjungan"

    def __init__(self, panel: Panel, said: Iterable[str], told: TextIO) -> None:
        super().__init__()
        self._said, self._told = said, told
        self.stage = SetUpStage(Texts.load(), panel, self._write)

    def build(self) -> SetUpStage:
        self.stage.size = Window.size
        return self.stage

    def on_start(self) -> None:
        lock(Window)
        keep_pace(Window)
        Window.bind(size=lambda *_: setattr(self.stage, "size", Window.size), on_touch_up=self._lift)
        Thread(target=self._listen, daemon=True).start()

    def _lift(self, _: Any, touch: MotionEvent) -> None:
        if leans(touch):
            self.stage.held()

    def _write(self, answer: Answer) -> None:
        self._told.write(f"{line_of(answer)}\n")
        self._told.flush()

    def _listen(self) -> None:
        for line in self._said:
            Clock.schedule_once(partial(self._hear, shown_in(line)))
        Clock.schedule_once(lambda _: self.stop())

    def _hear(self, shown: Shown, _: float) -> None:
        self.stage.show(shown)

    def _install_settings_keys(self, window: Any) -> None:
        """No key opens Kivy's own settings."""

    def open_settings(self, *_: Any) -> bool:
        """Nor does anything else."""
        return False
