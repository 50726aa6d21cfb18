"""What a kiosk could not date is dated with the time of its receipt, and officers see that it was."""

from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import select
from wire import DAY, MORNING, PASSWORD, a_ticket, row_of, slot

from central.database import FactRow, TicketRow
from central.dating import MOST_AHEAD
from kiosk.model import TicketState
from kiosk.protocol import SNAPSHOT, CheckedIn, HelpCalled, PaperMoved, Rated, WalkInIssued


def undated(number: str, **more):
    return a_ticket(number, **more | {"issued_at": None})


def test_a_fact_without_a_time_is_dated_with_that_of_its_receipt(http, kiosk, clock) -> None:
    dated = kiosk.fact(WalkInIssued(ticket=a_ticket("W1-001")))
    clock.forward(minutes=5)
    kiosk.send(dated, kiosk.fact(WalkInIssued(ticket=undated("W1-002")), undated=True))
    with http.app.state.reading() as session:
        rows = session.scalars(select(FactRow).order_by(FactRow.seq))
        five_past = MORNING + timedelta(minutes=5)
        assert [(row.at, row.received_at, row.dated_by_server) for row in rows] == [
            (MORNING, five_past, False),
            (five_past, five_past, True),
        ]


def test_an_undated_walk_in_waits_from_its_receipt_on_and_says_so(kiosk, officer, clock) -> None:
    clock.forward(minutes=20)
    kiosk.send(kiosk.fact(WalkInIssued(ticket=undated("W1-001", masked_name="")), undated=True))
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-003", 30)), WalkInIssued(ticket=a_ticket("W1-002", 10)))
    assert [each["number"] for each in kiosk.get(SNAPSHOT).json()["queue"]] == ["W1-002", "W1-001", "W1-003"]
    page = officer.get("/officers").text
    assert "08.20 jam server" in row_of(page, "W1-001")
    assert "jam server" not in row_of(page, "W1-002")


def test_an_undated_walk_in_of_a_wrong_day_stands_in_the_queue_of_the_day_of_its_receipt(http, kiosk, clock) -> None:
    for day in (date(1970, 1, 1), DAY - timedelta(days=1), DAY + timedelta(days=400)):
        kiosk.send(kiosk.fact(WalkInIssued(ticket=undated(f"W1-{day.year}", day=day)), undated=True))
    numbers = [each["number"] for each in kiosk.get(SNAPSHOT).json()["queue"]]
    assert numbers == ["W1-1970", "W1-2026", "W1-2027"]
    clock.forward(days=1)
    assert kiosk.get(SNAPSHOT).json()["queue"] == []


def test_the_day_of_receipt_is_the_offices(http, kiosk, clock) -> None:
    clock.forward(hours=16, minutes=1)
    assert clock.now().date() == DAY
    kiosk.send(kiosk.fact(WalkInIssued(ticket=undated("W1-001")), undated=True))
    with http.app.state.reading() as session:
        assert session.scalars(select(TicketRow.day)).all() == ["2026-11-25"]


def test_a_dated_walk_in_keeps_its_day_however_late_it_is_told_of(http, kiosk, clock) -> None:
    clock.forward(days=2)
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-001")))
    with http.app.state.reading() as session:
        assert session.scalars(select(TicketRow.day)).all() == [DAY.isoformat()]


def test_an_undated_check_in_keeps_the_day_of_its_booking_and_the_turn_of_its_slot(kiosk, clock) -> None:
    clock.forward(minutes=50)
    booked = undated("A-001", booking=uuid4(), slot=slot("08:30"))
    kiosk.send(kiosk.fact(CheckedIn(ticket=booked), undated=True))
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-001", 40)))
    assert [each["number"] for each in kiosk.get(SNAPSHOT).json()["queue"]] == ["A-001", "W1-001"]


