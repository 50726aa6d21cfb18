"""A kiosk in Kivy's true window and loop, fed with what SDL and a touch panel would say. Kivy is to be prepared before
this is imported.
"""

from collections import deque
from typing import Any

from kivy.base import EventLoop, runTouchApp
from kivy.core.window import Window
from kivy.core.window.window_sdl2 import SDL2MotionEventProvider

from kiosk.app import KioskApp
from kiosk.screens.stage import Stage

LEFT = 1
"""SDL's number of a mouse's button; a touch panel's one finger comes as this."""


class _Fed:
    """SDL's side of the window, with events that were never made by a hand."""

    def __init__(self, sdl: Any) -> None:
        self._sdl = sdl
        self.events: deque[tuple[Any, ...]] = deque()

    def poll(self) -> Any:
        return self.events.popleft() if self.events else self._sdl.poll()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sdl, name)


class RealWindow:
    """The app's window, one frame at a time."""

    def __init__(self, app: KioskApp) -> None:
        self._fed = _Fed(Window._win)
        Window._win = self._fed
        self._app = app
        app._run_prepare()
        runTouchApp(embedded=True)
        self.frame()

    @property
    def stage(self) -> Stage:
        return self._app.root

    def frame(self) -> None:
        """What Kivy's main loop does over and over: time, inputs, drawing; then what SDL says."""
        EventLoop.idle()
        Window.mainloop()

    def says(self, *event: Any) -> None:
        """An event as Kivy's SDL window polls it, for the next frame."""
        self._fed.events.append(event)

    def finger(self, action: str, finger: int, x: float, y: float) -> None:
        """One finger of many, as a multi-touch panel tells it; px from the window's lower left."""
        SDL2MotionEventProvider.q.appendleft((action, finger, x / Window.width, 1 - y / Window.height, 1.0))

    def presses(self, x: float, y: float, button: int = LEFT) -> None:
        self.says("mousebuttondown", x, Window.height - 1 - y, button)

    def slides(self, x: float, y: float) -> None:
        self.says("mousemotion", x, Window.height - 1 - y)

    def lets_go(self, x: float, y: float, button: int = LEFT) -> None:
        self.says("mousebuttonup", x, Window.height - 1 - y, button)

    def taps(self, x: float, y: float, button: int = LEFT) -> None:
        self.presses(x, y, button)
        self.lets_go(x, y, button)

    def age_touches(self, seconds: float) -> None:
        """What is touched now was touched for so much longer."""
        for each in EventLoop.touches:
            each.time_start -= seconds
