"""`kiosk ui --ask-code` as it is, with a hand before it: set_up_hand.py WORDS ARGUMENTS…, which touches the buttons
with these words (parted by `|`), one after the other, as soon as each can be; at DIE the program ends at once.
"""

import os
import sys
import threading
import time

from kiosk.__main__ import main

LOOK_SECONDS = 0.05


def touch_next() -> None:
    """In the window's own thread."""
    from kivy.app import App

    from kiosk.screens.widgets import Choice

    app = App.get_running_app()
    stage = app.root if app else None
    buttons = [each for each in stage.walk() if isinstance(each, Choice)] if stage else []
    found = [each for each in buttons if WORDS and each.text == WORDS[0] and not each.disabled]
    if WORDS == ["DIE"]:
        os._exit(1)
    if found:
        print(WORDS.pop(0), file=sys.stderr, flush=True)
        found[0].dispatch("on_release")


def watch() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        # Kivy is imported by the window's own thread, when the environment is set.
        clock = getattr(sys.modules.get("kivy.clock"), "Clock", None)
        if clock is not None:
            clock.schedule_once(lambda _: touch_next())


WORDS = sys.argv[1].split("|")
threading.Thread(target=watch, daemon=True).start()
sys.exit(main(sys.argv[2:]))
