"""A core in a thread of its own, with a kiosk whose office is open, and lines to its door."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from steady_kiosk import SteadyKiosk

from kiosk.core import Core
from kiosk.events import Event
from kiosk.supervisor import Supervisor
from kiosk.theme import Panel
from kiosk.view import OfficeData, View
from kiosk.visit import State
from kiosk.window_messages import (
    LONGEST_OF_THE_CORE,
    Frames,
    OfCore,
    OfficeSaid,
    OfWindow,
    ViewSaid,
    frame,
    of_core,
    tapped,
)

PATIENCE_SECONDS = 10.0
PANEL = Panel(3.5, 650)


class TimedKiosk(SteadyKiosk):
    """Whose time goes on for as much more as the test lets it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.is_well = True

    def ages(self, seconds: float) -> None:
        self._seconds += seconds


class Line:
    """A window's end of the line, without a window."""

    def __init__(self, door: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(str(door))
        self._frames = Frames(LONGEST_OF_THE_CORE)
        self.heard: list[OfCore] = []
        self._data: OfficeData | None = None

    def hears(self) -> OfCore:
        """The next message. ConnectionError where the core has hung up."""
        while not self.heard:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError
            self.heard += [of_core(body) for body in self._frames.take(piece)]
        return self.heard.pop(0)

    def sees(self, wanted: Callable[[View], object]) -> View:
        """The first view that is so."""
        while True:
            said = self.hears()
            if isinstance(said, OfficeSaid):
                self._data = said.data
            elif isinstance(said, ViewSaid) and wanted(said.view):
                return said.view

    @property
    def is_ended(self) -> bool:
        """Whether the core has hung up; waits for it."""
        try:
            while True:
                self.hears()
        except ConnectionError:
            return True


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


class Running:
    """A running core; `thread` ends when it does."""

    def __init__(self, folder: Path, user: int, supervisor: Supervisor, **more: int) -> None:
        self.kiosk, self.door = TimedKiosk(folder), folder / "door"
        self.core = Core(self.kiosk, self.door, user, PANEL, supervisor, **more)
        self.thread = threading.Thread(target=self.core.run, daemon=True)
        self.thread.start()

    def comes(self) -> Line:
        """A window that stays; its line is `line`."""
        self.line = Line(self.door)
        return self.line

    def taps(self, event: Event, screen: int | None = None) -> None:
        """Long after the last tap, on the screen that is shown, or on another."""
        self.kiosk.ages(1)
        self.tells(tapped(event, self.kiosk.controller.screen if screen is None else screen))

    def tells(self, said: OfWindow) -> None:
        self.line.socket.sendall(frame(said))

    def sees(self, state: State) -> View:
        return self.line.sees(lambda view: view.visit.state is state)

    @property
    def state(self) -> State:
        return self.kiosk.controller.visit.state

    def ends(self) -> None:
        self.core.end()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()


@contextmanager
def running(
    folder: Path, user: int | None = None, supervisor: Supervisor | None = None, **more: int
) -> Iterator[Running]:
    made = Running(folder, os.getuid() if user is None else user, supervisor or Supervisor({}), **more)
    try:
        yield made
    finally:
        made.ends()
