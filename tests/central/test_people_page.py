"""The people of an office: who may change whom, what is shown once, and that all of it is on the audit trail."""

import re

import pytest
from sqlalchemy import select
from staff import Staff, logs_in
from wire import PASSWORD

from central.database import OfficerRow
from central.people.roles import Role

PEOPLE = "/officers/people"


@pytest.fixture
def ani(staff: Staff):
    """A supervisor's browser."""
    return staff.signed_in("ani", Role.SUPERVISOR)


def secret_in(page: str) -> str:
    return re.search(r'class="secret"><code>([^<]+)<', page)[1]


def test_somebody_added_signs_in_with_the_start_password_and_changes_it(staff: Staff, ani) -> None:
    page = ani.post(f"{PEOPLE}/new", data={"name": " Siti.Rahma ", "roles": ["clerk", "auditor"]}).text
    password = secret_in(page)
    assert len(password) == 19
    assert password not in ani.get(PEOPLE).text
    siti = staff.browser()
    logs_in(siti, "siti.rahma", password)
    assert siti.get("/officers").headers["Location"] == "/officers/account/password"
    held = staff.row("siti.rahma")
    assert (held.office, held.roles) == ("PYK", "clerk auditor")
    assert ("ani", "officer_added", "siti.rahma") in staff.trail()


