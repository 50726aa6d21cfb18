"""The way to the technician's screens by a held finger, and what they show and do not."""

from dataclasses import replace
from time import time

import pytest
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from screens.conftest import StageMaker

from kiosk.events import DeviceChosen, Event, PinTyped, TaskChosen, TechnicianChosen, TechnicianCodeTyped
from kiosk.model import AS_DESIGNED, Task, WayIn
from kiosk.screens.by_ear import script_of
from kiosk.screens.sample_views import sample_views
from kiosk.screens.screen import KioskScreen
from kiosk.screens.stage import Stage
from kiosk.screens.technician import ASKED_TWICE, TASKS
from kiosk.screens.widgets import Choice, Held, Words
from kiosk.visit import State

VIEWS = sample_views()


@pytest.fixture
def stage(stage_of: StageMaker):
    made = stage_of("portrait")
    Window.add_widget(made)
    made.size_hint, made.size = (None, None), (1080, 1920)
    yield made
    Window.remove_widget(made)


def screen_of(stage: Stage) -> KioskScreen:
    assert stage.screen
    return stage.screen


def texts(stage: Stage) -> list[str]:
    return [each.text for each in stage.walk() if isinstance(each, Words | Choice)]


def button(stage: Stage, words: str) -> Choice:
    return next(each for each in stage.walk() if isinstance(each, Choice) and each.text == words)


def holds(stage: Stage, seconds: float, ends_at: tuple[float, float] | None = None, between: str = "") -> None:
    """A finger on the office's name; `between` names what the kiosk shows meanwhile."""
    name = next(each for each in stage.walk() if isinstance(each, Held))
    touch = UnitTestTouch(*name.center)
    touch.touch_down()
    if between:
        stage.show(replace(VIEWS[between], online=False))
    touch.time_start = time() - seconds
    if ends_at:
        touch.touch_move(*ends_at)
    touch.touch_up()


@pytest.mark.parametrize(
    ("seconds", "asks"), [(0.1, False), (4.5, False), (5.2, True), (9.5, True), (10.5, False), (600, False)]
)
def test_only_a_finger_that_was_held_for_five_to_ten_seconds_asks_for_the_pin(
    stage: Stage, posted: list[Event], seconds: float, asks: bool
) -> None:
    stage.show(VIEWS["welcome"])
    holds(stage, seconds)
    assert posted == ([TechnicianChosen()] if asks else [])


def test_a_finger_that_slid_off_the_name_asks_for_nothing(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["welcome"])
    holds(stage, 6, ends_at=(500, 900))
    assert posted == []


def test_the_finger_is_still_there_when_the_screen_was_made_anew_below_it(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["welcome"])
    holds(stage, 6, between="welcome")
    assert posted == [TechnicianChosen()]


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_it_is_held_only_while_nobody_is_in_the_middle_of_anything(stage: Stage, name: str) -> None:
    stage.show(VIEWS[name])
    held = [each for each in stage.walk() if isinstance(each, Held)]
    assert bool(held) is (VIEWS[name].visit.state in (State.WELCOME, State.CLOSED))


def types(stage: Stage, digits: str) -> None:
    for each in digits:
        button(stage, each).dispatch("on_release")


def test_a_pin_is_neither_shown_nor_spoken_and_is_forgotten_when_it_is_sent(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["technician_pin"])
    assert button(stage, "Lanjut").disabled
    types(stage, "481516")
    assert "••••••" in texts(stage)
    assert "481516" not in "".join(texts(stage))
    assert script_of(screen_of(stage)).typed is None
    button(stage, "Lanjut").dispatch("on_release")
    assert posted == [PinTyped("481516")]
    assert screen_of(stage).typed == ""


def test_the_number_to_answer_is_shown_and_the_answer_sent(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["technician_code"])
    assert "042 917" in texts(stage)
    types(stage, "12345678")
    button(stage, "Lanjut").dispatch("on_release")
    assert posted == [TechnicianCodeTyped("12345678")]


def test_another_number_after_a_wrong_answer_is_shown_at_once(stage: Stage) -> None:
    stage.show(VIEWS["technician_code"])
    view = VIEWS["technician_code-wrong"]
    stage.show(replace(view, visit=replace(view.visit, way_in=WayIn(challenge="111222", wrong=True))))
    assert {"111 222", "Jawaban tadi salah"} <= set(texts(stage))
    assert "042 917" not in texts(stage)


@pytest.mark.parametrize("task", [each for each in TASKS if each not in ASKED_TWICE])
def test_a_task_is_one_touch(stage: Stage, posted: list[Event], task: Task) -> None:
    stage.show(VIEWS["technician"])
    button(stage, screen_of(stage).word(f"technician.task.{task}")).dispatch("on_release")
    assert posted == [TaskChosen(task)]


@pytest.mark.parametrize("task", ASKED_TWICE)
def test_what_people_have_to_wait_for_is_asked_once_more(stage: Stage, posted: list[Event], task: Task) -> None:
    stage.show(VIEWS["technician"])
    button(stage, screen_of(stage).word(f"technician.task.{task}")).dispatch("on_release")
    assert posted == []
    button(stage, "Tidak, kembali").dispatch("on_release")
    button(stage, screen_of(stage).word(f"technician.task.{task}")).dispatch("on_release")
    button(stage, "Ya, lakukan").dispatch("on_release")
    assert posted == [TaskChosen(task)]


def test_what_was_about_to_be_asked_is_forgotten_with_the_technician(stage: Stage) -> None:
    stage.show(VIEWS["technician"])
    button(stage, "Matikan mesin").dispatch("on_release")
    stage.show(replace(VIEWS["welcome"], visit=replace(VIEWS["welcome"].visit, id=2, access=AS_DESIGNED)))
    stage.show(replace(VIEWS["technician"], visit=replace(VIEWS["technician"].visit, id=3)))
    assert "Ya, lakukan" not in texts(stage)


def test_every_task_but_the_trial_code_is_offered() -> None:
    assert set(TASKS) == set(Task) - {Task.TRIAL_CODE, Task.ALLOW_DEVICE}


def test_a_refused_device_is_one_touch_and_a_keyboard_is_none(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["technician_outcome-refused"])
    button(stage, "pemindai: Newland Auto-ID HR32 Marlin (1eab:1d06), nomor seri HR32-04417").dispatch("on_release")
    button(stage, "pencetak: EPSON TM-m30II (04b8:0e27)").dispatch("on_release")
    assert posted == [DeviceChosen(0), DeviceChosen(1)]
    assert not [each for each in stage.walk() if isinstance(each, Choice) and "Keyboard" in each.text]
    assert any("SIGMACHIP USB Keyboard (1c4f:0002): tetap ditolak" in each for each in texts(stage))


def test_what_is_broken_is_read_first_with_what_to_do(stage: Stage) -> None:
    stage.show(VIEWS["technician_outcome"])
    told = texts(stage)
    first = next(each for each in told if each.startswith("TIDAK:"))
    assert told.index(first) < told.index(next(each for each in told if each.startswith("OK:")))
    assert any("kiosk-provision detect" in each for each in told)
