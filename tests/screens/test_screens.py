"""Every sample view, in every language, orientation and way to use the kiosk, in real Kivy."""

import gc
from dataclasses import replace

import pytest
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from kivy.uix.widget import Widget
from screens.conftest import StageMaker
from screens.measured import faults, leaves, out_of_reach, touched

from kiosk import theme
from kiosk.events import AccessChosen, CodeTyped, Event, Home, LanguageChosen, Rated, ScanChosen
from kiosk.model import ENGLISH, INDONESIAN, Access, Language, Sound, TextSize
from kiosk.screens.gallery import ORIENTATIONS, PANELS, orientation_of, settle
from kiosk.screens.leaving import CommentScreen
from kiosk.screens.phone_picture import PhonePicture
from kiosk.screens.sample_views import MODES, sample_views
from kiosk.screens.stage import SCREENS, Stage
from kiosk.screens.widgets import Choice, Face, Words
from kiosk.texts import Texts
from kiosk.view import View
from kiosk.visit import TRANSITIONS, State

VIEWS, TEXTS = sample_views(), Texts.load()
LAYOUTS = [
    Access(text_size=size, low_reach=low, sound=sound)
    for size in TextSize
    for low, sound in ((False, Sound.OFF), (True, Sound.ON))
]
"""The ways to use the kiosk that move or resize something."""


def used(view: View, language: Language, access: Access) -> View:
    return replace(view, visit=replace(view.visit, language=language, access=access))


def test_a_panel_stands_as_its_size_says() -> None:
    assert {each: orientation_of(size) for each, size in ORIENTATIONS.items()} == {each: each for each in ORIENTATIONS}
    assert orientation_of((720, 1280)) == "portrait"


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_is_clipped_overlaps_is_too_small_or_out_of_reach(
    stage_of: StageMaker, name: str, orientation: str
) -> None:
    stage, panel = stage_of(orientation), PANELS[orientation]
    for language in TEXTS.languages:
        for access in LAYOUTS:
            stage.show(used(VIEWS[name], language, access))
            assert stage.screen
            page = 0
            while True:
                where = f"{language}, {access}, page {page + 1}"
                assert list(faults(stage, panel)) == [], where
                if access.low_reach:
                    assert list(out_of_reach(stage, panel)) == [], where
                stage.screen.page = page = page + 1
                stage.screen.show(stage.screen.view)
                if stage.screen.page < page:
                    break


@pytest.mark.parametrize("name", VIEWS)
def test_every_button_posts_only_what_its_state_knows(stage: Stage, posted: list[Event], name: str) -> None:
    stage.show(VIEWS[name])
    for each in [each for each in touched(stage) if not each.disabled]:
        each.dispatch("on_release")
    known = TRANSITIONS[VIEWS[name].visit.state]
    assert {type(each) for each in posted} <= set(known), name


def test_every_state_has_its_screen() -> None:
    assert set(SCREENS) == set(State)


def test_every_pair_of_colours_has_a_contrast_of_seven() -> None:
    for each in (theme.AS_DESIGNED, theme.HIGH_CONTRAST):
        assert min(theme.contrast(*pair) for pair in each.text_pairs) >= 7
    assert theme.contrast(theme.colour("FFFFFF"), theme.colour("000000")) == pytest.approx(21)


def test_an_offices_colour_is_taken_only_where_words_on_it_can_be_read() -> None:
    assert theme.palette(False, "123A6B").main == theme.colour("123A6B")
    assert theme.palette(False, "F2C200") == theme.AS_DESIGNED
    assert theme.palette(True, "123A6B") == theme.HIGH_CONTRAST


@pytest.mark.parametrize("mode", ["normal", "contrast"])
@pytest.mark.parametrize("name", VIEWS)
def test_words_have_a_contrast_of_seven_on_the_ground_they_stand_on(stage: Stage, name: str, mode: str) -> None:
    stage.show(used(VIEWS[name], INDONESIAN, MODES[mode]))
    assert stage.screen
    palette = stage.screen.palette
    for each in leaves(stage):
        if isinstance(each, Choice):
            assert theme.contrast(each.ink, each.ground) >= 7, each.text
        elif isinstance(each, Words):
            # The head's words stand on ink, all others on paper or on a card.
            grounds = [palette.ink] if each.colour == palette.paper else [palette.paper, palette.card]
            assert min(theme.contrast(each.colour, ground) for ground in grounds) >= 7, each.text


