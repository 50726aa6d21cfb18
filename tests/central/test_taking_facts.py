"""Facts are taken in once, in order; what cannot be applied is kept for the officers."""

from datetime import timedelta
from uuid import uuid4

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from wire import MORNING, Kiosk, a_ticket

from central.database import FactRow, TicketRow
from central.facts import ticket_of
from kiosk.model import TicketState
from kiosk.protocol import FACTS, CheckedIn, Commented, Fact, HelpCalled, PaperMoved, Rated, WalkInIssued


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


def a_day(kiosk: Kiosk) -> list:
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


def outcome(http: TestClient, facts: list[Fact]) -> list[tuple[object, ...]]:
    """What came of a day's facts, without the ids that differ from day to day."""
    held, tickets = state_of(http)
    ids, issued = {str(fact.id) for fact in facts}, {str(facts[0].body.ticket.id), str(facts[3].body.ticket.id)}
    of_facts = [row[:2] + row[3:] for row in held if row[2] in ids]
    return of_facts + sorted(row[2:] for row in tickets if row[0] in issued)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
            assert answer.json() == {"epoch": cut.epoch, "up_to": batch[-1].seq}
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
    answer = kiosk.send(facts[2], *facts[5:])
    assert answer.status_code == 409
    assert answer.json()["expected"] == 4
    assert len(state_of(http)[0]) == 2


def test_another_fact_at_the_same_place_is_a_fork(http, kiosk) -> None:
    first, second = kiosk.fact(HelpCalled(step="WELCOME")), kiosk.fact(HelpCalled(step="WELCOME"))
    kiosk.send(first)
    answer = kiosk.send(second.model_copy(update={"seq": 1}))
    assert answer.status_code == 409
    assert "expected" not in answer.json()
    assert kiosk.send(second.model_copy(update={"id": first.id})).status_code == 409


def test_a_fact_of_a_kind_not_known_here_is_acknowledged_and_shown_to_officers(kiosk, officer) -> None:
    fact = kiosk.fact(HelpCalled(step="WELCOME")).model_dump(mode="json")
    newer = fact | {"body": {"kind": "robot_greeted", "mood": "sunny"}}
    assert kiosk.post(FACTS, {"facts": [newer]}).json() == {"epoch": 7, "up_to": 1}
    assert "robot_greeted: tidak dikenal server ini" in officer.get("/officers").text
    kiosk.tells(HelpCalled(step="WELCOME"))


def test_a_rating_beyond_the_scale_is_a_dead_letter_and_not_an_average(kiosk, officer) -> None:
    fact = kiosk.fact(Rated(rating=uuid4(), score=5)).model_dump(mode="json")
    fact["body"]["score"] = 11
    assert kiosk.post(FACTS, {"facts": [fact]}).status_code == 200
    page = officer.get("/officers").text
    assert "rated: tidak dikenal server ini" in page
    assert "Belum ada penilaian." in page


def test_a_ticket_without_an_instant_or_with_a_strange_number_is_a_dead_letter(http, kiosk) -> None:
    naive = a_ticket("A-001").__dict__ | {"issued_at": MORNING.replace(tzinfo=None)}
    kiosk.tells(CheckedIn(ticket=type(a_ticket())(**naive)), WalkInIssued(ticket=a_ticket("'; DROP TABLE tickets")))
    facts, tickets = state_of(http)
    assert [row[4] for row in facts] == ["bad_ticket", "bad_ticket"]
    assert tickets == []


def test_of_two_kiosks_check_ins_the_earlier_is_kept_whichever_arrives_first(http, enrol) -> None:
    first, second, ticket = enrol(), enrol(), uuid4()
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
    fact = kiosk.fact(Commented(rating=uuid4(), text="rahasia")).model_dump(mode="json")
    for wrong in ({"seq": 0}, {"seq": 2**63}, {"at": "kemarin rahasia"}, {"at": "0001-01-01T00:00:00+14:00"}):
        answer = kiosk.post(FACTS, {"facts": [fact | wrong]})
        assert answer.status_code == 422
        assert isinstance(answer.json()["detail"], str)
        assert "rahasia" not in answer.text
    assert kiosk.post(FACTS, {"facts": []}).status_code == 422
    assert kiosk.post(FACTS, {"facts": [fact] * 101}).status_code == 422
