"""A version of the appliance goes to an office's kiosks in steps: which are told, what is seen, who may pause it."""

import json
from typing import Any

from sqlalchemy import select
from wire import MORNING, Kiosk

from central.database import KioskRow
from central.fleet.fleet import FleetKiosk, kiosk_in
from central.fleet.rollout import Rollout, begin, pause, takes_part
from central.people.audit import Action
from central.people.rows import AuditRow
from kiosk.protocol import HEARTBEATS


def told(kiosk: Kiosk, **more: Any) -> str | None:
    """The version that a sign of life is answered with."""
    said = {"at": kiosk.clock.now().isoformat(), "version": "0.1.0", "screen": "welcome", "printer": "ready"}
    answer = kiosk.post(HEARTBEATS, said | {"scanner_ready": True, "owed": 0} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()["update"]


def seen(kiosk: Kiosk) -> FleetKiosk:
    with kiosk.http.app.state.reading() as session:
        return kiosk_in(session, session.get(KioskRow, kiosk.id), kiosk.clock.now())


def begun(kiosk: Kiosk, version: str = "0.2.0", percent: int = 100, office: str = "PYK") -> None:
    with kiosk.http.app.state.writing.begin() as session:
        begin(session, office, version, percent, "teknisi", MORNING)


def test_a_kiosk_is_told_the_version_that_it_is_to_have_for_as_long_as_it_is_wanted(kiosk) -> None:
    assert told(kiosk) is None
    begun(kiosk)
    assert told(kiosk) == "0.2.0"
    assert not seen(kiosk).has_version
    assert told(kiosk, version="0.2.0") == "0.2.0"
    assert seen(kiosk).has_version


def test_while_it_is_paused_nobody_is_told(kiosk) -> None:
    begun(kiosk)
    with kiosk.http.app.state.writing.begin() as session:
        pause(session, "PYK", True)
    assert told(kiosk) is None
    with kiosk.http.app.state.writing.begin() as session:
        pause(session, "PYK", False)
    assert told(kiosk) == "0.2.0"


def test_another_offices_rollout_is_not_told(kiosk) -> None:
    begun(kiosk, office="AGM")
    assert told(kiosk) is None


def rollout(version: str, percent: int, paused: bool = False) -> Rollout:
    return Rollout(version, percent, paused, "teknisi", MORNING)


def test_so_many_percent_take_part_stay_in_when_it_is_widened_and_are_others_for_another_version() -> None:
    kiosks = [f"kiosk-{number}" for number in range(2000)]
    few, more, other = (
        {each for each in kiosks if takes_part(rollout(version, percent), each)}
        for version, percent in (("0.2.0", 10), ("0.2.0", 50), ("0.3.0", 10))
    )
    assert 150 < len(few) < 250
    assert 900 < len(more) < 1100
    assert few < more
    assert len(few & other) < 60
    assert all(takes_part(rollout("0.2.0", 100), each) for each in kiosks)
    assert not any(takes_part(rollout("0.2.0", 100, paused=True), each) for each in kiosks)


def test_a_technician_begins_widens_and_pauses_a_rollout_and_the_trail_knows(kiosk, technician) -> None:
    path = "/officers/fleet/rollout"
    assert technician.post(f"{path}/pause").status_code == 404
    for version, percent in (("0.2.0", 1), ("0.2.0", 100)):
        assert technician.post(path, data={"version": version, "percent": str(percent)}).status_code == 303
    assert told(kiosk) == "0.2.0"
    assert "menuju anjungan</span> 0.2.0" in technician.get("/officers/fleet").text
    assert technician.post(f"{path}/pause", data={"paused": "true"}).status_code == 303
    assert "dijeda" in technician.get("/officers/fleet").text
    assert technician.post(f"{path}/pause", data={"paused": "false"}).status_code == 303
    with technician.app.state.reading() as session:
        acts = session.scalars(select(AuditRow).where(AuditRow.action == Action.ROLLOUT_CHANGED).order_by(AuditRow.seq))
        assert [json.loads(each.detail) for each in acts] == [
            {"percent": "1"}, {"percent": "100"}, {"paused": "yes"}, {"paused": "no"},
        ]  # fmt: skip


def test_what_is_no_version_or_no_share_is_not_begun(kiosk, technician) -> None:
    for version, percent, words in (("2", 10, "Tulis versi seperti 1.2.3."), ("0.2.0", 0, "Tulis angka 1 sampai 100.")):
        answer = technician.post("/officers/fleet/rollout", data={"version": version, "percent": str(percent)})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert told(kiosk) is None


def test_a_kiosk_that_took_the_version_back_is_seen_with_its_reason(kiosk, technician) -> None:
    begun(kiosk)
    assert told(kiosk, update_refused="0.2.0", update_problem="its screens are drawn: no") == "0.2.0"
    assert seen(kiosk).took_it_back
    assert "dikembalikan</span> 0.2.0" in technician.get("/officers/fleet").text
    assert "its screens are drawn: no" in technician.get(f"/officers/fleet/{kiosk.id}").text
    begun(kiosk, "0.3.0")
    assert not seen(kiosk).took_it_back
