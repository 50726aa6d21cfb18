"""The breach log: its clock, what it refuses, the notice, and that it cannot be changed unseen."""

import json
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from staff import Staff
from wire import MORNING, Clock

from central.monitoring import watch
from central.monitoring.alarms import AlarmKind
from central.people.audit import verify
from central.people.roles import Role
from central.people.rows import AuditRow
from central.privacy.breaches import digest_of, open_breaches
from central.privacy.rows import BreachNoteRow

PAGE = "/officers/privacy/breaches"
KNOWN = {
    "happened": "Cadangan tertinggal di meja sejak Senin.",
    "data": "Nama yang disamarkan dan nomor antrean dua hari.",
    "subjects": "120",
    "done": "Cadangan diambil kembali; kuncinya diganti.",
}


@pytest.fixture
def supervisor(staff: Staff) -> TestClient:
    return staff.signed_in("ani", Role.SUPERVISOR)


def opens(browser: TestClient, **more: str) -> Response:
    return browser.post(PAGE, data=KNOWN | more)


def alarms(staff: Staff, office: str = "PYK") -> list[tuple[timedelta, bool]]:
    now = staff.clock.now()
    with staff.http.app.state.reading() as session:
        return [(each.deadline.left(now), each.is_alarm(now)) for each in open_breaches(session, office, now)]


def test_the_clock_runs_from_when_it_was_known_and_is_an_alarm_on_the_last_day(
    supervisor: TestClient, staff: Staff, clock: Clock
) -> None:
    assert alarms(staff) == []
    opens(supervisor, known_at="2026-11-24T06:00")
    assert alarms(staff) == [(timedelta(hours=70), False)]
    clock.forward(hours=46)
    assert alarms(staff) == [(timedelta(hours=24), False)]
    clock.forward(seconds=1)
    assert alarms(staff) == [(timedelta(hours=24) - timedelta(seconds=1), True)]
    clock.forward(hours=100)
    assert alarms(staff)[0][1] is True
    assert alarms(staff, "AGM") == []


def test_the_list_of_alarms_shows_it_on_the_last_day_until_the_notice_is_given(
    supervisor: TestClient, staff: Staff, clock: Clock
) -> None:
    def shown() -> list[tuple[timedelta, bool]]:
        with staff.http.app.state.reading() as session:
            found = watch.alarms(session, "PYK", None, (), clock.now())
        return [(clock.now() - each.since, each.urgent) for each in found if each.kind is AlarmKind.BREACH_NOTICE]

    at = opens(supervisor).headers["Location"]
    clock.forward(hours=48)
    assert shown() == []
    clock.forward(seconds=1)
    assert shown() == [(timedelta(hours=48, seconds=1), True)]
    # Two days later nobody is signed in any more.
    staff.signed_in("budi", Role.SUPERVISOR).post(at, data={"act": "notified"})
    assert shown() == []


def test_the_page_of_the_register_shows_what_is_left(supervisor: TestClient, clock: Clock) -> None:
    opens(supervisor)
    assert "72 h 0 min left" in supervisor.get("/officers/privacy?lang=en").text


def test_it_ends_with_the_notice_and_is_closed_only_after_it(supervisor: TestClient, staff: Staff) -> None:
    at = opens(supervisor).headers["Location"]
    assert supervisor.post(at, data={"act": "close"}).status_code == 409
    assert supervisor.post(at, data={"act": "notified"}).status_code == 303
    assert alarms(staff) == []
    assert "met in time" in supervisor.get(f"{at}?lang=en").text
    assert supervisor.post(at, data={"act": "close"}).status_code == 303
    assert supervisor.post(at, data=KNOWN | {"act": "note"}).status_code == 409
    acts = [each[1] for each in staff.trail() if each[1].startswith("breach")]
    assert acts == ["breach_opened", "breach_notified", "breach_closed"]


def test_the_notice_says_what_article_46_wants(supervisor: TestClient) -> None:
    at = opens(supervisor, known_at="2026-11-24T06:00").headers["Location"]
    text = supervisor.get(f"{at}/notice?lang=en").text
    assert '<html lang="id">' in text
    for each in (KNOWN["data"], KNOWN["happened"], KNOWN["done"], "120", "24-11-2026 06.00", "pasal 46 UU 27/2022"):
        assert each in text, each


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"done": " "}, "120"),
        ({"subjects": "many"}, "Cadangan diambil"),
        ({"known_at": "yesterday"}, "120"),
        ({"known_at": "2026-11-25T09:00"}, "120"),
    ],
)
def test_what_is_incomplete_is_asked_for_again_with_what_was_written(
    supervisor: TestClient, staff: Staff, more: dict[str, str], kept: str
) -> None:
    answer = opens(supervisor, **more)
    assert answer.status_code == 422
    assert kept in answer.text
    assert alarms(staff) == []


def test_what_was_known_before_stays_and_the_trail_has_the_digest_of_each_note(
    supervisor: TestClient, staff: Staff, clock: Clock
) -> None:
    at = opens(supervisor, subjects="").headers["Location"]
    clock.forward(minutes=20)
    supervisor.post(at, data=KNOWN | {"act": "note", "subjects": "300"})
    text = supervisor.get(f"{at}?lang=en").text
    assert "not known yet" in text
    assert "300" in text
    with staff.http.app.state.reading() as session:
        notes = session.scalars(select(BreachNoteRow).order_by(BreachNoteRow.seq)).all()
        acts = session.scalars(select(AuditRow).where(AuditRow.action.startswith("breach")).order_by(AuditRow.seq))
        digests = [json.loads(row.detail)["digest"] for row in acts]
        assert digests == [digest_of(each) for each in notes]
        assert verify(session, "PYK").problem == ""
        notes[0].done = "nothing"
        assert digests[0] != digest_of(notes[0])


def test_auditors_read_it_and_write_nothing_others_see_nothing(supervisor: TestClient, staff: Staff) -> None:
    at = opens(supervisor).headers["Location"]
    auditor = staff.signed_in("eko", Role.AUDITOR)
    assert auditor.get(at).status_code == 200
    assert '<form method="post" class=' not in auditor.get(at).text
    assert opens(auditor).status_code == 403
    assert auditor.post(at, data={"act": "notified"}).status_code == 403
    for role in (Role.CLERK, Role.TECHNICIAN, Role.PARTNER):
        assert staff.signed_in(role, role).get(at).status_code == 403
    staff.wants_second_factor(office="AGM")
    assert staff.signed_in("budi", Role.SUPERVISOR, office="AGM").get(at).status_code == 404


def test_a_breach_of_the_morning_is_known_since_then(supervisor: TestClient, staff: Staff) -> None:
    opens(supervisor)
    with staff.http.app.state.reading() as session:
        (found,) = open_breaches(session, "PYK", MORNING)
    assert found.deadline.since == MORNING
