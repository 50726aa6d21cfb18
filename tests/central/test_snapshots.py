"""What a kiosk is told, and when it need not be told again."""

from datetime import timedelta
from uuid import UUID, uuid4

from fastapi.testclient import TestClient
from wire import DAY, Kiosk, a_ticket, slot

from central.app import create_app
from central.database import KioskRow, open_database
from kiosk.booking_code import read
from kiosk.booking_pass import BookingPass, verifying_keys
from kiosk.model import Booking, BookingStatus, Refusal
from kiosk.protocol import HEARTBEATS, SNAPSHOT, CheckedIn, Snapshot


def told(kiosk: Kiosk) -> Snapshot:
    return Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content)


def check_in(kiosk: Kiosk, booking: Booking) -> list[UUID]:
    ids = [booking.ticket_id(each.number) for each in booking.applicants]
    for ticket, applicant in zip(ids, booking.applicants, strict=True):
        kiosk.tells(CheckedIn(ticket=a_ticket(applicant.number, 0, ticket, booking=booking.id, slot=booking.slot)))
    return ids


def test_the_same_snapshot_is_not_sent_twice(kiosk) -> None:
    first = kiosk.get(SNAPSHOT)
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    assert kiosk.get(SNAPSHOT, **{"If-None-Match": etag}).status_code == 304
    assert kiosk.get(SNAPSHOT, **{"If-None-Match": f'"other", {etag}'}).status_code == 304
    assert kiosk.get(SNAPSHOT, **{"If-None-Match": '"other"'}).content == first.content


def test_a_check_in_changes_the_etag_and_shows_in_the_queue(kiosk) -> None:
    etag = kiosk.get(SNAPSHOT).headers["ETag"]
    kiosk.tells(CheckedIn(ticket=a_ticket("A-001", slot=slot("08:00"), booking=uuid4())))
    assert kiosk.get(SNAPSHOT).headers["ETag"] != etag
    assert [(each.number, each.state, each.ahead) for each in told(kiosk).queue] == [("A-001", "waiting", 0)]


def test_a_heartbeat_leaves_the_snapshot_as_it_is(kiosk) -> None:
    etag = kiosk.get(SNAPSHOT).headers["ETag"]
    beat = {"at": kiosk.clock.now().isoformat(), "version": "1", "screen": "WELCOME", "printer": "ready"}
    answer = kiosk.post(HEARTBEATS, beat | {"scanner_ready": True, "owed": 0})
    assert answer.json()["at"] == "2026-11-24T01:00:00Z"
    assert kiosk.get(SNAPSHOT).headers["ETag"] == etag


def test_a_booking_is_served_once_all_of_its_applicants_are(kiosk, officer) -> None:
    family = next(each for each in told(kiosk).bookings if len(each.applicants) > 1)
    tickets = check_in(kiosk, family)
    for count, ticket in enumerate(tickets):
        status = {each.id: each.status for each in told(kiosk).bookings}[family.id]
        assert status is BookingStatus.BOOKED, count
        officer.post(f"/officers/tickets/{ticket}", data={"state": "called", "counter": "1"})
        officer.post(f"/officers/tickets/{ticket}", data={"state": "served"})
    assert {each.id: each.status for each in told(kiosk).bookings}[family.id] is BookingStatus.SERVED


def test_every_demo_pass_is_believed_by_the_keys_of_the_snapshot(kiosk, demo, clock) -> None:
    snapshot = told(kiosk)
    bookings = {each.id: each for each in snapshot.bookings}
    for each in demo:
        found = read(each["pass"], verifying_keys(snapshot.pass_keys), clock.now())
        if each["label"] == "expired_pass":
            assert found == Refusal("expired")
            continue
        assert isinstance(found, BookingPass)
        assert list(found.numbers) == each["numbers"]
        assert (found.booking in bookings) == (each["label"] != "wrong_office")


def test_bookings_of_a_week_are_sent_and_those_long_gone_are_not(kiosk, clock) -> None:
    assert {each.day for each in told(kiosk).bookings} == {DAY, DAY + timedelta(days=1)}
    clock.forward(days=3)
    assert told(kiosk).bookings == ()
    clock.forward(days=-10)
    assert {each.day for each in told(kiosk).bookings} == {DAY}


def test_before_an_office_is_loaded_the_server_asks_to_come_back(tmp_path, clock, kiosk) -> None:
    open_database(tmp_path / "empty").dispose()
    with TestClient(create_app(tmp_path / "empty", clock.now), base_url="https://central.example") as empty:
        other = Kiosk(empty, clock, kiosk.id, 1, kiosk.key)
        assert other.get(SNAPSHOT).status_code == 401
        with empty.app.state.writing.begin() as session, kiosk.http.app.state.reading() as held:
            row = held.get(KioskRow, kiosk.id)
            session.add(KioskRow(id=row.id, office="PYK", name=row.name, digit=1, public_key=row.public_key))
        answer = other.get(SNAPSHOT)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
