"""After a visit the screens hold nothing of it: no widget, no typed or painted words, no picture elsewhere."""

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kivy.core.window import Window
from kivy.uix.widget import Widget
from screens.measured import leaves
from screens.test_screens import VIEWS, press

from kiosk.app import KioskApp, hide_unseen
from kiosk.bootstrap import OutOfService
from kiosk.events import CommentWritten, Event
from kiosk.model import ENGLISH, INDONESIAN, StoreFault
from kiosk.screens import widgets
from kiosk.screens.gallery import settle
from kiosk.screens.stage import Stage
from kiosk.theme import Panel
from kiosk.view import Alone
from kiosk.visit import State, Visit

PERSONAL = ("S*** N********", "R***** S********", "A-012", "A-013")


def go_through_a_visit(stage: Stage) -> list[weakref.ref[Widget]]:
    shown: list[weakref.ref[Widget]] = []
    for name in ("choosing_applicants", "typing", "ticket_printed-family", "comment"):
        stage.show(VIEWS[name])
        if name == "typing":
            press(stage, "Q")
        shown += [weakref.ref(each) for each in leaves(stage)]
    return shown


def leave(stage: Stage) -> None:
    stage.show(replace(VIEWS["welcome"], visit=Visit(2)))


def words_remembered() -> set[str]:
    """Every text that a cache of the widgets' module holds."""
    caches = [each for each in vars(widgets).values() if hasattr(each, "cache_clear")]
    return set().union(*(_texts_in(cache) for cache in caches))


def _texts_in(cache: object) -> Iterator[str]:
    seen, edge = set(), gc.get_referents(cache)
    while edge:
        each = edge.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict | tuple | list) and id(each) not in seen and "__name__" not in each:
            seen.add(id(each))
            edge += gc.get_referents(each)


def texts_on(stage: Stage) -> set[str]:
    return {getattr(each, "text", "") for each in leaves(stage)}


def test_hidden_screens_hold_no_widget_no_view_and_nothing_typed_after_the_visit(stage: Stage) -> None:
    shown = go_through_a_visit(stage)
    assert [each for each in shown if each()], "the search finds what is there"
    leave(stage)
    settle()
    gc.collect()
    assert [each() for each in shown if each()] == []
    for state, screen in stage._screens.items():
        assert screen.typed == "", state
        if screen is not stage.screen:
            assert screen.children == [], state
            assert not hasattr(screen, "view"), state


@pytest.mark.parametrize("what", Alone)
def test_nothing_of_a_visit_is_left_when_there_is_nobody_to_say_what_is_shown(stage: Stage, what: Alone) -> None:
    shown = go_through_a_visit(stage)
    stage.stand_alone(what)
    assert texts_on(stage) & {stage._texts(f"alone.{what}.title", each) for each in (INDONESIAN, ENGLISH)}
    settle()
    gc.collect()
    assert [each() for each in shown if each()] == []
    assert not any(each in " ".join(words_remembered() | texts_on(stage)) for each in PERSONAL)
    assert all(not hasattr(each, "view") and each.typed == "" for each in stage._screens.values())
    stage.show(VIEWS["welcome"])
    assert not texts_on(stage) & {stage._texts(f"alone.{what}.title", INDONESIAN)}


def test_the_words_that_stand_alone_fit_and_a_panel_may_be_set_up_anew(stage: Stage) -> None:
    stage.show(VIEWS["welcome"])
    stage.fit(Panel(2.0))
    stage.stand_alone(Alone.OUT_OF_ORDER)
    rows = [each for each in leaves(stage) if getattr(each, "text", "")]
    assert len(rows) == 4
    assert all(each.y >= 0 and each.top <= stage.height and each.right <= stage.width for each in rows)
    stage.show(VIEWS["welcome"])
    assert stage.screen
    assert stage.screen.panel.pixels_per_mm == 2.0


def test_no_picture_of_a_visits_words_and_none_of_the_words_are_kept(stage: Stage) -> None:
    go_through_a_visit(stage)
    before = " ".join(words_remembered())
    assert all(each in before for each in PERSONAL), "the search finds what is there"
    leave(stage)
    after = words_remembered()
    assert not [each for each in PERSONAL if any(word in text for text in after for word in (each, each.split()[0]))]


def test_a_half_written_comment_is_gone_with_its_visit(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["comment"])
    for key in ("Kapital", "A", "Kapital", "b", "spasi", "c", ".", "-"):
        press(stage, key)
    assert "6 / 200" in texts_on(stage)
    press(stage, "Kirim")
    assert posted == [CommentWritten("Ab c.-")]
    press(stage, "Kapital")
    leave(stage)
    stage.show(replace(VIEWS["comment"], visit=Visit(2, State.COMMENT)))
    assert {"0 / 200", "|", "q"} <= texts_on(stage), "small letters, nothing written"


def test_the_windows_title_is_always_the_same_word() -> None:
    app = KioskApp(OutOfService(StoreFault.KEY), Panel())
    assert app.title == KioskApp.title == "Anjungan"


@pytest.mark.parametrize(("away", "back"), [("on_minimize", "on_restore"), ("on_hide", "on_show")])
def test_a_window_that_is_put_away_is_blank_until_it_is_back(stage: Stage, away: str, back: str) -> None:
    hide_unseen(Window, stage)
    stage.show(VIEWS["ticket_printed"])
    Window.dispatch(away)
    assert stage.opacity == 0
    Window.dispatch(back)
    assert stage.opacity == 1


AS_KIVY_DOES = "import os; os.environ['KIVY_HOME'] = {home!r}"
PREPARED = f"{AS_KIVY_DOES}; from kiosk.__main__ import prepare_kivy; prepare_kivy((9, 9), False)"


def modules_of(home: Path, prepare: str) -> str:
    """The modules that Kivy would load, with a configuration file in its folder that asks for some."""
    home.mkdir()
    (home / "config.ini").write_text("[modules]\nkeybinding =\ninspector =\n")
    code = f"{prepare.format(home=str(home))}; from kivy.config import Config; print(sorted(Config.options('modules')))"
    bare = {each: value for each, value in os.environ.items() if not each.startswith("KIVY")} | {"KIVY_NO_ARGS": "1"}
    ran = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, text=True, check=True)
    return ran.stdout.strip().splitlines()[-1]


def test_no_module_of_kivy_is_loaded_that_takes_screenshots_or_looks_inside(tmp_path: Path) -> None:
    assert modules_of(tmp_path / "home", PREPARED) == "[]"


def test_control_such_modules_would_be_loaded_from_a_configuration_file(tmp_path: Path) -> None:
    assert modules_of(tmp_path / "home", AS_KIVY_DOES) == "['inspector', 'keybinding']"
