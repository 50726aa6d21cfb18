"""The core goes on whatever its window does: comes, goes, hangs, lies, or is not its own."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_core import PANEL, Running, running, until

from kiosk.controller import DOUBLE_TAP_SECONDS
from kiosk.events import (
    SCREEN_EVENTS,
    AccessChosen,
    CodeScanned,
    Event,
    Home,
    InformationChosen,
    KeyPressed,
    LanguageChosen,
    ServiceChosen,
    TypeChosen,
    WalkInChosen,
)
from kiosk.model import Access, Key, Language
from kiosk.supervisor import Supervisor
from kiosk.visit import TIMEOUTS, State
from kiosk.window_messages import KeySaid, PanelSaid, Touched, frame, tapped

NOBODY = 65534


@pytest.fixture
def with_window(core: Running) -> Running:
    core.comes()
    core.line.sees(lambda view: view.visit.state is State.WELCOME)
    return core


def test_a_window_that_comes_is_told_of_the_panel_the_office_and_the_present_view(core: Running) -> None:
    line = core.comes()
    assert line.hears() == PanelSaid(panel=PANEL)
    assert line.sees(lambda view: True).visit == core.kiosk.controller.visit
    assert line._data
    assert line._data.office.name == core.kiosk.controller.view().data.office.name  # type: ignore[union-attr]


def test_a_tap_leads_to_the_next_screen(with_window: Running) -> None:
    with_window.taps(WalkInChosen())
    assert with_window.sees(State.CHOOSING_SERVICE).screen == 1


def test_a_window_that_comes_in_mid_visit_sees_what_the_former_one_saw(with_window: Running) -> None:
    with_window.taps(WalkInChosen())
    before = with_window.sees(State.CHOOSING_SERVICE)
    with_window.line.socket.close()
    assert with_window.comes().sees(lambda view: True) == before


def test_without_a_window_the_visit_goes_on_and_ends_by_itself(with_window: Running) -> None:
    with_window.taps(TypeChosen())
    with_window.sees(State.TYPING)
    with_window.line.socket.close()
    with_window.kiosk.inbox.post(CodeScanned(with_window.kiosk.passes[0]))
    until(lambda: with_window.state is State.TICKET_PRINTED, "the ticket")
    with_window.kiosk.ages(TIMEOUTS[State.TICKET_PRINTED])
    until(lambda: with_window.state is State.WELCOME, "the visit's end")


def test_a_new_window_takes_the_place_of_one_that_hangs(with_window: Running) -> None:
    hanging = with_window.line
    with_window.comes().sees(lambda view: True)
    assert hanging.is_ended
    with_window.taps(WalkInChosen())
    with_window.sees(State.CHOOSING_SERVICE)


def test_a_tap_on_a_former_screen_is_for_nobody(with_window: Running) -> None:
    with_window.taps(TypeChosen())
    with_window.sees(State.TYPING)
    with_window.taps(Home(), screen=0)
    with_window.taps(LanguageChosen(Language("en")))
    with_window.line.sees(lambda view: view.visit.language == "en")
    assert with_window.state is State.TYPING


def test_a_touch_anywhere_keeps_the_visit(with_window: Running) -> None:
    with_window.taps(InformationChosen())
    with_window.sees(State.INFORMATION)
    with_window.kiosk.ages(TIMEOUTS[State.INFORMATION] - 1)
    before = with_window.kiosk.controller._deadline_from
    with_window.tells(Touched())
    until(lambda: with_window.kiosk.controller._deadline_from > before, "the touch")


def test_a_key_of_the_keypad_is_told_to_the_window(with_window: Running) -> None:
    with_window.kiosk.inbox.post(KeyPressed(Key.DOWN))
    while (said := with_window.line.hears()) != KeySaid(key=Key.DOWN):
        assert said


@pytest.mark.parametrize("lie", [ServiceChosen("none such"), LanguageChosen(Language("xx"))])
def test_what_no_button_of_the_screen_can_mean_is_not_taken(with_window: Running, lie: Event) -> None:
    with_window.taps(WalkInChosen())
    with_window.sees(State.CHOOSING_SERVICE)
    with_window.taps(lie)
    with_window.taps(AccessChosen(Access(low_reach=True)))
    with_window.line.sees(lambda view: view.visit.access.low_reach)
    assert with_window.state is State.CHOOSING_SERVICE
    assert with_window.kiosk.controller.visit.language == "id"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of([st.builds(each) for each in SCREEN_EVENTS]), max_size=8))
def test_whatever_a_window_tells_of_the_core_serves_the_next_person(core: Running, told: list[Event]) -> None:
    core.comes().sees(lambda view: True)
    for event in told:
        core.taps(event)
    until(lambda: core.kiosk.ages(30) or core.state is State.WELCOME, "the welcome screen")
    assert core.thread.is_alive()


@pytest.mark.parametrize(
    "said", [b"\xff\xff\xff\xff", b"\0\0\0\2{}", b"GET / HTTP/1.1\r\n\r\n", frame(Touched())[:-1] + b"!", b"\0\0\0\0"]
)
def test_a_window_that_speaks_nonsense_is_dismissed_and_the_next_one_served(core: Running, said: bytes) -> None:
    line = core.comes()
    line.socket.sendall(said)
    assert line.is_ended
    core.comes().sees(lambda view: view.visit.state is State.WELCOME)


def test_a_window_that_does_not_read_is_dismissed_and_keeps_nobody_waiting(folder: Path) -> None:
    with running(folder, most_unread=20_000) as core:
        core.comes().sees(lambda view: view.visit.state is State.WELCOME)
        for place in range(500):
            core.kiosk.inbox.post(AccessChosen(Access(low_reach=place % 2 == 0)))
        until(lambda: core.core._door._window is None, "its dismissal")
        core.comes().sees(lambda view: view.visit.state is State.WELCOME)


@contextmanager
def as_user(uid: int) -> Iterator[None]:
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_a_process_of_another_user_is_sent_away_without_a_word(core: Running, folder: Path) -> None:
    folder.chmod(0o755)
    with as_user(NOBODY):
        stranger = core.comes()
    assert stranger.socket.recv(100) == b""
    core.comes().sees(lambda view: view.visit.state is State.WELCOME)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_the_windows_user_is_let_in(folder: Path) -> None:
    folder.chmod(0o755)
    with running(folder, NOBODY) as core:
        with as_user(NOBODY):
            line = core.comes()
        line.sees(lambda view: view.visit.state is State.WELCOME)
        assert core.comes().socket.recv(100) == b"", "not even root"


def test_systemd_hears_that_it_is_ready_alive_as_long_as_its_workers_are_and_stopping(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(folder / "notify"))
        systemd.settimeout(5)
        with running(folder, supervisor=Supervisor({"NOTIFY_SOCKET": str(folder / "notify")})) as core:
            assert [systemd.recv(100) for _ in range(4)] == [b"WATCHDOG=1", b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            core.kiosk.is_well = False
            until(lambda: is_silent(systemd, 0.8), "its silence")
        assert systemd.recv(100) == b"STOPPING=1"


def is_silent(line: socket.socket, seconds: float) -> bool:
    line.settimeout(seconds)
    try:
        return not line.recv(100)
    except TimeoutError:
        return True
    finally:
        line.settimeout(5)


def test_a_double_tap_is_one_in_the_core_too(with_window: Running) -> None:
    with_window.taps(TypeChosen())
    view = with_window.sees(State.TYPING)
    with_window.kiosk.ages(DOUBLE_TAP_SECONDS / 2)
    with_window.tells(tapped(Home(), view.screen))
    before = with_window.kiosk.controller._deadline_from
    with_window.tells(Touched())
    until(lambda: with_window.kiosk.controller._deadline_from > before, "the core to hear both")
    assert with_window.state is State.TYPING
