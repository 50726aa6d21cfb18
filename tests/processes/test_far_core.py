"""The window's side of the line: it shows what the core says, waits while there is none, and finds it again."""

from dataclasses import replace
from pathlib import Path

import pytest
from running_core import PANEL, Running, running, until

from kiosk.controller import DOUBLE_TAP_SECONDS
from kiosk.events import CodeScanned, KeyPressed, WalkInChosen
from kiosk.far_core import CoreAway, FarController, FarCore, Newest
from kiosk.model import Key
from kiosk.screens.sample_views import sample_views
from kiosk.theme import Panel
from kiosk.view import Alone, View
from kiosk.visit import State
from kiosk.window_messages import KeySaid, OfficeSaid, OfWindow, Tapped, Touched, view_said


class Window:
    """A window without pictures: what it was told to show."""

    def __init__(self, door: Path) -> None:
        self.far = FarCore(door)
        self.views: list[View] = []
        self.alone: list[Alone] = []
        self.keys: list[Key] = []
        self.panels: list[Panel] = []
        far = self.far.controller
        far.show, far.stand_alone, far.press, far.fit = (
            self.views.append, self.alone.append, self.keys.append, self.panels.append,
        )  # fmt: skip
        self.far.start()

    def until(self, holds: object, what: str) -> None:
        def looked() -> object:
            for said in self.far.inbox.drain():
                self.far.controller.handle(said)
            return holds()  # type: ignore[operator]

        until(looked, what)

    def sees(self, state: State) -> None:
        self.until(lambda: self.views and self.views[-1].visit.state is state, state)


def test_the_window_shows_what_the_core_says_and_a_tap_leads_on(core: Running) -> None:
    window = Window(core.door)
    window.sees(State.WELCOME)
    assert window.panels == [PANEL]
    assert window.views[-1].data == core.kiosk.controller.view().data
    core.kiosk.ages(1)
    window.far.controller.tap(WalkInChosen())
    window.sees(State.CHOOSING_SERVICE)
    core.kiosk.inbox.post(KeyPressed(Key.UP))
    window.until(lambda: window.keys == [Key.UP], "the key")
    window.far.stop()


def test_a_window_that_was_busy_goes_on_with_the_newest_and_with_each_key_on_its_own_view() -> None:
    """Else a slow one would build every screen that it missed, fall behind more with each, and hold them all."""
    view = sample_views()["welcome"]
    shown = [view_said(replace(view, screen=screen)) for screen in range(6)]
    office = [OfficeSaid(data=view.data) for _ in range(3)]
    key = KeySaid(key=Key.UP)
    inbox = Newest()
    for said in (office[0], *shown[:3], key, office[1], shown[3], office[2], *shown[4:], CoreAway()):
        inbox.post(said)
    assert inbox.drain() == [office[0], shown[2], key, office[2], shown[5], CoreAway()]
    assert inbox.drain() == []


def test_without_a_core_the_window_waits_and_finds_it_when_it_is_back(folder: Path) -> None:
    window = Window(folder / "door")
    window.until(lambda: window.alone == [Alone.MOMENT], "the word that there is none")
    with running(folder) as core:
        window.sees(State.WELCOME)
        core.kiosk.inbox.post(CodeScanned(core.kiosk.passes[0]))
        window.sees(State.TICKET_PRINTED)
    window.until(lambda: window.alone == [Alone.MOMENT] * 2, "the word that it is gone")
    assert window.far.controller.visit.tickets == ()
    assert not window.far.controller.touched(), "nothing is to hear of a touch"
    window.far.controller.tap(WalkInChosen())
    assert window.far.is_well
    window.far.stop()
    assert not window.far.is_well


def test_what_a_core_says_that_cannot_be_understood_ends_the_line_and_it_is_begun_anew(core: Running) -> None:
    window = Window(core.door)
    window.sees(State.WELCOME)
    core.core._door._window.owed += b"\0\0\0\2{}"  # type: ignore[union-attr]
    core.kiosk.inbox.post(KeyPressed(Key.UP))
    window.until(lambda: Alone.MOMENT in window.alone, "its dismissal")
    window.views.clear()
    window.sees(State.WELCOME)
    window.far.stop()


@pytest.fixture
def told() -> list[OfWindow]:
    return []


def test_a_touch_so_soon_after_another_screen_came_is_nobodys_but_keeps_the_visit(told: list[OfWindow]) -> None:
    now = [100.0]
    far = FarController(told.append, lambda: now[0])
    view = sample_views()["welcome"]
    far.handle(OfficeSaid(data=view.data))
    far.handle(view_said(view))
    assert far.visit == view.visit
    now[0] += DOUBLE_TAP_SECONDS / 2
    assert not far.touched()
    now[0] += DOUBLE_TAP_SECONDS
    assert far.touched()
    far.tap(WalkInChosen())
    assert told[:2] == [Touched(), Touched()]
    assert isinstance(told[2], Tapped)
    assert (told[2].event, told[2].screen) == (WalkInChosen(), view.screen)
