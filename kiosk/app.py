"""The Kivy application: window, stage, inbox, the clock's ticks; no rules."""

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any, Protocol, TypeVar

from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager
from kivy.clock import Clock
from kivy.core.window import Window, WindowBase

from kiosk.event_log import Failure, WindowFailed, note
from kiosk.events import AccessChosen, Event
from kiosk.lockdown import lock
from kiosk.model import Key, Sound
from kiosk.pace import keep_pace
from kiosk.reader import Reader
from kiosk.screens.stage import Stage
from kiosk.speech import Voice
from kiosk.supervisor import Supervisor
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import Alone, View
from kiosk.visit import Visit
from kiosk.workers import Inbox

TICK_SECONDS = 0.25
STEP_SECONDS = 1.6
"""Each step paints the window anew, which without a graphics card is most of what a waiting kiosk costs."""
SWEEP_SECONDS = 0.1
"""So long after a screen came a finger is hardly on its next button."""


def hide_unseen(window: WindowBase, stage: Stage) -> None:
    """Blanks the screen while the window is minimised or hidden, so that no switcher of tasks shows it."""
    for name in ("on_minimize", "on_hide"):
        window.bind(**{name: lambda *_: stage.hide(True)})
    for name in ("on_restore", "on_maximize", "on_show"):
        window.bind(**{name: lambda *_: stage.hide(False)})


T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Drives(Protocol[T_contra]):
    """The controller, or what stands in for it where the core is another process."""

    show: Callable[[View], None]
    press: Callable[[Key], None]

    @property
    def visit(self) -> Visit: ...

    def handle(self, event: T_contra) -> None:
        """What was in the inbox."""

    def tap(self, event: Event) -> None:
        """A person touched a button."""

    def touched(self) -> bool:
        """A person touched the screen somewhere; False where nothing is to hear of it."""

    def tick(self) -> None:
        """Time went on."""


class Shown(Protocol[T]):
    """What the window shows and drives: a kiosk, or what stands in for one."""

    @property
    def texts(self) -> Texts: ...

    @property
    def voice(self) -> Voice: ...

    @property
    def inbox(self) -> Inbox[T]: ...

    @property
    def controller(self) -> Drives[T]: ...

    @property
    def is_well(self) -> bool:
        """Whether all its threads run."""

    def start(self) -> None:
        """To be called when the controller's views are shown."""

    def stop(self) -> None:
        """To be called at the end."""

    def broke(self) -> bool:
        """The window failed; returns whether it is to go on, and to show that."""


class KioskApp(App):
    """Shows a kiosk in the window until it is stopped; only a control has another `lock` or `stage`."""

    title = "Anjungan"

    def __init__(
        self,
        kiosk: Shown[Any],
        panel: Panel,
        lock: Callable[[Any], None] = lock,
        stage: Callable[..., Stage] = Stage,
        supervisor: Supervisor | None = None,
    ) -> None:
        super().__init__()
        self._kiosk, self._lock, self._supervisor = kiosk, lock, supervisor or Supervisor({})
        self._steps = count()
        self._is_ready = False
        self._sweep = Clock.create_trigger(lambda _: gc.collect(), SWEEP_SECONDS)
        self._reader = Reader(kiosk.voice, kiosk.texts, time.monotonic, self._turn_sound_on)
        self._stage = stage(kiosk.texts, panel, kiosk.controller.tap, self._reader)

    def build(self) -> Stage:
        return self._stage

    def on_start(self) -> None:
        kiosk = self._kiosk
        kiosk.controller.show, kiosk.controller.press = self._show, self._stage.press
        ExceptionManager.add_handler(_LastStop(kiosk))
        kiosk.inbox.wake = Clock.create_trigger(lambda _: self._drain())
        Clock.schedule_interval(lambda _: self._tick(), TICK_SECONDS)
        Clock.schedule_interval(lambda _: self._stage.take_step(next(self._steps)), STEP_SECONDS)
        hide_unseen(Window, self._stage)
        self._lock(Window)
        keep_pace(Window)
        Window.bind(on_touch_down=lambda *_: not kiosk.controller.touched())
        kiosk.start()
        kiosk.controller.tick()
        # A screen that went is garbage in circles. Python would look for it in the middle of some tap, and take 0.2 s;
        # here it is looked for when the next screen is shown, among what came since the start.
        gc.disable()
        gc.freeze()
        Window.bind(on_touch_up=lambda *_: self._sweep())

    def fit(self, panel: Panel) -> None:
        """The touch panel is set up in another way."""
        self._stage.fit(panel)

    def stand_alone(self, what: Alone) -> None:
        """There is nobody to say what the screen shows."""
        self._stage.stand_alone(what)
        self._stands()

    def _show(self, view: View) -> None:
        self._stage.show(view)
        self._stands()

    def _stands(self) -> None:
        """Another page is shown. With the first, once it is drawn, the start is over."""
        self._sweep()
        if not self._is_ready:
            self._is_ready = True
            Clock.schedule_once(lambda _: self._supervisor.ready())

    def on_stop(self) -> None:
        self._supervisor.stopping()
        self._kiosk.voice.stop()
        self._kiosk.stop()

    def _install_settings_keys(self, window: Any) -> None:
        """Kivy's own settings are not for the lobby: no key opens them."""

    def open_settings(self, *_: Any) -> bool:
        """Nor does anything else."""
        return False

    def _tick(self) -> None:
        self._kiosk.controller.tick()
        self._reader.tick()
        if self._kiosk.is_well:
            self._supervisor.alive()

    def _turn_sound_on(self) -> None:
        controller = self._kiosk.controller
        controller.tap(AccessChosen(replace(controller.visit.access, sound=Sound.ON)))

    def _drain(self) -> None:
        for event in self._kiosk.inbox.drain():
            self._kiosk.controller.handle(event)


class _LastStop(ExceptionHandler):
    """An error in the window's loop: the first puts the kiosk out of service, a second ends the process; where the core
    is another process, the first does.
    """

    def __init__(self, kiosk: Shown[Any]) -> None:
        self._kiosk = kiosk
        self._failed = False

    def handle_exception(self, inst: BaseException) -> Any:
        note(WindowFailed(self._kiosk.controller.visit.state, Failure.of(inst)))
        if self._failed or not isinstance(inst, Exception) or not self._kiosk.broke():
            return ExceptionManager.RAISE
        self._failed = True
        return ExceptionManager.PASS
