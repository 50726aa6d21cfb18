"""`kiosk ui` as it is, with a hand before it that does what lines of standard input say, and tells what it sees."""

import json
import sys
import threading
from typing import Any

from kiosk.__main__ import main


def words_on(stage: Any) -> list[str]:
    return [each.text for each in stage.walk() if getattr(each, "text", "")]


def obey(line: str) -> None:
    """`look`, or `touch WORDS`: the button with these words."""
    from kivy.app import App

    from kiosk.screens.widgets import Choice

    app = App.get_running_app()
    stage = app.root if app else None
    if stage is None:
        said: dict[str, Any] = {"state": None, "words": []}
    else:
        verb, _, words = line.partition(" ")
        if verb == "touch":
            found = [each for each in stage.walk() if isinstance(each, Choice) and each.text == words]
            for each in found[:1]:
                each.dispatch("on_release")
        view = stage._shown
        said = {"state": view.visit.state if view else None, "words": words_on(stage)}
    print(json.dumps(said), flush=True)


def listen() -> None:
    for line in sys.stdin:
        # Kivy is imported by the window's own thread, when the environment is set.
        clock = sys.modules.get("kivy.clock")
        if clock is None or getattr(clock, "Clock", None) is None:
            print('{"state": null, "words": []}', flush=True)
        else:
            clock.Clock.schedule_once(lambda _, line=line: obey(line.strip()))


threading.Thread(target=listen, daemon=True).start()
sys.exit(main(sys.argv[1:]))
