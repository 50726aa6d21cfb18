"""The first start's screen, in real Kivy."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from kivy.uix.floatlayout import FloatLayout
from screens.measured import faults

from kiosk.code_window import after, first_view
from kiosk.events import AccessChosen, CodeTyped, Event, LanguageChosen
from kiosk.model import ENGLISH, Access, EnrolmentProblem, TextSize
from kiosk.screens.enrolling import EnrollingScreen
from kiosk.screens.gallery import ORIENTATIONS, PANELS
from kiosk.screens.widgets import Choice
from kiosk.texts import Texts

TEXTS = Texts.load()
VIEW = first_view(datetime(2026, 11, 30, tzinfo=UTC))
PROBLEMS = (None, *EnrolmentProblem)


def screen_of(orientation: str, posted: list[Event]) -> EnrollingScreen:
    screen = EnrollingScreen(TEXTS, PANELS[orientation], posted.append)
    screen.size = ORIENTATIONS[orientation]
    FloatLayout().add_widget(screen)  # a screen that is nowhere heeds no finger
    return screen


def button(screen: EnrollingScreen, text: str) -> Choice:
    return next(each for each in screen.walk() if isinstance(each, Choice) and each.text == text)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_nothing_of_it_is_clipped_overlaps_or_is_too_small(orientation: str) -> None:
    screen = screen_of(orientation, [])
    for language in TEXTS.languages:
        for size in TextSize:
            for problem in PROBLEMS:
                screen.problem = problem
                screen.show(replace(VIEW, visit=replace(VIEW.visit, language=language, access=Access(text_size=size))))
                assert list(faults(screen, PANELS[orientation])) == [], (language, size, problem)


def test_a_code_is_posted_once_all_of_it_was_typed() -> None:
    posted: list[Event] = []
    screen = screen_of("portrait", posted)
    screen.show(VIEW)
    for character in "AB3DE0FG7H":
        assert button(screen, TEXTS("button.next", VIEW.visit.language)).disabled
        button(screen, character).dispatch("on_release")
    button(screen, TEXTS("button.next", VIEW.visit.language)).dispatch("on_release")
    assert posted == [CodeTyped("AB3DE0FG7H")]


def test_while_the_server_is_asked_there_is_nothing_to_touch_but_the_tools() -> None:
    screen = screen_of("portrait", [])
    screen.waiting = True
    screen.show(VIEW)
    assert not screen.answer(500)


def test_another_language_and_larger_words_are_taken() -> None:
    assert after(VIEW, LanguageChosen(ENGLISH)).visit.language == ENGLISH
    large = Access(text_size=TextSize.LARGE)
    assert after(VIEW, AccessChosen(large)).visit.access == large
    assert after(VIEW, CodeTyped("AB3DE0FG7H")) == VIEW
