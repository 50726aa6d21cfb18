"""The ticket on the phone."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select
from wire import a_ticket, slot

from central.booking.rows import PhoneRatingRow
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


def test_the_tickets_page_and_the_booking_site_lead_to_what_the_office_holds_of_people(kiosk, http) -> None:
    ticket = a_ticket("W1-001")
    kiosk.tells(WalkInIssued(ticket=ticket))
    for page in (f"/t/{ticket.id}", "/o/PYK/booking", "/o/PYK/booking/find"):
        assert 'href="/o/PYK/privacy"' in http.get(page, headers=ENGLISH).text, page
    assert http.get("/o/PYK/privacy").status_code == 200


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
        assert 'hx-trigger="every 10s"' in page.text


def test_it_still_shows_yesterdays_ticket(kiosk, http, clock) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    clock.forward(days=1)
    assert http.get(f"/t/{ticket.id}").status_code == 200


def served(kiosk, officer, **ticket):
    """The ticket of somebody who was served."""
    made = a_ticket("A-001", **ticket)
    kiosk.tells(CheckedIn(ticket=made))
    for state in ("called", "served"):
        officer.post(f"/officers/tickets/{made.id}", data={"state": state, "counter": "7"})
    return made


def test_who_was_served_rates_once_and_the_officers_count_it(kiosk, http, officer) -> None:
    ticket = served(kiosk, officer)
    assert "Bagaimana pelayanan kami?" in http.get(f"/t/{ticket.id}").text
    for score in ("5", "1"):
        assert http.post(f"/t/{ticket.id}/rating", data={"score": score}).status_code == 303
    for comment in ("Cepat sekali, NIK saya 1376010101900001", "lagi"):
        assert http.post(f"/t/{ticket.id}/comment", data={"comment": comment}).status_code == 303
    page = http.get(f"/t/{ticket.id}").text
    assert "Terima kasih atas penilaian Anda" in page
    assert "Bagaimana pelayanan kami?" not in page
    board = http.get("/officers").text
    assert "Cepat sekali, NIK saya …" in board
    assert '<b class="score s5">5</b>' in board
    assert "lagi" not in board.split("Penilaian hari ini")[1].split("</ul>")[0]


@pytest.mark.parametrize("score", ["0", "6", "-1", "", "²", "5.0", "lima"])
def test_a_score_that_is_none_is_not_kept(kiosk, http, officer, score) -> None:
    ticket = served(kiosk, officer)
    assert http.post(f"/t/{ticket.id}/rating", data={"score": score}).status_code == 303
    assert "Bagaimana pelayanan kami?" in http.get(f"/t/{ticket.id}").text


def test_nobody_rates_before_being_served_nor_without_a_ticket(kiosk, http) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    for each in (ticket.id, uuid4()):
        http.post(f"/t/{each}/rating", data={"score": "5"})
        http.post(f"/t/{each}/comment", data={"comment": "bagus"})
    with http.app.state.reading() as session:
        assert session.scalars(select(PhoneRatingRow)).all() == []


def test_another_sites_page_cannot_rate(kiosk, http, officer) -> None:
    ticket = served(kiosk, officer)
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert http.post(f"/t/{ticket.id}/rating", data={"score": "1"}, headers=from_elsewhere).status_code == 403


def test_only_what_has_changed_is_sent_again(kiosk, http, clock) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    page = http.get(f"/t/{ticket.id}").text
    (address,) = re.findall(r'hx-get="([^"]+)"', page)
    address = address.replace("&amp;", "&")
    clock.forward(minutes=1)
    assert http.get(address).status_code == 204
    kiosk.tells(CheckedIn(ticket=a_ticket("A-002", -30, slot=slot("07:30"))))
    assert "<b>1</b> orang di depan Anda" in http.get(address).text


def test_when_one_will_be_called_is_a_range_once_the_counters_have_a_pace_and_else_not_said(
    kiosk, http, officer, clock
) -> None:
    assert "belum dapat diperkirakan" in waiting(kiosk, http, "W1-090", 0)
    for count in range(1, 8):
        ticket = a_ticket(f"W1-{count:03}", -50)
        kiosk.tells(WalkInIssued(ticket=ticket))
        officer.post(f"/officers/tickets/{ticket.id}", data={"state": "called", "counter": "1"})
        clock.forward(minutes=6)
        officer.post(f"/officers/tickets/{ticket.id}", data={"state": "served"})
    page = waiting(kiosk, http, "W1-091", 42)
    assert re.search(r"Perkiraan dipanggil antara<br><b>08\.4[05] – (09|10)\.\d[05]</b>", page)


def waiting(kiosk, http, number: str, minute: int) -> str:
    """The page of a walk-in who has just come."""
    ticket = a_ticket(number, minute)
    kiosk.tells(WalkInIssued(ticket=ticket))
    return http.get(f"/t/{ticket.id}", headers=INDONESIAN).text


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
