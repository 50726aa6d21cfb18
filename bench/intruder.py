"""Somebody who tries to break out of the kiosk, by hand and by keys, in Kivy's true window."""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Protocol

from kivy.core.window import Window

from kiosk.events import CodeScanned, Home, InformationChosen, TypeChosen
from kiosk.screens.widgets import Target
from kiosk.visit import State

if TYPE_CHECKING:
    from real_window import RealWindow
    from steady_kiosk import SteadyKiosk

ESCAPE, F1, F12, MENU, SUPER = 27, 282, 293, 319, 309
SHORTCUTS = (ESCAPE, F1, F1, F1, *range(F1, F12 + 1), MENU, SUPER, 9, 13, 32, 127, 273, 274, *b"acdefhimnqrstvwxz")
"""Escape, F1 to F12, menu, Tab, Enter, arrows, and letters that mean something with a modifier (pygame's numbers)."""
MODIFIERS = (0, 0, 0x40, 0x40, 0x100, 0x1, 0x400, 0x41, 0x140)
WINDOW_EVENTS = (
    ("quit",), ("quit",), ("windowminimized",), ("windowrestored",), ("windowleave",), ("windowenter",),
    ("windowfocuslost",), ("windowfocusgained",), ("windowhidden",), ("windowshown",), ("windowexposed",),
    ("dropbegin",), ("dropfile", b"/etc/passwd"), ("droptext", "x"), ("dropend",), ("textinput", "x"),
    ("textedit", "x", 0, 1), ("joybuttondown", 0, 1),
)  # fmt: skip
LEANING_SECONDS = (3.1, 60.0)
Place = tuple[float, float]


class Pointer(Protocol):
    """What touches the window; px from its lower left."""

    def presses(self, x: float, y: float) -> None: ...

    def slides(self, x: float, y: float) -> None: ...

    def lets_go(self, x: float, y: float) -> None: ...


class Finger:
    """One finger on a touch panel: SDL numbers it, and it names no button."""

    def __init__(self, window: "RealWindow", number: int) -> None:
        self._window, self._number = window, number

    def presses(self, x: float, y: float) -> None:
        self._window.finger("fingerdown", self._number, x, y)

    def slides(self, x: float, y: float) -> None:
        self._window.finger("fingermotion", self._number, x, y)

    def lets_go(self, x: float, y: float) -> None:
        self._window.finger("fingerup", self._number, x, y)


