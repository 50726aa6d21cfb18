"""Journeys as they are read from tickets and calls, and how durations are written."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from busy_day import ZONE, Lobby
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from sqlalchemy import delete, select
from wire import DAY, slot

from central.counters.rows import Outcome
from central.database import BookingRow
from central.monitoring.figures import Journey
from central.monitoring.journeys import journeys, slots_to_come
from central.monitoring.wording import decimal, duration
from central.snapshot import office_snapshot
from kiosk.model import ENGLISH, INDONESIAN, Booking, BookingStatus, QueueState

BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def at(text: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), ZONE)


def minutes(value: float) -> timedelta:
    return timedelta(minutes=value)


def read(http: TestClient, put) -> list[Journey]:
    with http.app.state.writing.begin() as session:
        put(Lobby(session))
    with http.app.state.reading() as session:
        return journeys(session, "PYK", DAY, DAY, ZONE)


def test_a_call_by_mistake_is_no_call(http: TestClient) -> None:
    def put(lobby: Lobby) -> None:
        row, counter = lobby.ticket(lobby.kiosk(), 0), lobby.counter()
        lobby.call(row, counter, 5, 6, Outcome.TAKEN_BACK)
        lobby.call(row, counter, 20, 30)

    (found,) = read(http, put)
    assert (found.called_at, found.waited, found.attended) == (at("08:20"), minutes(20), minutes(10))
    assert found.served_at == at("08:30")


def test_several_stages_are_one_journey(http: TestClient) -> None:
    def put(lobby: Lobby) -> None:
        row, counter = lobby.ticket(lobby.kiosk(), 0), lobby.counter()
        lobby.call(row, counter, 5, 9, Outcome.NEXT_STAGE)
        lobby.call(row, counter, 30, 37, Outcome.INCOMPLETE, since=9)

    (found,) = read(http, put)
    assert (found.waited, found.attended, found.served_at) == (minutes(5), minutes(11), at("08:37"))
    assert list(found.waits) == [(at("08:00"), at("08:05"))]


@pytest.mark.parametrize(
    ("outcome", "state", "in_line_since", "served"),
    [
        (Outcome.NEXT_STAGE, QueueState.WAITING, "08:09", False),
        (Outcome.HELD, QueueState.WAITING, None, False),
        (Outcome.NO_SHOW, QueueState.NO_SHOW, None, False),
        (Outcome.SERVED, QueueState.SERVED, None, True),
    ],
)
def test_who_stands_in_a_line_does_so_since_the_last_call_ended(
    http: TestClient, outcome: Outcome, state: QueueState, in_line_since: str | None, served: bool
) -> None:
    def put(lobby: Lobby) -> None:
        row = lobby.ticket(lobby.kiosk(), 0)
        row.held = outcome is Outcome.HELD
        lobby.call(row, lobby.counter(), 5, 9, outcome)

    (found,) = read(http, put)
    assert found.state is state
    assert found.in_line_since == (at(in_line_since) if in_line_since else None)
    assert (found.served_at is not None) is served


def test_who_came_early_waits_from_the_booked_time(http: TestClient) -> None:
    first, second = read(
        http, lambda lobby: [lobby.ticket(lobby.kiosk(1), 5, slot=slot("08:30")), lobby.ticket(lobby.kiosk(2), 40)]
    )
    assert (first.in_line_since, first.booked) == (at("08:30"), True)
    assert (second.in_line_since, second.booked) == (at("08:40"), False)


def test_who_may_still_come_is_booked_not_here_and_not_too_late(http: TestClient) -> None:
    """The office tolerates two hours: of three slots with two applicants each one is over; one applicant is here."""
    with http.app.state.writing.begin() as session:
        office = office_snapshot(session, "PYK")
        assert office
        kept = [BOOKING.validate_json(each) for each in session.scalars(select(BookingRow.body))]
        family = next(each for each in kept if each.status is BookingStatus.BOOKED and len(each.applicants) > 1)
        pair = replace(family, applicants=family.applicants[:2])
        session.execute(delete(BookingRow))
        for place, (start, status) in enumerate(
            [("08:00", "booked"), ("09:00", "booked"), ("10:30", "booked"), ("11:00", "cancelled")]
        ):
            made = replace(pair, id=UUID(int=place), slot=slot(start), status=BookingStatus(status))
            body = BOOKING.dump_json(made).decode()
            session.add(BookingRow(id=str(made.id), office="PYK", day=DAY.isoformat(), body=body))
            if start == "09:00":
                lobby = Lobby(session)
                lobby.ticket(lobby.kiosk(), 60, ticket=made.ticket_id(made.applicants[0].number), booking=made.id)
    with http.app.state.reading() as session:
        found = slots_to_come(session, "PYK", office.rules[0], at("10:10"))
    assert sorted(found) == [at("09:00"), at("10:30"), at("10:30")]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 min"), (29, "0 min"), (30, "1 min"), (3569, "59 min"), (3570, "1 h 0 min"), (7500, "2 h 5 min")],
)
def test_durations_are_in_whole_minutes(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds), {"hours": "h", "minutes": "min"}) == text
    assert duration(None, {}) == "–"


def test_decimals_are_rounded_half_up_with_the_languages_sign() -> None:
    assert [decimal(each, INDONESIAN) for each in (2.345, 91.475, None)] == ["2,35", "91,48", "–"]
    assert decimal(4, ENGLISH, places=1) == "4.0"
