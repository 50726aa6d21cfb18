import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from flows.flow import Flow
from samples import OPEN, OTHER_KEY, a_pass, booking, snapshot, with_digits

from kiosk.commands import LookUp, LookUpQueue
from kiosk.events import (
    BookingFound,
    CodeScanned,
    CodeTyped,
    CommentWritten,
    DigitsTyped,
    QueueNumberTyped,
    QueueStatusChosen,
    RateChosen,
    Rated,
    TypeChosen,
)
from kiosk.log_file import log_to_stream
from kiosk.visit import State

CANARY = "KENARI4711"
HOSTILE = {
    "plain": CANARY,
    "ten megabytes": CANARY + "A" * 10_000_000,
    "a pass": f"ANJ1:{CANARY}",
    "NUL": f"{CANARY}\x00{CANARY}",
    "right-to-left marks": f"\u202e{CANARY}\u2066",
    "SQL": f"{CANARY}'; DROP TABLE tickets; --",
    "a URL": f"https://evil.example/{CANARY}",
    "a ticket's address": f"https://kiosk.example/t/{CANARY}",
    "another country's certificate": f"HC1:{CANARY}",
    "a line for the log": f"x\n2026-11-24 ERROR {CANARY}",
    "a format": f"%s %d {{0}} {CANARY}",
}


@dataclass
class Logged:
    """What the kiosk writes, and what any other reader of Python's logging would have seen, at the finest level."""

    written: StringIO
    seen: pytest.LogCaptureFixture

    @property
    def text(self) -> str:
        return self.written.getvalue() + self.seen.text


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Logged]:
    caplog.set_level(logging.DEBUG)
    stream = StringIO()
    handler = log_to_stream(stream, lambda: OPEN)
    handler.setLevel(logging.DEBUG)
    yield Logged(stream, caplog)
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_scanned_typed_or_asked_for_is_never_logged(text: str, tmp_path: Path, logged: Logged) -> None:
    flow = Flow(tmp_path, snapshot(booking()))
    flow.scans(text).sees(State.REFUSED).does(TypeChosen()).types(text).sees(State.REFUSED).waits()
    flow.does(QueueStatusChosen(), QueueNumberTyped(text), CodeScanned(text)).sees(State.QUEUE_STATUS)
    assert CANARY not in logged.text
    assert flow.store.tickets() == ()
    assert flow.store.owed(9) == ()


def test_a_person_is_not_logged_when_things_go_wrong(tmp_path: Path, logged: Logged) -> None:
    clashing = booking(2, applicants=booking(1).applicants, code=CANARY)
    flow = Flow(tmp_path, snapshot(booking(1), clashing)).scans(a_pass(booking(1)))
    flow.scans(a_pass(clashing)).sees(State.REFUSED).scans(a_pass(clashing, key=OTHER_KEY)).sees(State.REFUSED)
    flow.waits().does(RateChosen(), Rated(1), CommentWritten(CANARY))
    assert "number_clash" in logged.written.getvalue(), "the technician is told"
    for secret in (CANARY, "S*** N***", "A-001", str(clashing.id)):
        assert secret not in logged.text


def test_what_a_person_gives_is_left_out_of_every_repr() -> None:
    for said in (
        CodeScanned(CANARY), CodeTyped(CANARY), DigitsTyped(CANARY), CommentWritten(CANARY), LookUp(1, CANARY),
        LookUpQueue(1, CANARY),
    ):  # fmt: skip
        assert CANARY not in repr(said)


def test_an_answer_that_carries_a_person_is_logged_nowhere(tmp_path: Path, logged: Logged) -> None:
    made = with_digits(1, "4321")
    Flow(tmp_path, snapshot(made)).scans(a_pass(made)).does(BookingFound(1, made), DigitsTyped("4321"))
    assert "S*** N***" not in logged.text
    assert "4321" not in logged.text
