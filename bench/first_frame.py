"""From the start of the process to its first frame, and to the first screen that can be used: `kiosk run`, and a bare
Kivy window with one label.
"""

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
from kivy.config import Config
Config.set("graphics", "width", "1080")
Config.set("graphics", "height", "1920")
from kivy.app import App
from kivy.uix.label import Label
class Bare(App):
    def build(self):
        return Label(text="bare")
from kivy.core.window import Window
app = Bare()
Window.bind(on_flip=lambda _: (print("frame", flush=True), app.stop()))
app.run()
"""
OURS = """
from kiosk import __main__ as program
prepare = program.prepare_kivy
said = iter(("frame", "usable"))
def prepared(*arguments):
    prepare(*arguments)
    from kivy.base import EventLoop
    from kivy.core.window import Window
    def flipped(_):
        word = next(said)
        print(word, flush=True)
        EventLoop.quit = word == "usable"
    Window.bind(on_flip=flipped)
program.prepare_kivy = prepared
program.main(["run", "--config", sys.argv[1] + "/kiosk.toml"])
"""
CONFIG = """
central = { url = "https://localhost:1", ca = "ca.pem" }
data = { dir = "data" }
screen = { size = [1080, 1920] }
"""


def seconds_to_frames(code: str, folder: Path) -> list[float]:
    """Runs a program, and tells when it said that a frame is shown; one word a frame."""
    home = folder / "kivy"
    home.mkdir(exist_ok=True)
    extra = {"SDL_VIDEODRIVER": "offscreen", "KIVY_NO_ARGS": "1", "KIVY_LOG_MODE": "PYTHON", "KIVY_HOME": str(home)}
    program = folder / "program.py"
    program.write_text("import sys\n" + code)
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, str(program), str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | extra,
    )  # fmt: skip
    assert child.stdout
    taken = [time.perf_counter() - began for line in child.stdout if line in ("frame\n", "usable\n")]
    child.wait()
    if not taken:
        raise RuntimeError("the program ended without a frame")
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=7)
    count = parser.parse_args().count
    bare, first, usable = "bare Kivy window", "kiosk, first frame", "kiosk, first screen of use"
    times: dict[str, list[float]] = {bare: [], first: [], usable: []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data(folder, 200)
        (folder / "kiosk.toml").write_text(CONFIG)
        for _ in range(count):
            times[bare].append(seconds_to_frames(BARE, folder)[0])
            shown = seconds_to_frames(OURS, folder)
            times[first].append(shown[0])
            times[usable].append(shown[1])
    peer = statistics.median(times[bare])
    for who, taken in times.items():
        median = statistics.median(taken)
        print(f"{who:27} median {median:.2f} s   worst {max(taken):.2f} s   {median / peer:.2f} of the bare window")


if __name__ == "__main__":
    main()
