"""The window's side of the line to a core in another process: what it says is shown, what a person does is told."""

import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.controller import DOUBLE_TAP_SECONDS
from kiosk.errors import MessageError
from kiosk.event_log import CoreLost, MessageRefused, WorkerName, note
from kiosk.events import Event
from kiosk.model import Key
from kiosk.speech import EspeakVoice, Voice
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.view import Alone, OfficeData, View
from kiosk.visit import Visit
from kiosk.window_messages import (
    LONGEST_OF_THE_CORE,
    Frames,
    KeySaid,
    OfCore,
    OfficeSaid,
    OfWindow,
    PanelSaid,
    Touched,
    ViewSaid,
    frame,
    of_core,
    tapped,
)
from kiosk.workers import Inbox, Worker

PIECE = 64 * 1024
_LOOK = struct.pack("ll", 0, 500_000)
"""Half a second (timeval): so often a line on which nothing comes is left, to see whether to stop."""
AGAIN_SECONDS = 0.1
"""After so long a core that is away is looked for again."""


@dataclass(frozen=True)
class CoreAway:
    """There is no core to say anything."""


class Newest(Inbox[OfCore | CoreAway]):
    """What the core says. A window that was busy meanwhile goes on with the newest: views and data that others came
    after are nobody's any more. A key is for the view before it, which therefore stays.
    """

    def drain(self) -> list[OfCore | CoreAway]:
        kept: list[OfCore | CoreAway] = []
        passed: set[type[OfCore | CoreAway]] = set()
        for said in reversed(super().drain()):
            if isinstance(said, KeySaid):
                passed.clear()
            if type(said) not in passed:
                kept.append(said)
            if isinstance(said, ViewSaid | OfficeSaid):
                passed.add(type(said))
        return kept[::-1]


class FarController:
    """Stands in for the controller: it shows what the core says, and tells it of taps. One thread, the window's."""

    def __init__(self, tell: Callable[[OfWindow], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._monotonic = tell, monotonic
        self.show: Callable[[View], None] = lambda view: None
        self.press: Callable[[Key], None] = lambda key: None
        self.fit: Callable[[Panel], None] = lambda panel: None
        self.stand_alone: Callable[[Alone], None] = lambda what: None
        self._data: OfficeData | None = None
        self._view: View | None = None
        self._changed_at = monotonic()

    @property
    def visit(self) -> Visit:
        """The visit that is shown, an empty one where none is."""
        return self._view.visit if self._view else Visit(0)

    def handle(self, said: OfCore | CoreAway) -> None:
        """The core said something, or cannot any more."""
        match said:
            case PanelSaid(panel=panel):
                self.fit(panel)
            case OfficeSaid(data=data):
                self._data = data
            case KeySaid(key=key):
                self.press(key)
            case CoreAway():
                self._view = self._data = None
                self.stand_alone(Alone.MOMENT)
            case _:
                self._see(said.view)

    def _see(self, view: View) -> None:
        if self._view is None or view.screen != self._view.screen:
            self._changed_at = self._monotonic()
        self._view = replace(view, data=self._data)
        self.show(self._view)

    def tap(self, event: Event) -> None:
        """A person touched a button; the core judges whether it was meant."""
        if self._view:
            self._tell(tapped(event, self._view.screen))

    def touched(self) -> bool:
        """As the controller's."""
        if self._view is None:
            return False
        self._tell(Touched())
        return self._monotonic() - self._changed_at >= DOUBLE_TAP_SECONDS

    def tick(self) -> None:
        """Time is the core's."""


class FarCore:
    """Stands in for a kiosk in the window's process: looks for the core at its `door`, again and again."""

    def __init__(self, door: Path) -> None:
        self.texts = Texts.load()
        self.voice: Voice = EspeakVoice()
        self.inbox: Inbox[OfCore | CoreAway] = Newest()
        self.controller = FarController(self._tell)
        self._door = door
        self._line: socket.socket | None = None
        self._frames = Frames(LONGEST_OF_THE_CORE)
        self._is_away = False
        self._worker = Worker(WorkerName.WINDOW_LINE, self._turn, lambda error: None, self._hang_up)

    @property
    def is_well(self) -> bool:
        return self._worker.is_well

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._worker.stop()

    def broke(self) -> bool:
        """The window failed: its process is started anew, the core goes on."""
        return False

    # ------------------------------------------------------------ on the worker's thread

    def _turn(self) -> None:
        try:
            line = self._line or self._call()
            piece = line.recv(PIECE)
            if not piece:
                raise ConnectionResetError
            for body in self._frames.take(piece):
                self.inbox.post(of_core(body))
        except BlockingIOError:
            return
        except MessageError:
            note(MessageRefused())
            self._lose()
        except OSError:
            self._lose()

    def _call(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _LOOK)
        try:
            line.connect(str(self._door))
        except OSError:
            line.close()
            raise
        self._line, self._frames, self._is_away = line, Frames(LONGEST_OF_THE_CORE), False
        return line

    def _lose(self) -> None:
        self._hang_up()
        if not self._is_away:
            self._is_away = True
            note(CoreLost())
            self.inbox.post(CoreAway())
        self._worker.stopping.wait(AGAIN_SECONDS)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line:
            line.close()

    # ------------------------------------------------------------ on the window's thread

    def _tell(self, said: OfWindow) -> None:
        """Never waits: a line whose other end does not read is ended, and begun anew."""
        line, told = self._line, frame(said)
        with suppress(OSError):
            if line and line.send(told, socket.MSG_DONTWAIT) < len(told):
                line.shutdown(socket.SHUT_RDWR)


class Nobody:
    """Stands in for a core where there is none any more: the window says that the kiosk is out of order."""

    is_well = True

    def __init__(self) -> None:
        self.texts = Texts.load()
        self.voice: Voice = EspeakVoice()
        self.inbox: Inbox[OfCore | CoreAway] = Inbox()
        self.controller = FarController(lambda said: None)

    def start(self) -> None:
        self.controller.stand_alone(Alone.OUT_OF_ORDER)

    def stop(self) -> None:
        """Nothing was started."""

    def broke(self) -> bool:
        return False
