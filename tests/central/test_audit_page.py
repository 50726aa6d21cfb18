"""The audit trail's page: found by person, act and day, in pages, and as CSV."""

import csv
import io

import pytest
from staff import Staff, logs_in

from central.languages import words
from central.people.audit import Action, record
from central.people.audit_page import PAGE_ROWS
from central.people.roles import Role, SignedIn

AUDIT = "/officers/audit"


@pytest.fixture
def auditor(staff: Staff):
    return staff.signed_in("rina", Role.AUDITOR)


def acts(staff: Staff, count: int, who: str = "ani", office: str = "PYK") -> None:
    by = SignedIn(who, office, frozenset(), "10.0.0.4")
    with staff.http.app.state.writing.begin() as session:
        for number in range(count):
            record(session, by, Action.ROLES_CHANGED, f"s{number:03}", staff.clock.now(), {"roles": "clerk"})


def lines(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_acts_are_shown_the_latest_first_in_words_with_their_office_s_time(staff: Staff, auditor) -> None:
    acts(staff, 2)
    page = auditor.get(AUDIT).text
    assert page.index("s001") < page.index("s000") < page.index("<td>Masuk</td>")
    assert "24-11-2026 08.00" in page
    assert "Peran: Petugas loket" in page
    assert "Changed roles" in auditor.get(AUDIT, params={"lang": "en"}).text


def test_acts_are_found_by_person_act_and_day_of_the_office(staff: Staff, auditor, clock) -> None:
    acts(staff, 1, "ani")
    clock.forward(hours=16)  # already the next day at the office, still the same one in UTC
    acts(staff, 1, "budi")
    logs_in(auditor, "rina")
    for wanted, count in (
        ({}, 4),
        ({"who": "ani"}, 1),
        ({"action": "signed_in"}, 2),
        ({"who": "rina", "action": "roles_changed"}, 0),
        ({"day": "2026-11-24"}, 2),
        ({"day": "2026-11-25"}, 2),
        ({"day": "2026-11-25", "who": "budi"}, 1),
        ({"day": "never"}, 4),
    ):
        page = auditor.get(AUDIT, params=wanted)
        assert page.text.count('<td class="number">') == count, wanted
    assert len(lines(auditor.post(f"{AUDIT}/export", data={"day": "2026-11-25", "who": "budi"}))) == 1
    assert "Tidak ada yang cocok." in auditor.get(AUDIT, params={"who": "nobody"}).text


def test_pages_are_turned(staff: Staff, auditor) -> None:
    acts(staff, PAGE_ROWS)
    first, second = (auditor.get(AUDIT, params={"page": number}).text for number in (1, 2))
    assert (first.count('<td class="number">'), second.count('<td class="number">')) == (PAGE_ROWS, 1)
    assert "Halaman 1 dari 2" in first
    assert ("Lebih lama" in first, "Lebih baru" in first) == (True, False)
    assert ("Lebih lama" in second, "Lebih baru" in second) == (False, True)
    assert auditor.get(AUDIT, params={"page": 0}).status_code == 422


def test_the_csv_is_in_order_with_the_chain_and_is_itself_on_the_trail(staff: Staff, auditor) -> None:
    acts(staff, 3)
    answer = auditor.post(f"{AUDIT}/export", data={"who": "ani"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    found = lines(answer)
    assert [each["subject"] for each in found] == ["s000", "s001", "s002"]
    assert found[1]["previous"] == found[0]["digest"]
    assert staff.trail()[-1] == ("rina", "audit_exported", "audit")


def test_no_cell_is_a_formula_to_a_spreadsheet(staff: Staff, auditor) -> None:
    by = SignedIn("ani", "PYK", frozenset())
    with staff.http.app.state.writing.begin() as session:
        record(session, by, Action.KIOSK_REVOKED, "=HYPERLINK(1)", staff.clock.now())
    assert lines(auditor.post(f"{AUDIT}/export"))[-1]["subject"] == "'=HYPERLINK(1)"


def test_another_office_s_acts_are_not_there(staff: Staff, auditor) -> None:
    acts(staff, 1, "budi", "AGM")
    assert "budi" not in auditor.get(AUDIT).text
    assert "budi" not in auditor.post(f"{AUDIT}/export").text


def test_a_revoked_kiosk_is_on_the_trail(staff: Staff, kiosk, officer) -> None:
    officer.post(f"/officers/kiosks/{kiosk.id}/revoke")
    assert staff.trail()[-1] == ("petugas", "kiosk_revoked", kiosk.id)


def test_every_act_has_its_words() -> None:
    for language in ("id", "en"):
        assert set(words(language, "actions")) == set(Action)
        assert set(words(language, "duties")) == set(Role)
