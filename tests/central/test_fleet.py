"""The fleet: settings from afar, rolls of paper, two machines with one identity, who may see it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from wire import MORNING, Kiosk, a_ticket

from central.database import KioskRow
from central.fleet.fleet import FleetKiosk, kiosk_in
from central.fleet.paper import ROLL_METRES, TICKET_METRES, forecast
from central.fleet.settings import BadSettings, go_back, set_from_afar, wanted_by
from central.heartbeats import Heartbeat
from central.monitoring.conditions import SILENT_AFTER
from central.people.audit import Action
from central.people.rows import AuditRow
from central.qr import qr_element
from kiosk.model import TicketState
from kiosk.protocol import HEARTBEATS, PaperMoved, WalkInIssued

NARROW = '[printer]\nurl = "simulated:"\nwidth_mm = 58'


def sign(kiosk: Kiosk, **more: Any) -> dict[str, Any]:
    """A sign of life; returns the answer."""
    said = {"at": kiosk.clock.now().isoformat(), "version": "1", "screen": "welcome", "printer": "ready"}
    answer = kiosk.post(HEARTBEATS, said | {"scanner_ready": True, "owed": 0} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def seen(kiosk: Kiosk) -> FleetKiosk:
    with kiosk.http.app.state.reading() as session:
        row = session.get(KioskRow, kiosk.id)
        assert row
        return kiosk_in(session, row, kiosk.clock.now())


@pytest.fixture
def settings(kiosk: Kiosk):
    """Makes the kiosk's next settings."""

    def make(toml: str) -> int:
        with kiosk.http.app.state.writing.begin() as session:
            return set_from_afar(session, kiosk.id, toml, "", "teknisi", kiosk.clock.now())

    return make


def test_a_kiosk_is_told_its_settings_until_it_has_them(kiosk, settings) -> None:
    assert sign(kiosk)["settings"] is None
    assert settings(NARROW) == 1
    assert sign(kiosk)["settings"] == {"version": 1, "toml": NARROW}
    assert not seen(kiosk).has_settings
    assert sign(kiosk, settings_version=1)["settings"] is None
    assert seen(kiosk).has_settings


def test_what_a_kiosk_refused_is_not_sent_again_and_its_problem_is_seen(kiosk, settings) -> None:
    settings(NARROW)
    assert sign(kiosk, settings_refused=1, settings_problem="[printer] url: ?")["settings"] is None
    assert seen(kiosk).refused_them
    assert settings("[screen]\nmotion = false") == 2
    assert sign(kiosk, settings_refused=1)["settings"]["version"] == 2


def test_going_back_makes_a_new_version_of_the_old_one(kiosk, settings) -> None:
    settings(NARROW)
    settings("[screen]\nmotion = false")
    with kiosk.http.app.state.writing.begin() as session:
        assert go_back(session, kiosk.id, 1, "teknisi", MORNING) == 3
        assert go_back(session, kiosk.id, 0, "teknisi", MORNING) == 4
    assert sign(kiosk)["settings"] == {"version": 4, "toml": ""}


@pytest.mark.parametrize(
    ("toml", "key"),
    [("[printer", "not_toml"), ('[central]\nurl = "x"', "not_from_afar"), ("# " + "x" * 8000, "too_long")],
)
def test_what_no_kiosk_may_be_sent_is_not_sent(kiosk, settings, toml: str, key: str) -> None:
    with pytest.raises(BadSettings) as problem:
        settings(toml)
    assert problem.value.key == key
    assert sign(kiosk)["settings"] is None


def test_settings_of_one_kiosk_are_not_anothers(kiosk, enrol, settings) -> None:
    settings(NARROW)
    assert sign(enrol())["settings"] is None


def prints(kiosk: Kiosk, count: int) -> None:
    for place in range(count):
        ticket = a_ticket(f"W{kiosk.digit}-{place + 1:03}", issued_at=kiosk.clock.now(), slot=None)
        kiosk.tells(WalkInIssued(ticket=ticket), PaperMoved(ticket=ticket.id, state=TicketState.PRINTED))


def test_the_paper_is_reckoned_from_the_roll_that_was_put_in_after_the_last_one_ran_out(kiosk) -> None:
    sign(kiosk)
    assert seen(kiosk).paper is None
    sign(kiosk, printer="paper_out")
    kiosk.clock.forward(minutes=5)
    sign(kiosk, printer="ready")
    kiosk.clock.forward(minutes=5)
    prints(kiosk, 10)
    paper = seen(kiosk).paper
    assert paper
    assert paper.metres == pytest.approx(ROLL_METRES - 10 * TICKET_METRES)
    assert paper.until == kiosk.clock.now() + timedelta(days=paper.tickets / (10 / 7))


def test_an_opened_cover_is_no_new_roll(kiosk) -> None:
    sign(kiosk)
    sign(kiosk, printer="cover_open")
    sign(kiosk, printer="ready")
    assert seen(kiosk).paper is None


def test_paper_never_lasts_less_than_nothing_and_forever_where_nothing_is_printed() -> None:
    assert forecast(10_000, 5, TICKET_METRES, MORNING).tickets == 0
    assert forecast(10_000, 5, TICKET_METRES, MORNING).until == MORNING
    assert forecast(0, 0, TICKET_METRES, MORNING).until is None


