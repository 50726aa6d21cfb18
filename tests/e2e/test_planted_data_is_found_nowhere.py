"""Canaries: invented personal data is planted wherever a person's data comes in; then disk, log, stderr, wire, paper
and screens of a whole kiosk are searched for it.

True parts all over: HTTPS, the store on disk, a printer on TCP, a scanner on a pseudo-terminal, screens of Kivy.
"""

import base64
import json
import logging
import os
import shutil
import socket
import sqlite3
import time
import traceback
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Event, Thread
from typing import Any, TextIO
from urllib.parse import quote
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from e2e.listening_server import ListeningServer
from e2e.traces import is_in, is_in_files, is_in_words
from samples import FakeClock, a_pass, booking, questionnaire, served, snapshot, with_digits

from kiosk.bootstrap import Kiosk, open_store
from kiosk.config import settings_from
from kiosk.devices.decoding import decode, decode_file
from kiosk.devices.descriptor import write_all
from kiosk.devices.escpos_parsing import parse
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import serve
from kiosk.devices.ticket_picture import picture
from kiosk.events import (
    ApplicantsChosen,
    HelpChosen,
    Home,
    QueueStatusChosen,
    RateChosen,
    Rated,
    SurveyChosen,
    TypeChosen,
)
from kiosk.identity import Identity
from kiosk.log_file import log_to_file, log_to_stream
from kiosk.model import Applicant, Words
from kiosk.protocol import Enrolled
from kiosk.questionnaire import SurveyOption, SurveyQuestion
from kiosk.screens.gallery import PANELS, settle
from kiosk.screens.stage import Stage
from kiosk.screens.widgets import Choice
from kiosk.view import View
from kiosk.visit import State

PATIENCE_SECONDS = 10.0


class Place(StrEnum):
    """Where a trace could be. What the central server sends is its own affair."""

    DISK = "the data folder but for the log, with the store as it ran, as it was put aside, and as it was begun anew"
    LOG = "the log"
    STDERR = "standard error"
    WIRE = "what is sent to the central server, as it is inside TLS"
    PAPER = "what is sent to the printer, as bytes, text and picture"
    SCREEN = "the words and QR codes of every screen that was shown"


@dataclass(frozen=True)
class Canary:
    """What was planted, and the only places where it may be, each with the reason."""

    text: str
    allowed: dict[Place, str]


TYPED = {Place.SCREEN: "a person sees what they are typing, until they send it"}
CANARIES = {
    "full name": Canary(
        "Budi Kanarsantoso", TYPED | {Place.WIRE: "a comment's words are meant to be sent; no rule knows a name"}
    ),
    "NIK": Canary("1375014711470047", TYPED),
    "passport number": Canary("X4711471", TYPED),
    "telephone number": Canary("081247114711", TYPED),
    "code": Canary("KNA47BC8DE", TYPED),
    "unknown code": Canary("ZZA47BC8DE", TYPED),
    "digits of the second factor": Canary("8462", TYPED),
    "reference": Canary("MPASPOR-471147114", {}),
    "answer of the only respondent": Canary(
        "kanar-perempuan", {Place.SCREEN: "the question offers it to everybody who takes the survey"}
    ),
    "masked name": Canary(
        "Budi K***",
        {
            Place.WIRE: "the officers call the person by it",
            Place.PAPER: "a person knows the ticket as theirs by it",
            Place.SCREEN: "the applicants of a family choose by it who came",
        },
    ),
}
PLANTED = (each.text for each in CANARIES.values())
NAME, NIK, PASSPORT, PHONE, CODE, UNKNOWN_CODE, DIGITS, REFERENCE, ANSWER, MASKED = PLANTED
TICKET_ADDRESS = "https://kiosk.example/t/"
COMMENT = f"saya {NAME}, nik {NIK}, paspor {PASSPORT}, wa {PHONE}".lower()
HOSTILE = (
    NIK,
    PASSPORT,
    f"{NAME} {NIK}",
    f"ANJ1:{NAME}",
    f"{TICKET_ADDRESS}{NIK}",
    f"%s{NAME} {PHONE}",
    UNKNOWN_CODE,
)

