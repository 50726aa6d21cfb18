"""How often the window's loop goes round: seldom while nobody touches the screen, at once when somebody does."""

from typing import Any

from kivy.clock import Clock

WATCH_SECONDS = 0.005
"""Between two looks for the lifting of a finger."""


def keep_pace(window: Any, clock: Any = Clock) -> None:
    """Lets a finger's coming and going begin the loop's next round at once. `clock` is to be one that what is scheduled
    interrupts, with few rounds a second of its own (`prepare_kivy`).

    Kivy asks SDL once a round what was touched, and waits between the rounds: usually for the next of 60 a second,
    touched or not. That is most of what a waiting kiosk costs, and yet a finger's lifting waits for 8 ms. Here rounds
    are rare, but one begins with each worker's report and each tick, and every 5 ms while a finger is down. What waits
    for the next of the rare ones is a finger's coming, which only darkens a button.
    """
    begin_round = clock.create_trigger(_nothing)
    watch = clock.create_trigger(_nothing, WATCH_SECONDS, True)

    def down(*_: object) -> None:
        begin_round()
        watch()

    def up(*_: object) -> None:
        begin_round()
        watch.cancel()

    window.bind(on_mouse_down=down, on_mouse_up=up)


def _nothing(_: float) -> None:
    """A round does what there is to do."""
