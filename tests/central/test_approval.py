"""A code alone makes no kiosk that is served: somebody of the office compares its letters, and says yes or no."""

import json
import re
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import select
from wire import Kiosk

from central.__main__ import main
from central.database import KioskRow
from central.enrolment import new_code
from central.people.audit import Action
from central.people.rows import AuditRow
from kiosk.protocol import BUNDLES, ENROLMENTS, EPOCHS, FACTS, HEARTBEATS, SNAPSHOT, check_text

FLEET = "/officers/fleet"
WAITS = {"type": "waiting_for_approval", "detail": "this kiosk waits for its approval on the page of the fleet"}


class Box:
    """A box with a key of its own, before it is a kiosk."""

    def __init__(self, http: TestClient, clock) -> None:
        self._http, self._clock, self.key = http, clock, Ed25519PrivateKey.generate()
        self.public = b64encode(self.key.public_key().public_bytes_raw()).decode()
        self.check = check_text(self.public)

    def asks(self, code: str):
        return self._http.post(ENROLMENTS, json={"code": code, "public_key": self.public, "name": ""})

    def enrols(self, code: str) -> Kiosk:
        answer = self.asks(code)
        assert answer.status_code == 200, answer.text
        return Kiosk(self._http, self._clock, answer.json()["kiosk_id"], answer.json()["digit"], self.key)


@pytest.fixture
def box(http: TestClient, clock) -> Box:
    return Box(http, clock)


@pytest.fixture
def office_code(http: TestClient, clock):
    """Makes codes as the page of the fleet does."""

    def make(office: str = "PYK") -> str:
        with http.app.state.writing.begin() as session:
            return new_code(session, office, "Lobi", clock.now(), "teknisi")

    return make


@pytest.fixture
def waiting(box: Box, office_code) -> Kiosk:
    return box.enrols(office_code())


def acts(http: TestClient, *actions: Action) -> list[tuple[str, str, dict[str, str]]]:
    with http.app.state.reading() as session:
        found = session.scalars(select(AuditRow).where(AuditRow.action.in_(actions)).order_by(AuditRow.seq))
        return [(each.action, each.who, json.loads(each.detail)) for each in found]


def test_a_kiosk_that_waits_is_told_nothing_but_that(waiting: Kiosk) -> None:
    answers = [
        waiting.get(SNAPSHOT), waiting.post(EPOCHS, {"epoch": 1}), waiting.post(HEARTBEATS, {"at": None}),
        waiting.post(FACTS, {"facts": []}), waiting.post(BUNDLES, {}),
    ]  # fmt: skip
    waiting.clock.forward(days=7)
    answers.append(waiting.get(SNAPSHOT))
    assert [each.status_code for each in answers if each.json() == WAITS] == [403] * 6


def test_the_answer_to_its_code_says_whether_it_has_to_be_approved(box: Box, http, clock, office_code, code) -> None:
    assert box.asks(office_code()).json()["approved"] is False
    assert Box(http, clock).asks(code()).json()["approved"] is True


def test_a_technician_sees_it_first_with_its_letters_and_approves_it(waiting: Kiosk, box: Box, technician) -> None:
    first, _, others = technician.get(FLEET).text.partition('aria-label="Daftar anjungan"')
    row = re.search(r"<tbody>(.*?)</tbody>", first, re.DOTALL)
    assert row
    for told in ("Lobi", "Layanan Imigrasi Payakumbuh", "teknisi", f"<b>{box.check}</b>", "24/11"):
        assert told in row[1]
    assert "Lobi" not in others
    assert technician.post(f"{FLEET}/{waiting.id}/approve").status_code == 303
    assert waiting.get(SNAPSHOT).status_code == 200
    assert "Menunggu persetujuan" not in technician.get(FLEET).text
    assert acts(technician, Action.KIOSK_APPROVED) == [("kiosk_approved", "teknisi", {"check": box.check})]


def test_an_approval_that_is_given_twice_is_one(waiting: Kiosk, technician) -> None:
    for _ in range(2):
        assert technician.post(f"{FLEET}/{waiting.id}/approve").status_code == 303
    assert len(acts(technician, Action.KIOSK_APPROVED)) == 1


def test_a_kiosk_that_was_refused_is_none_for_good_and_neither_is_its_code(
    waiting: Kiosk, box: Box, technician, office_code
) -> None:
    assert technician.post(f"{FLEET}/{waiting.id}/refuse").status_code == 303
    assert technician.post(f"{FLEET}/{waiting.id}/approve").status_code == 303
    refused = {"type": "revoked", "detail": "this kiosk was not approved"}
    assert waiting.get(SNAPSHOT).json() == refused
    assert "tidak disetujui" in technician.get(f"{FLEET}/{waiting.id}").text
    assert acts(technician, Action.KIOSK_APPROVED, Action.KIOSK_REFUSED) == [
        ("kiosk_refused", "teknisi", {"check": box.check})
    ]
    assert box.enrols(office_code()).get(SNAPSHOT).json() == WAITS


