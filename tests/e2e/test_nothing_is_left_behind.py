"""A window that is killed leaves no folder behind: it is started again and again, for years."""

import os
import socket
import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 60.0
CONFIG = '[central]\nurl = "https://localhost:1"\nca = "ca.pem"\n[data]\ndir = "data"\n[screen]\nsize = [432, 768]\n'


def test_a_window_that_was_killed_leaves_nothing_in_the_home_and_in_the_folder_for_passing_files(
    tmp_path: Path,
) -> None:
    (tmp_path / "kiosk.toml").write_text(CONFIG)
    home, passing = tmp_path / "home", tmp_path / "passing"
    home.mkdir()
    passing.mkdir()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("KIVY")}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(tmp_path / "notices"))
        notices.settimeout(PATIENCE_SECONDS)
        said = {"HOME": str(home), "TMPDIR": str(passing), "NOTIFY_SOCKET": str(tmp_path / "notices")}
        window = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "ui", "--fallback", "--config", str(tmp_path / "kiosk.toml")],
            stderr=subprocess.DEVNULL, env=bare | said | {"SDL_VIDEODRIVER": "offscreen"},
        )  # fmt: skip
        try:
            while notices.recv(100) != b"READY=1":
                pass
        finally:
            window.kill()
            window.wait()
    assert [*home.iterdir(), *passing.iterdir()] == []
