"""Two kiosks, one central server, true HTTPS, true bytes to two printers: from the pass to the officers' data."""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from demo_site import Program, Site, demo_site, devices

from kiosk.bootstrap import Kiosk
from kiosk.config import read_settings
from kiosk.events import (
    ApplicantsChosen,
    DocumentsReady,
    HelpChosen,
    Home,
    PriorityDeclared,
    ServiceChosen,
    WalkInChosen,
)
from kiosk.model import ClockState
from kiosk.visit import State

PATIENCE_SECONDS = 90.0


class Lobby:
    """A kiosk without its window: a thread drains its inbox as the window's loop would."""

    def __init__(self, config: Path, scanner: Program, tickets: Path) -> None:
        self.kiosk = self.made(config)
        self.config, self.scanner, self.tickets = config, scanner, tickets
        self._stopping = threading.Event()
        self._loop = threading.Thread(target=self._run)
        self.kiosk.start()
        self._loop.start()

    def made(self, config: Path) -> Kiosk:
        return Kiosk(read_settings(config))

    def _run(self) -> None:
        while not self._stopping.is_set():
            event = self.kiosk.inbox.take(0.05)
            if event:
                self.kiosk.controller.handle(event)
            self.kiosk.controller.tick()

    def stop(self) -> None:
        self._stopping.set()
        self._loop.join()
        self.kiosk.stop()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain for {what}; {self.kiosk.controller.visit.state}"
            self._stopping.wait(0.01)

    def sees(self, state: State) -> None:
        self.until(lambda: self.kiosk.controller.visit.state is state, state)

    def scans(self, booking: dict[str, Any]) -> None:
        self.scanner.say(booking["pass"])

    def does(self, *events: Any) -> None:
        for event in events:
            self.kiosk.inbox.post(event)

    @property
    def numbers(self) -> list[str]:
        return [each.number for each in self.kiosk.controller.visit.tickets]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with demo_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def lobbies(site: Site) -> Iterator[list[Lobby]]:
    with ExitStack() as stack:
        made: list[Lobby] = []
        stack.callback(lambda: [each.stop() for each in made])
        for name in ("Satu", "Dua"):
            folder = site.folder / f"devices-{name}"
            folder.mkdir()
            printer, scanner = stack.enter_context(devices(folder, folder / "tickets"))
            config = site.enrolled(name, f'[printer]\nurl = "{printer.place}"\n[[scanner]]\nurl = "{scanner.place}"\n')
            made.append(Lobby(config, scanner, folder / "tickets"))
        for each in made:
            each.sees(State.WELCOME)
            each.until(lambda each=each: each.kiosk.monitor.scanner_ready, "its scanner")  # type: ignore[misc]
        yield made


def central_numbers(site: Site) -> list[str]:
    with sqlite3.connect(site.data / "central.sqlite") as db:
        return [row[0] for row in db.execute("SELECT number FROM tickets ORDER BY number")]


def test_both_kiosks_check_in_and_the_server_knows_it(site: Site, lobbies: list[Lobby]) -> None:
    singles = site.bookings("single")
    for lobby, booking in zip(lobbies, singles[:2], strict=True):
        lobby.scans(booking)
        lobby.sees(State.TICKET_PRINTED)
        assert lobby.numbers == booking["numbers"]
        assert len(list(lobby.tickets.glob("*.bin"))) == 1
        lobby.until(lambda lobby=lobby: lobby.kiosk.store.owed_count() == 0, "its facts to be sent")  # type: ignore[misc]
        lobby.does(Home())
    assert {singles[0]["numbers"][0], singles[1]["numbers"][0]} <= set(central_numbers(site))