@pytest.mark.parametrize(
    ("name", "roles", "said"),
    [
        ("petugas", ["clerk"], "sudah dipakai"),
        ("new", ["clerk"], "tidak dapat dipakai"),
        ("kiosk-central", ["clerk"], "tidak dapat dipakai"),
        ("s", ["clerk"], "tidak dapat dipakai"),
        ("=1+1", ["clerk"], "tidak dapat dipakai"),
        ("siti<b>", ["clerk"], "tidak dapat dipakai"),
        ("siti", [], "satu peran"),
    ],
)
def test_who_cannot_be_added_is_refused_in_words_with_what_was_typed(ani, name: str, roles: list[str], said) -> None:
    answer = ani.post(f"{PEOPLE}/new", data={"name": name, "roles": roles})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{name.replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text


def test_roles_hold_from_the_next_click_on(staff: Staff, ani) -> None:
    budi = staff.signed_in("budi", Role.CLERK)
    assert budi.get(PEOPLE).status_code == 403
    assert ani.post(f"{PEOPLE}/budi", data={"roles": ["supervisor"]}).headers["Location"] == PEOPLE
    assert budi.get(PEOPLE).status_code == 200
    assert ("ani", "roles_changed", "budi") in staff.trail()
    assert ani.post(f"{PEOPLE}/budi", data={}).status_code == 422
    assert ani.post(f"{PEOPLE}/budi", data={"roles": ["king"]}).status_code == 422
    assert staff.row("budi").roles == "supervisor"


@pytest.mark.parametrize("act", ["", "/disabled", "/password", "/second-factor"])
def test_nobody_raises_or_removes_himself_so_a_supervisor_always_stays(staff: Staff, ani, act: str) -> None:
    data = {"roles": ["supervisor", "technician"], "disabled": "true"}
    assert ani.post(f"{PEOPLE}/ani{act}", data=data).status_code == 409
    held = staff.row("ani")
    assert (held.roles, held.disabled) == ("supervisor", False)
    page = ani.get(f"{PEOPLE}/ani").text
    assert "<fieldset" in page
    assert "Simpan" not in page


def test_of_two_supervisors_who_remove_each_other_one_stays(staff: Staff, ani) -> None:
    budi = staff.signed_in("budi", Role.SUPERVISOR)
    assert ani.post(f"{PEOPLE}/budi", data={"roles": ["clerk"]}).status_code == 303
    assert budi.post(f"{PEOPLE}/ani", data={"roles": ["clerk"]}).status_code == 403
    assert staff.row("ani").roles == "supervisor"


def test_who_is_disabled_is_out_at_once_and_cannot_come_in(staff: Staff, ani) -> None:
    budi = staff.signed_in("budi", Role.CLERK)
    ani.post(f"{PEOPLE}/budi/disabled", data={"disabled": "true"})
    assert budi.get("/officers").headers["Location"] == "/officers/login"
    refused = logs_in(budi, "budi")
    assert (refused.status_code, "salah" in refused.text) == (403, True)
    ani.post(f"{PEOPLE}/budi/disabled", data={"disabled": "false"})
    assert logs_in(budi, "budi").status_code == 303
    acts = [act for _, act, subject in staff.trail() if subject == "budi"]
    assert acts == ["signed_in", "officer_disabled", "sign_in_refused", "officer_enabled", "signed_in"]


def test_who_is_disabled_between_the_password_and_the_code_stays_out(staff: Staff, ani) -> None:
    staff.add("budi", Role.CLERK)
    secret, _ = staff.gives_second_factor("budi")
    budi = staff.browser()
    logs_in(budi, "budi")
    ani.post(f"{PEOPLE}/budi/disabled", data={"disabled": "true"})
    assert budi.post("/officers/login/code", data={"code": staff.code(secret)}).headers["Location"] == "/officers/login"


def test_a_lost_telephone_s_second_factor_is_taken_away_with_its_recovery_codes(staff: Staff, ani) -> None:
    staff.add("budi", Role.TECHNICIAN)
    _, codes = staff.gives_second_factor("budi")
    staff.wants_second_factor(Role.TECHNICIAN)
    half_way = staff.browser()
    logs_in(half_way, "budi")
    ani.post(f"{PEOPLE}/budi/second-factor")
    answer = half_way.post("/officers/login/code", data={"code": codes[0]})
    assert answer.headers["Location"] == "/officers/login"
    logs_in(half_way, "budi")
    assert half_way.get("/officers").headers["Location"] == "/officers/account/second-factor"


def test_a_forgotten_password_is_replaced_by_a_start_password(staff: Staff, ani) -> None:
    budi = staff.signed_in("budi", Role.CLERK)
    password = secret_in(ani.post(f"{PEOPLE}/budi/password").text)
    assert budi.get("/officers").status_code == 303
    assert logs_in(budi, "budi").status_code == 403
    logs_in(budi, "budi", password)
    assert budi.get("/officers").headers["Location"] == "/officers/account/password"


def test_another_office_s_people_are_not_there(staff: Staff, ani) -> None:
    staff.add("budi", Role.CLERK, office="AGM")
    assert "budi" not in ani.get(PEOPLE).text
    assert ani.get(f"{PEOPLE}/budi").status_code == 404
    for act in ("", "/disabled", "/password", "/second-factor"):
        assert ani.post(f"{PEOPLE}/budi{act}", data={"roles": ["clerk"], "disabled": "true"}).status_code == 404
    assert staff.row("budi").roles == "clerk"


def test_every_change_wants_the_password_anew_after_a_while(staff: Staff, ani, clock) -> None:
    staff.add("budi", Role.CLERK)
    clock.forward(minutes=10)
    assert ani.get(PEOPLE).status_code == 200
    for path in ("/new", "/budi", "/budi/disabled", "/budi/password", "/budi/second-factor"):
        answer = ani.post(PEOPLE + path, data={"name": "x", "roles": ["supervisor"], "disabled": "true"})
        assert answer.headers["Location"].startswith("/officers/confirm?then="), path
    assert (staff.row("budi").roles, staff.row("budi").disabled) == ("clerk", False)
    ani.post("/officers/confirm", data={"password": PASSWORD, "then": PEOPLE})
    assert ani.post(f"{PEOPLE}/budi", data={"roles": ["auditor"]}).headers["Location"] == PEOPLE


def test_the_list_says_who_must_still_do_what(staff: Staff, ani) -> None:
    staff.wants_second_factor(Role.TECHNICIAN)
    staff.add("budi", Role.TECHNICIAN, must_change=True)
    page = ani.get(PEOPLE).text
    assert "Langkah kedua belum diatur" in page
    assert "Belum mengganti kata sandi awal" in page
    assert "wajib untuk: Teknisi" in " ".join(page.split())


def test_no_password_and_no_secret_is_on_the_trail_or_in_the_database(staff: Staff, ani, data) -> None:
    password = secret_in(ani.post(f"{PEOPLE}/new", data={"name": "siti", "roles": ["clerk"]}).text)
    budi = staff.signed_in("budi", Role.CLERK)
    _, codes = staff.gives_second_factor("budi")
    cookie = budi.cookies["__Host-officer"]
    kept = b"".join(file.read_bytes() for file in data.glob("central.sqlite*"))
    for secret in (password, PASSWORD, cookie, *codes, *(code.replace("-", "") for code in codes)):
        assert secret.encode() not in kept
    with staff.http.app.state.reading() as session:
        assert all(row.password_hash.startswith("$argon2id$") for row in session.scalars(select(OfficerRow)))
