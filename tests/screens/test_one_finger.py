"""What the locked window lets through to the stage: one finger, or the left button of a mouse."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from screens.conftest import StageMaker

from kiosk.events import Event, Home
from kiosk.lockdown import lock
from kiosk.screens.sample_views import sample_views
from kiosk.screens.stage import Stage
from kiosk.screens.widgets import Choice
from kiosk.visit import Visit

VIEWS = sample_views()


class Mouse(UnitTestTouch):
    """A touch that names a button, as a mouse's does."""

    def __init__(self, x: float, y: float, button: str) -> None:
        super().__init__(x, y)
        self.button = button


@pytest.fixture
def locked(stage_of: StageMaker) -> Iterator[Stage]:
    """A stage in the window whose ways out are taken, as long as the test lasts."""
    bound: list[dict[str, object]] = []
    stage = stage_of("portrait")

    class Recorder:
        def bind(self, **handlers: object) -> None:
            bound.append(handlers)
            Window.bind(**handlers)

    lock(Recorder())
    Window.add_widget(stage)
    stage.size_hint = (None, None)
    stage.size = (1080, 1920)
    stage.show(VIEWS["choosing_applicants"])
    yield stage
    Window.remove_widget(stage)
    for handlers in bound:
        Window.unbind(**handlers)


def button(stage: Stage, words: str) -> Choice:
    return next(each for each in stage.walk() if isinstance(each, Choice) and words in each.text)


def test_a_finger_which_names_no_button_is_heard(locked: Stage, posted: list[Event]) -> None:
    touch = UnitTestTouch(*button(locked, "Batal").center)
    touch.touch_down()
    touch.touch_up()
    assert posted == [Home()]


def test_of_a_mouse_only_the_left_button_is_heard(locked: Stage, posted: list[Event]) -> None:
    for name in ("right", "middle", "scrollup", "left"):
        touch = Mouse(*button(locked, "Batal").center, name)
        touch.touch_down()
        touch.touch_up()
    assert posted == [Home()]


def test_a_second_finger_does_nothing_while_one_is_down(locked: Stage, posted: list[Event]) -> None:
    first, second = UnitTestTouch(5, 900), UnitTestTouch(*button(locked, "Batal").center)
    first.touch_down()
    second.touch_down()
    second.touch_up()
    assert posted == []
    first.touch_up()


def test_a_key_whose_screen_went_while_the_finger_was_on_it_types_nothing(locked: Stage) -> None:
    typing = VIEWS["typing"]
    locked.show(typing)
    touch = UnitTestTouch(*button(locked, "A").center)
    touch.touch_down()
    locked.show(replace(VIEWS["welcome"], visit=Visit(id=2)))
    touch.touch_up()
    locked.show(replace(typing, visit=replace(typing.visit, id=2)))
    assert locked.screen
    assert locked.screen.typed == ""
