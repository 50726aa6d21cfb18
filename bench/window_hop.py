"""What the split into processes adds to a tap: from the window's telling to the next view in its hands, unpainted.

A core with a whole kiosk runs in a process of its own; here a window's side of the line taps a language, and takes the
views that come. The peer is the same controller in this process, called directly.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import quantiles

from steady_kiosk import SteadyKiosk, TapCounter

from kiosk.commands import Command
from kiosk.core import Core
from kiosk.events import LanguageChosen
from kiosk.far_core import FarCore
from kiosk.model import ENGLISH, INDONESIAN
from kiosk.monitor import Surroundings
from kiosk.supervisor import Supervisor
from kiosk.theme import Panel
from kiosk.view import View

BUDGET_MS = 10.0
"""Of the 50 that a tap may take (docs/performance.md)."""
LONGEST_SECONDS = 1.0
STEP_SECONDS = 0.4
"""The kiosk's time goes on by so much whenever it looks: no tap is the second half of a double one."""


def _hasty(surroundings: Callable[[], Surroundings], send: Callable[[Command], None], _: object) -> TapCounter:
    return TapCounter(surroundings, send, count(1000, STEP_SECONDS).__next__)


def be_core(folder: Path) -> None:
    core = Core(SteadyKiosk(folder, _hasty), folder / "door", os.getuid(), Panel(), Supervisor({}))
    core.end_on_signals()
    core.run()


def far_taps(taps: int, folder: Path) -> list[float]:
    """ms of each tap that led to a view, by a core in another process."""
    child = subprocess.Popen([sys.executable, __file__, "--core", str(folder)])
    window, times, seen = FarCore(folder / "door"), list[float](), list[View]()
    window.controller.show = seen.append
    window.start()
    try:
        _sees(window, seen)
        for place in range(taps):
            seen.clear()
            began = time.perf_counter()
            window.controller.tap(LanguageChosen((ENGLISH, INDONESIAN)[place % 2]))
            if _sees(window, seen):
                times.append((time.perf_counter() - began) * 1000)
    finally:
        window.stop()
        child.terminate()
        child.wait()
    return times


def _sees(window: FarCore, seen: list[View]) -> bool:
    until = time.perf_counter() + (10 if window.controller.visit.id == 0 else LONGEST_SECONDS)
    while not seen and time.perf_counter() < until:
        said = window.inbox.take(0.05)
        if said is not None:
            window.controller.handle(said)
    return bool(seen)


def near_taps(taps: int, folder: Path) -> list[float]:
    """ms of each tap on a controller of this process."""
    kiosk, times = SteadyKiosk(folder, _hasty), list[float]()
    kiosk.start()
    kiosk.controller.tick()
    for place in range(taps):
        began = time.perf_counter()
        kiosk.controller.tap(LanguageChosen((ENGLISH, INDONESIAN)[place % 2]))
        times.append((time.perf_counter() - began) * 1000)
    kiosk.stop()
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=2000)
    parser.add_argument("--core", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.core:
        be_core(arguments.core)
        return 0
    with tempfile.TemporaryDirectory() as far, tempfile.TemporaryDirectory() as near:
        results = {
            "in two processes": far_taps(arguments.taps, Path(far)),
            "in one": near_taps(arguments.taps, Path(near)),
        }
    for name, times in results.items():
        cuts = quantiles(times, n=100)
        print(f"{name:18} {len(times):5} taps   p50 {cuts[49]:6.2f}   p99 {cuts[98]:6.2f}   worst {max(times):6.2f} ms")
    return 0 if quantiles(results["in two processes"], n=100)[98] < BUDGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
