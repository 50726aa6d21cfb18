"""`kiosk run` as a process of its own, ended as systemd and a technician's keyboard end it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench_site import make_data

from kiosk.bootstrap import open_store

PATIENCE_SECONDS = 30.0
LONGEST_SECONDS = 5.0
CONFIG = """
central = { url = "https://localhost:1", ca = "ca.pem" }
data = { dir = "data" }
screen = { size = [432, 768], pixels_per_mm = 1.6 }
"""


class Running:
    """A kiosk's process with its own data folder; `data` is where it writes, the practice office's if it practises."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        folder.mkdir()
        make_data(folder, 1)
        (folder / "kiosk.toml").write_text(CONFIG)
        self.data = folder / "data" / "practice" if arguments else folder / "data"
        self._log = folder / "data" / "log" / "kiosk.jsonl"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "run", "--config", str(folder / "kiosk.toml"), *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"SDL_VIDEODRIVER": "offscreen"},
        )  # fmt: skip

    def said(self) -> list[str]:
        """The events of its log."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [json.loads(line)["event"] for line in lines]

    def ends(self, by: signal.Signals) -> tuple[int, float]:
        """Its exit status and how many s it took."""
        began = time.monotonic()
        self.process.send_signal(by)
        return self.process.wait(PATIENCE_SECONDS), time.monotonic() - began


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


@pytest.fixture
def kiosks(tmp_path: Path) -> dict[signal.Signals, Running]:
    """Both at once, for a start takes long; the first is ended while it starts, the other when it runs."""
    return {
        signal.SIGTERM: Running(tmp_path / "true"),
        signal.SIGINT: Running(tmp_path / "practising", "--practice"),
    }


def test_a_signal_ends_the_kiosk_at_once_with_its_store_closed(kiosks: dict[signal.Signals, Running]) -> None:
    for by, kiosk in kiosks.items():
        until(lambda kiosk=kiosk: "kiosk_started" in kiosk.said(), "the start")  # type: ignore[misc]
        status, took = kiosk.ends(by)
        assert status == 0, by.name
        assert took < LONGEST_SECONDS, by.name
        assert kiosk.said()[-1] == "kiosk_stopped", by.name
        assert not list((kiosk.data / "store").glob("*-wal")), by.name
        open_store(kiosk.data, lambda: datetime.now(UTC)).close()