@pytest.mark.parametrize("name", VIEWS)
def test_ways_out_languages_and_accessibility_stand_in_the_same_places_on_every_screen(stage: Stage, name: str) -> None:
    def places(view: View) -> dict[str, tuple[float, float]]:
        stage.show(view)
        found = [each for each in touched(stage) if each.y < 260 and isinstance(each, Choice)]
        return {each.text: (round(each.x), round(each.y)) for each in found}

    usual = places(VIEWS["checking_documents"])
    for text, place in places(VIEWS[name]).items():
        assert usual.get(text, place) == place, text


def test_the_accessibility_bar_goes_through_its_steps(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["welcome"])
    for text in ("Huruf", "Kontras", "Duduk", "Suara"):
        press(stage, text)
    assert posted == [
        AccessChosen(Access(text_size=TextSize.LARGE)),
        AccessChosen(Access(high_contrast=True)),
        AccessChosen(Access(low_reach=True)),
        AccessChosen(Access(sound=Sound.ON)),
    ]


def test_the_welcome_offers_other_languages_in_their_own_words_on_large_buttons(
    stage: Stage, posted: list[Event]
) -> None:
    for shown, offered in ((INDONESIAN, "In English"), (ENGLISH, "Bahasa Indonesia")):
        stage.show(used(VIEWS["welcome"], shown, Access()))
        button = {each.text: each for each in leaves(stage) if isinstance(each, Choice)}
        assert button[offered].size == button[TEXTS("button.help", shown)].size
        assert button[offered].font_size >= theme.SMALL_MM * PANELS["portrait"].pixels_per_mm
        press(stage, offered)
    assert posted == [LanguageChosen(ENGLISH), LanguageChosen(INDONESIAN)]


@pytest.mark.parametrize("name", ["choosing_service", "choosing_applicants", "information", "information-services"])
def test_a_question_stands_closely_above_its_answers(stage_of: StageMaker, name: str) -> None:
    stage, panel = stage_of("portrait"), PANELS["portrait"]
    stage.show(VIEWS[name])
    assert stage.screen
    asked = min(each.y for each in stage.screen.rows if isinstance(each, Words))
    answered = max(each.top for each in touched(stage))
    assert asked - answered <= 45 * panel.pixels_per_mm


def test_larger_words_are_larger_on_every_screen(stage: Stage) -> None:
    for name, view in VIEWS.items():
        sizes = []
        for size in (TextSize.NORMAL, TextSize.LARGEST):
            stage.show(used(view, INDONESIAN, Access(text_size=size)))
            # The head keeps its size, and so does a number that is as large as it can be already.
            sizes.append(max((each.font_size for each in leaves(stage) if isinstance(each, Words)), default=0))
        assert sizes[1] > sizes[0] or name.startswith(("ticket", "technician_code")), name


@pytest.mark.parametrize("name", ["welcome", "welcome-no-scanner", "thanks", "survey-element", "declaring_priority"])
def test_words_that_were_asked_for_larger_are_never_smaller_than_usual(stage: Stage, name: str) -> None:
    for text_size in (TextSize.LARGE, TextSize.LARGEST):
        titles = []
        for access in (Access(), Access(text_size=text_size, low_reach=True, sound=Sound.ON)):
            stage.show(used(VIEWS[name], INDONESIAN, access))
            assert stage.screen
            titles.append(max(each.font_size for each in leaves(stage) if isinstance(each, Words)))
        assert titles[1] >= titles[0], (name, text_size)


@pytest.mark.parametrize("name", ["survey", "survey-element", "declaring_priority"])
def test_answers_that_are_compared_stand_on_one_page_in_every_size(stage: Stage, name: str) -> None:
    for language in TEXTS.languages:
        for access in LAYOUTS:
            stage.show(used(VIEWS[name], language, access))
            assert stage.screen
            assert stage.screen.pages == 1, access


def test_the_moving_picture_can_be_touched_where_the_hand_reaches_it(stage: Stage, posted: list[Event]) -> None:
    for mode, is_touched in (("normal", True), ("low", False)):
        stage.show(used(VIEWS["welcome"], INDONESIAN, MODES[mode]))
        (picture,) = (each for each in leaves(stage) if isinstance(each, PhonePicture))
        assert (picture in touched(stage)) is is_touched, mode
        picture.dispatch("on_release")
    assert posted == [ScanChosen()]
    stage.show(VIEWS["welcome-no-scanner"])
    assert not [each for each in leaves(stage) if isinstance(each, PhonePicture)]


