"""Core, window and sync as three processes, with the true central server, a printer and a scanner: each of them may be
killed at any moment.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from demo_site import Program, Site, demo_site, devices

from kiosk.doors import CENTRAL_DOOR, WINDOW_DOOR
from kiosk.texts import Texts
from kiosk.visit import State

PATIENCE_SECONDS = 90.0
TEXTS = Texts.load()
HAND = Path(__file__).with_name("handed_window.py")


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"waited in vain for {what}"
        time.sleep(0.02)
    return time.monotonic() - began


class Process:
    """One of the three, told of by its own notifications as systemd would hear them."""

    def __init__(self, kiosk: "Kiosk", name: str, *command: str) -> None:
        self._notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        place = kiosk.run / f"{name}.notify"
        place.unlink(missing_ok=True)
        self._notices.bind(str(place))
        self._notices.settimeout(PATIENCE_SECONDS)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *command, name, "--config", str(kiosk.config), "--run", str(kiosk.run)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"SDL_VIDEODRIVER": "offscreen", "NOTIFY_SOCKET": str(place)},
        )  # fmt: skip

    def is_ready(self) -> float:
        """Waits until it says so; returns after how many s."""
        while self._notices.recv(100) != b"READY=1":
            pass
        return time.monotonic() - self.began

    def is_alive(self) -> bool:
        """Whether its loop still tells systemd that it goes round; waits for that."""
        self._notices.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self._notices.recv(100)
        self._notices.settimeout(2)
        try:
            return self._notices.recv(100) == b"WATCHDOG=1"
        except TimeoutError:
            return False

    def ends(self, by: signal.Signals) -> float:
        """By a signal; returns after how many s."""
        began = time.monotonic()
        self.process.send_signal(by)
        self.process.wait(PATIENCE_SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        self._notices.close()
        return time.monotonic() - began


class Kiosk:
    """The three, and a person before them."""

    def __init__(self, site: Site, folder: Path, run: Path) -> None:
        self._stack = ExitStack()
        self.site, self.run, self.tickets = site, run, folder / "tickets"
        for door in (WINDOW_DOOR, CENTRAL_DOOR):
            (run / door).parent.mkdir()
        printer, self.scanner = self._stack.enter_context(devices(folder, self.tickets))
        self.printer: Program = printer
        screen = "[screen]\nsize = [432, 768]\npixels_per_mm = 1.6\n"
        settings = f'[printer]\nurl = "{printer.place}"\n[[scanner]]\nurl = "{self.scanner.place}"\n{screen}'
        self.config = site.enrolled(folder.name, settings)
        self.sync = Process(self, "sync", "-m", "kiosk")
        self.core = Process(self, "core", "-m", "kiosk")
        self.window = Process(self, "ui", str(HAND))

    def close(self) -> None:
        for each in (self.window, self.core, self.sync):
            if each.process.poll() is None:
                each.ends(signal.SIGKILL)
        self._stack.close()

    def looks(self, does: str = "look") -> dict[str, Any]:
        """What stands on the screen, perhaps after a touch."""
        pipes = self.window.process
        assert pipes.stdin
        assert pipes.stdout
        pipes.stdin.write(does + "\n")
        pipes.stdin.flush()
        found: dict[str, Any] = json.loads(pipes.stdout.readline())
        return found

    def sees(self, state: State | None) -> float:
        return until(lambda: self.looks()["state"] == state, str(state))

    def touches(self, key: str) -> None:
        """A button by its key in the languages' files, as soon as it counts."""
        self.looks(f"touch {TEXTS(key, TEXTS.languages[0])}")

    def goes(self, key: str, state: State) -> None:
        """Touches until the screen is there: a touch so soon after the last change is nobody's."""

        def is_there() -> bool:
            if self.looks()["state"] == state:
                return True
            self.touches(key)
            return False

        until(is_there, state)

    def words(self) -> str:
        return "\n".join(self.looks()["words"])

    def central_has(self, number: str) -> bool:
        with sqlite3.connect(self.site.data / "central.sqlite") as db:
            return db.execute("SELECT count(*) FROM tickets WHERE number = ?", (number,)).fetchone()[0] == 1

    def papers(self) -> int:
        return len(list(self.tickets.glob("*.bin")))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with demo_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def kiosk(site: Site) -> Iterator[Kiosk]:
    folder = site.folder / "Tiga"
    folder.mkdir()
    with tempfile.TemporaryDirectory(prefix="anjungan-") as run:
        made = Kiosk(site, folder, Path(run))
        try:
            for each in (made.sync, made.core, made.window):
                each.is_ready()
            made.sees(State.WELCOME)
            yield made
        finally:
            made.close()


