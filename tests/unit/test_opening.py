from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import HOURS, TODAY, snapshot

from kiosk.model import Announcement, ClockState, ClosedReason, Holiday, Opening, Period, Rules, Words
from kiosk.opening import opening, opening_by, rules_on

ZONE = ZoneInfo("Asia/Jakarta")
RULES = (Rules(date(2024, 1, 1), HOURS, 60, 120, ()),)  # weekdays 8 to 12 and 13 to 16
NEW_HOURS = ((Period(time(7), time(11)),),) * 7
HOLIDAY = Holiday(TODAY + timedelta(days=1), Words("Hari Libur", "A Holiday"))


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


@pytest.mark.parametrize(("hour", "minute"), [(8, 0), (11, 59), (13, 0), (15, 59)])
def test_it_is_open_from_the_first_minute_of_a_period_to_its_last(hour: int, minute: int) -> None:
    assert opening(RULES, (), at(hour, minute)) == Opening()


def test_before_in_the_break_and_after_it_says_when_it_opens_next() -> None:
    outside = ClosedReason.OUTSIDE_HOURS
    assert opening(RULES, (), at(7, 59)) == Opening(outside, at(8))
    assert opening(RULES, (), at(12)) == Opening(outside, at(13))
    assert opening(RULES, (), at(16)) == Opening(outside, at(8, day=TODAY + timedelta(days=1)))


def test_after_friday_comes_monday() -> None:
    friday = date(2026, 11, 27)
    assert opening(RULES, (), at(16, day=friday)).opens_at == at(8, day=date(2026, 11, 30))
    assert opening(RULES, (), at(9, day=date(2026, 11, 28))).closed is ClosedReason.DAY_OFF


def test_a_holiday_is_named_and_passed_over() -> None:
    assert opening(RULES, (HOLIDAY,), at(16)).opens_at == at(8, day=TODAY + timedelta(days=2))
    on_it = opening(RULES, (HOLIDAY,), at(9, day=HOLIDAY.day))
    assert on_it == Opening(ClosedReason.HOLIDAY, at(8, day=TODAY + timedelta(days=2)), HOLIDAY.name)


def test_new_rules_hold_from_their_day_on_in_whatever_order_they_come() -> None:
    new = Rules(TODAY + timedelta(days=1), NEW_HOURS, 60, 120, ())
    for rules in ((*RULES, new), (new, *RULES)):
        assert rules_on(rules, TODAY) == RULES[0]
        assert rules_on(rules, new.valid_from) == new
        assert opening(rules, (), at(16)).opens_at == at(7, day=new.valid_from)


def test_before_all_rules_the_earliest_hold() -> None:
    later = Rules(date(2025, 1, 1), NEW_HOURS, 60, 120, ())
    for rules in ((RULES[0], later), (later, RULES[0])):
        assert rules_on(rules, date(2020, 1, 1)) == RULES[0]


def test_an_office_that_never_opens_does_not_know_when() -> None:
    assert opening((Rules(TODAY, ((),) * 7, 60, 120, ()),), (), at(9)) == Opening(ClosedReason.DAY_OFF)


@given(st.integers(0, 400 * 24 * 60).map(lambda minutes: at(0, day=date(2026, 1, 1)) + timedelta(minutes=minutes)))
def test_what_it_says_of_the_next_opening_comes_true(now: datetime) -> None:
    said = opening(RULES, (HOLIDAY,), now)
    if said.closed is not None:
        assert said.opens_at
        assert said.opens_at > now
        assert opening(RULES, (HOLIDAY,), said.opens_at).closed is None
        assert opening(RULES, (HOLIDAY,), said.opens_at - timedelta(minutes=1)).closed is not None


def announced(emergency: bool = True) -> Announcement:
    """From today at 10.00 to before noon tomorrow."""
    words = Words("Lewat pintu utara", "By the north door")
    day_after = TODAY + timedelta(days=1)
    return Announcement("e", words, TODAY, day_after, starts=time(10), ends=time(12), emergency=emergency)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (at(9, 59), False),
        (at(10), True),
        (at(23, 59), True),
        (at(11, 59, TODAY + timedelta(days=1)), True),
        (at(12, 0, TODAY + timedelta(days=1)), False),
        (at(8, 0, TODAY + timedelta(days=2)), False),
    ],
)
def test_an_announcement_is_in_force_from_its_first_minute_to_before_its_end(moment: datetime, shown: bool) -> None:
    assert announced().is_in_force(moment) is shown


def test_an_emergency_closes_the_office_with_its_words_while_it_is_in_force() -> None:
    held = snapshot(announcements=(announced(),))
    assert opening_by(ClockState.SYNCED, held, at(9)) == Opening()
    found = opening_by(ClockState.SYNCED, held, at(10))
    assert (found.closed, found.words) == (ClosedReason.EMERGENCY, announced().words)


def test_another_announcement_closes_nothing() -> None:
    held = snapshot(announcements=(announced(emergency=False),))
    assert opening_by(ClockState.SYNCED, held, at(10)) == Opening()


def test_without_a_clock_an_emergency_is_believed() -> None:
    held = snapshot(announcements=(announced(),))
    assert opening_by(ClockState.UNTRUSTED, held, at(3)).closed is ClosedReason.EMERGENCY
