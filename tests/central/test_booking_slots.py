"""Slots, places and numbers, without a database."""

from datetime import date, time
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from central.booking.places import places_of
from central.booking.rules import BookedService, BookingRules, next_places, places_left, slots_of
from kiosk.model import Applicant, Booking, BookingStatus, Holiday, Period, Rules, Words
from kiosk.numbering import slot_numbers

OFFICE_HOURS = (Period(time(8), time(12)), Period(time(13), time(16)))
FRIDAY_HOURS = (Period(time(8), time(11, 30)), Period(time(13), time(16, 30)))
HOURS = (Rules(date(2024, 1, 1), (OFFICE_HOURS,) * 4 + (FRIDAY_HOURS, (), ()), 60, 120, ()),)
HALF_HOURS = tuple(time(hour, minute) for hour in range(8, 17) for minute in (0, 30))
NO_LIMIT = {"lead_minutes": 0, "horizon_days": 7, "change_hours": 0, "most_of_phone": 9, "most_of_address": 9}
TUESDAY, FRIDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 27), date(2026, 11, 29)


def rules_of(numbers: int = 10, quota: int = 6, **changed: object) -> BookingRules:
    given = {
        "slots": HALF_HOURS,
        "numbers": numbers,
        "services": {"a": BookedService(quota=quota)},
        "retention_days": 7,
    }
    return BookingRules.model_validate(NO_LIMIT | given | changed)


def starts(day: date, holidays: tuple[Holiday, ...] = ()) -> list[time]:
    return [each.start for each in slots_of(rules_of(), HOURS, holidays, day)]


def test_no_slot_begins_in_a_break_or_outside_the_hours() -> None:
    assert starts(TUESDAY)[:8] == list(HALF_HOURS[:8])
    assert not {time(12), time(12, 30), time(16), time(16, 30)} & set(starts(TUESDAY))


def test_friday_leaves_room_for_the_prayer_and_ends_later() -> None:
    assert not {time(11, 30), time(12), time(12, 30)} & set(starts(FRIDAY))
    assert starts(FRIDAY)[-1] == time(16)


def test_a_day_off_and_a_holiday_have_no_slots() -> None:
    assert starts(SUNDAY) == []
    assert starts(TUESDAY, (Holiday(TUESDAY, Words("Libur", "Holiday")),)) == []


def test_a_slot_owns_the_same_numbers_on_every_day() -> None:
    of_one_pm = {each.place for day in (TUESDAY, FRIDAY) for each in slots_of(rules_of(), HOURS, (), day)
                 if each.start == time(13)}  # fmt: skip
    assert of_one_pm == {10}


def test_a_booking_from_elsewhere_takes_the_lowest_free_place_whatever_its_number() -> None:
    def booked(number: str, status: BookingStatus = BookingStatus.BOOKED) -> Booking:
        return Booking(uuid4(), "PYK", TUESDAY, time(8, 30), "a", (Applicant("B***", number),), status=status)

    booked_so_far = [booked("B-020"), booked("B-017", BookingStatus.CANCELLED), booked("B-018")]
    rows = list(places_of(booked_so_far, rules_of(numbers=10, quota=6)))
    assert [(row.count, row.place) for row in rows] == [(10, 1), (7, None), (8, 2)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quota": 11},
        {"slots": (time(9), time(8))},
        {"slots": ()},
        {"horizon_days": 10},
    ],
)
def test_rules_that_cannot_hold_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rules_of(**wrong)


Steps = st.lists(st.one_of(st.integers(1, 5), st.tuples(st.just("back"), st.integers(0, 30))), max_size=40)


@given(Steps, st.integers(1, 12), st.integers(0, 8))
def test_whatever_is_booked_and_given_back_no_number_comes_twice_and_the_quota_holds(steps, quota, spare) -> None:
    numbers = quota + spare
    range_of_slot = slot_numbers("A", 3, numbers)
    held: list[tuple[int, int | None]] = []
    parties: list[tuple[tuple[int, int], ...]] = []
    given_numbers: list[str] = []
    for step in steps:
        if isinstance(step, int):
            left = places_left(numbers, quota, held)
            found = next_places(numbers, quota, held, step)
            assert (found is not None) == (step <= left)
            if found:
                counts = [count for count, _ in found]
                assert counts == list(range(counts[0], counts[0] + step))
                given_numbers += [range_of_slot[count - 1] for count in counts]
                held += found
                parties.append(found)
        elif parties:
            gone = parties.pop(step[1] % len(parties))
            held = [(count, None) if (count, place) in gone else (count, place) for count, place in held]
        taken = [place for _, place in held if place is not None]
        assert len(taken) == len(set(taken)) <= quota
        assert set(taken) <= set(range(1, quota + 1))
    assert len(given_numbers) == len(set(given_numbers))
    assert set(given_numbers) <= set(range_of_slot)


@given(st.integers(1, 30), st.integers(0, 20))
def test_numbers_run_in_the_order_of_the_slots(numbers, place) -> None:
    earlier, later = slot_numbers("A", place, numbers), slot_numbers("A", place + 1, numbers)
    order = [int(each[2:]) for each in (*earlier, *later)]
    assert order == sorted(set(order))
