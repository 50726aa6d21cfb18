"""Whether the picture stands upright: whoever does not touch it says so."""

from collections.abc import Sequence

from kivy.clock import Clock, ClockEvent
from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.icons import Icon
from kiosk.screens.screen import Way
from kiosk.screens.set_up_page import SetUpScreen
from kiosk.screens.widgets import Group
from kiosk.set_up_lines import Turned, WentOn

WAIT_SECONDS = 15


class UprightScreen(SetUpScreen):
    """Any touch turns the picture, wherever it comes, for it may come elsewhere than the finger is; so there is nothing
    else to touch, and nothing has to be touched where nobody can.
    """

    _ticks: ClockEvent | None = None

    def wipe(self) -> None:
        super().wipe()
        self._left, self._is_touched = WAIT_SECONDS, False
        self._stop()

    def ask(self, wide: float) -> Sequence[Widget]:
        if self._is_touched:
            return self.waits("set_up.upright.turning", wide)
        if self._ticks is None:
            self._ticks = Clock.schedule_interval(lambda _: self.tick(), 1.0)
        count = self.words(f"{self._left}", wide, theme.NUMBER_MM * 0.6, bold=True)
        asked = [self.title("set_up.upright.title", wide), self.hint("set_up.upright.hint", wide)]
        return [self.sign(Icon.LESS, wide), *asked, count]

    def tick(self) -> None:
        """A second has gone."""
        if self.parent is None or self._is_touched:
            self._stop()
            return
        self._left -= 1
        if self._left:
            self.show(self.view)
        else:
            self._stop()
            self.say(WentOn(number=self.shown.number))

    def ways(self) -> Sequence[Way | None]:
        return ()

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self._is_touched and self._left:
            self._is_touched = True
            self._stop()
            self.show(self.view)
            self.say(Turned(number=self.shown.number))
        return True

    def _stop(self) -> None:
        if self._ticks:
            self._ticks.cancel()
        self._ticks = None

    def _foot(self, wide: float) -> Widget:
        return Group([], wide, 0)
