"""The officers' page: behind a login, it shows who is here and moves them on."""

import re
from uuid import uuid4

import pytest
from wire import PASSWORD, a_ticket, row_of, slot

from central.languages import words
from central.people.roles import Role
from kiosk.model import Language, TicketState
from kiosk.protocol import HEARTBEATS, CheckedIn, Commented, HelpCalled, PaperMoved, Rated, WalkInIssued
from kiosk.visit import State


def beat(kiosk, **more) -> None:
    said = {"at": kiosk.clock.now().isoformat(), "version": "0.1", "screen": "WELCOME", "printer": "ready"}
    assert kiosk.post(HEARTBEATS, said | {"scanner_ready": True, "owed": 0} | more).status_code == 200


def signs_in(officer) -> None:
    officer.post("/officers/login", data={"name": "petugas", "password": PASSWORD})


@pytest.mark.parametrize("path", ["/officers", "/officers/board", "/officers/events"])
def test_who_is_not_signed_in_is_sent_to_the_login(http, path: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/officers/login")


def test_a_wrong_password_is_refused_as_an_unknown_name_is(http) -> None:
    for name in ("petugas", "tidak-ada"):
        answer = http.post("/officers/login", data={"name": name, "password": "salah"})
        assert answer.status_code == 403
        assert "Nama atau kata sandi salah." in answer.text


def test_who_guesses_passwords_must_wait(http, clock) -> None:
    right = {"name": "petugas", "password": PASSWORD}
    for _ in range(10):
        http.post("/officers/login", data=right | {"password": "salah"})
    answer = http.post("/officers/login", data=right)
    assert answer.status_code == 429
    clock.forward(seconds=int(answer.headers["Retry-After"]))
    assert http.post("/officers/login", data=right).status_code == 303


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(http) -> None:
    cookie = http.post("/officers/login", data={"name": "petugas", "password": PASSWORD}).headers["Set-Cookie"]
    for part in ("__Host-officer=", "HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_session_ends_by_signing_out_and_by_itself(officer, clock) -> None:
    assert officer.get("/officers").status_code == 200
    clock.forward(hours=13)
    assert officer.get("/officers").status_code == 303
    signs_in(officer)
    cookie = {"Cookie": f"__Host-officer={officer.cookies['__Host-officer']}"}
    assert officer.get("/officers", headers=cookie).status_code == 200
    officer.post("/officers/logout")
    assert officer.get("/officers", headers=cookie).status_code == 303


def test_what_another_sites_page_sends_is_refused(kiosk, officer) -> None:
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001")))
    answer = officer.post("/officers/next", data={"counter": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Menunggu" in officer.get("/officers").text


def test_a_row_says_all_that_an_officer_needs(kiosk, officer) -> None:
    ticket = a_ticket("A-001", 5, slot=slot("08:30"), priority="elderly", late=True)
    kiosk.tells(CheckedIn(ticket=ticket), PaperMoved(ticket=ticket.id, state=TicketState.UNCONFIRMED))
    assert row_of(officer.get("/officers").text, "A-001") == (
        "A-001 B*** S*** Lansia terlambat Paspor baru (dewasa) 08.30 08.05 tidak pasti Panggil"
    )


def test_calling_the_next_takes_whoevers_turn_it_is_to_the_counter(kiosk, officer) -> None:
    booked = a_ticket("A-001", 20, slot=slot("08:00"))
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-001", 10)), CheckedIn(ticket=booked))
    assert officer.post("/officers/next", data={"counter": "4"}).status_code == 303
    page = officer.get("/officers/board").text
    assert "Loket 4" in row_of(page, "A-001")
    assert "Panggil" in row_of(page, "W1-001")
    again = officer.post("/officers/next", data={"counter": "4"})
    assert (again.status_code, again.json()["detail"]) == (409, "A-001 masih di loket ini")
    officer.post(f"/officers/tickets/{booked.id}", data={"state": "served"})
    officer.post("/officers/next", data={"counter": "4"})
    assert officer.post("/officers/next", data={"counter": "5"}).json()["detail"] == "tidak ada yang menunggu"


def test_what_cannot_be_done_is_said_in_the_officers_language(kiosk, officer) -> None:
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001")), CheckedIn(ticket=a_ticket("A-002", 1)))
    english = {"Accept-Language": "en"}
    officer.post("/officers/next", data={"counter": "4"})
    for data, words_said in (
        ({"counter": "4"}, "A-001 is still at this counter"),
        ({"counter": " "}, "Enter the counter"),
    ):
        assert words_said in officer.post("/officers/next", data=data, headers=english).json()["detail"]
    assert "not known" in officer.post(f"/officers/calls/{uuid4()}/seen", headers=english).json()["detail"]


def test_two_officers_do_not_call_the_same_person(kiosk, officer) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    path = f"/officers/tickets/{ticket.id}"
    assert officer.post(path, data={"state": "called", "counter": "1"}).status_code == 303
    second = officer.post(path, data={"state": "called", "counter": "2"})
    assert (second.status_code, second.json()["detail"]) == (409, "A-001 sudah dipanggil 1")


def test_a_call_needs_a_counter(kiosk, officer) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    assert officer.post(f"/officers/tickets/{ticket.id}", data={"state": "called"}).status_code == 422
    assert officer.post("/officers/next", data={"counter": " "}).status_code == 422
    assert officer.post(f"/officers/tickets/{uuid4()}", data={"state": "called"}).status_code == 404


def test_a_mistaken_call_is_taken_back_and_who_comes_after_all_is_called_again(kiosk, officer) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    for state, row in (
        ("called", "Loket 2 Selesai Tidak hadir Batal"),
        ("waiting", "Panggil"),
        ("called", "Loket 2 Selesai Tidak hadir Batal"),
        ("no_show", "Panggil lagi"),
        ("called", "Loket 2 Selesai Tidak hadir Batal"),
        ("served", "Panggil lagi"),
    ):
        officer.post(f"/officers/tickets/{ticket.id}", data={"state": state, "counter": "2"})
        assert row_of(officer.get("/officers/board").text, "A-001").endswith(row)


def test_what_people_say_is_shown_and_cannot_be_more_than_words(kiosk, officer) -> None:
    rating = uuid4()
    kiosk.tells(Rated(rating=rating, score=2), Commented(rating=rating, text="<script>alert(1)</script> lama"))
    kiosk.tells(Rated(rating=uuid4(), score=5), Commented(text="kursi kurang"))
    page = officer.get("/officers").text
    assert "<b>3,5</b> nilai hari ini" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; lama" in page
    assert "<script>alert" not in page
    assert "kursi kurang" in page


def call_ids(page: str) -> list[str]:
    return re.findall(r"/officers/calls/([^/]+)/seen", page)


def test_a_call_for_help_says_where_at_which_step_and_when_until_an_officer_has_seen_to_it(
    kiosk, officer, clock
) -> None:
    kiosk.tells(HelpCalled(step="choosing_service"))
    clock.forward(hours=3)
    kiosk.tells(HelpCalled(step="refused"))
    signs_in(officer)
    page = officer.get("/officers/board").text
    (_, calls, _) = re.split(r'<section class="calls">|</section>\n<section><h2>Anjungan', page)
    said = " ".join(re.sub(r"<[^>]+>", " ", calls).split())
    assert "11.00 Anjungan Lobi kode atau nomor ditolak Sudah ditangani" in said
    assert "08.00 Anjungan Lobi memilih layanan Sudah ditangani" in said
    latest, first = call_ids(page)
    for _ in range(2):  # a second officer may be as quick
        assert officer.post(f"/officers/calls/{first}/seen").status_code == 303
    assert call_ids(officer.get("/officers/board").text) == [latest]


def test_only_a_call_can_be_seen_to_and_only_by_an_officer_on_this_site(kiosk, officer) -> None:
    rated, called = kiosk.fact(Rated(rating=uuid4(), score=1)), kiosk.fact(HelpCalled(step="welcome"))
    kiosk.send(rated, called)
    assert officer.post(f"/officers/calls/{rated['id']}/seen").status_code == 404
    assert officer.post(f"/officers/calls/{uuid4()}/seen").status_code == 404
    path = f"/officers/calls/{called['id']}/seen"
    assert officer.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    officer.post("/officers/logout")
    assert officer.post(path).headers["Location"] == "/officers/login"
    signs_in(officer)
    assert call_ids(officer.get("/officers/board").text) == [called["id"]]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_screen_of_a_kiosk_has_words_for_officers(language: Language) -> None:
    assert {key for key in words(language, "board") if key.startswith("step_")} == {f"step_{each}" for each in State}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CLERK, {"next", "tickets", "calls"}),
        (Role.SUPERVISOR, {"next", "tickets", "calls", "kiosks"}),
        (Role.TECHNICIAN, {"calls", "kiosks"}),
        (Role.AUDITOR, set()),
    ],
)
def test_the_queues_page_has_the_buttons_of_ones_role(kiosk, staff, role: Role, may: set[str]) -> None:
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001")), HelpCalled(step="welcome"))
    page = staff.signed_in(role, role).get("/officers").text
    assert "A-001" in page
    assert set(re.findall(r'action="/officers/(next|tickets|calls|kiosks)\b', page)) == may


def test_yesterdays_people_and_ratings_are_not_todays(kiosk, officer, clock) -> None:
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001")), Rated(rating=uuid4(), score=1))
    clock.forward(days=1)
    signs_in(officer)
    page = officer.get("/officers").text
    assert "Belum ada pemohon hari ini." in page
    assert "<b>–</b> nilai hari ini" in page


def test_a_kiosk_that_falls_silent_is_shown_as_offline(kiosk, officer, clock) -> None:
    assert "belum pernah terdengar" in officer.get("/officers").text
    beat(kiosk, printer="paper_out", owed=3)
    page = officer.get("/officers").text
    assert "kertas habis" in page
    assert "<b>1/1</b> anjungan daring" in page
    clock.forward(seconds=91)
    assert "<b>0/1</b> anjungan daring" in officer.get("/officers/board").text


def test_the_page_loads_nothing_from_elsewhere_and_holds_no_script(officer) -> None:
    answer = officer.get("/officers")
    assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "https://" not in answer.text
    assert "style=" not in answer.text
    assert "onclick" not in answer.text
    for asset in ("officers.css", "officers.js", "ticket.css", "icon.svg"):
        assert officer.get(f"/static/{asset}").status_code == 200
