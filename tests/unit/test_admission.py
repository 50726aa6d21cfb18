from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from samples import TODAY, booking, snapshot

from kiosk.admission import is_late, refusal_of, refusal_without_time
from kiosk.model import Booking, BookingStatus, ClosedReason, Opening, Reason, Refusal, Rules

ZONE = ZoneInfo("Asia/Jakarta")
OFFICE = snapshot().office
RULES = snapshot().rules[0]  # from 60 minutes before the slot until 120 after it, late after 15
SLOT = datetime.combine(TODAY, time(9, 30), ZONE)
OPENS = SLOT + timedelta(days=1)


def refused(made: Booking, now: datetime, opening: Opening = Opening(), rules: Rules = RULES) -> Refusal | None:  # noqa: B008
    return refusal_of(made, OFFICE, rules, opening, now)


@pytest.mark.parametrize(
    ("minutes", "reason"), [(-61, Reason.TOO_EARLY), (-60, None), (0, None), (120, None), (121, Reason.TOO_LATE)]
)
def test_the_tolerances_of_the_rules_hold_to_the_minute(minutes: int, reason: Reason | None) -> None:
    refusal = refused(booking(), SLOT + timedelta(minutes=minutes))
    assert (refusal.reason if refusal else None) is reason


def test_too_early_says_from_when_and_too_late_says_when_it_was() -> None:
    assert refused(booking(), SLOT - timedelta(hours=2)) == Refusal(Reason.TOO_EARLY, SLOT - timedelta(hours=1))
    assert refused(booking(), SLOT + timedelta(hours=3)) == Refusal(Reason.TOO_LATE, SLOT)


def test_without_a_limit_nobody_is_too_late_that_day() -> None:
    rules = Rules(RULES.valid_from, RULES.hours, 60, None, ())
    assert refused(booking(), SLOT + timedelta(hours=14), rules=rules) is None


def test_the_lateness_begins_after_the_grace() -> None:
    assert not is_late(booking(), RULES, SLOT + timedelta(minutes=15))
    assert is_late(booking(), RULES, SLOT + timedelta(minutes=15, seconds=1))


@pytest.mark.parametrize("status", [each for each in BookingStatus if each is not BookingStatus.BOOKED])
def test_a_booking_that_is_not_open_is_refused_by_its_status_with_its_slot(status: BookingStatus) -> None:
    refusal = refused(booking(status=status), SLOT)
    assert refusal
    assert refusal.when == SLOT
    expected = {"cancelled": Reason.CANCELLED, "unpaid": Reason.UNPAID, "served": Reason.ALREADY_SERVED}
    assert refusal.reason is expected[status]


def test_another_office_is_named_by_its_name_or_by_its_id_where_it_is_not_known() -> None:
    assert refused(booking(office="AGM"), SLOT) == Refusal(Reason.WRONG_OFFICE, SLOT, "Kantor Agam")
    assert refused(booking(office="XYZ"), SLOT) == Refusal(Reason.WRONG_OFFICE, SLOT, "XYZ")


def test_a_coming_day_is_the_wrong_day_and_a_past_one_has_expired() -> None:
    day = timedelta(days=1)
    assert refused(booking(day=TODAY + day), SLOT) == Refusal(Reason.WRONG_DAY, SLOT + day)
    assert refused(booking(day=TODAY - day), SLOT) == Refusal(Reason.EXPIRED, SLOT - day)


def test_a_closed_office_says_when_it_opens() -> None:
    closed = Opening(ClosedReason.OUTSIDE_HOURS, OPENS)
    assert refused(booking(), SLOT, closed) == Refusal(Reason.CLOSED, OPENS)


def test_what_will_not_help_by_waiting_is_said_before_closed() -> None:
    closed = Opening(ClosedReason.OUTSIDE_HOURS, OPENS)
    for made in (
        booking(office="AGM"),
        booking(status=BookingStatus.CANCELLED),
        booking(day=TODAY + timedelta(days=1)),
    ):
        refusal = refused(made, SLOT, closed)
        assert refusal
        assert refusal.reason is not Reason.CLOSED


@pytest.mark.parametrize(
    ("made", "reason", "office"),
    [
        (booking(office="AGM"), Reason.WRONG_OFFICE, "Kantor Agam"),
        (booking(office="XYZ"), Reason.WRONG_OFFICE, "XYZ"),
        (booking(status=BookingStatus.CANCELLED), Reason.CANCELLED, ""),
        (booking(day=TODAY - timedelta(days=1)), Reason.EXPIRED, ""),
    ],
)
def test_without_a_trusted_clock_a_refusal_says_the_slot_by_the_offices_wall(
    made: Booking, reason: Reason, office: str
) -> None:
    slot = datetime.combine(made.day, made.slot)
    assert refusal_without_time(made, OFFICE, TODAY) == Refusal(reason, when=slot, office=office)


def test_without_a_trusted_clock_a_booking_of_the_last_known_day_or_later_is_let_in() -> None:
    assert refusal_without_time(booking(), OFFICE, TODAY) is None
    assert refusal_without_time(booking(day=TODAY + timedelta(days=9)), OFFICE, TODAY) is None