class Intruder:
    """Tries one thing at a time. Each way returns how many of its taps may change what is shown."""

    def __init__(self, window: "RealWindow", kiosk: "SteadyKiosk", random: Random) -> None:
        self._window, self._kiosk, self._random = window, kiosk, random
        self._fingers = [Finger(window, number) for number in range(5)]
        self._pointer: Pointer = window
        self._pointers: dict[str, Pointer] = {"mouse": window, "finger": self._fingers[0]}
        self.by_pointer: dict[str, Callable[[], int]] = {
            "tap": self._tap,
            "double tap": self._double_tap,
            "many taps": self._many_taps,
            "long press": self._long_press,
            "sliding off": self._slide_off,
            "swipe from an edge": self._swipe_from_an_edge,
            "screen changed below": self._screen_changes_below,
            "screen just changed": self._screen_just_changed,
            "second touch": self._second_touch,
        }
        self.by_other_means: dict[str, Callable[[], int]] = {
            "five fingers": self._five_fingers,
            "other buttons": self._other_button,
            "wheel": self._wheel,
            "keys": self._keys,
            "window events": self._window_events,
            "scan": self._scan,
        }

    @property
    def ways(self) -> list[str]:
        """All of them; a touch is tried more often than another means."""
        return [*self.by_pointer, *self.by_pointer, *self.by_other_means]

    def attempt(self, ways: list[str]) -> tuple[str, int]:
        """Tries one of the ways; tells which and with what, and how many of its taps may count."""
        way = self._random.choice(ways)
        if way in self.by_pointer:
            name = self._random.choice(sorted(self._pointers))
            self._pointer = self._pointers[name]
            most, told = self.by_pointer[way](), f"{way} by {name}"
        else:
            most, told = self.by_other_means[way](), way
        self._frames(2)
        return told, most

    def _frames(self, count: int) -> None:
        for _ in range(count):
            self._window.frame()

    def _anywhere(self) -> Place:
        return self._random.randrange(Window.width), self._random.randrange(Window.height)

    def _somewhere(self) -> Place:
        """Mostly on something that can be touched."""
        targets = self._targets()
        if not targets or self._random.random() < 0.2:
            return self._anywhere()
        target = self._random.choice(targets)
        return target.center_x + self._random.uniform(-4, 4), target.center_y + self._random.uniform(-4, 4)

    def _targets(self) -> list[Target]:
        return [each for each in self._window.stage.walk() if isinstance(each, Target)]

    # ------------------------------------------------------------ by mouse or finger

    def _taps(self, x: float, y: float) -> None:
        self._pointer.presses(x, y)
        self._pointer.lets_go(x, y)

    def _tap(self) -> int:
        self._taps(*self._somewhere())
        return 1

    def _double_tap(self) -> int:
        place = self._somewhere()
        self._taps(*place)
        if self._random.random() < 0.5:
            self._window.frame()
        self._taps(*place)
        return 1

    def _many_taps(self) -> int:
        for _ in range(self._random.randrange(3, 12)):
            self._taps(*self._somewhere())
            if self._random.random() < 0.3:
                self._window.frame()
        return 1

    def _long_press(self) -> int:
        place = self._somewhere()
        self._pointer.presses(*place)
        self._frames(2)
        self._window.age_touches(self._random.uniform(*LEANING_SECONDS))
        self._pointer.lets_go(*place)
        return 0

    def _slide_off(self) -> int:
        self._pointer.presses(*self._somewhere())
        self._window.frame()
        self._pointer.slides(0, 0)
        self._pointer.lets_go(0, 0)
        return 0

    def _swipe_from_an_edge(self) -> int:
        """As those that call an operating system's bars; on a target that reaches both ends, it is a tap."""
        across = self._random.random()
        wide, high = Window.size
        starts = ((0, across * high), (wide - 1, across * high), (across * wide, 0), (across * wide, high - 1))
        x, y = self._random.choice(starts)
        # Also from just inside the screen's margin, where buttons begin.
        x, y = (min(max(each, 20), size - 20) for each, size in ((x, wide), (y, high)))
        end = self._anywhere()
        on_one = any(each.collide_point(x, y) and each.collide_point(*end) for each in self._targets())
        self._pointer.presses(x, y)
        # Kivy takes what a mouse does within one frame for a press where it ends.
        self._window.frame()
        for step in range(1, 9):
            self._pointer.slides(x + (end[0] - x) * step / 8, y + (end[1] - y) * step / 8)
        self._pointer.lets_go(*end)
        return int(on_one)

    def _screen_changes_below(self) -> int:
        """The touch began on a screen that goes before it ends."""
        place = self._somewhere()
        self._pointer.presses(*place)
        self._frames(2)
        has_changed = self._other_screen()
        self._kiosk.wait(0.4)
        self._pointer.lets_go(*place)
        return int(not has_changed)

    def _screen_just_changed(self) -> int:
        """The touch was meant for the screen that was there a moment ago."""
        has_changed = self._other_screen()
        self._taps(*self._somewhere())
        return int(not has_changed)

    def _other_screen(self) -> bool:
        """Brings another screen, by no touch; whether there is one."""
        before = self._window.stage.screen
        is_welcome = self._kiosk.controller.visit.state is State.WELCOME
        self._kiosk.inbox.post(self._random.choice((InformationChosen(), TypeChosen())) if is_welcome else Home())
        self._frames(2)
        return self._window.stage.screen is not before

    def _second_touch(self) -> int:
        """One finger, or the mouse, rests in a corner, another finger taps."""
        x, y = self._somewhere()
        self._pointer.presses(1, 1)
        self._frames(2)
        self._fingers[1].presses(x, y)
        self._fingers[1].lets_go(x, y)
        self._frames(2)
        self._pointer.lets_go(1, 1)
        return 0

    # ------------------------------------------------------------ by other means

    def _five_fingers(self) -> int:
        """All down, all sliding (a pinch, a swipe of the whole hand), all up in any order."""
        places = {finger: self._somewhere() for finger in self._fingers}
        for finger, place in places.items():
            finger.presses(*place)
        self._window.frame()
        if self._random.random() < 0.7:
            places = {finger: self._anywhere() for finger in places}
            for finger, place in places.items():
                finger.slides(*place)
        for finger in self._random.sample(self._fingers, len(self._fingers)):
            finger.lets_go(*places[finger])
        return 1

    def _other_button(self) -> int:
        self._window.taps(*self._somewhere(), self._random.choice((2, 3, 4, 5)))
        return 0

    def _wheel(self) -> int:
        self._window.slides(*self._somewhere())
        for _ in range(4):
            way = self._random.choice(("up", "down", "left", "right"))
            self._window.says(f"mousewheel{way}", 0, 1, 0)
        return 0

    def _keys(self) -> int:
        for _ in range(self._random.randrange(1, 5)):
            key, modifier = self._random.choice(SHORTCUTS), self._random.choice(MODIFIERS)
            self._window.says("keydown", modifier, key, 0, "")
            self._window.says("keyup", modifier, key, 0, "")
            self._window.says("keyup", 0, 308, 0, "")
        return 0

    def _window_events(self) -> int:
        for event in self._random.sample(WINDOW_EVENTS, 3):
            self._window.says(*event)
        return 0

    def _scan(self) -> int:
        """A family's code is held to the scanner meanwhile: it asks who came, if it is the first time."""
        self._kiosk.inbox.post(CodeScanned(self._random.choice(self._kiosk.passes[3::4])))
        return 0
