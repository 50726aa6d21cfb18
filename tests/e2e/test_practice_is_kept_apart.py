"""Staff practise on the true kiosk: nothing is sent, nothing of the true store is touched, everything is marked."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import FakeClock, snapshot

from kiosk.bootstrap import Kiosk, open_store
from kiosk.config import Settings, settings_from
from kiosk.errors import ConfigError
from kiosk.events import CodeScanned
from kiosk.practice import Practice
from kiosk.practice_folder import practise
from kiosk.visit import State

PATIENCE_SECONDS = 30.0


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Where the central server would be; whoever calls is heard."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        yield listener


@pytest.fixture
def settings(tmp_path: Path, server: socket.socket) -> Settings:
    (tmp_path / "ca.pem").touch()
    central = {"url": f"https://127.0.0.1:{server.getsockname()[1]}", "ca": "ca.pem"}
    return settings_from({"central": central, "data": {"dir": "data"}}, tmp_path)


def serve(kiosk: Kiosk, until: State) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while kiosk.controller.visit.state is not until:
        assert time.monotonic() < deadline, kiosk.controller.visit
        event = kiosk.inbox.take(0.02)
        if event:
            kiosk.controller.handle(event)
        kiosk.controller.tick()


def begun(settings: Settings) -> tuple[Settings, Practice]:
    """Practice after a true kiosk that has had its snapshot."""
    store = open_store(settings.data.dir, FakeClock().utc)
    store.keep_snapshot(snapshot(), "")
    store.close()
    return practise(settings, FakeClock().utc)


def test_a_lesson_gives_a_ticket_that_nobody_hears_of(settings: Settings, server: socket.socket) -> None:
    own, made = begun(settings)
    kiosk = Kiosk(own, practice=made, wall=FakeClock().utc, keeps_time=lambda: True)
    kiosk.start()
    serve(kiosk, State.WELCOME)
    kiosk.controller.handle(CodeScanned(made.lessons[0].code))
    serve(kiosk, State.TICKET_ON_SCREEN)
    view = kiosk.controller.view()
    kiosk.stop()
    assert view.data
    assert view.data.practice
    assert [each.number for each in view.visit.tickets] == [made.lessons[0].booking.applicants[0].number]
    with pytest.raises(TimeoutError):
        server.accept()
    true_store = open_store(settings.data.dir, FakeClock().utc)
    assert true_store.tickets() == ()
    true_store.close()


def test_each_lesson_has_the_picture_of_its_code_and_a_second_practice_begins_anew(settings: Settings) -> None:
    own, made = begun(settings)
    (own.data.dir / "of the first").touch()
    again, _ = practise(settings, FakeClock().utc)
    pictures = {each.stem for each in (again.data.dir / "codes").glob("*.png")}
    assert pictures == {each.name for each in made.lessons}
    assert not (again.data.dir / "of the first").exists()


def test_a_kiosk_that_never_knew_its_office_says_how_to_come_to_practise(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="server in reach"):
        practise(settings, FakeClock().utc)