def test_its_code_makes_no_second_try_once_it_was_refused(box: Box, technician, office_code) -> None:
    code = office_code()
    technician.post(f"{FLEET}/{box.enrols(code).id}/refuse")
    assert box.asks(code).status_code == 403


def test_a_kiosk_that_is_served_is_not_refused_by_an_old_page(waiting: Kiosk, technician) -> None:
    technician.post(f"{FLEET}/{waiting.id}/approve")
    technician.post(f"{FLEET}/{waiting.id}/refuse")
    assert waiting.get(SNAPSHOT).status_code == 200


def test_who_lost_the_answer_asks_again_and_is_the_same_kiosk(box: Box, http, clock, office_code) -> None:
    code = office_code()
    once, again = box.asks(code), box.asks(code)
    assert once.json() == again.json()
    assert Box(http, clock).asks(code).status_code == 403
    with http.app.state.reading() as session:
        assert len(session.scalars(select(KioskRow)).all()) == 1


def test_who_lost_the_answer_and_comes_with_another_code_is_waited_for_once(box: Box, office_code) -> None:
    former, latter = box.enrols(office_code()), box.enrols(office_code())
    assert former.get(SNAPSHOT).json()["type"] == "revoked"
    assert latter.get(SNAPSHOT).json() == WAITS


def test_a_code_that_ends_meanwhile_ends_no_waiting(waiting: Kiosk) -> None:
    waiting.clock.forward(hours=25)
    assert waiting.get(SNAPSHOT).json() == WAITS


def test_nobody_of_another_office_approves_it(waiting: Kiosk, technician) -> None:
    with technician.app.state.writing.begin() as session:
        session.get(KioskRow, waiting.id).office = "AGM"
    for act in ("approve", "refuse"):
        assert technician.post(f"{FLEET}/{waiting.id}/{act}").status_code == 404
    assert waiting.get(SNAPSHOT).json() == WAITS


def test_a_copy_of_a_disk_that_waits_is_found_once_both_speak(waiting: Kiosk, technician) -> None:
    technician.post(f"{FLEET}/{waiting.id}/approve")
    said = {
        "at": "2026-11-24T01:00:00Z",
        "version": "1",
        "screen": "welcome",
        "printer": "ready",
        "scanner_ready": True,
        "owed": 0,
    }
    for boot in ("one", "copy", "one"):
        waiting.clock.forward(seconds=30)
        assert waiting.post(HEARTBEATS, said | {"boot": boot}).status_code == 200
    assert "dua mesin, satu identitas" in technician.get(FLEET).text


def test_nobody_is_called_because_a_kiosk_waits(waiting: Kiosk, officer) -> None:
    for _ in range(3):
        waiting.post(HEARTBEATS, {})
        waiting.clock.forward(minutes=3)
    assert "Anjungan tidak terdengar" not in officer.get("/officers/monitoring").text
    assert "menunggu persetujuan" in officer.get("/officers").text


def test_who_has_the_server_approves_by_the_letters_on_the_screen(waiting: Kiosk, box: Box, data: Path, capsys) -> None:
    assert main(["approve", "--data", str(data), "0000-0000"]) == 1
    assert "compare them with the kiosk's screen" in capsys.readouterr().err
    assert main(["approve", "--data", str(data), box.check.lower().replace("-", " ")]) == 0
    assert "Lobi of PYK is approved" in capsys.readouterr().out
    assert waiting.get(SNAPSHOT).status_code == 200
    assert acts(waiting.http, Action.KIOSK_APPROVED) == [("kiosk_approved", "kiosk-central", {"check": box.check})]


@pytest.mark.parametrize(("more", "status"), [([], 403), (["--approved"], 200)])
def test_a_code_of_the_servers_shell_needs_no_approval_where_it_says_so(
    more: list[str], status: int, box: Box, data: Path, capsys
) -> None:
    assert main(["new-code", *more, "--data", str(data)]) == 0
    assert box.enrols(capsys.readouterr().out.strip()).get(SNAPSHOT).status_code == status
    assert acts(box._http, Action.KIOSK_CODE_MADE)[0][2] == {"approved": "yes" if more else "no"}


def test_letters_follow_from_the_key_alone() -> None:
    keys = [b64encode(bytes([each] * 32)).decode() for each in range(200)]
    assert check_text(keys[0]) == "CSM7-NBFR"
    assert len({check_text(each) for each in keys}) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", check_text(each)) for each in keys)
