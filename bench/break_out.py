"""Tries to break out of the kiosk: random touches, gestures, keys and window events in Kivy's true loop, on a whole
kiosk. After each attempt the laws are checked, after some of them a visit has to end with its ticket.

Kivy finds what a careless machine might hold for it: a configuration that loads the inspector and closes on Escape, and
the same in the environment. The control is Kivy as it comes, without the kiosk's lockdown; it is seen to fail.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from kiosk.__main__ import prepare_kivy

if TYPE_CHECKING:
    from real_window import RealWindow
    from steady_kiosk import SteadyKiosk

SIZE = (432, 768)
PIXELS_PER_MM = 1.6
CONFIG = "[kivy]\nexit_on_escape = 1\nkeyboard_mode = dock\n[modules]\ninspector =\n"
HOSTILE = {"KCFG_KIVY_EXIT_ON_ESCAPE": "1", "KCFG_MODULES_INSPECTOR": "", "KCFG_INPUT_MOUSE": "mouse"}
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


class Person:
    """Somebody who tries."""

    def __init__(self, window: "RealWindow", random: Random) -> None:
        self._window, self._random = window, random

    def attempt(self) -> tuple[str, int]:
        """Tries one thing; tells which, and how many of its taps may count."""
        ways: tuple[tuple[Callable[[], None], int], ...] = (
            (self._tap, 1), (self._tap, 1), (self._tap, 1), (self._double_tap, 1), (self._many_taps, 1),
            (self._long_press, 0), (self._slide_off, 0), (self._swipe_from_an_edge, 1), (self._other_button, 0),
            (self._wheel, 0), (self._two_fingers, 0), (self._five_fingers, 1), (self._keys, 0), (self._keys, 0),
            (self._window_events, 0),
        )  # fmt: skip
        way, most = self._random.choice(ways)
        way()
        self._window.frame()
        self._window.frame()
        return way.__name__.strip("_").replace("_", " "), most

    def _anywhere(self) -> tuple[float, float]:
        return self._random.randrange(SIZE[0]), self._random.randrange(SIZE[1])

    def _somewhere(self) -> tuple[float, float]:
        """Mostly on something that can be touched."""
        from kiosk.screens.widgets import Target

        targets = [each for each in self._window.stage.walk() if isinstance(each, Target)]
        if not targets or self._random.random() < 0.2:
            return self._anywhere()
        target = self._random.choice(targets)
        return target.center_x + self._random.uniform(-4, 4), target.center_y + self._random.uniform(-4, 4)

    def _tap(self) -> None:
        self._window.taps(*self._somewhere())

    def _double_tap(self) -> None:
        place = self._somewhere()
        self._window.taps(*place)
        self._window.taps(*place)

    def _many_taps(self) -> None:
        for _ in range(self._random.randrange(3, 12)):
            self._window.taps(*self._somewhere())
            if self._random.random() < 0.3:
                self._window.frame()

    def _long_press(self) -> None:
        place = self._somewhere()
        self._window.presses(*place)
        self._window.frame()
        self._window.frame()
        self._window.age_touches(self._random.uniform(3.1, 60))
        self._window.lets_go(*place)

    def _slide_off(self) -> None:
        self._window.presses(*self._somewhere())
        self._window.frame()
        self._window.slides(0, 0)
        self._window.lets_go(0, 0)

    def _swipe_from_an_edge(self) -> None:
        wide, high = SIZE
        across = self._random.random()
        starts = ((0, across * high), (wide - 1, across * high), (across * wide, 0), (across * wide, high - 1))
        x, y = self._random.choice(starts)
        end_x, end_y = self._anywhere()
        self._window.presses(x, y)
        for step in range(1, 9):
            self._window.slides(x + (end_x - x) * step / 8, y + (end_y - y) * step / 8)
        self._window.lets_go(end_x, end_y)

    def _other_button(self) -> None:
        self._window.taps(*self._somewhere(), self._random.choice((2, 3, 4, 5)))

    def _wheel(self) -> None:
        self._window.slides(*self._somewhere())
        for _ in range(4):
            way = self._random.choice(("up", "down", "left", "right"))
            self._window.says(f"mousewheel{way}", 0, 1, 0)

    def _two_fingers(self) -> None:
        """One rests in a corner, another taps."""
        x, y = self._somewhere()
        self._window.finger("fingerdown", 1, 1, 1)
        self._window.frame()
        self._window.finger("fingerdown", 2, x, y)
        self._window.finger("fingerup", 2, x, y)
        self._window.frame()
        self._window.finger("fingerup", 1, 1, 1)

    def _five_fingers(self) -> None:
        """All down, all sliding (a pinch, a swipe of the whole hand), all up in any order."""
        places = {finger: self._somewhere() for finger in range(5)}
        for finger, place in places.items():
            self._window.finger("fingerdown", finger, *place)
        self._window.frame()
        if self._random.random() < 0.7:
            places = {finger: self._anywhere() for finger in places}
            for finger, place in places.items():
                self._window.finger("fingermotion", finger, *place)
        for finger in self._random.sample(sorted(places), 5):
            self._window.finger("fingerup", finger, *places[finger])

    def _keys(self) -> None:
        for _ in range(self._random.randrange(1, 5)):
            key, modifier = self._random.choice(SHORTCUTS), self._random.choice(MODIFIERS)
            self._window.says("keydown", modifier, key, 0, "")
            self._window.says("keyup", modifier, key, 0, "")
            self._window.says("keyup", 0, 308, 0, "")

    def _window_events(self) -> None:
        for event in self._random.sample(WINDOW_EVENTS, 3):
            self._window.says(*event)


def broken_laws(window: "RealWindow", kiosk: "SteadyKiosk") -> Iterator[str]:
    """What is not as it has to be, in few words."""
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from kiosk.screens.stage import SCREENS
    from kiosk.visit import TRANSITIONS

    state, screen = kiosk.controller.visit.state, window.stage.screen
    if state not in TRANSITIONS or type(screen) is not SCREENS[state] or screen.view.visit != kiosk.controller.visit:
        yield "the screen is not the state's"
    if EventLoop.quit or EventLoop.status != "started":
        yield "the window would close"
    strangers = [type(each).__name__ for each in Window.children if each is not window.stage]
    if strangers or not window.stage.parent:
        yield f"beside the stage: {', '.join(strangers)}"
    if tuple(Window.size) != SIZE or tuple(window.stage.size) != SIZE:
        yield "the window's size changed"


def put_right(window: "RealWindow") -> bool:
    """For the control, which goes on after a break unless the window is gone."""
    from kivy.base import EventLoop
    from kivy.core.window import Window

    EventLoop.quit = False
    for each in [each for each in Window.children if each is not window.stage]:
        Window.remove_widget(each)
    if not window.stage.parent:
        Window.add_widget(window.stage)
    return bool(EventLoop.event_listeners)


def visits(window: "RealWindow", kiosk: "SteadyKiosk", booking: int) -> bool:
    """Whoever comes next gets a ticket."""
    from kiosk.events import CodeScanned
    from kiosk.visit import State

    for _ in range(200):
        if kiosk.controller.visit.state is State.WELCOME:
            break
        kiosk.wait(5)
        window.frame()
    kiosk.inbox.post(CodeScanned(kiosk.passes[booking]))
    for _ in range(20):
        window.frame()
        if kiosk.controller.visit.state is State.TICKET_PRINTED:
            return True
    return False


def campaign(attempts: int, seed: int, is_control: bool, folder: Path) -> tuple[Counter[str], Counter[str]]:
    """What was tried, and what broke, each with its count."""
    from real_window import RealWindow
    from steady_kiosk import BOOKINGS, SteadyKiosk

    from kiosk.app import KioskApp
    from kiosk.theme import Panel

    kiosk, random = SteadyKiosk(folder), Random(seed)
    app = KioskApp(kiosk, Panel(PIXELS_PER_MM), *([_left_open] if is_control else []))
    window = RealWindow(app)
    person = Person(window, random)
    tried: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for place in range(attempts):
        kiosk.wait(random.choice((0.4, 0.4, 0.4, 2, 20, 70)))
        window.frame()
        before = kiosk.controller.taps
        name, most = person.attempt()
        tried[name] += 1
        laws = list(broken_laws(window, kiosk))
        if kiosk.controller.taps - before > most:
            laws.append(f"{kiosk.controller.taps - before} taps counted of: {name}")
        if place % 10 == 9 and not laws and not visits(window, kiosk, place // 10 * 4 % BOOKINGS):
            laws.append("the next visit has no ticket")
        broken.update(laws)
        if laws and not put_right(window):
            break
    app.stop()
    return tried, broken


def _left_open(window: Any) -> None:
    """Kivy as it comes: its settings open with F1."""
    from kivy.app import App

    app = App.get_running_app()
    app.open_settings = lambda *_: App.open_settings(app)
    window.bind(on_keyboard=app._on_keyboard_settings)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", action="store_true", help="without the kiosk's lockdown; has to fail")
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "kivy"
        home.mkdir()
        (home / "config.ini").write_text(CONFIG)
        os.environ.update(HOSTILE | {"SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(home), "KIVY_NO_ARGS": "1"})
        os.environ["KIVY_LOG_MODE"] = "PYTHON"
        if arguments.control:
            from kivy.config import Config

            Config.set("graphics", "width", str(SIZE[0]))
            Config.set("graphics", "height", str(SIZE[1]))
        else:
            prepare_kivy(home, SIZE, False)
        from kivy.config import Config

        Config.set("graphics", "maxfps", "0")
        tried, broken = campaign(arguments.attempts, arguments.seed, arguments.control, folder)
    took = time.monotonic() - began
    print(f"{tried.total()} attempts with seed {arguments.seed} in {took:.0f} s: {dict(sorted(tried.items()))}")
    print(f"{'control: ' if arguments.control else ''}{broken.total()} broken laws: {dict(sorted(broken.items()))}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