def test_a_restarted_machine_is_one_machine(kiosk) -> None:
    for boot in ("a", "a", "b", "b", "c"):
        sign(kiosk, boot=boot)
        kiosk.clock.forward(seconds=30)
    assert seen(kiosk).twin_at is None


def test_a_boot_that_comes_back_after_another_one_is_a_second_machine(kiosk) -> None:
    for boot in ("a", "b", "a"):
        sign(kiosk, boot=boot)
        kiosk.clock.forward(seconds=30)
    assert seen(kiosk).twin_at == MORNING + timedelta(seconds=60)
    kiosk.clock.forward(days=8)
    assert seen(kiosk).twin_at is None


def test_a_kiosk_that_missed_three_signs_of_life_is_silent(kiosk) -> None:
    assert seen(kiosk).silent
    sign(kiosk)
    assert not seen(kiosk).silent
    kiosk.clock.forward(seconds=SILENT_AFTER.total_seconds())
    assert seen(kiosk).silent


def test_the_page_makes_a_code_shown_once_that_enrols(technician, enrol) -> None:
    page = technician.post("/officers/fleet/codes", data={"name": "Lobi"}).text
    code = re.search(r">([0-9A-Z]{5}-[0-9A-Z]{5})<", page)
    assert code
    assert qr_element(code[1]) in page
    assert code[1] not in technician.get("/officers/fleet").text


def test_a_technician_sends_settings_and_goes_back_and_sees_what_was_wrong(kiosk, technician) -> None:
    path = f"/officers/fleet/{kiosk.id}"
    answer = technician.post(f"{path}/settings", data={"toml": "[data]\ndir = '/'"})
    assert (answer.status_code, "Tidak dapat diatur dari jauh: data" in answer.text) == (422, True)
    assert technician.post(f"{path}/settings", data={"toml": NARROW, "note": "58 mm"}).status_code == 303
    assert technician.post(f"{path}/settings/0").status_code == 303
    assert technician.post(f"{path}/settings/9").status_code == 404
    page = technician.get(path).text
    assert "58 mm" in page
    assert sign(kiosk)["settings"]["version"] == 2


def test_a_box_that_is_not_ready_is_seen_with_what_is_broken(kiosk, technician) -> None:
    sign(kiosk, readiness={"at": MORNING.isoformat(), "broken": []})
    assert "tag warn" not in technician.get("/officers/fleet").text.partition("<tbody>")[2].partition("</td>")[0]
    sign(kiosk, readiness={"at": MORNING.isoformat(), "broken": ["disk-health", "usb"]})
    assert seen(kiosk).said.readiness.broken == ("disk-health", "usb")
    assert "disk-health, usb" in technician.get(f"/officers/fleet/{kiosk.id}").text
    assert "tag warn" in technician.get("/officers/fleet").text.partition("<tbody>")[2].partition("</td>")[0]


def test_the_practice_visit_of_the_night_is_seen_and_a_night_without_one_too(kiosk, technician) -> None:
    path, visit = f"/officers/fleet/{kiosk.id}", {"at": MORNING.isoformat(), "seconds": 14}
    sign(kiosk)
    assert "tidak ada semalam" in technician.get(path).text
    sign(kiosk, practice_visit=visit)
    page = technician.get(path).text
    assert "berhasil, 14 s" in page
    assert "tidak ada semalam" not in page
    sign(kiosk, practice_visit=visit | {"failed": "its screens are drawn", "problem": "status 1"})
    assert "its screens are drawn (status 1)" in technician.get(path).text
    assert "kunjungan latihan gagal" in technician.get("/officers/fleet").text
    kiosk.clock.forward(hours=27)
    sign(kiosk, practice_visit=visit)
    assert seen(kiosk).no_practice


def test_a_kiosk_of_another_office_is_not_known(kiosk, technician) -> None:
    with technician.app.state.writing.begin() as session:
        row = session.get(KioskRow, kiosk.id)
        row.office = "AGM"
    for path in ("", "/settings", "/roll", "/revoke", "/name"):
        ask = technician.post if path else technician.get
        assert ask(f"/officers/fleet/{kiosk.id}{path}", **({"data": {"name": "x"}} if path else {})).status_code == 404


def test_what_is_wanted_of_a_kiosk_that_never_was_given_any_is_nothing(kiosk) -> None:
    said = Heartbeat(at=MORNING, version="1", screen="welcome", printer="ready", scanner_ready=True, owed=0)
    with Session(kiosk.http.app.state.engine) as session:
        assert wanted_by(session, kiosk.id, said) is None


def test_a_new_roll_and_a_new_name_are_on_the_audit_trail_and_no_kiosk_is_called_nothing(kiosk, technician) -> None:
    path = f"/officers/fleet/{kiosk.id}"
    assert technician.post(f"{path}/roll").status_code == 303
    assert technician.post(f"{path}/name", data={"name": "  "}).status_code == 422
    assert technician.post(f"{path}/name", data={"name": " Lobi timur "}).status_code == 303
    with technician.app.state.reading() as session:
        acts = session.scalars(
            select(AuditRow).where(AuditRow.action == Action.KIOSK_CONFIGURED).order_by(AuditRow.seq)
        )
        assert [json.loads(each.detail) for each in acts] == [{"paper": "new roll"}, {"name": "Lobi timur"}]
    assert seen(kiosk).name == "Lobi timur"
