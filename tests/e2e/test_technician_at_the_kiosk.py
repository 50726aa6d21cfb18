"""A technician at a kiosk of a true office: in by PIN and code, with the server's help and without any network."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from demo_site import Site, demo_site, devices
from e2e.test_two_kiosks import Lobby
from sqlalchemy.orm import Session

from central.database import open_database
from central.fleet.way_in import code_of, set_pin
from kiosk.bootstrap import Kiosk
from kiosk.box_door import Verb
from kiosk.config import read_settings
from kiosk.doors import listen_at
from kiosk.events import Back, Home, PinTyped, TaskChosen, TechnicianChosen, TechnicianCodeTyped
from kiosk.identity import Identity
from kiosk.model import Shut, Task, TaskEnd, Verdict
from kiosk.visit import State
from provisioning.bundle import packed
from provisioning.machine import Machine, Ran
from provisioning.technician import serve

PIN = "481516"
FINDING = {
    "requirement": {"id": "Pencetak", "en": "The printer"}, "verdict": "broken", "measured": "paper_out",
    "remedy": {"id": "Pasang gulungan", "en": "Put in a roll"},
}  # fmt: skip


class Technician(Lobby):
    """A lobby whose box has a root that leaves what it is told to, and keeps what it was asked for."""

    def __init__(self, site: Site, config: Path, *devices: object) -> None:
        self.site, self.asked = site, []  # type: ignore[var-annotated]
        folder = config.parent / "root"
        folder.mkdir(exist_ok=True)
        door = folder / "box.sock"
        listening = listen_at(door)
        machine = replace(Machine.at_root(folder), run=self._runs)
        self._folder = folder

        def root() -> None:
            with listening:
                serve(listening, os.getuid(), machine, folder, idle=60)

        threading.Thread(target=root, daemon=True).start()
        self._door = door
        super().__init__(config, *devices)  # type: ignore[arg-type]

    def made(self, config: Path) -> Kiosk:
        return Kiosk(read_settings(config), box_door=self._door)

    def _runs(self, command: Sequence[str]) -> Ran:
        self.asked.append(command[-1])
        (self._folder / Verb.CHECK).write_text(json.dumps([FINDING]))
        (self._folder / Verb.BUNDLE).write_bytes(packed({"versions.txt": "0.1.0"}, 0))
        return Ran(0, "")

    @property
    def visit(self):  # type: ignore[no-untyped-def]
        return self.kiosk.controller.visit

    def gets_in(self) -> None:
        self.does(TechnicianChosen())
        self.until(lambda: self.visit.way_in is not None, "the way in")
        assert self.visit.way_in.shut is None
        self.does(PinTyped(PIN))
        self.sees(State.TECHNICIAN_CODE)
        kiosk = str(Identity.load(self.config.parent / "data").kiosk_id)
        self.does(TechnicianCodeTyped(code_of(self.site.data, kiosk, self.visit.way_in.challenge)))
        self.sees(State.TECHNICIAN)

    def goes_back(self) -> None:
        self.does(Back())
        self.sees(State.TECHNICIAN)

    def has_done(self, task: Task) -> None:
        self.does(TaskChosen(task))
        self.sees(State.TECHNICIAN_OUTCOME)
        assert (self.visit.outcome.task, self.visit.outcome.end) == (task, TaskEnd.DONE)

    def acts(self) -> list[str]:
        """On the server's audit trail."""
        self.until(lambda: self.kiosk.store.owed_count() == 0, "its facts to be sent")
        with sqlite3.connect(self.site.data / "central.sqlite") as db:
            rows = db.execute("SELECT detail FROM audit WHERE action = 'technician_acted' ORDER BY seq").fetchall()
        return [json.loads(row[0])["act"] for row in rows]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with demo_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def lobby(site: Site) -> Iterator[Technician]:
    with Session(open_database(site.data)) as session:
        set_pin(session, "PYK", PIN, "penyelia", datetime.now(UTC))
        session.commit()
    with ExitStack() as stack:
        folder = site.folder / "devices"
        folder.mkdir()
        printer, scanner = stack.enter_context(devices(folder, folder / "tickets"))
        config = site.enrolled("Satu", f'[printer]\nurl = "{printer.place}"\n[[scanner]]\nurl = "{scanner.place}"\n')
        made = Technician(site, config, scanner, folder / "tickets")
        stack.callback(made.stop)
        made.sees(State.WELCOME)
        made.until(lambda: made.kiosk.store.way_in() is not None, "the server's word")
        made.until(lambda: made.kiosk.monitor.scanner_ready, "its scanner")
        yield made


def test_a_technician_tries_printer_scanner_and_box_and_sends_what_support_needs(lobby: Technician) -> None:
    lobby.gets_in()
    assert lobby.visit.box.version
    lobby.has_done(Task.TRIAL_SLIP)
    assert len(list(lobby.tickets.glob("*.bin"))) == 1
    lobby.goes_back()
    lobby.scanner.say("ANJUNGAN-TRIAL")
    lobby.until(lambda: lobby.visit.outcome and lobby.visit.outcome.task is Task.TRIAL_CODE, "the code")
    assert lobby.visit.outcome.detail == "14"
    lobby.goes_back()
    lobby.has_done(Task.CHECK)
    assert [each.verdict for each in lobby.visit.outcome.findings] == [Verdict.BROKEN]
    lobby.goes_back()
    lobby.has_done(Task.REHEARSAL)
    assert lobby.visit.outcome.detail == "A-901"
    lobby.goes_back()
    lobby.has_done(Task.BUNDLE)
    lobby.goes_back()
    lobby.has_done(Task.NEW_ROLL)
    lobby.does(Home())
    lobby.sees(State.WELCOME)
    assert lobby.kiosk.store.tickets() == (), "a trial slip is no ticket, and a practice visit leaves none"
    lobby.until(lambda: lobby.acts()[-1:] == ["left"], "all of it on the trail")
    assert lobby.acts() == ["let_in", "trial_slip", "check", "rehearsal", "bundle", "new_roll", "left"]
    with sqlite3.connect(lobby.site.data / "central.sqlite") as db:
        assert db.execute("SELECT count(*) FROM bundles").fetchone() == (1,)
        assert db.execute("SELECT officer FROM rolls").fetchone() == ("technician",)


def test_without_a_network_a_technician_gets_in_all_the_same(lobby: Technician) -> None:
    lobby.site.stop_server()
    lobby.gets_in()
    lobby.does(TaskChosen(Task.BUNDLE))
    lobby.sees(State.TECHNICIAN_OUTCOME)
    assert lobby.visit.outcome.end is TaskEnd.FAILED
    lobby.goes_back()
    lobby.has_done(Task.RESTART_KIOSK)
    assert lobby.asked[-1] == "anjungan-ui.service"
    lobby.does(Home())
    lobby.sees(State.WELCOME)
    lobby.site.start_server()


def test_who_guesses_is_shut_out_and_the_office_hears_of_it(lobby: Technician) -> None:
    lobby.does(TechnicianChosen())
    lobby.until(lambda: lobby.visit.way_in is not None, "the way in")
    for _ in range(5):
        lobby.does(PinTyped("481517"))
    lobby.until(lambda: lobby.visit.way_in.shut is Shut.WAIT, "the way in to be shut")
    lobby.does(Home())
    lobby.until(lambda: lobby.acts()[-1:] == ["shut"], "the office to hear of it")