def test_two_kiosks_without_a_network_give_one_booking_one_number_and_walk_ins_different_ones(
    site: Site, lobbies: list[Lobby]
) -> None:
    family = site.bookings("family")[0]
    site.stop_server()
    for lobby in lobbies:
        lobby.scans(family)
        lobby.sees(State.CHOOSING_APPLICANTS)
        lobby.does(ApplicantsChosen())
        lobby.sees(State.TICKET_PRINTED)
        assert lobby.numbers == family["numbers"]
        lobby.does(Home(), WalkInChosen(), ServiceChosen("collection"))
        lobby.sees(State.CHECKING_DOCUMENTS)
        lobby.does(DocumentsReady(), PriorityDeclared(None))
        lobby.sees(State.TICKET_PRINTED)
        lobby.does(Home())
        assert lobby.kiosk.store.owed_count() > 0
    site.start_server()
    for lobby in lobbies:
        lobby.until(lambda lobby=lobby: lobby.kiosk.store.owed_count() == 0, "what is owed to be sent")  # type: ignore[misc]
    numbers = central_numbers(site)
    assert [each for each in numbers if each.startswith("W")] == ["W1-001", "W2-001"]
    assert len(numbers) == len(set(numbers))
    assert set(family["numbers"]) <= set(numbers)


def test_a_call_for_help_reaches_the_officers_with_its_kiosk_and_step_and_nothing_is_promised_without_a_network(
    site: Site, lobbies: list[Lobby]
) -> None:
    lobby = lobbies[1]
    lobby.does(WalkInChosen(), HelpChosen())
    lobby.sees(State.HELP)
    assert lobby.kiosk.controller.view().online
    with requests.Session() as officer:
        officer.trust_env, officer.verify = False, str(site.ca)
        name, password = site.officer()
        officer.post(f"{site.url}/officers/login", {"name": name, "password": password}, timeout=10)

        def board() -> str:
            return officer.get(f"{site.url}/officers/board", timeout=10).text

        called = r"<b>Dua</b> <small>memilih layanan</small>\s*<form method=.post. action=.(/officers/calls/[^/]+/seen)"
        lobby.until(lambda: re.search(called, board()) is not None, "the call on the officers' page")
        officer.post(site.url + re.search(called, board())[1], timeout=10)  # type: ignore[index]
        assert "Minta bantuan" not in board()
    lobby.does(Home())
    site.stop_server()
    lobby.does(WalkInChosen(), HelpChosen())
    lobby.until(lambda: not lobby.kiosk.controller.view().online, "that nobody hears the call")
    lobby.sees(State.HELP)
    lobby.does(Home())
    site.start_server()
    lobby.until(lambda: lobby.kiosk.store.owed_count() == 0, "the call to be sent")


def test_a_damaged_store_is_put_aside_and_the_new_one_repeats_no_number(site: Site, lobbies: list[Lobby]) -> None:
    before = lobbies[0]
    before.stop()
    folder = before.config.parent / "data"
    (folder / "store" / "kiosk.sqlite").write_bytes(b"damaged" * 1000)
    after = lobbies[0] = Lobby(before.config, before.scanner, before.tickets)
    assert after.kiosk.store.epoch != before.kiosk.store.epoch
    after.until(lambda: after.kiosk.store.snapshot() is not None, "the server's snapshot")
    after.sees(State.WELCOME)
    assert after.kiosk.clock.state is ClockState.SYNCED
    after.does(WalkInChosen(), ServiceChosen("collection"))
    after.sees(State.CHECKING_DOCUMENTS)
    after.does(DocumentsReady(), PriorityDeclared(None))
    after.until(lambda: len(after.numbers) > 0, "a number")
    after.until(lambda: after.kiosk.store.owed_count() == 0, "its facts to be sent")
    (number,) = after.numbers
    assert re.fullmatch(r"W[1-9][0-9]{1,2}-001", number)
    assert [each for each in central_numbers(site) if each.startswith("W")] == sorted(["W1-001", "W2-001", number])
    assert len(list(folder.glob("store.aside-*"))) == 1
    with sqlite3.connect(site.data / "central.sqlite") as db:
        assert db.execute("SELECT problem FROM facts WHERE kind = 'store_renewed'").fetchall() == [(None,)]
