"""Facts are taken in once, in order; what cannot be applied is kept for the officers."""

import json
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from wire import MORNING, Kiosk, a_ticket

from central.database import BookingRow, FactRow, KioskRow, OfficeRow, TicketRow
from central.tickets import ticket_of
from kiosk.model import TicketState
from kiosk.protocol import (
    BATCH_BYTES,
    CheckedIn,
    Commented,
    HelpCalled,
    PaperMoved,
    Rated,
    SurveyTaken,
    WalkInIssued,
    canonical,
    digest,
)


def state_of(http: TestClient) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All facts and tickets that the server holds."""
    with http.app.state.reading() as session:
        facts = session.scalars(select(FactRow).order_by(FactRow.kiosk, FactRow.epoch, FactRow.seq))
        tickets = session.scalars(select(TicketRow).order_by(TicketRow.id))
        return (
            [(row.epoch, row.seq, row.id, row.kind, row.problem) for row in facts],
            [(row.id, row.body, row.paper, row.state) for row in tickets],
        )


def papers(http: TestClient) -> dict[str, str]:
    with http.app.state.reading() as session:
        return {row.number: row.paper for row in session.scalars(select(TicketRow))}


def a_day(kiosk: Kiosk) -> list[dict[str, Any]]:
    ticket, other, rating = a_ticket("A-001"), a_ticket("W1-001", masked_name=""), uuid4()
    bodies = [
        CheckedIn(ticket=ticket),
        PaperMoved(ticket=ticket.id, state=TicketState.UNCONFIRMED),
        PaperMoved(ticket=ticket.id, state=TicketState.PRINTED, by_person=True),
        WalkInIssued(ticket=other),
        PaperMoved(ticket=other.id, state=TicketState.FAILED),
        Rated(rating=rating, score=5),
        Commented(rating=rating, text="cepat"),
        HelpCalled(step="WELCOME"),
        PaperMoved(ticket=uuid4(), state=TicketState.PRINTED),
    ]
    return [kiosk.fact(body) for body in bodies]


def outcome(http: TestClient, facts: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """What came of a day's facts, without the ids that differ from day to day."""
    held, tickets = state_of(http)
    ids, issued = {fact["id"] for fact in facts}, {facts[place]["body"]["ticket"]["id"] for place in (0, 3)}
    of_facts = [row[:2] + row[3:] for row in held if row[2] in ids]
    return of_facts + sorted(row[2:] for row in tickets if row[0] in issued)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 8), st.integers(1, 9)), max_size=6))
def test_any_splitting_and_repetition_of_batches_gives_the_same_state(http, enrol_again, cuts) -> None:
    plain, cut = enrol_again(), enrol_again()
    whole, facts = a_day(plain), a_day(cut)
    plain.send(*whole)
    held = 0
    for start, size in cuts:
        batch = facts[start : start + size]
        answer = cut.send(*batch)
        if start > held:
            assert answer.status_code == 409
            assert answer.json()["expected"] == held + 1
        else:
            assert answer.json() == {"epoch": cut.epoch, "up_to": batch[-1]["seq"]}
            held = max(held, start + len(batch))
    assert cut.send(*facts).json()["up_to"] == len(facts)
    assert len(outcome(http, whole)) == len(facts) + 2
    assert outcome(http, facts) == outcome(http, whole)


def test_a_repeated_batch_is_a_success_and_changes_nothing(http, kiosk) -> None:
    facts = a_day(kiosk)
    assert kiosk.send(*facts).json() == {"epoch": 7, "up_to": len(facts)}
    before = state_of(http)
    assert kiosk.send(*facts[:4]).json() == {"epoch": 7, "up_to": 4}
    assert state_of(http) == before


def test_a_gap_is_refused_with_what_is_expected_and_nothing_of_the_batch_is_taken(http, kiosk) -> None:
    facts = a_day(kiosk)
    kiosk.send(*facts[:2])
    answer = kiosk.send(*facts[3:])
    assert answer.status_code == 409
    assert answer.json()["expected"] == 3
    assert len(state_of(http)[0]) == 2


@pytest.mark.parametrize("places", [(0, 1, 3), (4, 0), (1, 0), (0, 0), (0, 1, 1), (0, 2)])
def test_facts_that_do_not_follow_each_other_are_no_batch(http, kiosk, places: tuple[int, ...]) -> None:
    facts = a_day(kiosk)
    for held in (0, len(facts)):
        kiosk.send(*facts[:held])
        answer = kiosk.send(*(facts[place] for place in places))
        assert answer.status_code == 422
        assert "follow each other" in answer.json()["detail"]
        assert len(state_of(http)[0]) == held


def test_a_fact_of_a_kind_not_known_here_is_acknowledged_and_shown_to_officers(kiosk, officer) -> None:
    newer = kiosk.fact({"kind": "robot_greeted", "mood": "sunny"})
    assert kiosk.send(newer).json() == {"epoch": 7, "up_to": 1}
    assert "robot_greeted: tidak dikenal server ini" in officer.get("/officers").text
    kiosk.tells(HelpCalled(step="WELCOME"))


