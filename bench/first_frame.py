"""From the start of the process to its first frame: ours, and a bare Kivy window with one label."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_site import make_data

BARE = """
from kivy.app import App
from kivy.uix.label import Label
class Bare(App):
    def build(self):
        return Label(text="bare")
app = Bare()
"""
OURS = """
from kiosk.config import settings_from
from kiosk.bootstrap import Kiosk
raw = {"central": {"url": "https://localhost:1", "ca": "ca.pem"}, "data": {"dir": "data"}}
kiosk = Kiosk(settings_from(raw, Path(sys.argv[1])))
from kiosk.app import KioskApp
from kiosk.theme import Panel
app = KioskApp(kiosk, Panel())
"""
HEAD = """
import sys
from pathlib import Path
from kivy.config import Config
Config.set("graphics", "width", "1080")
Config.set("graphics", "height", "1920")
"""
TAIL = """
from kivy.core.window import Window
def first(*_):
    print("frame", flush=True)
    Window.unbind(on_flip=first)
    app.stop()
Window.bind(on_flip=first)
app.run()
"""


def seconds_to_frame(code: str, folder: Path) -> float:
    """Runs a program until it says that its first frame is shown."""
    home = folder / "kivy"
    home.mkdir(exist_ok=True)
    extra = {"SDL_VIDEODRIVER": "offscreen", "KIVY_NO_ARGS": "1", "KIVY_LOG_MODE": "PYTHON", "KIVY_HOME": str(home)}
    program = folder / "program.py"
    program.write_text(HEAD + code + TAIL)
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, str(program), str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | extra,
    )  # fmt: skip
    assert child.stdout
    line = child.stdout.readline()
    took = time.perf_counter() - began
    child.wait()
    if line != "frame\n":
        raise RuntimeError("the program ended without a frame")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=7)
    count = parser.parse_args().count
    times: dict[str, list[float]] = {"bare Kivy window": [], "kiosk": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data(folder, 200)
        for _ in range(count):
            times["bare Kivy window"].append(seconds_to_frame(BARE, folder))
            times["kiosk"].append(seconds_to_frame(OURS, folder))
    for who, taken in times.items():
        print(f"{who:18} median {statistics.median(taken):.2f} s   worst {max(taken):.2f} s   ({count} times)")
    print(
        f"ratio of the medians: {statistics.median(times['kiosk']) / statistics.median(times['bare Kivy window']):.2f}"
    )


if __name__ == "__main__":
    main()
