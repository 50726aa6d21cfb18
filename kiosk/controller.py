"""Events in, commands and views out: the one place where a visit goes on; owns the one timer."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.commands import Command
from kiosk.event_log import EventIgnored, note
from kiosk.events import Broken, CodeScanned, Event, Home, KeyPressed, OfficeClosed, OfficeOpened, TimedOut
from kiosk.model import ClosedReason, Key
from kiosk.monitor import Surroundings
from kiosk.view import View
from kiosk.visit import BUSY, KEPT_BY_TOUCH, LEAVABLE, TRANSITIONS, State, Visit, advance, timeout

DOUBLE_TAP_SECONDS = 0.3
"""So long after the screen changed, a touch was meant for the former one, and so long after a tap, the same one is the
trembling of a hand: both are ignored. What is typed is no tap: a letter may well come twice."""
SAME_CODE_SECONDS = 4.0
"""A code still held to the scanner is read again and again; it counts anew when it was away for so long."""


class Controller:
    """Runs visits, on one thread. `monotonic` gives s, `send` hands a command to its worker, `show` shows a view,
    `press` hears the keypad's keys.
    """

    def __init__(
        self,
        surroundings: Callable[[], Surroundings],
        send: Callable[[Command], None],
        monotonic: Callable[[], float],
        show: Callable[[View], None] = lambda view: None,
        press: Callable[[Key], None] = lambda key: None,
    ) -> None:
        self._surroundings, self._send, self._monotonic = surroundings, send, monotonic
        self.show, self.press = show, press
        self.visit = Visit(id=1)
        self.screen = 0
        """Counts the screens so far."""
        self._changed_at = self._deadline_from = monotonic()
        self._last_tap: Event | None = None
        self._tapped_at = self._changed_at
        self._last_code = ("", -SAME_CODE_SECONDS)
        self._broken: Broken | None = None
        self._shown: View | None = None

    def tap(self, event: Event) -> None:
        """A person touched a button."""
        if not self._is_settled():
            return
        now = self._monotonic()
        is_again = event == self._last_tap and now - self._tapped_at < DOUBLE_TAP_SECONDS
        self._last_tap, self._tapped_at = event, now
        if not is_again:
            self.handle(event)

    def touched(self) -> bool:
        """A person touched the screen somewhere: still there. False where the touch was meant for the former screen:
        nothing is to hear of it.
        """
        if self.visit.state in KEPT_BY_TOUCH:
            self._deadline_from = self._monotonic()
        return self._is_settled()

    def _is_settled(self) -> bool:
        """Whether the screen is there for long enough to be touched on purpose."""
        return self._monotonic() - self._changed_at >= DOUBLE_TAP_SECONDS

    def handle(self, event: Event) -> None:
        """Something happened: a tap, a key, a scan, a worker's result."""
        if isinstance(event, KeyPressed):
            self._pressed(event.key)
            return
        if isinstance(event, CodeScanned) and self._is_held_there(event.text):
            return
        if isinstance(event, Broken):
            self._broken = event
        self._advance(event)
        self._look_around()
        self._show()

    def _pressed(self, key: Key) -> None:
        """Who presses a key is still there, also before a screen that leaves by itself: it may take long to hear."""
        if self.visit.state not in BUSY:
            self._deadline_from = self._monotonic()
        self.press(key)

    def tick(self) -> None:
        """Time went on; to be called several times a second."""
        if self._monotonic() - self._deadline_from >= timeout(self.visit):
            self._advance(TimedOut())
        self._look_around()
        self._show()

    def _advance(self, event: Event) -> None:
        before = self.visit
        self.visit, commands = advance(before, event)
        if self.visit is before and not commands:
            note(EventIgnored(type(event), before.state))
            return
        self._deadline_from = self._monotonic()
        # Who came is marked where it is; all else may put another button below the finger.
        if replace(self.visit, chosen=before.chosen) != before:
            self._changed_at, self._last_tap = self._deadline_from, None
            self.screen += 1
        for command in commands:
            self._send(command)

    def _look_around(self) -> None:
        if self._broken and Broken in TRANSITIONS[self.visit.state]:
            self._advance(self._broken)
        reason = self._surroundings().opening.closed
        closed = reason is not None
        if reason is ClosedReason.EMERGENCY and self.visit.state in LEAVABLE:
            self._advance(Home())
        if closed and self.visit.state is State.WELCOME:
            self._advance(OfficeClosed())
        elif not closed and self.visit.state is State.CLOSED:
            self._advance(OfficeOpened())

    def _show(self) -> None:
        view = self.view()
        if view != self._shown:
            self._shown = view
            self.show(view)

    def view(self) -> View:
        """What the screen shows now."""
        around = self._surroundings()
        return View(
            visit=self.visit,
            opening=around.opening,
            data=around.data,
            now=around.now,
            timeout=timeout(self.visit),
            printer=around.printer,
            scanner_ready=around.scanner_ready,
            online=around.online,
            clock=around.clock,
            screen=self.screen,
        )

    def _is_held_there(self, text: str) -> bool:
        now = self._monotonic()
        last, seen = self._last_code
        self._last_code = (text, now)
        return text == last and now - seen < SAME_CODE_SECONDS
