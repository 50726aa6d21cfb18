"""What keeps a touch from doing harm, each piece to be switched off alone: the controls of break_out.py."""

from collections.abc import Callable
from enum import StrEnum
from time import time
from typing import Any

from kivy.input import MotionEvent
from steady_kiosk import TapCounter

from kiosk.events import Event
from kiosk.lockdown import lock
from kiosk.screens.stage import Stage
from kiosk.visit import State


class Guard(StrEnum):
    """A protection, by what it is against."""

    SECOND_TOUCH = "second touch"
    LONG_PRESS = "long press"
    SLIDING_OFF = "sliding off"
    FORMER_SCREEN = "former screen"
    RAPID_TAPS = "rapid taps"


TRIED = {
    Guard.SECOND_TOUCH: ["second touch"],
    Guard.LONG_PRESS: ["long press"],
    Guard.SLIDING_OFF: ["sliding off", "swipe from an edge"],
    Guard.FORMER_SCREEN: ["screen changed below"],
    Guard.RAPID_TAPS: ["double tap", "many taps", "screen just changed", "scan"],
}
"""The ways of an intruder that each is against."""
HARMS = {
    Guard.SECOND_TOUCH: ["counted of: second touch"],
    Guard.LONG_PRESS: ["counted of: long press"],
    Guard.SLIDING_OFF: ["counted of: sliding off", "counted of: swipe from an edge"],
    Guard.FORMER_SCREEN: ["counted of: screen changed below"],
    Guard.RAPID_TAPS: [
        "counted of: double tap",
        "counted of: screen just",
        "same tap counted twice",
        "typed on the next",
    ],
}
"""The broken laws that are seen without each, in parts of their words."""


class Guards:
    """All are up but `down`."""

    down: Guard | None = None

    def lock(self, window: Any) -> None:
        """As the kiosk's own, for KioskApp."""
        lock(_Doorway(window, self))
        window.bind(on_touch_up=lambda _, touch: self._lifts(touch))

    def _lifts(self, touch: MotionEvent) -> None:
        if self.down is Guard.LONG_PRESS:
            touch.time_start = time()
        elif self.down is Guard.SLIDING_OFF:
            # Kivy scales these anew for the widget that holds the touch.
            touch.sx, touch.sy = touch.osx, touch.osy

    def stage(self, *arguments: Any) -> Stage:
        """As the kiosk's own, for KioskApp."""
        return _OpenStage(self, *arguments)

    def controller(self, *arguments: Any) -> TapCounter:
        """As SteadyKiosk's own."""
        return _OpenController(self, *arguments)


class _Doorway:
    """Binds to the window; what hears touches hears them only while the guard is up."""

    def __init__(self, window: Any, guards: Guards) -> None:
        self._window, self._guards = window, guards

    def bind(self, **hearers: Callable[..., bool]) -> None:
        touching = {name: self._guarded(each) for name, each in hearers.items() if name.startswith("on_touch")}
        self._window.bind(**hearers | touching)

    def _guarded(self, hearer: Callable[..., bool]) -> Callable[..., bool]:
        return lambda *arguments: self._guards.down is not Guard.SECOND_TOUCH and hearer(*arguments)


class _OpenStage(Stage):
    def __init__(self, guards: Guards, *arguments: Any) -> None:
        self._guards = guards
        super().__init__(*arguments)

    def _poster(self, state: State) -> Callable[[Event], None]:
        guarded = super()._poster(state)
        return lambda event: (self._post if self._guards.down is Guard.FORMER_SCREEN else guarded)(event)


class _OpenController(TapCounter):
    def __init__(self, guards: Guards, *arguments: Any) -> None:
        self._guards = guards
        super().__init__(*arguments)

    def tap(self, event: Event) -> None:
        if self._guards.down is Guard.RAPID_TAPS:
            self._last_tap = None
        super().tap(event)

    def _is_settled(self) -> bool:
        return self._guards.down is Guard.RAPID_TAPS or super()._is_settled()
