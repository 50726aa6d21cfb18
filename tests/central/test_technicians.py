"""A technician's way in at the kiosks, as the server has it: what kiosks are told, the PIN, the code, what was done."""

import json
import re
from base64 import b32decode
from typing import Any

import pytest
from sqlalchemy import select
from test_fleet import seen, sign
from wire import Kiosk

from central.fleet.bundles import KEPT, add_bundle
from central.lookout import alerts
from central.people.audit import Action
from central.people.roles import Role
from central.people.rows import AuditRow
from central.snapshot import office_zone
from kiosk.protocol import TechnicianActed, TechnicianWay
from kiosk.technician import code_for, is_the_pin

PIN = "481516"


def way_of(kiosk: Kiosk, **more: Any) -> TechnicianWay | None:
    """What a sign of life is answered with."""
    told = sign(kiosk, **more)["technician"]
    return TechnicianWay(**told) if told else None


@pytest.fixture
def supervisor(staff):
    return staff.signed_in("penyelia", Role.SUPERVISOR)


def details(staff, action: Action) -> list[tuple[str, str, dict[str, str]]]:
    with staff.http.app.state.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.seq))
        return [(row.who, row.subject, json.loads(row.detail)) for row in rows]


def test_each_kiosk_is_told_its_own_secret_until_it_has_it(kiosk, enrol) -> None:
    way, other = way_of(kiosk), way_of(enrol())
    assert way
    assert other
    assert way.pin == ""
    assert len(b32decode(way.secret)) == 20
    assert way.secret != other.secret
    assert way_of(kiosk, technician=way.mark) is None
    assert way_of(kiosk, technician=other.mark) == way


def test_the_secret_is_in_no_table_and_no_backup_of_the_database(kiosk, data) -> None:
    way = way_of(kiosk)
    assert way
    kiosk.http.app.state.engine.dispose()
    held = b"".join(each.read_bytes() for each in data.iterdir() if each.is_file())
    assert way.secret.encode() not in held
    assert b32decode(way.secret) not in held


def test_a_supervisor_sets_the_pin_and_every_kiosk_of_the_office_is_told_what_is_kept_of_it(
    kiosk, staff, supervisor
) -> None:
    before = way_of(kiosk)
    assert before
    assert supervisor.post("/officers/fleet/pin", data={"pin": PIN}).status_code == 303
    way = way_of(kiosk, technician=before.mark)
    assert way
    assert is_the_pin(way.pin, PIN)
    assert not is_the_pin(way.pin, "481517")
    assert PIN not in way.pin
    assert way.secret == before.secret
    assert PIN not in supervisor.get("/officers/fleet/pin").text
    assert supervisor.post("/officers/fleet/pin", data={"pin": ""}).status_code == 303
    taken = way_of(kiosk, technician=way.mark)
    assert taken
    assert taken.pin == ""
    trail = details(staff, Action.TECHNICIAN_PIN_SET)
    assert trail == [("penyelia", "PYK", {"pin": "set"}), ("penyelia", "PYK", {"pin": "none"})]


@pytest.mark.parametrize("pin", ["12345", "123456", "987654", "111111", "121212", "48151a", "4815162342108"])
def test_a_pin_that_is_soon_guessed_is_not_taken(supervisor, kiosk, pin: str) -> None:
    assert supervisor.post("/officers/fleet/pin", data={"pin": pin}).status_code == 422
    way = way_of(kiosk)
    assert way
    assert way.pin == ""


def test_a_technician_gets_the_code_that_the_kiosk_expects_and_it_is_on_the_trail(kiosk, staff, technician) -> None:
    way = way_of(kiosk)
    assert way
    page = technician.post(f"/officers/fleet/{kiosk.id}/code", data={"challenge": "042 917"})
    assert page.status_code == 200
    shown = re.search(r'<b class="figure">([0-9]{4}) ([0-9]{4})</b>', page.text)
    assert shown
    assert shown[1] + shown[2] == code_for(way.secret, "042917")
    assert details(staff, Action.TECHNICIAN_CODE_GIVEN) == [("teknisi", kiosk.id, {})]


@pytest.mark.parametrize("challenge", ["", "12345", "1234567", "12345x", "１２３４５６"])
def test_what_is_no_challenge_is_not_answered(kiosk, staff, technician, challenge: str) -> None:
    page = technician.post(f"/officers/fleet/{kiosk.id}/code", data={"challenge": challenge})
    assert page.status_code == 422
    assert details(staff, Action.TECHNICIAN_CODE_GIVEN) == []


def test_the_code_of_another_offices_kiosk_is_not_given(kiosk, staff) -> None:
    staff.wants_second_factor(office="AGM")
    other = staff.signed_in("teknisi.lain", Role.TECHNICIAN, office="AGM")
    assert other.post(f"/officers/fleet/{kiosk.id}/code", data={"challenge": "042917"}).status_code == 404


def test_an_open_screen_left_alone_gives_no_code_without_the_password(kiosk, technician, clock) -> None:
    clock.forward(minutes=11)
    answer = technician.post(f"/officers/fleet/{kiosk.id}/code", data={"challenge": "042917"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/officers/confirm")


def test_what_a_technician_did_at_the_kiosk_is_on_the_trail_and_a_new_roll_is_reckoned_with(kiosk, staff) -> None:
    sign(kiosk)
    assert seen(kiosk).paper is None
    kiosk.tells(TechnicianActed(act="let_in"), TechnicianActed(act="new_roll"), TechnicianActed(act="left"))
    assert seen(kiosk).paper
    trail = details(staff, Action.TECHNICIAN_ACTED)
    who = f"technician W{kiosk.digit}"
    assert trail == [(who, kiosk.id, {"act": each, "ended": "done"}) for each in ("let_in", "new_roll", "left")]


def test_a_way_in_that_was_shut_is_among_what_officers_look_into_once_a_kiosk(kiosk) -> None:
    kiosk.tells(TechnicianActed(act="let_in"))
    kiosk.tells(TechnicianActed(act="shut"), TechnicianActed(act="shut"))
    with kiosk.http.app.state.reading() as session:
        found = alerts(session, "PYK", kiosk.clock.now(), office_zone(session, "PYK"))
    assert [each.kind for each in found] == ["way_in_shut"]


def test_the_last_bundles_of_a_kiosk_are_offered_and_no_older_ones(kiosk, technician) -> None:
    for number in range(KEPT + 2):
        with technician.app.state.writing.begin() as session:
            add_bundle(session, kiosk.id, f"{number}".encode(), kiosk.clock.now())
        kiosk.clock.forward(seconds=61)
    page = technician.get(f"/officers/fleet/{kiosk.id}").text
    links = re.findall(rf"/officers/fleet/{kiosk.id}/bundles/[0-9a-f-]+", page)
    assert [technician.get(each).content for each in links] == [b"4", b"3", b"2"]
    assert technician.get(f"/officers/fleet/{kiosk.id}/bundles/x").status_code == 404
