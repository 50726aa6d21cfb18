"""When somebody will be called: a range from what the counters did of late, or that it cannot be said yet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from lobby import Lobby
from pydantic import TypeAdapter
from sqlalchemy import delete
from sqlalchemy.orm import Session
from wire import DAY, slot

from central.counters.expected import call_expected
from central.database import BookingRow, for_writing, open_database
from central.queue.estimate import FEWEST_CALLS, Expected, Pace, Waiting, expected_call, open_time_after
from central.service_day import service_day
from kiosk.model import Applicant, Booking, BookingStatus, Period, QueueRules

ZONE = ZoneInfo("Asia/Jakarta")
RULES = QueueRules()
HOURS = (Period(time(8), time(12)), Period(time(13), time(16)))
NINE = datetime.combine(DAY, time(9), ZONE)
PACE = Pace((timedelta(minutes=6), timedelta(minutes=4)) * 10, 0, 2, 2)


def minutes(found: Expected | None, since: datetime = NINE) -> tuple[float, float]:
    assert found
    return (found.earliest - since) / timedelta(minutes=1), (found.latest - since) / timedelta(minutes=1)


def expect(ahead: int, now: datetime = NINE, to_come: float = 0, pace: Pace = PACE) -> Expected | None:
    return expected_call(Waiting(ahead, to_come), pace, RULES, HOURS, now)


def test_the_range_holds_what_two_counters_need_for_those_ahead() -> None:
    earliest, latest = minutes(expect(8))
    assert (round(earliest), round(latest)) == (17, 26), "as in docs/queue.md"


def test_it_is_wider_the_less_is_known() -> None:
    def width(**given: object) -> float:
        earliest, latest = minutes(expect(8, **given))
        return latest - earliest

    known = width()
    assert width(pace=replace(PACE, cycles=PACE.cycles[:6])) > known, "few calls"
    assert width(pace=replace(PACE, cycles=(timedelta(minutes=1), timedelta(minutes=9)) * 10)) > known, "uneven ones"
    assert width(pace=replace(PACE, passing=10)) > known, "priority groups go before"
    assert width(pace=replace(PACE, helping=4)) > known, "others may help, or not"
    assert width(to_come=4) > known, "who is expected may come, or not"


def test_from_too_few_calls_or_without_a_counter_nothing_can_be_said() -> None:
    assert expect(3, pace=replace(PACE, cycles=PACE.cycles[: FEWEST_CALLS - 1])) is None
    assert expect(3, pace=replace(PACE, cycles=PACE.cycles[:FEWEST_CALLS])) is not None
    assert expect(3, pace=replace(PACE, counters=0)) is None


def test_a_break_is_waited_through_and_beyond_the_days_end_nothing_can_be_said() -> None:
    noon = NINE.replace(hour=11, minute=50)
    earliest, latest = minutes(expect(8, noon), noon)
    assert 60 + 10 < earliest < latest < 60 + 35
    assert expect(8, NINE.replace(hour=15, minute=50)) is None


def test_who_is_early_is_told_a_time_from_the_slots_lead_on_unless_a_counter_will_be_idle_before() -> None:
    from_ten = NINE.replace(hour=10)

    def early(to_come: float, rules: QueueRules = RULES) -> Expected:
        found = expected_call(Waiting(2, to_come, from_ten.astimezone(UTC)), PACE, rules, HOURS, NINE)
        assert found
        return found

    assert early(to_come=22).earliest == from_ten < early(to_come=22).latest, "24 of 5 minutes at two counters"
    assert early(to_come=21).earliest < NINE + timedelta(minutes=5)
    assert early(to_come=21, rules=replace(RULES, early_when_idle=False)).earliest == from_ten


def test_who_is_of_a_priority_group_may_be_called_sooner_than_those_ahead() -> None:
    plain, aged = (expected_call(Waiting(8, 0, None, each), PACE, RULES, HOURS, NINE) for each in (False, True))
    assert plain
    assert aged
    assert aged.earliest < plain.earliest < plain.latest == aged.latest


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [("09:00", 30, "09:30"), ("11:50", 10, "12:00"), ("11:50", 11, "13:01"), ("12:30", 5, "13:05"),
     ("07:00", 5, "08:05"), ("15:59", 2, None), ("17:00", 0, None)],
)  # fmt: skip
def test_opening_time_goes_on_after_the_break(start: str, minutes: float, end: str | None) -> None:
    found = open_time_after(datetime.combine(DAY, time.fromisoformat(start), ZONE), minutes, HOURS)
    assert (f"{found:%H:%M}" if found else None) == end


@pytest.fixture
def lobby(data: Path) -> Iterator[Lobby]:
    """Without bookings, and with two counters that have served five people each, in 5 minutes and a half."""
    engine = open_database(data)
    with Session(for_writing(engine)) as session:
        session.execute(delete(BookingRow))
        lobby = Lobby(session)
        for count in range(10):
            lobby.comes(f"W1-{count:03}", 0)
        desks = [lobby.opens("1"), lobby.opens("2")]
        for _ in range(5):
            for desk in desks:
                desk.next()
            lobby.minute += 5
            for desk in desks:
                desk.finishes()
            lobby.minute += 0.5
        yield lobby
    engine.dispose()


def told(lobby: Lobby, number: str) -> tuple[float, float] | None:
    day = service_day(lobby.session, "PYK", lobby.now)
    assert day
    found = call_expected(lobby.session, lobby.place(number), day)
    return minutes(found, lobby.now) if found else None


def test_the_counters_own_calls_tell_how_fast_it_goes(lobby: Lobby) -> None:
    for count in range(8):
        lobby.comes(f"W2-{count:03}", 27)
    last = told(lobby, "W2-007")
    assert last
    assert 14 < last[0] < 7 * 5.5 / 2 < last[1] < 30


def test_bookings_that_are_still_to_come_with_earlier_slots_are_reckoned_with(lobby: Lobby) -> None:
    lobby.comes("A-090", 27, slot=slot("09:00"))
    alone = told(lobby, "A-090")
    in_time = [f"A-{count:03}" for count in range(8)]
    lobby.session.add_all(a_booking(number, "08:45", BookingStatus.BOOKED) for number in in_time)
    expected = told(lobby, "A-090")
    assert alone
    assert expected
    assert alone[1] + 5 < expected[1]
    lobby.session.add(a_booking("A-101", "08:45", BookingStatus.CANCELLED))
    lobby.session.add(a_booking("A-102", "08:00", BookingStatus.BOOKED))
    lobby.session.add(a_booking("A-103", "09:30", BookingStatus.BOOKED))
    assert told(lobby, "A-090") == expected, "cancelled, late by now, later"
    for number in in_time:
        lobby.comes(number, 27, slot=slot("08:45"))
    here = told(lobby, "A-090")
    assert here
    assert here[1] == pytest.approx(expected[1]), "now they are ahead"


def a_booking(number: str, at: str, status: BookingStatus) -> BookingRow:
    made = Booking(uuid4(), "PYK", DAY, slot(at), "passport_new", (Applicant("B***", number),), status=status)
    body = TypeAdapter(Booking).dump_json(made).decode()
    return BookingRow(id=str(made.id), office="PYK", day=DAY.isoformat(), body=body)


def test_of_a_line_that_no_counter_serves_and_of_who_does_not_wait_nothing_is_said(lobby: Lobby) -> None:
    lobby.comes("H-001", 27, service="reentry")
    assert told(lobby, "H-001")
    for counter, services in (("1", "passport_new"), ("2", "passport_renewal")):
        lobby.opens(counter, services=services)
    assert told(lobby, "H-001") is None
    assert told(lobby, "W1-000") is None


def test_a_counter_that_stood_idle_was_not_slow(lobby: Lobby) -> None:
    lobby.minute = 60
    lobby.comes("W2-001", 59)
    desk = lobby.opens("1")
    desk.next()
    lobby.minute = 65
    desk.finishes()
    lobby.comes("W2-002", 65)
    expected = told(lobby, "W2-002")
    assert expected
    assert expected[1] < 4, "half of five minutes and a half"


def test_of_another_day_nothing_is_said(lobby: Lobby) -> None:
    lobby.comes("W2-001", 27)
    day = service_day(lobby.session, "PYK", lobby.now)
    assert day
    place = lobby.place("W2-001")
    assert call_expected(lobby.session, place, day)
    assert call_expected(lobby.session, place, replace(day, now=day.now + timedelta(days=1))) is None
