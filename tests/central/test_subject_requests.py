"""Somebody asks for what is held about them, or wants it erased: by their own proof, in time, on the trail."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.orm import Session
from staff import Staff
from wire import DAY, MORNING, Clock, Kiosk, a_ticket, slot

from central.database import BookingRow, FactRow, RevokedPassRow, TicketRow
from central.people.roles import Role
from central.people.rows import AuditRow
from central.privacy import subject
from central.privacy.clock import Deadline
from central.privacy.register import REGISTER
from central.tables import TABLES
from kiosk.model import Booking
from kiosk.protocol import CheckedIn, PaperMoved

PAGE = "/officers/privacy/subject"
NAME = "Q*** Z*****"


@pytest.fixture
def supervisor(staff: Staff) -> TestClient:
    return staff.signed_in("ani", Role.SUPERVISOR)


@pytest.fixture
def guarded(http: TestClient, demo: list[dict[str, Any]]) -> dict[str, Any]:
    """A booking of today that asks for the telephone's digits, as its applicant knows it."""
    return next(each for each in demo if each["label"] == "second_factor")


@pytest.fixture
def arrived(http: TestClient, kiosk: Kiosk, guarded: dict[str, Any]) -> str:
    """Its applicant has checked in; the id of the ticket."""
    with http.app.state.reading() as session:
        booking = next(each for each in bookings(session) if each.code == guarded["code"])
    number = guarded["numbers"][0]
    held = a_ticket(
        number, ticket=booking.ticket_id(number), booking=booking.id, slot=slot(guarded["slot"]), masked_name=NAME
    )
    kiosk.tells(CheckedIn(ticket=held), PaperMoved(ticket=held.id, state="printed"))
    return str(held.id)


def bookings(session: Session) -> list[Booking]:
    return [subject._BOOKING.validate_json(row.body) for row in session.scalars(select(BookingRow))]


def asks(browser: TestClient, code: str, day: date = DAY, **more: str) -> Response:
    return browser.post(PAGE, data={"code": code, "day": day.isoformat(), **more})


def test_a_code_and_the_digits_open_it_and_the_copy_says_all_in_words(
    supervisor: TestClient, guarded: dict[str, Any], arrived: str
) -> None:
    answer = asks(supervisor, guarded["code"], digits=guarded["digits"])
    assert answer.status_code == 303, answer.text
    copy = supervisor.post(answer.headers["Location"], data={"act": "export"}).json()
    assert {"bookings", "tickets", "facts"} <= set(copy["data"])
    assert NAME in json.dumps(copy["data"])
    assert [each["kind"] for each in copy["data"]["facts"]] == ["checked_in", "paper_moved"]
    assert copy["penjelasan"]["masked_name"] == "Nama yang disamarkan"
    assert subject.names_in(copy["data"]) - set(TABLES.tables) <= set(REGISTER.fields)
    assert "ani" not in json.dumps(copy), "an officer's name is another person's"


def test_the_number_on_the_paper_does_as_well_as_the_code(supervisor: TestClient, guarded: dict[str, Any]) -> None:
    number = guarded["numbers"][0].lower()
    assert asks(supervisor, number, digits=guarded["digits"]).status_code == 303


@pytest.mark.parametrize(
    ("code", "day", "digits", "status"),
    [
        (None, DAY, "wrong", 422),
        (None, DAY, "", 422),
        (None, DAY + timedelta(days=1), None, 404),
        ("Z-999", DAY, None, 404),
    ],
)
def test_without_the_proof_nothing_is_opened(
    supervisor: TestClient, guarded: dict[str, Any], staff: Staff, code: str, day: date, digits: str, status: int
) -> None:
    given = guarded["digits"] if digits is None else digits
    assert asks(supervisor, code or guarded["code"], day, digits=given).status_code == status
    assert not [act for act in staff.trail() if act[1].startswith("subject")]


def test_a_day_that_is_none_is_asked_for_again_with_the_code_kept(supervisor: TestClient) -> None:
    answer = supervisor.post(PAGE, data={"code": "A-001", "day": "31-02"})
    assert answer.status_code == 422
    assert 'value="A-001"' in answer.text


def test_digits_cannot_be_guessed(supervisor: TestClient, guarded: dict[str, Any], clock: Clock) -> None:
    wrong = next(each for each in ("0000", "1111") if each != guarded["digits"])
    assert [asks(supervisor, guarded["code"], digits=wrong).status_code for _ in range(6)] == [422] * 5 + [429]
    assert asks(supervisor, guarded["code"], digits=guarded["digits"]).status_code == 429
    clock.forward(minutes=1)
    assert asks(supervisor, guarded["code"], digits=guarded["digits"]).status_code == 303


def test_erasure_leaves_no_name_and_no_booking_but_the_number(
    supervisor: TestClient, staff: Staff, guarded: dict[str, Any], arrived: str
) -> None:
    at = asks(supervisor, guarded["code"], digits=guarded["digits"]).headers["Location"]
    assert supervisor.post(at, data={"act": "erase"}).status_code == 303
    with staff.http.app.state.reading() as session:
        assert guarded["code"] not in {each.code for each in bookings(session)}
        ticket = session.get_one(TicketRow, arrived)
        assert (ticket.number, ticket.forgotten_at) == (guarded["numbers"][0], MORNING)
        texts = [ticket.body, *session.scalars(select(FactRow.body))]
        assert not [text for text in texts if NAME in text]
        assert session.scalars(select(RevokedPassRow.booking)).all() == [json.loads(ticket.body)["ticket"]["booking"]]
    assert asks(supervisor, guarded["code"], digits=guarded["digits"]).status_code == 404


