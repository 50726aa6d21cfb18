"""From a finger's lifting to the next screen drawn, in Kivy's true loop with software rendering.

A visitor touches whatever can be touched, at random, and holds a code up now and then, so that every way between the
screens is gone and every key is typed. The finger comes at a random moment of the loop's round and stays for as long as
a quick finger does; the clock runs from its lifting until the frame is painted (glFinish). The peer, in the same run
but in a process and with a loop of its own, is a bare Kivy screen that makes as many labels anew for a tap.
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from kiosk.__main__ import prepare_kivy

if TYPE_CHECKING:
    from real_window import RealWindow
    from steady_kiosk import SteadyKiosk

SIZE = (1080, 1920)
PIXELS_PER_MM = 4.0
BUDGET_MS = 50.0
ROUND_SECONDS = 1 / 30
"""The kiosk's at rest, and two of bare Kivy's."""
HELD_SECONDS = (0.05, 0.12)
"""How long a quick finger stays at least and at most: people stay for longer."""
LABELS = 40
PEER_TAPS = 200


class Visitor:
    """Touches things, and times what that takes; `times` are ms by the states before and after."""

    def __init__(self, window: "RealWindow", kiosk: "SteadyKiosk", random: Random) -> None:
        self._window, self._kiosk, self._random = window, kiosk, random
        self.work: list[float] = []
        """ms of the processor's cores together; what a busy machine makes wait is not in it."""
        self.times: dict[str, list[float]] = defaultdict(list)

    def does_something(self) -> None:
        """A tap or a scan; or nothing, for so long that the kiosk asks or goes home."""
        from kiosk.visit import State

        lot, state = self._random.random(), self._kiosk.controller.visit.state
        if lot < 0.03:
            self._kiosk.wait(100)
        elif lot < 0.3 and state is State.WELCOME:
            self._scans()
        else:
            self._taps()
        for _ in range(4):
            self._window.frame()

    def _scans(self) -> None:
        from kiosk.events import CodeScanned

        self._kiosk.wait(5)
        self._kiosk.inbox.post(CodeScanned(self._random.choice(self._kiosk.passes)))

    def _taps(self) -> None:
        target = self._target()
        if target is None:
            self._kiosk.wait(5)
            return
        self._kiosk.wait(0.4)
        (x, y), before = target.center, self._before()
        took, work = self._window.ms_to_lift(x, y, *moment(self._random))
        after = self._before()
        if after != before:
            self.times[f"{before[0]} → {after[0]}"].append(took)
            self.work.append(work)

    def _before(self) -> tuple[object, ...]:
        screen = self._window.stage.screen
        assert screen
        return self._kiosk.controller.visit.state, self._kiosk.controller.visit, screen.typed, screen.page

    def _target(self) -> Any:
        from kiosk.screens.widgets import Target

        found = [each for each in self._window.stage.walk() if isinstance(each, Target) and not each.disabled]
        return self._random.choice(found) if found else None


def moment(random: Random) -> tuple[float, float]:
    """In how many s a finger comes, and for how many s it stays."""
    return random.random() * ROUND_SECONDS, random.uniform(*HELD_SECONDS)


def peer_times(count: int, seed: int) -> list[float]:
    """ms of taps on a bare screen that makes its labels anew, in Kivy's usual loop; to be called in a new process."""
    prepare_kivy(SIZE, False)
    from kivy.config import Config

    Config.set("kivy", "kivy_clock", "default")
    Config.set("graphics", "maxfps", "60")
    from kivy.app import App
    from kivy.uix.gridlayout import GridLayout
    from kivy.uix.label import Label
    from real_window import RealWindow

    class Bare(App):  # type: ignore[misc] # Kivy has no types
        def build(self) -> Any:
            return GridLayout(cols=2)

    app = Bare()
    window = RealWindow(app)
    taps = 0

    def make_anew(*_: object) -> None:
        nonlocal taps
        taps += 1
        window.stage.clear_widgets()
        for place in range(LABELS):
            window.stage.add_widget(Label(text=f"Label {place} {taps}", font_size=32))

    window.stage.bind(on_touch_up=make_anew)
    random = Random(seed)
    times = [window.ms_to_lift(500, 500, *moment(random))[0] for _ in range(count)]
    app.stop()
    return times


def visited(taps: int, random: Random, folder: Path) -> Visitor:
    """A visitor who did so many things."""
    from real_window import RealWindow
    from steady_kiosk import SteadyKiosk

    from kiosk.app import KioskApp
    from kiosk.theme import Panel

    kiosk = SteadyKiosk(folder)
    app = KioskApp(kiosk, Panel(PIXELS_PER_MM))
    visitor = Visitor(RealWindow(app), kiosk, random)
    for _ in range(taps):
        visitor.does_something()
    app.stop()
    return visitor


def told(name: str, times: list[float]) -> str:
    """A line with the count, the middle, the 99th percentile and the worst."""
    ordered = sorted(times)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99)}
    return f"{name:46} {len(times):5}   p50 {at[0.5]:5.1f}   p99 {at[0.99]:5.1f}   worst {ordered[-1]:5.1f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    with tempfile.TemporaryDirectory() as name:
        prepare_kivy(SIZE, False)
        visitor = visited(arguments.taps, Random(arguments.seed), Path(name))
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            peer = apart.submit(peer_times, PEER_TAPS, arguments.seed).result()
    times = visitor.times
    for way in sorted(times, key=lambda each: -max(times[each])):
        print(told(way, times[way]))
    ours = [each for way in times.values() for each in way]
    print(told(f"bare Kivy screen, {LABELS} labels anew", peer))
    print(told("kiosk, all", ours))
    print(told("kiosk, all: work of the processor", visitor.work))
    return 0 if sorted(ours)[int(len(ours) * 0.99)] < BUDGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
