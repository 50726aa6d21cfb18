import logging
from pathlib import Path

import pytest
from flows.flow import Flow
from samples import OTHER_KEY, a_pass, booking, snapshot, with_digits

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


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_scanned_typed_or_asked_for_is_never_logged(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    flow = Flow(tmp_path, snapshot(booking()))
    flow.scans(text).sees(State.REFUSED).does(TypeChosen()).types(text).sees(State.REFUSED).waits()
    flow.does(QueueStatusChosen(), QueueNumberTyped(text), CodeScanned(text)).sees(State.QUEUE_STATUS)
    assert CANARY not in caplog.text
    assert flow.store.tickets() == ()
    assert flow.store.owed(9) == ()


def test_a_person_is_not_logged_when_things_go_wrong(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    clashing = booking(2, applicants=booking(1).applicants, code=CANARY)
    flow = Flow(tmp_path, snapshot(booking(1), clashing)).scans(a_pass(booking(1)))
    flow.scans(a_pass(clashing)).sees(State.REFUSED).scans(a_pass(clashing, key=OTHER_KEY)).sees(State.REFUSED)
    flow.waits().does(RateChosen(), Rated(1), CommentWritten(CANARY))
    assert caplog.records, "the clash is told to the technician"
    for secret in (CANARY, "Siti", "A-001", str(clashing.id)):
        assert secret not in caplog.text


def test_what_a_person_gives_is_left_out_of_every_repr() -> None:
    for said in (
        CodeScanned(CANARY), CodeTyped(CANARY), DigitsTyped(CANARY), CommentWritten(CANARY), LookUp(1, CANARY),
        LookUpQueue(1, CANARY),
    ):  # fmt: skip
        assert CANARY not in repr(said)


def test_an_answer_that_carries_a_person_is_logged_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = with_digits(1, "4321")
    Flow(tmp_path, snapshot(made)).scans(a_pass(made)).does(BookingFound(1, made), DigitsTyped("4321"))
    assert "Siti" not in caplog.text
    assert "4321" not in caplog.text
