"""The demo office: its data are whole, its bookings deterministic, loading again keeps what kiosks told."""

import json
import stat
from collections import Counter
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from wire import DAY, MORNING, a_ticket

from central.database import BookingRow, for_writing, open_database
from central.demo import load_demo
from central.snapshot import office_snapshot
from kiosk.model import BookingStatus
from kiosk.numbering import series_of
from kiosk.protocol import SNAPSHOT, CheckedIn, Snapshot

LABELS = {
    "single", "family", "second_factor", "priority", "cancelled", "unpaid", "served", "wrong_office", "wrong_day",
    "expired_pass",
}  # fmt: skip


def load(folder, day: date, at_any_hour: bool = False) -> Snapshot:
    engine = open_database(folder)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, day, MORNING, at_any_hour, "https://antrean.example/")
        found = office_snapshot(session, "PYK")
    engine.dispose()
    assert found
    return found


def test_there_are_some_two_hundred_bookings_of_every_kind(demo) -> None:
    labels = Counter(each["label"] for each in demo)
    assert set(labels) == LABELS
    assert 180 <= sum(labels.values()) <= 240
    assert all(2 <= len(each["numbers"]) <= 5 for each in demo if each["label"] == "family")
    assert all(len(each["numbers"]) == 1 for each in demo if each["label"] != "family")
    assert all(len(each["digits"]) == (4 if each["label"] == "second_factor" else 0) for each in demo)
    assert len({each["code"] for each in demo}) == len(demo)


def test_numbers_are_unique_and_run_in_slot_order_in_each_series(demo) -> None:
    held = [(series_of(number), number, each["slot"]) for each in demo for number in each["numbers"]]
    assert len({number for _, number, _ in held}) == len(held)
    for series in {each[0] for each in held}:
        slots = [slot for name, _, slot in sorted(held) if name == series]
        assert slots == sorted(slots)


def test_a_slot_keeps_its_numbers_however_many_come(demo) -> None:
    first = {(each["service"], each["slot"]): each["numbers"][0] for each in reversed(demo)}
    assert first["passport_new", "08:00"] == "A-001"
    assert first["passport_new", "08:30"] == "A-011"
    assert first["passport_child", "09:00"] == "C-021"


def test_the_same_day_gives_the_same_bookings_and_another_day_others(tmp_path) -> None:
    def codes(folder: str, day: date) -> list[str]:
        load(tmp_path / folder, day)
        return [each["code"] for each in json.loads((tmp_path / folder / "demo" / "bookings.json").read_text())]

    assert codes("a", DAY) == codes("b", DAY)
    assert not set(codes("a", DAY)) & set(codes("a", date(2026, 11, 25)))


def test_loading_again_keeps_kiosks_facts_and_the_passes_key(kiosk, data) -> None:
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001")))
    before = Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content)
    load(data, date(2026, 11, 25))
    after = Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content)
    assert after.pass_keys == before.pass_keys
    assert [each.number for each in after.queue] == ["A-001"]
    assert not {each.id for each in after.bookings} & {each.id for each in before.bookings}


def test_secrets_are_readable_by_their_owner_alone(data) -> None:
    assert stat.S_IMODE((data / "pass-key.pem").stat().st_mode) == 0o600


def test_names_are_masked_everywhere(data) -> None:
    snapshot = load(data, DAY)
    assert snapshot.bookings == ()
    engine = open_database(data)
    with Session(engine) as session:
        bookings = session.scalars(select(BookingRow.body)).all()
    engine.dispose()
    for body in bookings:
        for applicant in json.loads(body)["applicants"]:
            assert all(set(word[1:]) == {"*"} for word in applicant["masked_name"].split())


def test_special_bookings_are_what_they_say(kiosk, demo) -> None:
    held = {each.code: each for each in Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content).bookings}
    for each in demo:
        booking = held.get(each["code"])
        label = each["label"]
        assert (booking is None) == (label == "wrong_office")
        if booking:
            assert booking.status == (label if label in ("cancelled", "unpaid", "served") else BookingStatus.BOOKED)
            assert (booking.day > DAY) == (label == "wrong_day")
            assert (booking.second_factor is not None) == (label == "second_factor")
            assert booking.asks_priority == (label == "priority")


def test_slots_lie_within_the_days_hours(tmp_path) -> None:
    friday = date(2026, 11, 27)
    hours = load(tmp_path / "friday", friday).rules[0].hours[friday.weekday()]
    listed = json.loads((tmp_path / "friday" / "demo" / "bookings.json").read_text())
    assert "11:30" not in {each["slot"] for each in listed}
    for each in listed:
        assert any(f"{period.opens:%H:%M}" <= each["slot"] < f"{period.closes:%H:%M}" for period in hours)


def test_at_any_hour_the_office_never_closes(tmp_path) -> None:
    snapshot = load(tmp_path / "any", date(2026, 11, 29), at_any_hour=True)
    (rules,) = snapshot.rules
    assert all(len(periods) == 1 for periods in rules.hours)
    assert {f"{periods[0].opens}-{periods[0].closes}" for periods in rules.hours} == {"00:00:00-23:59:59.999999"}
    assert (rules.early_minutes, rules.late_minutes, snapshot.holidays) == (1440, None, ())
    assert snapshot.office.ticket_url == "https://antrean.example/t/{ticket}"


def test_the_offices_data_are_whole(tmp_path) -> None:
    snapshot = load(tmp_path / "office", DAY)
    letters = [service.letter for service in snapshot.services]
    assert len(set(letters)) == len(letters)
    assert not {"W"} & set(letters)
    for service in snapshot.services:
        assert service.documents
        assert service.name.id
        assert service.name.en
        assert len({fee.name.id for fee in service.fees}) == len(service.fees)
        assert all(fee.regulation for fee in service.fees)
        for stage in service.stages:
            assert (stage.estimate is not None) == (stage.id == "Pengambilan paspor"), "only this one has a source"
    child = next(service for service in snapshot.services if service.id == "passport_child")
    assert not any("10 tahun" in fee.name.id for fee in child.fees)
    assert len(snapshot.office.id) <= 6
