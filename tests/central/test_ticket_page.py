"""The ticket on the phone."""

from uuid import uuid4

import pytest
from wire import a_ticket, slot

from central.counters import calls
from central.people.roles import Role, SignedIn
from kiosk.protocol import CheckedIn, WalkInIssued

INDONESIAN, ENGLISH = {"Accept-Language": "id-ID,id;q=0.9,en;q=0.8"}, {"Accept-Language": "en-GB,en;q=0.9"}


def test_it_shows_the_number_the_service_and_how_many_wait_before(kiosk, http) -> None:
    mine = a_ticket("A-002", 0, slot=slot("08:30"))
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001", 0, slot=slot("08:00"))), CheckedIn(ticket=mine))
    page = http.get(f"/t/{mine.id}", headers=INDONESIAN).text
    for words in (">A-002<", "Paspor baru (dewasa)", "Jadwal 08.30", "<b>1</b> orang di depan Anda"):
        assert words in page
    page = http.get(f"/t/{mine.id}", headers=ENGLISH).text
    for words in (">A-002<", "New passport (adult)", "Booked for 08:30", "<b>1</b> waiting before you"):
        assert words in page


def test_a_chosen_language_goes_before_the_browsers(kiosk, http) -> None:
    ticket = a_ticket("W1-001")
    kiosk.tells(WalkInIssued(ticket=ticket))
    assert "Your queue number" in http.get(f"/t/{ticket.id}?lang=en", headers=INDONESIAN).text
    assert "Nomor antrean Anda" in http.get(f"/t/{ticket.id}?lang=id", headers=ENGLISH).text
    assert "Nomor antrean Anda" in http.get(f"/t/{ticket.id}").text


def test_it_speaks_the_tickets_own_language_before_the_browsers(kiosk, http) -> None:
    ticket = a_ticket("A-001", slot=slot("08:00"), language="min")
    kiosk.tells(CheckedIn(ticket=ticket))
    page = http.get(f"/t/{ticket.id}", headers=ENGLISH).text
    for words in ('<html lang="min">', "Nomor antrean Sanak", "Manunggu diimbau", "Paspor baru (dewasa)", "08.00"):
        assert words in page
    assert "Your queue number" in http.get(f"/t/{ticket.id}?lang=en", headers=INDONESIAN).text


@pytest.mark.parametrize("language", ["", "tlh", "../id", "x" * 2000, "<b>"])
def test_a_ticket_in_no_language_or_one_that_the_page_does_not_speak_leaves_it_to_the_browser(
    kiosk, http, language
) -> None:
    ticket = a_ticket("W1-001", language=language)
    kiosk.tells(WalkInIssued(ticket=ticket))
    assert "Your queue number" in http.get(f"/t/{ticket.id}", headers=ENGLISH).text
    assert "Nomor antrean Anda" in http.get(f"/t/{ticket.id}?lang=tlh", headers=INDONESIAN).text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "id"),
        ("id-ID", "id"),
        ("ms-MY", "id"),
        ("in", "id"),
        ("min-ID,id", "min"),
        ("en-GB", "en"),
        ("zh-CN", "en"),
    ],
)
def test_a_browsers_first_language_is_followed_as_far_as_the_page_speaks_it(http, accepted, language) -> None:
    page = http.get(f"/t/{uuid4()}", headers={"Accept-Language": accepted}).text
    assert f'<html lang="{language}">' in page


def test_a_fact_from_before_tickets_had_a_language_is_taken_and_shown(kiosk, http) -> None:
    ticket = a_ticket("W1-001")
    body = WalkInIssued(ticket=ticket).model_dump(mode="json")
    del body["ticket"]["language"]
    assert kiosk.send(kiosk.fact(body)).status_code == 200
    assert "W1-001" in http.get(f"/t/{ticket.id}").text


def test_it_says_where_to_go_when_called_and_thanks_when_served(kiosk, http, officer) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    assert "Giliran Anda berikutnya" in http.get(f"/t/{ticket.id}").text
    for state, words in (("called", "Silakan menuju loket <b>7</b>"), ("no_show", "Silakan hubungi petugas")):
        officer.post(f"/officers/tickets/{ticket.id}", data={"state": state, "counter": "7"})
        assert words in http.get(f"/t/{ticket.id}").text


def test_who_was_sent_for_something_is_told_to_go_back_to_the_counter(kiosk, http, officer, clock) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    officer.post(f"/officers/tickets/{ticket.id}", data={"state": "called", "counter": "7"})
    clerk = SignedIn("petugas", "PYK", frozenset({Role.CLERK}))
    with http.app.state.writing.begin() as session:
        calls.hold(session, clerk, calls.call_of(session, clerk, str(ticket.id)).id, clock.now())
    page = http.get(f"/t/{ticket.id}", headers=ENGLISH).text
    assert "Please go back to counter <b>7</b>" in page
    assert "You are next" not in page
    assert "ditunggu di loket 7" in officer.get("/officers/board").text


def test_it_holds_nothing_personal(kiosk, http) -> None:
    ticket = a_ticket("A-001", masked_name="B*** S***", priority="elderly")
    kiosk.tells(CheckedIn(ticket=ticket))
    page = http.get(f"/t/{ticket.id}").text
    assert "B***" not in page
    assert "Lansia" not in page


def test_a_ticket_that_has_not_arrived_yet_is_explained_and_asked_for_again(http) -> None:
    for ticket in (str(uuid4()), "bukan-tiket", "%00", "a" * 3000):
        page = http.get(f"/t/{ticket}", headers=ENGLISH)
        assert page.status_code == 404
        assert "may not have arrived yet" in page.text
        assert 'http-equiv="refresh"' in page.text


def test_it_still_shows_yesterdays_ticket(kiosk, http, clock) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    clock.forward(days=1)
    assert http.get(f"/t/{ticket.id}").status_code == 200


def test_it_says_what_the_turn_is_reckoned_from(kiosk, http, clock) -> None:
    early = a_ticket("A-001", 0, slot=slot("09:00"))
    late = a_ticket("A-002", 31, slot=slot("08:00"), late=True)
    aged = a_ticket("W1-001", 25, priority="elderly")
    clock.forward(minutes=35)
    kiosk.tells(CheckedIn(ticket=early), CheckedIn(ticket=late), WalkInIssued(ticket=aged))
    for ticket, language, words in (
        (early, ENGLISH, "The turn is by the booked time, 09:00. The booked time has not come; calls begin at 08:50."),
        (late, ENGLISH, "Came after the booked time, so the turn is by the arrival, 08:31."),
        (late, INDONESIAN, "Datang setelah jadwal, jadi giliran menurut jam tiba 08.31."),
        (aged, INDONESIAN, "Giliran menurut jam tiba 08.25."),
    ):
        assert words in http.get(f"/t/{ticket.id}", headers=language).text
