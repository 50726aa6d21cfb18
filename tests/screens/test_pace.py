"""The window's loop waits where there is nothing to do, and not where a finger is."""

from time import perf_counter

from kivy.clock import ClockBaseInterrupt
from kivy.event import EventDispatcher

from kiosk.pace import keep_pace


class Pointer(EventDispatcher):
    """A window's side that a finger is told to."""

    __events__ = ("on_mouse_down", "on_mouse_up")

    def on_mouse_down(self) -> None: ...

    def on_mouse_up(self) -> None: ...


def seconds_waited(clock: ClockBaseInterrupt, *before: str, pointer: Pointer | None = None) -> float:
    """The least of several waits for a round, each after what a finger does: a busy machine makes some longer."""
    least = 9.0
    for _ in range(6):
        clock.tick()
        for each in before:
            assert pointer
            pointer.dispatch(each)
        began = perf_counter()
        clock.tick()
        least = min(least, perf_counter() - began)
    return least


def test_a_round_begins_when_a_finger_comes_and_when_it_lifts_and_often_in_between() -> None:
    clock, pointer = ClockBaseInterrupt(), Pointer()
    keep_pace(pointer, clock)
    at_rest = seconds_waited(clock)
    assert at_rest > 0.008
    assert seconds_waited(clock, "on_mouse_down", pointer=pointer) < at_rest / 4
    assert seconds_waited(clock) < at_rest / 3, "it is still down"
    assert seconds_waited(clock, "on_mouse_down", "on_mouse_up", pointer=pointer) < at_rest / 4
    assert seconds_waited(clock) > 0.008, "it is at rest again"


def test_without_the_pace_a_finger_waits_as_long_as_nobody() -> None:
    """The control."""
    clock, pointer = ClockBaseInterrupt(), Pointer()
    assert seconds_waited(clock, "on_mouse_down", "on_mouse_up", pointer=pointer) > 0.008