@pytest.mark.parametrize(
    "body", [None, 5, [], "walk_in_issued", {}, {"kind": 7}, {"kind": "rated", "score": "5", "rating": str(uuid4())}]
)
def test_a_body_that_is_none_is_a_dead_letter_and_holds_up_nobody(http, kiosk, body: Any) -> None:
    fact = kiosk.fact(body)
    assert kiosk.send(fact, kiosk.fact(HelpCalled(step="WELCOME"))).json()["up_to"] == 2
    with http.app.state.reading() as session:
        rows = list(session.scalars(select(FactRow).order_by(FactRow.seq)))
    assert [row.problem for row in rows] == ["unreadable", None]
    assert json.loads(rows[0].body) == body


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("where", ["body", "unknown"])
def test_what_is_nested_deeply_holds_up_nobody(http, kiosk, opening: bytes, where: str) -> None:
    deep = opening * 300 + b"1" + {b"[": b"]"}.get(opening, b"}") * 300
    body = kiosk.fact(None) | {where: json.loads(deep)}
    kiosk.previous = digest(canonical(body))
    assert kiosk.send(body, kiosk.fact(HelpCalled(step="WELCOME"))).json()["up_to"] == 2
    with http.app.state.reading() as session:
        assert session.scalars(select(FactRow.problem).order_by(FactRow.seq)).all() == ["unreadable", None]


def test_a_new_ticket_in_a_state_that_is_not_known_here_waits_all_the_same(http, kiosk, officer) -> None:
    body = WalkInIssued(ticket=a_ticket("W1-001")).model_dump(mode="json")
    body["ticket"]["state"] = "queued"
    kiosk.send(kiosk.fact(body))
    assert state_of(http)[0][0][4] is None
    assert papers(http) == {"W1-001": "issued"}
    assert ">W1-001<" in officer.get("/officers").text
    with http.app.state.reading() as session:
        assert json.loads(session.scalars(select(FactRow.body)).one()) == body


def test_a_rating_beyond_the_scale_is_a_dead_letter_and_not_an_average(kiosk, officer) -> None:
    body = Rated(rating=uuid4(), score=5).model_dump(mode="json")
    assert kiosk.send(kiosk.fact(body | {"score": 11})).status_code == 200
    page = officer.get("/officers").text
    assert "rated: tidak dikenal server ini" in page
    assert "Belum ada penilaian." in page


def test_a_ticket_without_an_instant_or_with_a_strange_number_is_a_dead_letter(http, kiosk) -> None:
    naive = a_ticket("A-001").__dict__ | {"issued_at": MORNING.replace(tzinfo=None)}
    kiosk.tells(CheckedIn(ticket=type(a_ticket())(**naive)), WalkInIssued(ticket=a_ticket("'; DROP TABLE tickets")))
    facts, tickets = state_of(http)
    assert [row[4] for row in facts] == ["bad_ticket", "bad_ticket"]
    assert tickets == []


@pytest.fixture
def elsewhere(http: TestClient, enrol) -> Kiosk:
    """A kiosk of another office."""
    kiosk = enrol()
    with http.app.state.writing.begin() as session:
        held = session.get_one(OfficeRow, "PYK")
        session.add(OfficeRow(id="AGM", body=held.body))
        session.get_one(KioskRow, kiosk.id).office = "AGM"
    return kiosk


def test_another_offices_kiosk_cannot_check_in_a_booking_and_so_keep_it_from_its_own(http, kiosk, elsewhere) -> None:
    with http.app.state.reading() as session:
        booking = session.scalars(select(BookingRow.id).where(BookingRow.office == "PYK")).first()
    ticket = a_ticket("A-001", booking=UUID(booking), slot=time(8))
    elsewhere.tells(CheckedIn(ticket=ticket))
    assert papers(http) == {}
    kiosk.tells(CheckedIn(ticket=ticket))
    assert papers(http) == {"A-001": TicketState.ISSUED}
    problems = [row[4] for row in state_of(http)[0]]
    assert sorted(problems, key=str) == [None, "bad_ticket"]


def test_another_offices_kiosk_says_nothing_of_a_tickets_paper_or_survey(http, kiosk, elsewhere) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    elsewhere.tells(PaperMoved(ticket=ticket.id, state=TicketState.PRINTED), SurveyTaken(ticket=ticket.id))
    with http.app.state.reading() as session:
        row = session.get_one(TicketRow, str(ticket.id))
        assert (row.paper, row.surveyed) == (TicketState.ISSUED, False)
        told = session.scalars(select(FactRow.problem).where(FactRow.kiosk == elsewhere.id)).all()
    assert told == ["no_ticket", "no_ticket"]


def test_of_two_kiosks_check_ins_the_earlier_is_kept_whichever_arrives_first(http, enrol) -> None:
    first, second, ticket = enrol(), enrol(), uuid4()
    first.clock.forward(minutes=20)
    late, early = a_ticket("A-001", 20, ticket), a_ticket("A-001", 5, ticket)
    first.tells(CheckedIn(ticket=late))
    second.tells(CheckedIn(ticket=early))
    first.tells(CheckedIn(ticket=late))
    with http.app.state.reading() as session:
        rows = list(session.scalars(select(TicketRow)))
    assert [ticket_of(row).issued_at for row in rows] == [MORNING + timedelta(minutes=5)]


