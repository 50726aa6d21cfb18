"""One of a kiosk's three processes on a time that is passed in, or its practice visit; for `bench/seven_days.py`.

core, sync and window are the kiosk's own. The core's clock and what it waits for between two words with the central
server go as fast as the time; what a person and a device take is as long as ever. Before the window stands somebody
who touches this and that while `on` was the last line of standard input.
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from fast_time import FastTime

from kiosk.doors import CENTRAL_DOOR, WINDOW_DOOR
from kiosk.log_file import catch_the_uncaught, log_to_file

PULL_SECONDS, HEARTBEAT_SECONDS, LONGEST_WAIT_SECONDS = 15.0, 30.0, 60.0
TAP_SECONDS = 0.4
HELD_SECONDS = 0.06
MAIN_SHARE = 0.5
"""Of the touches of a screen that has a main button: more often than not a person goes on."""
LEAK_BYTES = 8192


def core(arguments: argparse.Namespace, time: FastTime) -> None:
    """`kiosk core`, but for the time."""
    from kiosk.bootstrap import Kiosk
    from kiosk.core import Core
    from kiosk.remote_settings import RemoteSettingsFile
    from kiosk.supervisor import Supervisor

    remote = RemoteSettingsFile(arguments.config)
    settings = remote.settings
    log_to_file(settings.data.dir / "log" / "kiosk.jsonl", time.utc)
    catch_the_uncaught()
    kiosk = Kiosk(
        settings, wall=time.utc, uptime=time.uptime(), keeps_time=lambda: True, remote=remote,
        relay=arguments.run / CENTRAL_DOOR, sync=partial(_sync, time.speed, arguments.leaks),
    )  # fmt: skip
    running = Core(kiosk, arguments.run / WINDOW_DOOR, os.getuid(), settings.panel(), Supervisor())
    running.end_on_signals()
    running.run()


def _sync(
    speed: float, leaks: bool, client: Any, store: Any, heartbeat: Callable[[], Any], *more: Any, on_heard: Any
) -> Any:
    """The kiosk's sync with its waits as much shorter."""
    from kiosk import sync
    from kiosk.workers import BackOff

    make: Callable[..., Any] = sync.Sync
    kept: list[bytes] = []

    def leaking() -> Any:
        kept.append(os.urandom(LEAK_BYTES))
        return heartbeat()

    back_off = BackOff(1 / speed, LONGEST_WAIT_SECONDS / speed)
    waits: dict[str, Any] = {
        "back_off": back_off,
        "pull_every": PULL_SECONDS / speed,
        "heartbeat_every": HEARTBEAT_SECONDS / speed,
    }
    return make(client, store, leaking if leaks else heartbeat, *more, on_heard=on_heard, **waits)


def rehearse(arguments: argparse.Namespace, time: FastTime) -> None:
    """`kiosk rehearse`, but for the time."""
    from kiosk.config import read_settings
    from kiosk.rehearsal import rehearse

    rehearse(read_settings(arguments.config), time.utc)


def ui(arguments: argparse.Namespace) -> None:
    """`kiosk ui` as it is."""
    from kiosk.__main__ import main

    threading.Thread(target=_listen, args=(arguments.leaks,), daemon=True).start()
    sys.exit(main(["ui", "--config", str(arguments.config), "--run", str(arguments.run)]))


def sync(arguments: argparse.Namespace) -> None:
    """`kiosk sync` as it is."""
    from kiosk.__main__ import main

    sys.exit(main(["sync", "--config", str(arguments.config), "--run", str(arguments.run)]))


class Person:
    """Touches this and that, on the window's thread."""

    def __init__(self, leaks: bool) -> None:
        self.is_there = False
        self._random, self._leaks, self._kept = Random(1), leaks, list[bytes]()

    def touches(self, *_: object) -> None:
        """One target of the screen, mostly the main one."""
        from kivy.app import App
        from kivy.clock import Clock
        from kivy.core.window import Window

        app = App.get_running_app()
        target = self._target(app.root) if self.is_there and app and app.root else None
        if target is None:
            return
        if self._leaks:
            self._kept.append(os.urandom(LEAK_BYTES))
        x, y = target.center
        Window.dispatch("on_mouse_down", x, Window.height - 1 - y, "left", [])
        Clock.schedule_once(
            lambda _: Window.dispatch("on_mouse_up", x, Window.height - 1 - y, "left", []), HELD_SECONDS
        )

    def _target(self, stage: Any) -> Any:
        from kiosk.screens.widgets import Target

        found = [each for each in stage.walk() if isinstance(each, Target) and not each.disabled]
        main = [each for each in found if getattr(each, "kind", "") == "main"]
        if main and self._random.random() < MAIN_SHARE:
            return self._random.choice(main)
        return self._random.choice(found) if found else None


def _listen(leaks: bool) -> None:
    """Kivy is imported by the window's own thread, when the environment is set."""
    person, begun = Person(leaks), False
    for line in sys.stdin:
        person.is_there = line.strip() == "on"
        clock = getattr(sys.modules.get("kivy.clock"), "Clock", None)
        if clock and not begun:
            clock.schedule_interval(person.touches, TAP_SECONDS)
            begun = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("core", "ui", "sync", "rehearse"))
    parser.add_argument("--time", required=True, type=FastTime.told)
    parser.add_argument("--config", required=True, type=Path)
    parser.add_argument("--run", required=True, type=Path)
    parser.add_argument("--leaks", action="store_true", help="the control: something is kept again and again")
    arguments = parser.parse_args()
    match arguments.what:
        case "core":
            core(arguments, arguments.time)
        case "rehearse":
            rehearse(arguments, arguments.time)
        case "ui":
            ui(arguments)
        case _:
            sync(arguments)


if __name__ == "__main__":
    main()