def test_a_printed_ticket_is_left_by_one_button_in_the_middle(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["ticket_printed"])
    (done,) = (each for each in leaves(stage) if isinstance(each, Choice) and each.text == "Selesai")
    assert done.kind == "main"
    done.dispatch("on_release")
    assert posted == [Home()]


@pytest.mark.parametrize(("name", "is_offered"), [("thanks", True), ("thanks-after-ticket", False)])
def test_the_survey_is_offered_only_to_who_did_not_just_take_a_ticket(
    stage: Stage, name: str, is_offered: bool
) -> None:
    stage.show(VIEWS[name])
    texts = {each.text for each in leaves(stage) if isinstance(each, Choice)}
    assert ("Isi survei kepuasan" in texts) is is_offered


@pytest.mark.parametrize(("reason", "is_warned"), [("too_early", False), ("quota_full", False), ("forged", True)])
def test_a_refusal_for_the_time_or_the_place_is_no_warning(stage: Stage, reason: str, is_warned: bool) -> None:
    stage.show(VIEWS[f"refused-{reason}"])
    assert stage.screen
    title = TEXTS(f"refused.{reason}.title", INDONESIAN)
    (shown,) = (each for each in leaves(stage) if isinstance(each, Words) and each.text == title)
    assert (shown.colour == stage.screen.palette.warning) is is_warned


def test_further_lines_of_a_point_begin_below_its_first_word(stage: Stage) -> None:
    stage.show(VIEWS["checking_documents"])
    assert VIEWS["checking_documents"].data
    listed = [each.id for each in VIEWS["checking_documents"].data.services[0].documents]
    points = [each for each in leaves(stage) if isinstance(each, Words) and each.text in listed]
    assert len(points) == len(listed)
    assert len({each.x for each in points}) == 1


def test_a_true_touch_on_a_face_rates(stage: Stage, posted: list[Event]) -> None:
    Window.add_widget(stage)
    stage.show(VIEWS["rating"])
    face = [each for each in leaves(stage) if isinstance(each, Face)][4]
    touch = UnitTestTouch(*face.center)
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
        return sum(issubclass(type(each), Widget) for each in gc.get_objects())

    before = round_of_views()
    for _ in range(2):
        after = round_of_views()
    assert after <= before


def keys_of(stage: Stage) -> list[Choice]:
    return [each for each in leaves(stage) if isinstance(each, Choice) and len(each.text) == 1]


def test_a_letter_leaves_the_keys_as_they_are_and_another_view_does_not(stage: Stage) -> None:
    view = VIEWS["comment"]
    stage.show(view)
    before = keys_of(stage)
    press(stage, "q")
    assert keys_of(stage) == before
    assert "1 / 200" in {getattr(each, "text", "") for each in leaves(stage)}
    stage.show(replace(view, visit=replace(view.visit, language=Language("en"))))
    assert not {*keys_of(stage)} & {*before}


def test_a_view_shown_in_too_small_a_window_is_as_large_as_usual_in_the_true_one(stage: Stage) -> None:
    view, true_size = VIEWS["comment"], tuple(stage.size)
    stage.show(view)
    assert stage.screen
    usual = stage.screen._scale
    stage.size = (100, 100)
    assert stage.screen._scale < usual
    stage.size = true_size
    assert stage.screen._scale == usual


class CountingScreen(CommentScreen):
    """Counts how often it is laid out."""

    tried = 0

    def _fill(self, in_pages: bool) -> bool:
        self.tried += 1
        return super()._fill(in_pages)


def test_a_letter_does_not_try_again_what_was_too_large_and_another_view_does() -> None:
    screen = CountingScreen(TEXTS, PANELS["portrait"], lambda event: None)
    screen.size = ORIENTATIONS["portrait"]
    view = used(VIEWS["comment"], INDONESIAN, Access(text_size=TextSize.LARGEST, low_reach=True))
    screen.show(view)
    at_first = screen.tried
    assert at_first > 1
    screen.typed = "q"
    screen.show(view)
    assert screen.tried == at_first + 1
    screen.show(replace(view))
    assert screen.tried == 2 * at_first + 1
