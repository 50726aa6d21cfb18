"""The core's side of the line to its window: one window at a time, of the one user that may be it."""

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk.doors import listen_at, peer_of
from kiosk.errors import MessageError
from kiosk.event_log import MessageRefused, StrangerRefused, WindowChanged, note
from kiosk.model import Key
from kiosk.theme import Panel
from kiosk.view import View
from kiosk.window_messages import (
    LONGEST_OF_A_WINDOW,
    Frames,
    KeySaid,
    OfCore,
    OfficeSaid,
    OfWindow,
    PanelSaid,
    frame,
    of_window,
    view_said,
)

PIECE = 64 * 1024
MOST_UNREAD = 8 * 1024 * 1024
"""A window that leaves more bytes than these unread hangs: its line is ended."""


class WindowDoor:
    """Says to the window what it is to show, and hears what a person does there. For one thread: `serve` waits.

    A window that comes gets the present view at once, and takes the place of one that was there; the core goes on
    without any.
    """

    def __init__(
        self,
        door: Path,
        user: int,
        panel: Panel,
        hear: Callable[[OfWindow], None],
        most_unread: int = MOST_UNREAD,
    ) -> None:
        """`user` (uid) alone may come in; one that leaves more than `most_unread` bytes is dismissed.
        Raises ConfigError where nobody can listen at `door`."""
        self._listening = listen_at(door)
        self._listening.setblocking(False)
        self._user, self._panel, self._hear, self._most_unread = user, panel, hear, most_unread
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._awake, self.waker = socket.socketpair()
        """`waker` ends the waiting with a byte that is written to it, from any thread or signal."""
        for each in (self._awake, self.waker):
            each.setblocking(False)
        self._selector.register(self._awake, selectors.EVENT_READ)
        self._window: _Window | None = None
        self._view: View | None = None

    def wake(self) -> None:
        """There is something to do; from any thread."""
        # It is full, or the door was closed meanwhile.
        with suppress(OSError):
            self.waker.send(b"\0")

    def serve(self, seconds: float) -> None:
        """Waits for as long for a window, its word or a waking, and heeds it."""
        for key, _ in self._selector.select(max(0.0, seconds)):
            if key.fileobj is self._awake:
                self._awake.recv(PIECE)
            elif key.fileobj is self._listening:
                self._answer_the_door()
            elif self._window and key.fileobj is self._window.line:
                self._attend(self._window)

    def show(self, view: View) -> None:
        """The screen shows this from now on."""
        before, self._view = self._view, view
        if before is None or view.data is not before.data:
            self._say(OfficeSaid(data=view.data))
        self._say(view_said(view))

    def press(self, key: Key) -> None:
        """A key of the keypad was pressed; what it means the window knows."""
        self._say(KeySaid(key=key))

    def close(self) -> None:
        self._dismiss()
        self._selector.close()
        for each in (self._listening, self._awake, self.waker):
            each.close()

    def _answer_the_door(self) -> None:
        with suppress(OSError):
            line, _ = self._listening.accept()
            if peer_of(line) != self._user:
                note(StrangerRefused())
                line.close()
                return
            self._dismiss()
            self._window = _Window(line, self._most_unread)
            self._selector.register(line, selectors.EVENT_READ)
            note(WindowChanged(True))
            self._say(PanelSaid(panel=self._panel))
            if self._view:
                view, self._view = self._view, None
                self.show(view)

    def _say(self, message: OfCore) -> None:
        if self._window and not self._window.says(frame(message)):
            self._dismiss()
        self._watch()

    def _attend(self, window: "_Window") -> None:
        try:
            said = window.hears()
            if said is None or not window.says(b""):
                self._dismiss()
                return
            for each in said:
                self._hear(each)
        except MessageError:
            note(MessageRefused())
            self._dismiss()
        self._watch()

    def _watch(self) -> None:
        """The window's line is writable to whom nothing is owed, so that is only waited for while something is."""
        if self._window:
            owed = selectors.EVENT_WRITE if self._window.owed else 0
            self._selector.modify(self._window.line, selectors.EVENT_READ | owed)

    def _dismiss(self) -> None:
        if self._window:
            self._selector.unregister(self._window.line)
            self._window.line.close()
            self._window = None
            note(WindowChanged(False))


class _Window:
    """A line that never waits."""

    def __init__(self, line: socket.socket, most_unread: int) -> None:
        line.setblocking(False)
        self.line, self.owed, self._most_unread = line, bytearray(), most_unread
        self._frames = Frames(LONGEST_OF_A_WINDOW)

    def says(self, data: bytes) -> bool:
        """Sends what it can, and owes the rest; returns False where the window is gone, or does not read."""
        self.owed += data
        try:
            while self.owed:
                del self.owed[: self.line.send(self.owed)]
        except BlockingIOError:
            return len(self.owed) <= self._most_unread
        except OSError:
            return False
        return True

    def hears(self) -> list[OfWindow] | None:
        """What came, None where the window is gone. Raises MessageError."""
        try:
            piece = self.line.recv(PIECE)
        except BlockingIOError:
            return []
        except OSError:
            return None
        return [of_window(body) for body in self._frames.take(piece)] if piece else None
