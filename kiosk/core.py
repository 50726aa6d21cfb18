"""`kiosk core`: a kiosk without a window and without a network, which a window comes to at a socket of the machine."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from kiosk.controller import Controller
from kiosk.event_log import TapRefused, note
from kiosk.events import Event
from kiosk.supervisor import Supervisor
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.touchable import could_be_touched
from kiosk.window_door import MOST_UNREAD, WindowDoor
from kiosk.window_messages import OfWindow, Tapped
from kiosk.workers import Inbox

TICK_SECONDS = 0.25


class Decides(Protocol):
    """A kiosk, or what stands in for one (kiosk/bootstrap.py)."""

    @property
    def texts(self) -> Texts: ...

    @property
    def inbox(self) -> Inbox[Event]: ...

    @property
    def controller(self) -> Controller: ...

    @property
    def is_well(self) -> bool:
        """Whether all its threads run."""

    def start(self) -> None:
        """To be called when the controller's views are shown."""

    def stop(self) -> None:
        """To be called at the end."""


class Core:
    """Runs a kiosk on one thread: what happened, what a window says, time."""

    def __init__(
        self,
        kiosk: Decides,
        door: Path,
        user: int,
        panel: Panel,
        supervisor: Supervisor,
        monotonic: Callable[[], float] = time.monotonic,
        most_unread: int = MOST_UNREAD,
    ) -> None:
        """Raises ConfigError where nobody can listen at `door`; `user` (uid) is the window's."""
        self._kiosk, self._supervisor, self._monotonic = kiosk, supervisor, monotonic
        self._door = WindowDoor(door, user, panel, self._hear, most_unread)
        self._is_ending = False

    def run(self) -> None:
        """Until `end`."""
        kiosk, door = self._kiosk, self._door
        kiosk.inbox.wake = door.wake
        kiosk.controller.show, kiosk.controller.press = door.show, door.press
        kiosk.start()
        self._tick()
        self._supervisor.ready()
        due = self._monotonic()
        while not self._is_ending:
            door.serve(due - self._monotonic())
            for event in kiosk.inbox.drain():
                kiosk.controller.handle(event)
            if self._monotonic() >= due:
                self._tick()
                due = self._monotonic() + TICK_SECONDS
        self._supervisor.stopping()
        door.close()
        kiosk.stop()

    def end(self, *_: object) -> None:
        """Ends `run`; from any thread or signal."""
        self._is_ending = True
        self._door.wake()

    def end_on_signals(self) -> None:
        """SIGTERM and SIGINT end it. To be called on the main thread."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self.end)

    def _tick(self) -> None:
        self._kiosk.controller.tick()
        if self._kiosk.is_well:
            self._supervisor.alive()

    def _hear(self, said: OfWindow) -> None:
        controller = self._kiosk.controller
        if not isinstance(said, Tapped):
            controller.touched()
        elif said.screen != controller.screen:
            # The screen has changed while the touch was on its way.
            return
        elif could_be_touched(said.event, controller.view(), self._kiosk.texts.languages):
            controller.tap(said.event)
        else:
            note(TapRefused(type(said.event)))
