from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from samples import TODAY, a_store, booking, snapshot

from kiosk.admission import refusal_of
from kiosk.booking_code import read, second_factor_hash
from kiosk.booking_pass import BookingPass, verifying_keys
from kiosk.model import INDONESIAN, ClockState, Opening, Reason
from kiosk.opening import opening_by
from kiosk.practice import DIGITS, Practice, practice
from kiosk.printing import printable_ticket
from kiosk.protocol import Snapshot
from kiosk.texts import Texts
from kiosk.ticket_layout import Text, ticket_lines
from kiosk.view import office_data

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 23, 10, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.fixture(scope="module")
def given() -> Practice:
    return practice(snapshot(), NOW, Ed25519PrivateKey.generate())


def test_every_lessons_code_is_believed_by_a_practising_kiosk_and_by_no_other(given: Practice) -> None:
    for lesson in given.lessons:
        assert isinstance(read(lesson.code, verifying_keys(given.snapshot.pass_keys), NOW), BookingPass), lesson.name
        assert not isinstance(read(lesson.code, verifying_keys(snapshot().pass_keys), NOW), BookingPass), lesson.name


def test_the_practice_office_is_open_at_any_hour(given: Practice) -> None:
    for hours in range(24):
        assert opening_by(ClockState.SYNCED, given.snapshot, NOW + timedelta(hours=hours)).closed is None


def test_each_lesson_ends_as_its_name_says(given: Practice) -> None:
    office, rules = given.snapshot.office, given.snapshot.rules[0]
    refusals = {
        each.name: refusal_of(each.booking, office, rules, Opening(), NOW + timedelta(minutes=40))
        for each in given.lessons
    }
    reasons = {name: each.reason if each else None for name, each in refusals.items()}
    assert reasons == {
        "booking": None,
        "family": None,
        "second-factor": None,
        "another-day": Reason.WRONG_DAY,
        "cancelled": Reason.CANCELLED,
        "unpaid": Reason.UNPAID,
    }
    by_name = {lesson.name: lesson.booking for lesson in given.lessons}
    asked = by_name["second-factor"]
    assert asked.second_factor == second_factor_hash(asked.id, DIGITS)
    assert len(by_name["family"].applicants) == 3


def test_the_services_and_the_office_stay_the_offices_own_and_nobodys_booking_is_in_it(given: Practice) -> None:
    held = snapshot()
    assert (given.snapshot.office, given.snapshot.services) == (held.office, held.services)
    assert {each.id for each in given.snapshot.bookings}.isdisjoint({each.id for each in held.bookings})
    assert Snapshot.model_validate_json(given.snapshot.model_dump_json()) == given.snapshot


def test_a_practice_ticket_says_on_both_sides_of_its_number_that_it_is_not_valid(tmp_path: Path) -> None:
    store = a_store(tmp_path / "kiosk.sqlite")
    ticket = store.check_in(booking(), (0,), None, False)[0]
    data, texts = office_data(snapshot(), TODAY, practice=True), Texts.load()
    rows = [
        each.text
        for each in ticket_lines(printable_ticket(ticket, data, texts, INDONESIAN), 80)
        if isinstance(each, Text)
    ]
    mark, number = texts("practice.ticket", INDONESIAN), rows.index(ticket.number)
    assert mark in " ".join(row.strip() for row in rows[:number])
    assert mark in " ".join(row.strip() for row in rows[number:])