BY_CODE = with_digits(1, DIGITS)
BOOKINGS = (
    booking(1, code=CODE, second_factor=BY_CODE.second_factor, applicants=(Applicant(MASKED, "A-001"),)),
    booking(2, reference=REFERENCE, applicants=(Applicant(MASKED, "A-002"), Applicant("Ani K***", "A-003"))),
    booking(4, applicants=(Applicant(MASKED, "A-004"),)),
)

SERVED = served(9)
_SEX = SurveyQuestion("sex", Words("Jenis kelamin", "Sex"), (SurveyOption(ANSWER, Words(ANSWER, ANSWER)),))
QUESTIONNAIRE = replace(questionnaire(1), header=(_SEX,))


class ListeningPrinter(SimulatedPrinter):
    """Keeps every byte, whether it came to paper or not."""

    heard = b""

    def receive(self, data: bytes) -> None:
        self.heard += data
        super().receive(data)

    def paper(self) -> bytes:
        """All bytes, then their text, then the codes as a phone reads them off the tickets."""
        text = [each.raw.decode("cp1252") for each in parse(self.heard) if not each.name]
        codes = [decode(picture(each, 80)) or "" for each in self.tickets]
        return self.heard + "\n".join(["", *text, *codes]).encode()


class Lobby:
    """A kiosk with its screens, driven as a person would."""

    def __init__(self, folder: Path, server: ListeningServer, printer: str, scanner: str, device: int) -> None:
        self.pictures, self._device = folder.with_name("pictures"), device
        self._skipped = 0.0
        self.words: list[str] = []
        Identity.create(
            folder, Enrolled(kiosk_id=UUID(int=7), name="Satu", digit=1, office="PYK"), Ed25519PrivateKey.generate()
        )
        raw = {
            "central": {"url": server.url, "ca": str(server.ca)},
            "data": {"dir": str(folder)},
            "printer": {"url": printer},
            "scanner": [{"url": scanner}],
        }
        self.kiosk = Kiosk(settings_from(raw, folder), lambda status: None, server.clock.utc, self._monotonic)
        panel = replace(PANELS["portrait"], pixels_per_mm=PANELS["portrait"].pixels_per_mm / 2)
        self.stage = Stage(self.kiosk.texts, panel, self.kiosk.controller.tap)
        self.stage.size = (540, 960)
        self.kiosk.controller.show = self._show

    def _monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def _show(self, view: View) -> None:
        self.stage.show(view)
        self._read_screen()

    def _read_screen(self) -> None:
        self.words += [each.text for each in self.stage.walk() if getattr(each, "text", "")]

    def until(self, holds: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain for {what}; {self.kiosk.controller.visit.state}"
            event = self.kiosk.inbox.take(0.01)
            if event:
                self.kiosk.controller.handle(event)
            self.kiosk.controller.tick()

    def sees(self, state: State) -> "Lobby":
        """Waits for a screen; its picture is read as a phone would read it."""
        self.until(lambda: self.kiosk.controller.visit.state is state, state)
        settle()
        self.pictures.mkdir(exist_ok=True)
        file = self.pictures / f"{state}.png"
        self.stage.export_to_png(str(file))
        self.words.append(decode_file(file) or "")
        return self

    def scans(self, text: str) -> "Lobby":
        self._wait(5)  # the same code counts anew
        write_all(self._device, text.encode() + b"\r")
        return self

    def does(self, *events: Any) -> "Lobby":
        for event in events:
            self._wait(1)  # not the second half of a double tap
            self.kiosk.controller.tap(event)
        return self

    def presses(self, text: str) -> None:
        self._wait(1)
        keys = [each for each in self.stage.walk() if isinstance(each, Choice)]
        next(each for each in keys if each.text == text).dispatch("on_release")
        self._read_screen()

    def types(self, text: str, send: str) -> "Lobby":
        """All but the last key at once, for each paints the screen anew."""
        assert self.stage.screen
        self.stage.screen.typed = text[:-1]
        self.presses(text[-1])
        self.presses(send)
        return self

    def _wait(self, seconds: float) -> None:
        self._skipped += seconds


def whole_visits(lobby: Lobby, printer: SimulatedPrinter) -> None:
    """Every way in for a person's data."""
    for text in HOSTILE:
        lobby.scans(text).sees(State.REFUSED).does(Home()).sees(State.WELCOME)
    lobby.does(TypeChosen()).sees(State.TYPING).types(UNKNOWN_CODE, "Lanjut").sees(State.REFUSED).does(Home())
    lobby.does(TypeChosen()).sees(State.TYPING).types(CODE, "Lanjut").sees(State.VERIFYING)
    lobby.types("9999", "Lanjut").until(lambda: lobby.kiosk.controller.visit.wrong_digits, "a wrong answer")
    lobby.types(DIGITS, "Lanjut").sees(State.TICKET_PRINTED).does(Home())
    lobby.scans(REFERENCE).sees(State.CHOOSING_APPLICANTS).does(ApplicantsChosen()).sees(State.TICKET_PRINTED)
    lobby.does(RateChosen(), Rated(1)).sees(State.COMMENT).types(COMMENT, "Kirim").sees(State.THANKS).does(Home())
    takes_the_survey(lobby)
    printer.open_cover()
    lobby.scans(a_pass(BOOKINGS[2])).sees(State.TICKET_ON_SCREEN).does(HelpChosen()).sees(State.HELP).does(Home())
    printer.close_cover()
    lobby.does(QueueStatusChosen()).scans(NIK).until(lambda: lobby.kiosk.controller.visit.queue_unknown, "an answer")
    lobby.types("A-004", "Cari").does(Home()).sees(State.WELCOME)
    lobby.until(lambda: lobby.kiosk.store.owed_count() == 0, "all facts to be sent")


def takes_the_survey(lobby: Lobby) -> None:
    """A visit of somebody who rates, writes, and takes the survey with what is no ticket first."""
    lobby.does(RateChosen(), Rated(2)).sees(State.COMMENT).types(COMMENT, "Kirim").sees(State.THANKS)
    lobby.does(SurveyChosen()).sees(State.SURVEY_TICKET)
    for tried in (lambda: lobby.scans(NIK), lambda: lobby.types(PASSPORT, "Mulai survei")):
        tried()
        lobby.until(lambda: lobby.kiosk.controller.visit.survey_refused, "a no")
    lobby.scans(f"{TICKET_ADDRESS}{SERVED.ticket}").sees(State.SURVEY)
    for answer in (ANSWER, "1"):
        lobby.presses(answer)
    lobby.sees(State.THANKS).does(Home()).sees(State.WELCOME)


@dataclass
class Traces:
    """All that a kiosk's day left behind. `folders` are its data folder while it ran and after it ended."""

    folders: tuple[Path, Path]
    stderr: bytes
    wire: bytes
    paper: bytes
    words: list[str]

    @property
    def log(self) -> Path:
        return self.folders[1] / "log"

    def places_of(self, text: str) -> set[Place]:
        found = {
            Place.DISK: any(is_in_files(text, each, [each / "log"]) for each in self.folders),
            Place.LOG: is_in_files(text, self.log),
            Place.STDERR: is_in(text, self.stderr),
            Place.WIRE: is_in(text, self.wire),
            Place.PAPER: is_in(text, self.paper),
            Place.SCREEN: is_in_words(text, self.words),
        }
        return {place for place, is_there in found.items() if is_there}


@contextmanager
def own_stderr(file: Path) -> Iterator[TextIO]:
    """Python's and every library's standard error goes to a file."""
    kept = os.dup(2)
    with file.open("w") as stream, redirect_stderr(stream):
        os.dup2(stream.fileno(), 2)
        try:
            yield stream
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def printer_on_tcp(printer: SimulatedPrinter) -> Iterator[str]:
    """Serves a simulated printer, and gives its URL."""
    stop = Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = Thread(target=serve, args=(printer, listener, stop))
        serving.start()
        try:
            yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            serving.join()


@contextmanager
def started(kiosk: Kiosk) -> Iterator[None]:
    kiosk.start()
    try:
        yield
    finally:
        kiosk.stop()


def break_the_store(folder: Path) -> None:
    """Its last page is not what was written, so the whole store is put aside when it is opened next."""
    with (folder / "store" / "kiosk.sqlite").open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"\0" * 100)


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Traces:
    base = tmp_path_factory.mktemp("planted")
    folder, errors, clock, printer = base / "data", base / "stderr.txt", FakeClock(), ListeningPrinter()
    device, other = os.openpty()
    tty.setraw(other)
    held = snapshot(*BOOKINGS, queue=(SERVED,), questionnaire=QUESTIONNAIRE)
    server = ListeningServer(base, clock, held, f"{NAME} {NIK} {CODE}")
    server.script[:] = [404]
    with ExitStack() as stack:
        stderr = stack.enter_context(own_stderr(errors))
        for handler in (log_to_stream(stderr, clock.utc), log_to_file(folder / "log" / "kiosk.jsonl", clock.utc)):
            stack.callback(handler.close)
            stack.callback(logging.getLogger().removeHandler, handler)
        stack.enter_context(server.running())
        place = stack.enter_context(printer_on_tcp(printer))
        lobby = Lobby(folder, server, place, f"serial://{os.ttyname(other)}", device)
        with started(lobby.kiosk):
            lobby.sees(State.WELCOME).until(lambda: lobby.kiosk.monitor.scanner_ready, "its scanner")
            whole_visits(lobby, printer)
            logging.getLogger("urllib3").error("%s", [each.text for each in CANARIES.values()])
            shutil.copytree(folder, base / "while it ran")
        break_the_store(folder)
        open_store(folder, clock.utc, clock.utc).close()
    os.close(device)
    os.close(other)
    return Traces((base / "while it ran", folder), errors.read_bytes(), server.heard, printer.paper(), lobby.words)


