"""Tries to break out of the kiosk: random touches of a mouse and of fingers, gestures, keys, window events and scans in
Kivy's true loop, on a whole kiosk. After each attempt the laws are checked, after some of them a visit has to end with
its ticket.

Kivy finds what a careless machine might hold for it: a configuration that loads the inspector and closes on Escape, and
the same in the environment. The controls are seen to fail: Kivy as it comes, without the kiosk's lockdown, and each
guard against a touch switched off in its turn.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
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
CONTROLS = ("lockdown", "guards")
"""Without the lockdown, Kivy is as it comes; without each guard against a touch in its turn, all else is locked."""
LOCKED_WAYS = ("keys", "window events", "second touch")
LOCKED_HARMS = ("Settings", "would close", "counted of: second touch")


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


class Campaign:
    """A kiosk in its window, and somebody who tries; `tried` counts what.

    A `control` is one of CONTROLS; that of the guards has them in `guards`.
    """

    def __init__(self, folder: Path, seed: int, control: str | None) -> None:
        from intruder import Intruder
        from real_window import RealWindow
        from steady_kiosk import SteadyKiosk
        from unlocked import Guards

        from kiosk.app import KioskApp
        from kiosk.theme import Panel

        self.guards, self._random = Guards(), Random(seed)
        with_guards = control == "guards"
        self._kiosk = SteadyKiosk(folder, *([self.guards.controller] if with_guards else []))
        opened: dict[str | None, list[Any]] = {
            "lockdown": [_left_open],
            "guards": [self.guards.lock, self.guards.stage],
        }
        self._app = KioskApp(self._kiosk, Panel(PIXELS_PER_MM), *opened.get(control, []))
        self._window = RealWindow(self._app)
        self._intruder = Intruder(self._window, self._kiosk, self._random)
        self.tried: Counter[str] = Counter()

    def run(self, attempts: int, ways: Sequence[str] = (), until: Sequence[str] = ()) -> Counter[str]:
        """The laws that so many attempts break, by all ways or some. Ends early if the window is gone, or laws with all
        these words are broken.
        """
        from steady_kiosk import BOOKINGS

        broken: Counter[str] = Counter()
        for place in range(attempts):
            self._kiosk.wait(self._random.choice((0.4, 0.4, 0.4, 2, 20, 70)))
            self._window.frame()
            laws = list(self._attempt(list(ways) or self._intruder.ways))
            if place % 10 == 9 and not laws and not visits(self._window, self._kiosk, place // 10 * 4 % BOOKINGS):
                laws.append("the next visit has no ticket")
            broken.update(laws)
            if laws and (not put_right(self._window) or (until and _all_seen(until, broken))):
                break
        return broken

    def _attempt(self, ways: list[str]) -> Iterator[str]:
        """Tries one thing; yields the laws that it broke."""
        from kiosk.events import ApplicantToggled
        from kiosk.screens.stage import INTERRUPTIONS

        controller, stage = self._kiosk.controller, self._window.stage
        before, former, state = len(controller.taps), stage.screen, controller.visit.state
        name, most = self._intruder.attempt(ways)
        self.tried[name] += 1
        yield from broken_laws(self._window, self._kiosk)
        counted = controller.taps[before:]
        changes = [each for each in counted if not isinstance(each, ApplicantToggled)]
        if len(changes) > most:
            yield f"{len(changes)} taps counted of: {name}"
        if len(set(counted)) < len(counted):
            yield f"the same tap counted twice of: {name}"
        if stage.screen is not former and stage.screen.typed and state not in INTERRUPTIONS:
            yield f"typed on the next screen: {name}"

    def stop(self) -> None:
        self._app.stop()


def _all_seen(harms: Sequence[str], broken: Counter[str]) -> bool:
    return all(any(harm in law for law in broken) for harm in harms)


def without_each_guard(campaign: Campaign, attempts: int) -> dict[str, Counter[str]]:
    """The broken laws without each guard in its turn: of at most so many attempts, until its harms are seen."""
    from unlocked import HARMS, TRIED

    found = {}
    for guard, ways in TRIED.items():
        campaign.guards.down = guard
        found[f"without the guard against: {guard}"] = campaign.run(attempts, ways, HARMS[guard])
    return found


def _left_open(window: Any) -> None:
    """Kivy as it comes: its settings open with F1."""
    from kivy.app import App

    app = App.get_running_app()
    app.open_settings = lambda *_: App.open_settings(app)
    window.bind(on_keyboard=app._on_keyboard_settings)


def prepare_a_hostile_kivy(home: Path, as_it_comes: bool) -> None:
    """The environment and configuration of a careless machine; Kivy is then prepared by the kiosk, or as it comes."""
    home.mkdir()
    (home / "config.ini").write_text(CONFIG)
    os.environ.pop("KIVY_NO_CONFIG", None)
    os.environ.update(HOSTILE | {"SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(home), "KIVY_NO_ARGS": "1"})
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    if not as_it_comes:
        prepare_kivy(SIZE, False)
    from kivy.config import Config

    Config.set("graphics", "width", str(SIZE[0]))
    Config.set("graphics", "height", str(SIZE[1]))
    Config.set("graphics", "maxfps", "0")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", choices=CONTROLS, help="without it; has to fail")
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        prepare_a_hostile_kivy(Path(name) / "kivy", arguments.control == "lockdown")
        campaign = Campaign(Path(name), arguments.seed, arguments.control)
        if arguments.control == "guards":
            found = without_each_guard(campaign, arguments.attempts)
        elif arguments.control == "lockdown":
            found = {"without the lockdown": campaign.run(arguments.attempts, LOCKED_WAYS, LOCKED_HARMS)}
        else:
            found = {"the kiosk": campaign.run(arguments.attempts)}
        campaign.stop()
    tried, took = campaign.tried, time.monotonic() - began
    print(f"{tried.total()} attempts with seed {arguments.seed} in {took:.0f} s: {dict(sorted(tried.items()))}")
    for name, broken in found.items():
        print(f"{name}: {broken.total()} broken laws: {dict(sorted(broken.items()))}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
