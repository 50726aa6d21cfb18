"""How often the window's loop goes round: seldom while nobody touches the screen, at once when somebody does."""

from typing import Any

from kivy.clock import Clock

WATCHFUL = 8
"""So many times as often as at rest the loop goes round while a finger is down."""


def keep_pace(window: Any, clock: Any = Clock) -> None:
    """Lets a finger's coming and going begin the loop's next round at once. `clock` is the loop's, one that can be
    interrupted, with the rounds a second that are enough at rest (`prepare_kivy`).

    Kivy asks SDL once a round what was touched, and waits between the rounds: usually for the next of 60 a second,
    touched or not. That is most of what a waiting kiosk costs, and yet a finger's lifting waits for 8 ms. Here rounds
    are rare, but one begins with each worker's report, and every 5 ms while a finger is down. What waits for the next
    of the rare ones is a tick, and a finger's coming, which only darkens a button.
    """
    at_rest = clock._max_fps
    begin_round = clock.create_trigger(_nothing)
    # Of what is scheduled, only what is for now begins a round: a tick would begin several, too early for it.
    clock.interupt_next_only = True

    def down(*_: object) -> None:
        clock._max_fps = at_rest * WATCHFUL
        begin_round()

    def up(*_: object) -> None:
        clock._max_fps = at_rest
        begin_round()

    window.bind(on_mouse_down=down, on_mouse_up=up)


def _nothing(_: float) -> None:
    """A round does what there is to do."""