def test_what_was_done_is_on_the_trail_without_personal_data(
    supervisor: TestClient, staff: Staff, guarded: dict[str, Any], arrived: str
) -> None:
    at = asks(supervisor, guarded["code"], digits=guarded["digits"]).headers["Location"]
    for act in ("export", "erase"):
        supervisor.post(at, data={"act": act})
    assert [each[1:] for each in staff.trail() if each[1].startswith("subject")] == [
        (action, at.rsplit("/", 1)[1]) for action in ("subject_asked", "subject_exported", "subject_erased")
    ]
    with staff.http.app.state.reading() as session:
        said = " ".join(f"{row.subject} {row.detail}" for row in session.scalars(select(AuditRow)))
    assert not [each for each in (guarded["code"], guarded["digits"], NAME, arrived) if each in said]


def test_a_walk_ins_ticket_is_proved_by_its_paper(supervisor: TestClient, kiosk: Kiosk) -> None:
    kiosk.tells(CheckedIn(ticket=a_ticket("W1-001")))
    assert asks(supervisor, "W1-001").status_code == 422
    assert asks(supervisor, "W1-001", seen="true").status_code == 303


def test_only_supervisors_of_the_office_come_here_and_only_with_a_fresh_password(
    staff: Staff, supervisor: TestClient, guarded: dict[str, Any], clock: Clock
) -> None:
    at = asks(supervisor, guarded["code"], digits=guarded["digits"]).headers["Location"]
    for role in (Role.CLERK, Role.AUDITOR, Role.TECHNICIAN, Role.PARTNER):
        assert staff.signed_in(role, role).get(at).status_code == 403
    staff.wants_second_factor(office="AGM")
    assert staff.signed_in("budi", Role.SUPERVISOR, office="AGM").get(at).status_code == 404
    clock.forward(minutes=10)
    assert supervisor.get(at).headers["Location"].startswith("/officers/confirm")
    assert supervisor.post(at, data={"act": "export"}).status_code == 303


def test_the_clock_runs_for_three_days_from_when_it_was_asked() -> None:
    asked = Deadline(MORNING)
    assert asked.due == MORNING + timedelta(hours=72)
    assert asked.state(asked.due - timedelta(hours=24)) == "running"
    assert asked.state(asked.due - timedelta(hours=24) + timedelta(seconds=1)) == "pressing"
    assert asked.state(asked.due) == "pressing"
    assert asked.state(asked.due + timedelta(seconds=1)) == "late"
    assert Deadline(MORNING, asked.due).state(asked.due) == "met"
    assert Deadline(MORNING, asked.due + timedelta(seconds=1)).state(asked.due) == "met_late"


def test_the_page_shows_how_much_time_is_left(
    supervisor: TestClient, guarded: dict[str, Any], clock: Clock, data: Path
) -> None:
    said = {"asked_at": "2026-11-23T20:00", "digits": guarded["digits"]}
    at = asks(supervisor, guarded["code"], **said).headers["Location"]
    assert "60 h 0 min left" in supervisor.get(f"{at}?lang=en").text
    supervisor.post(at, data={"act": "export"})
    assert "met in time" in supervisor.get(f"{at}?lang=en").text


@pytest.mark.parametrize(
    ("erased", "left"), [("deleted", []), ("blanked", [("r", None, 3)]), ("kept", [("r", "Budi", 3)])]
)
def test_other_parts_tables_are_erased_by_what_the_register_says(erased: str, left: list[tuple[object, ...]]) -> None:
    """Any table with a column `ticket` or `booking`."""
    tables = MetaData()
    made = Table("requests", tables, Column("id", String), Column("ticket", String), Column("fields", String))
    made.append_column(Column("count", Integer))
    engine = create_engine("sqlite://")
    tables.create_all(engine)
    with Session(engine) as session:
        for name, ticket in (("r", "t"), ("other", "u")):
            session.execute(made.insert().values(id=name, ticket=ticket, fields="Budi", count=3))
        subject.erase_rows(session, made, ["fields"], erased, ["t"])
        rows = session.execute(select(made.c.id, made.c.fields, made.c.count).order_by(made.c.ticket)).all()
    assert [tuple(each) for each in rows] == [*left, ("other", "Budi", 3)]


def test_every_field_of_every_table_of_a_person_is_explained() -> None:
    officers = {column for each in REGISTER.held if each.whom == "officer" for column in each.columns}
    for table in TABLES.sorted_tables:
        if {"ticket", "booking"} & set(table.columns.keys()):
            told = {each.name for each in table.columns if f"{table.name}.{each.name}" not in officers}
            assert told <= set(REGISTER.fields), table.name


def test_a_family_is_erased_as_a_whole(supervisor: TestClient, staff: Staff, demo: list[dict[str, Any]]) -> None:
    family = next(each for each in demo if each["label"] == "family")
    at = asks(supervisor, family["numbers"][1], seen="true").headers["Location"]
    copy = supervisor.post(at, data={"act": "export"}).json()
    assert len(copy["data"]["bookings"][0]["applicants"]) == len(family["numbers"])
    assert UUID(copy["permintaan"])
