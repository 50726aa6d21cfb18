"""Handing over to partner agencies: only what is needed, only to the one who was asked, and forgotten in time."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from wire import MORNING, PASSWORD, Clock, Kiosk, a_ticket

from central.counters import requests, set_up
from central.counters.handover import (
    KEPT_AFTER_CLOSING,
    KEPT_AT_MOST,
    MOVES,
    NEEDED,
    Field,
    NotWhole,
    RequestKind,
    RequestState,
    forget_at,
    note_of,
    told,
)
from central.counters.request_rows import PartnerOfficerRow, RequestRow
from central.people.login import add_officer
from central.people.roles import Role
from kiosk.protocol import WalkInIssued

PAGE = "/officers/requests"
GIVEN = {"name": "Budi Santoso", "report_number": "LP/12/XI/2026", "report_day": "2026-11-20"}


@pytest.fixture
def partners(http: TestClient) -> dict[str, int]:
    """Two invented agencies with an account each."""
    with http.app.state.writing.begin() as session:
        police = set_up.add_partner(session, "PYK", "Polres (contoh)", [RequestKind.LOSS_REPORT]).id
        health = set_up.add_partner(session, "PYK", "Dinas Kesehatan (contoh)", [RequestKind.MEDICAL_LETTER]).id
        for name, partner in (("polres", police), ("dinkes", health)):
            add_officer(session, "PYK", name, PASSWORD, frozenset({Role.PARTNER}))
            session.flush()
            session.add(PartnerOfficerRow(officer=name, partner=partner))
    return {"police": police, "health": health}


@pytest.fixture
def ticket(kiosk: Kiosk) -> str:
    issued = a_ticket("D-001", service="passport_lost")
    kiosk.tells(WalkInIssued(ticket=issued))
    return str(issued.id)


def sign_in(http: TestClient, name: str) -> None:
    assert http.post("/officers/login", data={"name": name, "password": PASSWORD}).status_code == 303


def send(http: TestClient, ticket: str, partner: int, **given: str) -> str:
    """Sends a request as the office's staff; returns its page's address."""
    sign_in(http, "petugas")
    form = {"ticket": ticket, "partner": str(partner), "kind": "loss_report"} | GIVEN | given
    answer = http.post(f"{PAGE}/new", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def row_of(http: TestClient) -> RequestRow:
    with http.app.state.reading() as session:
        return session.scalars(select(RequestRow)).one()


@pytest.mark.parametrize("kind", RequestKind)
def test_each_kind_tells_what_it_needs_and_no_more(kind: RequestKind) -> None:
    given = {str(field): "2026-01-31" if field.is_day else " a  b " for field in Field} | {"nik": "1376012345678901"}
    held = told(kind, given)
    assert tuple(held) == NEEDED[kind]
    assert held[Field.NAME] == "a b"


def test_what_is_missing_or_no_day_is_named() -> None:
    with pytest.raises(NotWhole) as caught:
        told(RequestKind.LOSS_REPORT, {"name": "Budi", "report_number": " ", "report_day": "kemarin"})
    assert caught.value.fields == (Field.REPORT_NUMBER, Field.REPORT_DAY)


def test_every_state_leads_to_the_end_and_the_end_nowhere() -> None:
    assert not MOVES[RequestState.CLOSED]
    for state in set(RequestState) - {RequestState.CLOSED}:
        assert RequestState.CLOSED in MOVES[state]


def test_a_note_has_no_long_number_and_no_end_of_line() -> None:
    assert note_of("KK 1376 0123-4567 8901\nbelum cocok, lihat pasal 22") == "KK … belum cocok, lihat pasal 22"
    assert len(note_of("a" * 300)) == 200


def test_personal_fields_are_kept_a_week_after_the_end_and_never_longer_than_90_days() -> None:
    assert forget_at(MORNING, MORNING + timedelta(days=3)) == MORNING + timedelta(days=3) + KEPT_AFTER_CLOSING
    assert forget_at(MORNING, MORNING + timedelta(days=89)) == MORNING + KEPT_AT_MOST
    assert forget_at(MORNING, None) == MORNING + KEPT_AT_MOST


def test_a_request_goes_there_and_back(http, partners, ticket, clock) -> None:
    address = send(http, ticket, partners["police"], nik="1376012345678901")
    assert "1376012345678901" not in (row_of(http).fields or "")
    sign_in(http, "polres")
    assert "D-001" in http.get(PAGE).text
    assert "Budi Santoso" not in http.get(address).text, "not before it is opened"
    http.post(f"{address}/seen")
    clock.forward(minutes=5)
    assert "Budi Santoso" in http.get(address).text
    http.post(f"{address}/answer", data={"answer": "confirmed", "note": "Sesuai buku 12345678"})
    row = row_of(http)
    assert (row.state, row.answer, row.note, row.answered_by) == ("answered", "confirmed", "Sesuai buku …", "polres")
    assert row.seen_at
    sign_in(http, "petugas")
    assert "Dijawab: Benar" in http.get(address).text
    assert http.post(f"{address}/close").status_code == 303
    assert row_of(http).state == "closed"


def test_another_agency_sees_nothing_of_it_and_does_nothing_to_it(http, partners, ticket) -> None:
    address = send(http, ticket, partners["police"])
    sign_in(http, "dinkes")
    assert "D-001" not in http.get(PAGE).text
    assert "D-001" not in http.get(f"{PAGE}/part").text
    assert http.get(address).status_code == 404
    for act in ("seen", "answer"):
        assert http.post(f"{address}/{act}", data={"answer": "confirmed"}).status_code == 404
    assert http.post(f"{address}/close").status_code == 403
    for page in ("/officers/board", "/officers/counter", "/officers/counters", f"{PAGE}/new?ticket={ticket}"):
        assert http.get(page).status_code == 403, page
    assert row_of(http).state == "sent"


def test_an_account_without_an_agency_sees_nothing(http, partners, ticket) -> None:
    address = send(http, ticket, partners["police"])
    with http.app.state.writing.begin() as session:
        add_officer(session, "PYK", "baru", PASSWORD, frozenset({Role.PARTNER}))
    sign_in(http, "baru")
    assert "D-001" not in http.get(PAGE).text
    assert http.get(address).status_code == 404


def test_an_agency_is_asked_only_what_it_is_there_for(http, partners, ticket) -> None:
    sign_in(http, "petugas")
    form = {"ticket": ticket, "partner": str(partners["health"]), "kind": "loss_report"} | GIVEN
    assert http.post(f"{PAGE}/new", data=form).status_code == 409
    with http.app.state.reading() as session, pytest.raises(NoResultFound):
        session.scalars(select(RequestRow)).one()


def test_what_is_missing_is_asked_for_beside_what_was_entered(http, partners, ticket) -> None:
    sign_in(http, "petugas")
    form = {"ticket": ticket, "partner": str(partners["police"]), "kind": "loss_report"} | GIVEN | {"report_day": ""}
    answer = http.post(f"{PAGE}/new", data=form)
    assert answer.status_code == 422
    assert 'value="Budi Santoso"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1


def test_who_answers_after_it_was_closed_is_told(http, partners, ticket) -> None:
    address = send(http, ticket, partners["police"])
    assert http.post(f"{address}/close").status_code == 303
    sign_in(http, "polres")
    answer = http.post(f"{address}/answer", data={"answer": "confirmed"})
    assert answer.status_code == 409
    assert "Status permintaan sudah berubah." in answer.text
    assert row_of(http).answer is None


def test_what_it_told_of_the_person_is_deleted_in_time(http, partners, ticket, clock: Clock) -> None:
    address = send(http, ticket, partners["police"])
    http.post(f"{address}/close")
    clock.forward(days=7, seconds=-1)
    with http.app.state.writing.begin() as session:
        assert requests.forget(session, clock.now()) == 0
    clock.forward(seconds=1)
    sign_in(http, "petugas")
    assert "Budi Santoso" not in http.get(address).text, "it is not shown even before it is deleted"
    with http.app.state.writing.begin() as session:
        assert requests.forget(session, clock.now()) == 1
    assert row_of(http).fields is None
    assert "Data pemohon sudah dihapus." in http.get(address).text


def test_the_next_request_deletes_what_is_due(http, partners, ticket, clock: Clock) -> None:
    send(http, ticket, partners["police"])
    clock.forward(days=90)
    send(http, ticket, partners["police"], name="Siti")
    with http.app.state.reading() as session:
        kept = [row.fields for row in session.scalars(select(RequestRow).order_by(RequestRow.sent_at))]
    assert kept[0] is None
    assert "Siti" in (kept[1] or "")


def test_a_supervisor_says_who_signs_in_for_an_agency(http, partners, ticket) -> None:
    sign_in(http, "petugas")
    police, health = partners["police"], partners["health"]
    http.post(f"/officers/partners/{police}", data={"kinds": ["loss_report"], "officers": ["polres", "petugas"]})
    http.post(f"/officers/partners/{health}", data={"officers": ["polres"]})
    with http.app.state.reading() as session:
        assert set_up.officers_of(session, "PYK") == {"polres": health}, "staff cannot be a partner's"
    assert http.post("/officers/partners", data={"name": "Polres (contoh)"}).status_code == 422


def test_a_counter_is_set_up_closed_and_never_named_as_another(http, clock) -> None:
    sign_in(http, "petugas")
    page = "/officers/counters"
    assert http.post(page, data={"name": " 7 "}).status_code == 303
    assert "Nama loket harus diisi" in http.post(page, data={"name": "7"}).text
    assert http.post(page, data={"name": "x" * 11}).status_code == 422
    http.post(page, data={"name": "8"})
    form = {"name": "Kasir", "services": ["collection", "nothing"], "stages": []}
    assert http.post(f"{page}/1", data=form).status_code == 303
    assert http.post(f"{page}/2", data={"name": "Kasir"}).status_code == 422
    http.post("/officers/counter/open", data={"counter": "1"})
    shown = http.get(page).text
    assert "Loket Kasir" in shown
    assert '<span class="tag">Pengambilan paspor</span>' in shown
    assert "dipakai petugas" in shown
    assert http.post(f"{page}/1/close").status_code == 303
    assert "dipakai petugas" not in http.get(page).text
    assert http.post(f"{page}/99", data={"name": "9"}).status_code == 404