def test_a_visit_goes_through_window_core_and_sync_to_the_central_server(kiosk: Kiosk, site: Site) -> None:
    booking = site.bookings("single")[0]
    kiosk.scanner.say(booking["pass"])
    kiosk.sees(State.TICKET_PRINTED)
    assert booking["numbers"][0] in kiosk.words()
    assert kiosk.papers() == 1
    until(lambda: kiosk.central_has(booking["numbers"][0]), "the fact at the central server")
    kiosk.goes("button.done", State.WELCOME)


def test_a_window_that_was_killed_in_mid_visit_shows_the_same_when_it_is_back(kiosk: Kiosk, site: Site) -> None:
    kiosk.scanner.say(site.bookings("family")[0]["pass"])
    kiosk.sees(State.CHOOSING_APPLICANTS)
    before = kiosk.looks()
    kiosk.window.ends(signal.SIGKILL)
    kiosk.window = Process(kiosk, "ui", str(HAND))
    kiosk.window.is_ready()
    kiosk.sees(State.CHOOSING_APPLICANTS)
    assert kiosk.looks() == before
    assert time.monotonic() - kiosk.window.began < 12
    kiosk.goes("button.cancel", State.WELCOME)


def test_a_core_that_was_killed_is_back_with_all_that_it_promised_and_the_window_waits_a_moment(
    kiosk: Kiosk, site: Site
) -> None:
    booking = site.bookings("single")[1]
    site.stop_server()
    kiosk.scanner.say(booking["pass"])
    kiosk.sees(State.TICKET_PRINTED)
    papers = kiosk.papers()
    kiosk.core.ends(signal.SIGKILL)
    kiosk.sees(None)
    assert kiosk.looks()["words"] == [
        TEXTS(f"alone.moment.{part}", language) for language in ("id", "en") for part in ("title", "hint")
    ]
    assert kiosk.window.is_alive()
    kiosk.core = Process(kiosk, "core", "-m", "kiosk")
    took = kiosk.core.is_ready()
    kiosk.sees(State.WELCOME)
    kiosk.scanner.say(booking["pass"])
    kiosk.sees(State.TICKET_PRINTED)
    assert booking["numbers"][0] in kiosk.words(), "the same number again"
    assert kiosk.papers() == papers + 1
    site.start_server()
    until(lambda: kiosk.central_has(booking["numbers"][0]), "the fact at the central server")
    kiosk.goes("button.done", State.WELCOME)
    # An unloaded machine takes half a second; the booted container measures it (bench/booted_box.py).
    assert took < 12


def test_what_is_recorded_while_sync_is_away_goes_to_the_server_when_it_is_back(kiosk: Kiosk, site: Site) -> None:
    booking = site.bookings("single")[2]
    kiosk.sync.ends(signal.SIGKILL)
    kiosk.scanner.say(booking["pass"])
    kiosk.sees(State.TICKET_PRINTED)
    assert not kiosk.central_has(booking["numbers"][0])
    kiosk.sync = Process(kiosk, "sync", "-m", "kiosk")
    kiosk.sync.is_ready()
    until(lambda: kiosk.central_has(booking["numbers"][0]), "the fact at the central server")
    kiosk.goes("button.done", State.WELCOME)


def test_a_window_whose_loop_hangs_says_no_more_that_it_is_alive(kiosk: Kiosk) -> None:
    assert kiosk.window.is_alive()
    kiosk.window.process.send_signal(signal.SIGSTOP)
    assert not kiosk.window.is_alive()
    kiosk.window.process.send_signal(signal.SIGCONT)
    kiosk.sees(State.WELCOME)


def test_each_ends_in_good_order_in_less_than_five_seconds(kiosk: Kiosk) -> None:
    for each in (kiosk.window, kiosk.core, kiosk.sync):
        assert each.ends(signal.SIGTERM) < 5
        assert each.process.returncode == 0
    assert not list((kiosk.config.parent / "data/store").glob("*-wal")), "the store is closed"


def test_the_fallback_says_in_both_languages_that_it_is_out_of_order(kiosk: Kiosk) -> None:
    kiosk.window = Process(kiosk, "ui", str(HAND))
    kiosk.window.ends(signal.SIGKILL)
    fallback = subprocess.Popen(
        [sys.executable, str(HAND), "ui", "--config", str(kiosk.config), "--fallback"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"SDL_VIDEODRIVER": "offscreen"},
    )  # fmt: skip
    kiosk.window.process = fallback
    wanted = [TEXTS(f"alone.out_of_order.{part}", language) for language in ("id", "en") for part in ("title", "hint")]
    until(lambda: kiosk.looks()["words"] == wanted, "the fallback")
    fallback.terminate()
    assert fallback.wait(PATIENCE_SECONDS) == 0
