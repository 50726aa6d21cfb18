"""A kiosk in Kivy's true window and loop, fed with what SDL and a touch panel would say. Kivy is to be prepared before
this is imported.
"""

from collections import deque
from time import perf_counter, process_time
from typing import Any

from kivy.app import App
from kivy.base import EventLoop, runTouchApp
from kivy.core.window import Window
from kivy.core.window.window_sdl2 import SDL2MotionEventProvider
from kivy.graphics.opengl import glFinish

LEFT = 1
"""SDL's number of a mouse's button; a touch panel's one finger comes as this."""


class _Fed:
    """SDL's side of the window, with events that no hand made, each from its moment on."""

    def __init__(self, sdl: Any) -> None:
        self._sdl = sdl
        self.events: deque[tuple[float, tuple[Any, ...]]] = deque()

    def poll(self) -> Any:
        if self.events and self.events[0][0] <= perf_counter():
            return self.events.popleft()[1]
        return self._sdl.poll()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sdl, name)


class RealWindow:
    """The app's window, one frame at a time."""

    def __init__(self, app: App) -> None:
        self._fed = _Fed(Window._win)
        Window._win = self._fed
        self._app = app
        self._flips = 0
        Window.bind(on_flip=lambda _: self._count())
        app._run_prepare()
        runTouchApp(embedded=True)
        self.frame()

    @property
    def stage(self) -> Any:
        """The app's root."""
        return self._app.root

    def frame(self) -> None:
        """What Kivy's main loop does over and over: time, inputs, drawing; then what SDL says."""
        EventLoop.idle()
        Window.mainloop()

    def ms_to_lift(self, x: float, y: float, wait: float, held: float) -> tuple[float, float]:
        """A finger comes in `wait` s, and lifts `held` s later: how many ms pass from then to the end of the first
        frame that was painted after it, at most 200 rounds later; and how many ms the processor's cores together
        worked since the loop heard of it.
        """
        down = perf_counter() + wait
        up = down + held
        for at, action in ((down, "mousebuttondown"), (up, "mousebuttonup")):
            self._fed.events.append((at, (action, x, Window.height - 1 - y, LEFT)))
        while self._fed.events:
            self.frame()
        # SDL is asked at the end of a round, so what was painted up to here is older.
        flips, began = self._flips, process_time()
        for _ in range(200):
            if self._flips > flips:
                break
            self.frame()
        return (perf_counter() - up) * 1000, (process_time() - began) * 1000

    def says(self, *event: Any) -> None:
        """An event as Kivy's SDL window polls it, for the next frame."""
        self._fed.events.append((0.0, event))

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

    def _count(self) -> None:
        glFinish()
        self._flips += 1