@pytest.mark.parametrize("name", CANARIES)
def test_planted_data_is_found_where_it_is_meant_to_be_and_nowhere_else(traces: Traces, name: str) -> None:
    canary = CANARIES[name]
    assert traces.places_of(canary.text) == set(canary.allowed)


def test_the_day_was_eventful(traces: Traces) -> None:
    lines = [json.loads(line) for line in (traces.log / "kiosk.jsonl").read_text().splitlines()]
    told = {
        "kiosk_started",
        "kiosk_stopped",
        "central_unavailable",
        "printer_changed",
        "library_spoke",
        "store_put_aside",
    }
    assert told <= {line["event"] for line in lines}
    assert len(list(traces.folders[1].glob("store*/kiosk.sqlite"))) == 2, "the store, and the one put aside"
    assert b"survey_taken" in traces.wire
    assert b"survey_given" not in traces.wire, "one respondent alone would be known by the time"
    assert 404 in [line.get("status") for line in lines]
    assert b"library_spoke source=urllib3" in traces.stderr
    assert traces.paper.count(TICKET_ADDRESS.encode()) == 2 * 3  # as bytes, and as a phone reads it
    assert any(TICKET_ADDRESS in each for each in traces.words)


# ------------------------------------------------------------ control: a leak is found


@pytest.mark.parametrize("name", CANARIES)
def test_a_leak_made_on_purpose_is_found(traces: Traces, tmp_path: Path, name: str) -> None:
    text = CANARIES[name].text
    leaky = replace(traces, folders=(tmp_path / "before", tmp_path / "after"), stderr=b"")
    leaky.log.mkdir(parents=True)
    assert not {Place.DISK, Place.LOG, Place.STDERR} & leaky.places_of(text)
    with closing(sqlite3.connect(tmp_path / "after" / "kiosk.sqlite")) as db, db:
        db.execute("CREATE TABLE facts (body TEXT)")
        db.execute("INSERT INTO facts VALUES (?)", (json.dumps({"text": text}),))
    handler = logging.FileHandler(leaky.log / "kiosk.jsonl")
    logging.getLogger("leak").addHandler(handler)
    logging.getLogger("leak").warning("refused %s", text)
    handler.close()
    logging.getLogger("leak").removeHandler(handler)
    leaky.stderr = "".join(traceback.format_exception(ValueError(text))).encode()
    leaky.wire += json.dumps({"step": text}).encode()
    leaky.paper += b"\n" + text.encode("cp1252")
    leaky.words = [*leaky.words, text]
    assert leaky.places_of(text) == set(Place)


@pytest.mark.parametrize("name", CANARIES)
def test_a_disguise_is_seen_through(name: str) -> None:
    text = CANARIES[name].text
    disguises = [text.encode(), f'"{text.upper()}"'.encode()]
    if len(text) > 4:
        disguises += [
            text.encode("utf-16-le"), text.encode().hex().encode(), quote(text).encode(),
            *(base64.b64encode(b"x" * shift + text.encode() + b"yz") for shift in range(3)),
        ]  # fmt: skip
    for each in disguises:
        assert is_in(text, b"before " + each + b" after"), each
    assert not is_in(text, b"nothing 384628 to see here")
