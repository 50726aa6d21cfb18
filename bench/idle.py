"""What a waiting kiosk takes of the processor, and whether visits leave anything in its memory.

The whole `kiosk run` stands at its welcome screen with its moving picture, printer and scanner simulated; beside it a
bare Kivy window with one label. Then a whole kiosk in one process serves visits, in a time that is passed in.
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench_site import make_data

from kiosk.__main__ import prepare_kivy

if TYPE_CHECKING:
    from real_window import RealWindow
    from steady_kiosk import SteadyKiosk

SETTLED_SECONDS = 8.0
MOST_PERCENT = 3.0
MOST_GROWTH_MB = 2.0
WARM_VISITS = 1000
"""In fewer, the caches of SQLite and of the C library fill: only the objects say whether something is kept."""
MOST_GROWTH_OBJECTS = 1000
"""Less than a screen is made of."""
COLLECTIONS = 6
CONFIG = """
central = { url = "https://localhost:1", ca = "ca.pem" }
data = { dir = "data" }
printer = { url = "simulated:" }
scanner = [{ url = "simulated:" }]
screen = { size = [1080, 1920] }
"""
WATCHED = """
import sys
import threading
import time
def watch(settled, seconds):
    time.sleep(settled)
    used, began = time.process_time(), time.monotonic()
    time.sleep(seconds)
    print(100 * (time.process_time() - used) / (time.monotonic() - began), flush=True)
threading.Thread(target=watch, args=(float(sys.argv[2]), float(sys.argv[3])), daemon=True).start()
"""
KIOSK = """
from kiosk.__main__ import main
main(["run", "--config", sys.argv[1] + "/kiosk.toml"])
"""
BARE = """
from kiosk.__main__ import prepare_kivy
prepare_kivy((1080, 1920), False)
from kivy.config import Config
Config.set("kivy", "kivy_clock", "default")
Config.set("graphics", "maxfps", "60")
from kivy.app import App
from kivy.uix.label import Label
class Bare(App):
    def build(self):
        return Label(text="bare")
Bare().run()
"""


def percent_of_a_core(code: str, folder: Path, seconds: float) -> float:
    """Of a program's own time on the processor while it waits, all its threads together."""
    extra = {"SDL_VIDEODRIVER": "offscreen", "KIVY_NO_ARGS": "1"}
    program = folder / "program.py"
    program.write_text(WATCHED + code)
    child = subprocess.Popen(
        [sys.executable, str(program), str(folder), str(SETTLED_SECONDS), str(seconds)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | extra,
    )  # fmt: skip
    assert child.stdout
    try:
        return float(child.stdout.readline())
    finally:
        child.terminate()
        child.wait()


def grown(visits: int, folder: Path, leaks: bool) -> tuple[float, int]:
    """How many MB, and how many objects, were there more after so many visits than after a fifth of them; `leaks`
    keeps the screens of each.
    """
    from real_window import RealWindow
    from steady_kiosk import SteadyKiosk

    from kiosk.app import KioskApp
    from kiosk.theme import Panel

    kiosk = SteadyKiosk(folder)
    app = KioskApp(kiosk, Panel(1.6))
    window = RealWindow(app)
    held, leaked = [], []
    for place in range(1, visits + 1):
        _visit(window, kiosk, place)
        if leaks:
            leaked.append([*window.stage.walk()])
        if place in (visits // 5, visits):
            held.append(_held(window))
            print(f"after {place} visits: {held[-1][0]:.1f} MB, {held[-1][1]} objects", flush=True)
    app.stop()
    return held[1][0] - held[0][0], held[1][1] - held[0][1]


def _held(window: "RealWindow") -> tuple[float, int]:
    """MB resident and objects, when all is gone that can go: some circles of Kivy's are freed by another's end."""
    for _ in range(COLLECTIONS):
        window.frame()
        gc.collect()
    return _resident_mb(), len(gc.get_objects())


def _visit(window: "RealWindow", kiosk: "SteadyKiosk", place: int) -> None:
    """A scan, the ticket, and home; every fourth is a family's, which has to choose."""
    from kiosk.events import ApplicantsChosen, CodeScanned, Home
    from kiosk.visit import State

    kiosk.wait(5)
    kiosk.inbox.post(CodeScanned(kiosk.passes[place % len(kiosk.passes)]))
    for _ in range(30):
        window.frame()
        match kiosk.controller.visit.state:
            case State.CHOOSING_APPLICANTS:
                kiosk.controller.handle(ApplicantsChosen())
            case State.TICKET_PRINTED:
                break
    else:
        raise AssertionError(f"no ticket: {kiosk.controller.visit.state}")
    kiosk.controller.handle(Home())
    window.frame()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="0 leaves the processor out")
    parser.add_argument("--visits", type=int, default=5000, help="0 leaves the memory out")
    parser.add_argument("--control", action="store_true", help="keep the screens of each visit, as a leak would")
    arguments = parser.parse_args()
    ok = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.seconds:
            make_data(folder, 200)
            (folder / "kiosk.toml").write_text(CONFIG)
            bare, ours = (percent_of_a_core(each, folder, arguments.seconds) for each in (BARE, KIOSK))
            print(f"of a core over {arguments.seconds:.0f} s: kiosk {ours:.2f} %, bare Kivy window {bare:.2f} %")
            ok = ours < MOST_PERCENT
        if arguments.visits:
            os.environ["SDL_VIDEODRIVER"] = "offscreen"
            prepare_kivy((432, 768), False)
            from kivy.config import Config

            Config.set("graphics", "maxfps", "0")
            megabytes, objects = grown(arguments.visits, folder, arguments.control)
            print(
                f"from {arguments.visits // 5} to {arguments.visits} visits: {megabytes:+.1f} MB, {objects:+} objects"
            )
            is_cold = arguments.visits < WARM_VISITS
            ok = ok and objects < MOST_GROWTH_OBJECTS and (is_cold or megabytes < MOST_GROWTH_MB)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
