"""The counter's page without any script: plain forms, and words where something cannot be."""

import re

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from wire import PASSWORD, Kiosk, a_ticket, slot

from central.counters import desk
from central.counters.rows import CallRow
from central.people.login import add_officer
from central.people.roles import Role
from kiosk.protocol import CheckedIn, HelpCalled, WalkInIssued

PAGE = "/officers/counter"


@pytest.fixture
def counters(http: TestClient) -> dict[str, int]:
    """Two counters, the second for the collection alone, and a second clerk."""
    with http.app.state.writing.begin() as session:
        made = {name: desk.counter_named(session, "PYK", name) for name in ("1", "2")}
        made["2"].services = "collection"
        add_officer(session, "PYK", "rekan", PASSWORD, frozenset({Role.CLERK}))
        return {name: row.id for name, row in made.items()}


def sign_in(http: TestClient, name: str) -> None:
    assert http.post("/officers/login", data={"name": name, "password": PASSWORD}).status_code == 303


def words_of(answer: Response) -> str:
    """A page's words, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def open_call(http: TestClient) -> str:
    with http.app.state.reading() as session:
        return str(session.scalars(select(CallRow.id).where(CallRow.ended_at.is_(None))).one())


def arrive(kiosk: Kiosk, *numbers: str, **more) -> list[str]:
    issued = [a_ticket(number, at - 60, **more) for at, number in enumerate(numbers)]
    kiosk.tells(*(WalkInIssued(ticket=each) for each in issued))
    return [str(each.id) for each in issued]


def test_a_counter_is_chosen_once_a_session_and_left(officer, counters, clock) -> None:
    assert "Pilih loket" in officer.get(PAGE).text
    assert officer.post(f"{PAGE}/open", data={"counter": counters["1"]}).status_code == 303
    assert '<h1 id="here">Loket 1</h1>' in officer.get(PAGE).text
    officer.post(f"{PAGE}/open", data={"counter": counters["2"]})
    assert '<h1 id="here">Loket 2</h1>' in officer.get(PAGE).text
    with officer.app.state.reading() as session:
        assert [row.clerk for row in desk.counters(session, "PYK")] == [None, "petugas"], "the former one was left"
    officer.post(f"{PAGE}/close")
    assert "Pilih loket" in officer.get(PAGE).text


def test_a_counter_is_chosen_anew_the_next_day(officer, counters, clock) -> None:
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    clock.forward(days=1)
    sign_in(officer, "petugas")
    assert "Pilih loket" in officer.get(PAGE).text


def test_a_counter_that_somebody_uses_is_not_taken(officer, counters) -> None:
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    sign_in(officer, "rekan")
    answer = officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    assert (answer.status_code, "Loket ini sedang dipakai petugas." in answer.text) == (409, True)


def test_who_is_served_is_shown_with_all_that_the_clerk_needs(officer, kiosk, counters) -> None:
    ticket = a_ticket("A-001", 5, slot=slot("08:00"), priority="elderly", late=True)
    kiosk.tells(CheckedIn(ticket=ticket))
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    officer.post(f"{PAGE}/next")
    shown = words_of(officer.get(PAGE))
    for part in ("A-001", "B*** S***", "Lansia", "terlambat", "Paspor baru (dewasa)", "Jadwal 08.00", "tiba 08.05"):
        assert part in shown
    assert "Pemeriksaan dokumen" in shown
    assert "Selesai di sini, lanjut ke" not in shown, "this counter does all of the stages"
    assert "Kartu Keluarga (KK)" in shown
    assert "Rp650.000" in shown
    assert "jadi giliran menurut jam tiba 08.05." in shown


def test_what_cannot_be_is_said_in_words_and_changes_nothing(officer, kiosk, counters) -> None:
    (ticket, _) = arrive(kiosk, "W1-001", "W1-002")
    refused = {"next": "Anda buka. Pilih loket dahulu."}
    assert refused["next"] in officer.post(f"{PAGE}/next").text
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    officer.post(f"{PAGE}/next")
    for path, form, said in (
        ("next", {}, "W1-001 masih di loket ini. Selesaikan dahulu."),
        ("close", {}, "W1-001 masih di loket ini. Selesaikan dahulu."),
        ("resume", {"ticket": ticket}, "W1-001 baru saja dipanggil ke loket 1 oleh petugas lain."),
        ("recall", {"call": "99"}, "Keadaannya baru saja berubah."),
    ):
        answer = officer.post(f"{PAGE}/{path}", data=form)
        assert (answer.status_code, said in answer.text) == (409, True), path
    call = open_call(officer)
    officer.post(f"{PAGE}/finish", data={"call": call})
    assert "sudah diakhiri" in officer.post(f"{PAGE}/hold", data={"call": call}).text


def test_a_counter_for_one_service_shows_and_calls_only_its_own(officer, kiosk, counters) -> None:
    arrive(kiosk, "W1-001")
    arrive(kiosk, "W1-002", service="collection")
    officer.post(f"{PAGE}/open", data={"counter": counters["2"]})
    assert "W1-001" not in officer.get(PAGE).text
    officer.post(f"{PAGE}/next")
    assert "W1-002" in officer.get(PAGE).text
    officer.post(f"{PAGE}/finish", data={"call": open_call(officer)})
    assert "Tidak ada yang menunggu loket ini." in officer.post(f"{PAGE}/next").text


def test_who_was_held_or_missed_comes_back_into_the_line(officer, kiosk, counters) -> None:
    first, second = arrive(kiosk, "W1-001", "W1-002")
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    officer.post(f"{PAGE}/next")
    officer.post(f"{PAGE}/hold", data={"call": open_call(officer)})
    officer.post(f"{PAGE}/next")
    officer.post(f"{PAGE}/absent", data={"call": open_call(officer)})
    assert "Menunggu 0" in words_of(officer.get(PAGE))
    assert "Ditahan 1 W1-001" in words_of(officer.get(PAGE))
    assert "Tidak hadir 1 W1-002" in words_of(officer.get(PAGE))
    officer.post(f"{PAGE}/resume", data={"ticket": first})
    officer.post(f"{PAGE}/call", data={"ticket": second})
    assert "Menunggu 1 W1-001" in words_of(officer.get(PAGE))


def test_calls_for_help_reach_every_counter_until_somebody_goes(officer, kiosk, counters) -> None:
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    kiosk.tells(HelpCalled(step="refused"))
    shown = officer.get(f"{PAGE}/line").text
    assert "Anjungan Lobi" in shown
    assert "kode atau nomor ditolak" in shown
    officer.post(re.findall(r"/officers/calls/[^/]+/seen", shown)[0])
    assert "Minta bantuan" not in officer.get(f"{PAGE}/line").text


def test_a_counter_that_the_supervisor_closed_says_so(officer, counters) -> None:
    officer.post(f"{PAGE}/open", data={"counter": counters["1"]})
    officer.post(f"/officers/counters/{counters['1']}/close")
    assert "Pilih loket dahulu." in officer.get(f"{PAGE}/line").text
