"""Every sample view, in both languages and orientations, in real Kivy."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from kivy.core.window import Window  # opens the window that textures need
from kivy.tests.common import UnitTestTouch
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import CodeTyped, Event, Rated
from kiosk.model import Language
from kiosk.screens.gallery import ORIENTATIONS, PIXELS_PER_MM, settle
from kiosk.screens.sample_views import sample_views
from kiosk.screens.stage import SCREENS, Stage
from kiosk.screens.widgets import Choice, Face, QrCode, Words
from kiosk.texts import Texts
from kiosk.visit import TRANSITIONS, State

LEAST_TARGET = 15 * PIXELS_PER_MM
VIEWS = sample_views()


@pytest.fixture
def posted() -> list[Event]:
    return []


@pytest.fixture(params=ORIENTATIONS)
def stage(request: pytest.FixtureRequest, posted: list[Event]) -> Iterator[Stage]:
    made = Stage(Texts.load(), PIXELS_PER_MM, posted.append)
    made.size = ORIENTATIONS[request.param]
    yield made
    made.clear_widgets()


def leaves(stage: Stage) -> list[Widget]:
    return [each for each in stage.walk() if isinstance(each, Words | Choice | Face | QrCode)]


def box(widget: Widget) -> tuple[float, float, float, float]:
    x, y = widget.to_window(*widget.pos)
    return x, y, x + widget.width, y + widget.height


def overlap(one: Widget, other: Widget) -> bool:
    (left, low, right, high), (left2, low2, right2, high2) = box(one), box(other)
    return left + 1 < right2 and left2 + 1 < right and low + 1 < high2 and low2 + 1 < high


@pytest.mark.parametrize("language", Texts.load().languages)
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_is_clipped_overlaps_or_is_too_small_to_touch(stage: Stage, name: str, language: Language) -> None:
    view = VIEWS[name]
    stage.show(replace(view, visit=replace(view.visit, language=language)))
    found = leaves(stage)
    for each in found:
        left, low, right, high = box(each)
        assert left >= 0, each
        assert low >= 0, each
        assert right <= stage.width + 1, each
        assert high <= stage.height + 1, each
        if isinstance(each, Label):
            assert each.texture_size[0] <= each.width + 1, f"clipped: {each.text}"
            assert each.texture_size[1] <= each.height + 1, f"clipped: {each.text}"
            assert each.font_size >= theme.SMALL_MM * PIXELS_PER_MM * 0.7, f"too small to read: {each.text}"
        if isinstance(each, Choice | Face):
            assert min(each.size) >= LEAST_TARGET, f"too small to touch: {each}"
    for one, other in combinations(found, 2):
        assert not overlap(one, other), f"{getattr(one, 'text', one)} over {getattr(other, 'text', other)}"


@pytest.mark.parametrize("name", VIEWS)
def test_every_button_posts_only_what_its_state_knows(stage: Stage, posted: list[Event], name: str) -> None:
    stage.show(VIEWS[name])
    for each in [
        each for each in leaves(stage) if isinstance(each, Choice | Face) and not getattr(each, "disabled", False)
    ]:
        each.dispatch("on_release")
    known = TRANSITIONS[VIEWS[name].visit.state]
    assert {type(each) for each in posted} <= set(known), name


def test_every_state_has_its_screen() -> None:
    assert set(SCREENS) == set(State)


def test_every_pair_of_colours_has_a_contrast_of_seven() -> None:
    assert min(theme.contrast(*pair) for pair in theme.TEXT_PAIRS) >= 7
    assert theme.contrast(theme.colour("FFFFFF"), theme.colour("000000")) == pytest.approx(21)


@pytest.mark.parametrize("name", VIEWS)
def test_words_stand_on_a_ground_that_they_are_tested_with(stage: Stage, name: str) -> None:
    stage.show(VIEWS[name])
    grounds = {
        tuple(round(part, 3) for part in one) + tuple(round(part, 3) for part in two) for one, two in theme.TEXT_PAIRS
    }
    for each in leaves(stage):
        if isinstance(each, Choice):
            pair = (*each.color, *each.ground)
            assert tuple(round(part, 3) for part in pair) in grounds, each.text


def test_a_true_touch_on_a_face_rates(stage: Stage, posted: list[Event]) -> None:
    Window.add_widget(stage)
    stage.show(VIEWS["rating"])
    face = [each for each in leaves(stage) if isinstance(each, Face)][4]
    touch = UnitTestTouch(*face.to_window(*face.center))
    touch.touch_down()
    touch.touch_up()
    Window.remove_widget(stage)
    assert posted == [Rated(5)]


def press(stage: Stage, text: str) -> None:
    next(each for each in leaves(stage) if isinstance(each, Choice) and each.text == text).dispatch("on_release")


def test_a_typed_code_is_posted_whole_and_forgotten_when_the_visit_ends(stage: Stage, posted: list[Event]) -> None:
    view = VIEWS["typing"]
    stage.show(view)
    for key in "ABCDE12345":
        press(stage, key)
    press(stage, "Lanjut")
    assert posted == [CodeTyped("ABCDE12345")]
    stage.show(VIEWS["welcome"])
    stage.show(replace(view, visit=replace(view.visit, id=2)))
    assert stage.screen
    assert stage.screen.typed == ""


def test_what_was_typed_outlives_the_question_whether_anybody_is_there(stage: Stage) -> None:
    stage.show(VIEWS["typing"])
    press(stage, "A")
    stage.show(VIEWS["still_there"])
    stage.show(VIEWS["typing"])
    assert stage.screen
    assert stage.screen.typed == "A"


def test_showing_screens_over_and_over_leaves_no_widget_behind(stage: Stage) -> None:
    def round_of_views() -> int:
        for view in VIEWS.values():
            stage.show(view)
        stage.show(VIEWS["welcome"])
        settle()
        gc.collect()
        return sum(isinstance(each, Widget) for each in gc.get_objects())

    before = round_of_views()
    for _ in range(2):
        after = round_of_views()
    assert after <= before