def test_the_paper_is_where_the_latest_word_says_and_one_in_hand_is_enough(http, enrol) -> None:
    here, there, ticket = enrol(), enrol(), a_ticket("A-001")
    here.tells(CheckedIn(ticket=ticket))
    at = here.clock.now()
    here.send(here.fact(PaperMoved(ticket=ticket.id, state=TicketState.FAILED), at + timedelta(minutes=2)))
    there.send(there.fact(PaperMoved(ticket=ticket.id, state=TicketState.UNCONFIRMED), at + timedelta(minutes=1)))
    assert papers(http) == {"A-001": "failed"}
    there.send(there.fact(PaperMoved(ticket=ticket.id, state=TicketState.PRINTED), at))
    here.send(here.fact(PaperMoved(ticket=ticket.id, state=TicketState.FAILED), at + timedelta(minutes=3)))
    assert papers(http) == {"A-001": "printed"}


def test_a_kiosk_whose_clock_was_set_back_still_says_what_became_of_its_paper(http, kiosk) -> None:
    ticket = a_ticket("A-001", 50)
    kiosk.tells(CheckedIn(ticket=ticket), PaperMoved(ticket=ticket.id, state=TicketState.UNCONFIRMED))
    assert kiosk.clock.now() < ticket.issued_at
    assert papers(http) == {"A-001": "unconfirmed"}


def test_a_broken_envelope_is_refused_without_repeating_what_it_held(kiosk) -> None:
    fact = kiosk.fact(Commented(rating=uuid4(), text="rahasia"))
    for wrong in (
        {"seq": 0},
        {"seq": "1"},
        {"seq": 1.5},
        {"seq": True},
        {"epoch": 0},
        {"epoch": -(2**53) + 1},
        {"id": "rahasia"},
        {"id": None},
        {"previous": None},
        {"previous": "A" * 64},
        {"previous": "rahasia"},
        {"at": "kemarin rahasia"},
        {"at": "2026-11-24T08:00:00"},
        {"at": 1795510800},
        {"at": "0001-01-01T00:00:00+14:00"},
    ):
        answer = kiosk.send(fact | wrong)
        assert answer.status_code == 422, wrong
        assert f"facts.0.{next(iter(wrong))}" in answer.json()["detail"]
        assert "rahasia" not in answer.text
    for missing in ("id", "epoch", "seq", "previous", "at"):
        assert kiosk.send({name: each for name, each in fact.items() if name != missing}).status_code == 422, missing
    assert kiosk.send(fact).status_code == 200


def test_a_batch_is_one_to_a_hundred_facts_of_one_epoch_in_at_most_256_kib(http, kiosk) -> None:
    facts = [kiosk.fact(HelpCalled(step="WELCOME")) for _ in range(101)]
    assert kiosk.send().status_code == 422
    assert kiosk.send(*facts).status_code == 422
    assert kiosk.send(facts[0], facts[1] | {"epoch": 8}).status_code == 422
    around = len(kiosk.fact({"kind": "long", "text": ""}).__repr__())
    whole = b'{"facts":[' + canonical(facts[0] | {"body": "x" * (BATCH_BYTES - around)})
    whole += b" " * (BATCH_BYTES - 2 - len(whole)) + b"]}"
    assert kiosk.deliver(whole + b" ").status_code == 413
    assert state_of(http)[0] == []
    assert kiosk.deliver(whole).status_code == 200


HOSTILE = {
    "empty": b"",
    "html": b"<html>",
    "null": b"null",
    "number": b"7",
    "string": b'"facts"',
    "no facts": b"{}",
    "facts of another kind": b'{"facts":{"0":1}}',
    "not an object": b'{"facts":[7]}',
    "deep": b'{"facts":[' + b"[" * 100_000,
    "deep and whole": b'{"facts":[' + b"[" * 20_000 + b"]" * 20_000 + b"]}",
    "not utf-8": b'{"facts":["\xff"]}',
    "cut": b'{"facts":[{"id":"',
    "long number": b'{"facts":[' + b"9" * 5_000 + b"]}",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_a_batch_is_refused_and_never_fails_the_server(kiosk, content: bytes) -> None:
    assert kiosk.deliver(content).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind":"x","n":NaN}',
        b'{"kind":"x","n":-Infinity}',
        b'{"kind":"x","n":1e400}',
        b'{"kind":"x","n":9007199254740992}',
        b'{"kind":"x","kind":"y"}',
        b'{"kind":"\\ud800"}',
        b'{"\\udfff":1}',
    ],
)
def test_what_readers_of_json_would_not_agree_on_is_no_fact(http, kiosk, body: bytes) -> None:
    whole = canonical(kiosk.fact(None)).replace(b'"body":null', b'"body":' + body)
    answer = kiosk.deliver(b'{"facts":[' + whole + b"]}")
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)
    assert state_of(http)[0] == []