def test_an_undated_check_in_gives_way_to_a_dated_one_that_was_earlier(http, enrol, clock) -> None:
    first, second, ticket = enrol(), enrol(), uuid4()
    clock.forward(minutes=30)
    first.send(first.fact(CheckedIn(ticket=undated("A-001", ticket=ticket)), undated=True))
    second.tells(CheckedIn(ticket=a_ticket("A-001", 10, ticket)))
    first.send(first.fact(CheckedIn(ticket=undated("A-001", ticket=ticket)), undated=True))
    with http.app.state.reading() as session:
        (row,) = session.scalars(select(TicketRow))
    assert (row.arrived_at, row.dated_by_server) == (MORNING + timedelta(minutes=10), False)


def test_the_paper_of_an_undated_ticket_moves_and_its_page_is_shown(http, kiosk, clock) -> None:
    ticket = undated("W1-001", day=date(1970, 1, 1))
    kiosk.send(
        kiosk.fact(WalkInIssued(ticket=ticket), undated=True),
        kiosk.fact(PaperMoved(ticket=ticket.id, state=TicketState.PRINTED), undated=True),
    )
    with http.app.state.reading() as session:
        assert session.scalars(select(TicketRow.paper)).all() == ["printed"]
    assert ">W1-001<" in http.get(f"/t/{ticket.id}").text


def test_a_ticket_that_is_known_with_another_number_or_day_is_a_dead_letter(http, kiosk) -> None:
    ticket = uuid4()
    kiosk.tells(
        CheckedIn(ticket=a_ticket("A-001", 5, ticket)),
        CheckedIn(ticket=a_ticket("A-002", 0, ticket)),
        CheckedIn(ticket=a_ticket("A-001", 0, ticket, day=DAY + timedelta(days=1))),
    )
    with http.app.state.reading() as session:
        assert session.scalars(select(FactRow.problem).order_by(FactRow.seq)).all() == [
            None,
            "bad_ticket",
            "bad_ticket",
        ]
        assert session.scalars(select(TicketRow.number)).all() == ["A-001"]


def test_a_time_that_has_not_come_yet_is_not_believed(http, kiosk, clock, officer) -> None:
    later = 21 * 24 * 60
    ticket = a_ticket("W1-001", later, day=DAY + timedelta(days=21))
    at = clock.now() + timedelta(minutes=later)
    kiosk.send(
        kiosk.fact(WalkInIssued(ticket=ticket), at),
        kiosk.fact(Rated(rating=uuid4(), score=1), at),
        kiosk.fact(PaperMoved(ticket=ticket.id, state=TicketState.PRINTED), at),
    )
    with http.app.state.reading() as session:
        assert {(row.at, row.dated_by_server) for row in session.scalars(select(FactRow))} == {(MORNING, True)}
        (row,) = session.scalars(select(TicketRow))
        assert (row.day, row.arrived_at, row.dated_by_server) == (DAY.isoformat(), MORNING, True)
        assert row.paper_at == MORNING
    assert "08.00 jam server" in row_of(officer.get("/officers").text, "W1-001")
    clock.forward(days=1)
    officer.post("/officers/login", data={"name": "petugas", "password": PASSWORD})
    assert "<b>–</b> nilai hari ini" in officer.get("/officers").text


def test_a_time_a_little_ahead_is_believed(http, kiosk, clock) -> None:
    for seconds, dated in ((0, False), (1, True)):
        kiosk.send(kiosk.fact(HelpCalled(step="WELCOME"), clock.now() + MOST_AHEAD + timedelta(seconds=seconds)))
        with http.app.state.reading() as session:
            last = session.scalars(select(FactRow).order_by(FactRow.seq.desc())).first()
            assert (last.dated_by_server, last.clock_ahead) == (dated, dated)


def test_a_check_in_of_a_time_ahead_keeps_the_day_of_its_booking_and_gives_way_to_a_sound_one(http, enrol) -> None:
    wrong, right, ticket = enrol(), enrol(), uuid4()
    wrong.clock.forward(minutes=30)
    wrong.tells(CheckedIn(ticket=a_ticket("A-001", 24 * 60, ticket)))
    right.tells(CheckedIn(ticket=a_ticket("A-001", 10, ticket)))
    with http.app.state.reading() as session:
        (row,) = session.scalars(select(TicketRow))
    assert (row.day, row.arrived_at, row.dated_by_server) == (DAY.isoformat(), MORNING + timedelta(minutes=10), False)
