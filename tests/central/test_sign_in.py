"""Signing in: the second factor, what must be done first, the waits of who guesses, and how sessions end."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from staff import Staff, logs_in
from wire import PASSWORD

from central.app import create_app
from central.database import SessionRow
from central.people import lockout
from central.people.passwords import is_weak
from central.people.roles import Role
from central.people.sessions import browser_of

ACCOUNT = "/officers/account"


def guesses(browser, count: int, name: str = "petugas") -> list[int]:
    return [logs_in(browser, name, "salah").status_code for _ in range(count)]


# The second factor


def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(staff: Staff) -> None:
    staff.add("ani", Role.CLERK)
    secret, _ = staff.gives_second_factor("ani")
    browser = staff.browser()
    assert logs_in(browser, "ani").headers["Location"] == "/officers/login/code"
    assert browser.get("/officers").headers["Location"] == "/officers/login"
    half_way = browser.cookies["__Host-officer"]
    assert browser.post("/officers/login/code", data={"code": staff.code(secret)}).status_code == 303
    assert browser.get("/officers").status_code == 200
    assert browser.cookies["__Host-officer"] != half_way


def test_a_code_is_accepted_once_and_those_before_it_no_more(staff: Staff, clock) -> None:
    staff.add("ani", Role.CLERK)
    secret, _ = staff.gives_second_factor("ani")
    before = staff.code(secret)
    clock.forward(seconds=30)
    code = staff.code(secret)
    for said, status in ((code, 303), (code, 403), (before, 403)):
        browser = staff.browser()
        logs_in(browser, "ani")
        assert browser.post("/officers/login/code", data={"code": said}).status_code == status
    clock.forward(seconds=90)
    browser = staff.browser()
    logs_in(browser, "ani")
    spaced = f" {staff.code(secret)[:3]} {staff.code(secret)[3:]}"
    assert browser.post("/officers/login/code", data={"code": spaced}).status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(-61, 403), (-30, 303), (30, 303), (61, 403)])
def test_a_telephone_s_clock_may_be_half_a_minute_wrong(staff: Staff, clock, seconds: int, status: int) -> None:
    staff.add("ani", Role.CLERK)
    secret, _ = staff.gives_second_factor("ani")
    browser = staff.browser()
    logs_in(browser, "ani")
    clock.forward(seconds=seconds)
    code = staff.code(secret)
    clock.forward(seconds=-seconds)
    assert browser.post("/officers/login/code", data={"code": code}).status_code == status


def test_a_recovery_code_stands_in_once_however_it_is_typed(staff: Staff) -> None:
    staff.add("ani", Role.CLERK)
    _, codes = staff.gives_second_factor("ani")
    assert len(set(codes)) == 10
    for said, status in ((codes[0].lower().replace("-", " "), 303), (codes[0], 403), (codes[1], 303)):
        browser = staff.browser()
        logs_in(browser, "ani")
        assert browser.post("/officers/login/code", data={"code": said}).status_code == status
    assert ("ani", "recovery_code_used", "ani") in staff.trail()


def test_who_guesses_codes_must_wait_and_the_password_does_not_start_anew(staff: Staff, clock) -> None:
    staff.add("ani", Role.CLERK)
    secret, _ = staff.gives_second_factor("ani")
    browser = staff.browser()
    statuses = []
    for _ in range(6):
        statuses.append(logs_in(browser, "ani").status_code)
        statuses.append(browser.post("/officers/login/code", data={"code": "000000"}).status_code)
    assert statuses == [303, 403] * 5 + [429, 429]
    assert browser.post("/officers/login/code", data={"code": staff.code(secret)}).status_code == 429
    clock.forward(seconds=30)
    assert browser.post("/officers/login/code", data={"code": staff.code(secret)}).status_code == 303


def test_who_must_have_a_second_factor_sets_it_up_before_anything_else(staff: Staff) -> None:
    staff.wants_second_factor(Role.SUPERVISOR)
    browser = staff.signed_in("ani", Role.SUPERVISOR, Role.CLERK)
    setting_up = f"{ACCOUNT}/second-factor"
    assert browser.get("/officers/people").headers["Location"] == setting_up
    page = browser.get(setting_up).text
    secret = page.split('name="secret" value="')[1][:32]
    assert "<svg" in page
    assert secret[:4] + "-" + secret[4:8] in page
    answer = browser.post(setting_up, data={"secret": secret, "code": staff.code(secret)})
    assert answer.text.count("<li><code>") == 10
    assert browser.get("/officers/people").status_code == 200
    assert ("ani", "second_factor_set", "ani") in staff.trail()


def test_a_second_factor_is_taken_only_with_a_code_of_it(staff: Staff) -> None:
    browser = staff.signed_in("ani", Role.CLERK)
    page = browser.get(f"{ACCOUNT}/second-factor").text
    secret = page.split('name="secret" value="')[1][:32]
    wrong = str((int(staff.code(secret)) + 1) % 1_000_000).zfill(6)
    answer = browser.post(f"{ACCOUNT}/second-factor", data={"secret": secret, "code": wrong})
    assert answer.status_code == 422
    assert secret in answer.text
    assert browser.post(f"{ACCOUNT}/second-factor", data={"secret": "A", "code": wrong}).status_code == 422
    assert staff.row("ani").totp_secret is None


def test_the_code_that_set_it_up_signs_nobody_in(staff: Staff, clock) -> None:
    browser = staff.signed_in("ani", Role.CLERK)
    secret = browser.get(f"{ACCOUNT}/second-factor").text.split('name="secret" value="')[1][:32]
    code = staff.code(secret)
    browser.post(f"{ACCOUNT}/second-factor", data={"secret": secret, "code": code})
    logs_in(browser, "ani")
    assert browser.post("/officers/login/code", data={"code": code}).status_code == 403


def test_by_default_supervisors_technicians_and_auditors_must_clerks_may(staff: Staff) -> None:
    for role in Role:
        browser = staff.signed_in(role, role, office="AGM")
        asked = browser.get("/officers").headers.get("Location") == f"{ACCOUNT}/second-factor"
        assert asked == (role in (Role.SUPERVISOR, Role.TECHNICIAN, Role.AUDITOR)), role


# Passwords


def test_a_start_password_is_changed_before_anything_else(staff: Staff) -> None:
    staff.add("ani", Role.CLERK, must_change=True)
    browser = staff.browser()
    logs_in(browser, "ani")
    assert browser.get("/officers").headers["Location"] == f"{ACCOUNT}/password"
    new = {"password": "sawah luas berkabut", "again": "sawah luas berkabut"}
    assert browser.post(f"{ACCOUNT}/password", data=new).headers["Location"] == ACCOUNT
    assert browser.get("/officers").status_code == 200
    assert logs_in(staff.browser(), "ani").status_code == 403
    assert logs_in(staff.browser(), "ani", new["password"]).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("sawah luas berkabut", "sawah luas berkabu", "tidak sama"),
        ("sawahluas", "sawahluas", "terlalu pendek"),
        ("petugas123456789", "petugas123456789", "mudah ditebak"),
        (PASSWORD, PASSWORD, "yang lama"),
    ],
)
def test_a_new_password_is_refused_in_words(staff: Staff, password: str, again: str, said: str) -> None:
    browser = staff.signed_in("ani", Role.CLERK)
    answer = browser.post(f"{ACCOUNT}/password", data={"password": password, "again": again})
    assert answer.status_code == 422
    assert said in answer.text
    assert logs_in(staff.browser(), "ani").status_code == 303


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("sawah luas berkabut", False),
        ("Jx4!kQ9#vBn2mR", False),
        ("anjungan-imigrasi-2026", True),
        ("rahasia rahasia rahasia", True),
        ("siti.rahma-siti.rahma-1990", True),
        ("aaaaaaaaaaaaaaaaaaaa", True),
        ("12345678901234567890", True),
        ("kapal laut", True),
        ("x" * 201, True),
    ],
)
def test_a_password_that_the_place_or_the_name_gives_away_is_weak(password: str, weak: bool) -> None:
    assert is_weak(password, "siti.rahma") == weak


# Waits


def test_five_wrong_passwords_are_free_then_the_waits_grow_up_to_a_quarter_of_an_hour(http, staff, clock) -> None:
    assert guesses(http, 6) == [403] * 5 + [429]
    waits = []
    for _ in range(8):
        answer = logs_in(http, "petugas", "salah")
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        clock.forward(seconds=waits[-1])
        assert logs_in(http, "petugas", "salah").status_code == 403
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_name_that_nobody_has_waits_as_another_does(http) -> None:
    assert guesses(http, 6, "tidak-ada") == guesses(http, 6)


def test_the_right_password_forgets_the_wrong_ones_of_the_name(http) -> None:
    guesses(http, 4)
    assert logs_in(http, "petugas").status_code == 303
    assert guesses(http, 5) == [403] * 5


def test_one_name_waits_at_every_address_and_does_not_make_others_wait(http, staff: Staff) -> None:
    staff.add("ani", Role.CLERK)
    guesses(http, 5)
    assert logs_in(staff.browser("10.0.0.9"), "petugas").status_code == 429
    assert logs_in(http, "ani").status_code == 303


def test_an_address_that_tries_many_names_waits_and_others_do_not(staff: Staff) -> None:
    bad = staff.browser("2001:db8::1")
    statuses = [logs_in(bad, f"nama{count}", "salah").status_code for count in range(21)]
    assert statuses == [403] * 20 + [429]
    assert logs_in(staff.browser("2001:db8::ffff"), "petugas").status_code == 429
    assert logs_in(staff.browser("2001:db8:0:1::1"), "petugas").status_code == 303


def test_an_own_account_does_not_wash_an_address_clean(http, clock) -> None:
    waits = []
    with http.app.state.writing.begin() as session:
        for count in range(21):
            if not lockout.take(session, "own", "10.0.0.4", clock.now()):
                lockout.right(session, "own", "10.0.0.4")
                lockout.proved(session, "own")
            waits.append(lockout.take(session, f"name{count}", "10.0.0.4", clock.now()))
    assert waits == [0] * 20 + [30]


def test_a_try_counts_before_it_is_judged_so_that_many_at_once_are_not_free(http, clock) -> None:
    with http.app.state.writing.begin() as session:
        waits = [lockout.take(session, "petugas", "10.0.0.4", clock.now()) for _ in range(6)]
    assert waits == [0] * 5 + [30]


def test_other_processes_count_the_same_tries_and_a_restart_forgets_none(http, data, clock) -> None:
    guesses(http, 5)
    with TestClient(create_app(data, clock.now), "https://central.example", follow_redirects=False) as other:
        assert logs_in(other, "petugas").status_code == 429


def test_a_refused_sign_in_is_on_the_trail_if_somebody_has_the_name(http, staff: Staff) -> None:
    guesses(http, 1)
    guesses(http, 1, "kata-sandi-saya")
    assert staff.trail() == [("petugas", "sign_in_refused", "petugas")]


def test_after_a_quiet_day_wrong_passwords_are_forgotten(http, clock) -> None:
    guesses(http, 5)
    clock.forward(days=1)
    assert guesses(http, 6) == [403] * 5 + [429]


# Sessions


def test_who_does_nothing_for_half_an_hour_is_signed_out(officer, clock) -> None:
    for _ in range(5):
        clock.forward(minutes=29)
        assert officer.get("/officers").status_code == 200
    clock.forward(minutes=30)
    assert officer.get("/officers").headers["Location"] == "/officers/login"


def test_a_page_that_keeps_itself_fresh_keeps_nobody_signed_in(officer, clock) -> None:
    for _ in range(3):
        clock.forward(minutes=9)
        assert officer.get("/officers/board", headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    clock.forward(minutes=3)
    assert officer.get("/officers/board", headers={"Sec-Fetch-Mode": "cors"}).status_code == 303


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(http) -> None:
    answer = http.get("/officers/board", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/officers/login")


def test_a_session_ends_after_twelve_hours_whatever_is_done(officer, clock) -> None:
    for _ in range(12 * 3 - 1):
        clock.forward(minutes=20)
        assert officer.get("/officers").status_code == 200
    clock.forward(minutes=20)
    assert officer.get("/officers").status_code == 303


def test_signing_in_tells_of_the_time_before(staff: Staff, clock) -> None:
    staff.add("ani", Role.CLERK)
    logs_in(staff.browser("10.0.0.7"), "ani")
    clock.forward(hours=1)
    browser = staff.browser()
    logs_in(browser, "ani")
    page = browser.get(ACCOUNT).text
    assert "24-11-2026 08.00" in page
    assert "10.0.0.7" in page
    assert "pertama kali" not in page


def test_one_s_own_sessions_are_listed_and_can_be_ended(staff: Staff) -> None:
    first = staff.signed_in("ani", Role.CLERK)
    second = staff.browser("10.0.0.9")
    logs_in(second, "ani")
    (end,) = re.findall(r"/officers/account/sessions/\w+/end", second.get(ACCOUNT).text)
    assert second.post(end).headers["Location"] == ACCOUNT
    assert first.get("/officers").headers["Location"] == "/officers/login"
    assert second.get("/officers").status_code == 200


def test_nobody_ends_another_s_session(staff: Staff) -> None:
    ani, budi = staff.signed_in("ani", Role.CLERK), staff.signed_in("budi", Role.CLERK)
    logs_in(other := staff.browser(), "ani")
    (end,) = re.findall(r"/officers/account/sessions/\w+/end", other.get(ACCOUNT).text)
    assert budi.post(end).status_code == 404
    assert ani.get("/officers").status_code == 200


def test_a_new_password_ends_the_other_sessions(staff: Staff) -> None:
    first = staff.signed_in("ani", Role.CLERK)
    second = staff.browser()
    logs_in(second, "ani")
    second.post(f"{ACCOUNT}/password", data=dict.fromkeys(("password", "again"), "sawah luas berkabut"))
    assert first.get("/officers").status_code == 303
    assert second.get("/officers").status_code == 200


def test_each_sign_in_has_a_new_session_and_ends_the_browsers_former_one(http) -> None:
    logs_in(http, "petugas")
    former = http.cookies["__Host-officer"]
    logs_in(http, "petugas")
    assert http.cookies["__Host-officer"] != former
    http.cookies.set("__Host-officer", former)
    assert http.get("/officers").status_code == 303


def test_a_cookie_that_somebody_made_up_is_not_taken_over_at_the_sign_in(http) -> None:
    answer = http.post(
        "/officers/login", data={"name": "petugas", "password": PASSWORD}, headers={"Cookie": "__Host-officer=chosen"}
    )
    assert "chosen" not in answer.headers["Set-Cookie"]


def test_what_is_sensitive_wants_the_password_anew_and_goes_on_where_it_was(staff: Staff, clock) -> None:
    browser = staff.signed_in("ani", Role.SUPERVISOR)
    clock.forward(minutes=10)
    asked = browser.get("/officers/people/new").headers["Location"]
    assert asked == "/officers/confirm?then=%2Fofficers%2Fpeople%2Fnew"
    assert 'value="/officers/people/new"' in browser.get(asked).text
    wrong = {"password": "salah", "then": "/officers/people/new"}
    assert browser.post("/officers/confirm", data=wrong).status_code == 403
    answer = browser.post("/officers/confirm", data=wrong | {"password": PASSWORD})
    assert answer.headers["Location"] == "/officers/people/new"
    assert browser.get("/officers/people/new").status_code == 200


def test_confirming_leads_to_no_other_site(staff: Staff) -> None:
    browser = staff.signed_in("ani", Role.SUPERVISOR)
    for then in ("https://evil.example/", "//evil.example", "/\\evil.example", "/officersx"):
        answer = browser.post("/officers/confirm", data={"password": PASSWORD, "then": then})
        assert answer.headers["Location"] == ACCOUNT
        # The links to other languages bear the page's own address, whose query is only ever read by this page.
        asked = browser.get("/officers/confirm", params={"then": then}).text
        assert "evil" not in re.sub(r'href="\?[^"]*"', "", asked)


def test_reading_pages_writes_at_most_once_a_minute(officer, clock) -> None:
    began, seen = clock.now(), []
    for _ in range(4):
        clock.forward(seconds=25)
        officer.get("/officers")
        with officer.app.state.reading() as session:
            seen.append(int((session.scalars(select(SessionRow.seen_at)).one() - began).total_seconds()))
    assert seen == [0, 0, 75, 75]


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iOS"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox, Android"),
        ("curl", ""),
    ],
)
def test_a_browser_is_named_as_its_user_knows_it(agent: str, named: str) -> None:
    assert browser_of(agent).startswith(named)
