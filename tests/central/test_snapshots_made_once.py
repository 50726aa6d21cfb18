"""A snapshot is made once for each state of an office's data, and never told for another state."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select, text, update
from wire import Kiosk, a_ticket

from central.app import create_app
from central.database import BookingRow, KioskRow, OfficeRow, for_writing
from central.news import tell, version
from central.snapshots import LONGEST
from kiosk.protocol import SNAPSHOT, HelpCalled, WalkInIssued


@pytest.fixture
def statements(http: TestClient):
    """The statements that the server's database is asked."""
    asked: list[str] = []
    event.listen(http.app.state.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    return asked


def etag(kiosk: Kiosk) -> str:
    return kiosk.get(SNAPSHOT).headers["ETag"]


def made(kiosk: Kiosk, statements: list[str]) -> bool:
    """Whether asking again makes a snapshot."""
    statements.clear()
    kiosk.get(SNAPSHOT)
    return any("FROM tickets" in each for each in statements)


def test_asking_again_makes_nothing_and_reads_no_more_than_whether_anything_changed(kiosk, statements) -> None:
    held = etag(kiosk)
    statements.clear()
    assert kiosk.get(SNAPSHOT, **{"If-None-Match": held}).status_code == 304
    assert [each.split("FROM ")[1].split()[0] for each in statements if "FROM " in each] == ["kiosks", "changes"]


def test_a_fact_or_a_booking_of_the_office_makes_it_anew_and_another_offices_does_not(http, kiosk, statements) -> None:
    assert made(kiosk, statements)
    assert not made(kiosk, statements)
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-001")))
    assert made(kiosk, statements)
    with http.app.state.writing.begin() as session:
        session.add(BookingRow(id="x", office="AGM", day="2026-11-24", body="{}"))
    assert not made(kiosk, statements)
    with http.app.state.writing.begin() as session:
        session.delete(session.scalars(select(BookingRow).where(BookingRow.office == "PYK")).first())
    assert made(kiosk, statements)


def test_of_a_walk_in_the_bookings_are_not_read_again(kiosk, statements) -> None:
    etag(kiosk)
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-001")))
    assert made(kiosk, statements)
    assert not any("FROM bookings" in each for each in statements)


def test_of_a_booking_that_is_moved_two_days_are_read_again_and_no_other(http, kiosk, statements) -> None:
    etag(kiosk)
    with http.app.state.writing.begin() as session:
        session.scalars(select(BookingRow).where(BookingRow.day == "2026-11-24")).first().day = "2026-11-26"
    statements.clear()
    told = kiosk.get(SNAPSHOT).json()["bookings"]
    assert sum("FROM bookings" in each for each in statements) == 2
    assert len({each["id"] for each in told}) == len(told)


def test_what_another_process_records_is_told_at_once(kiosk, data: Path, clock) -> None:
    held = etag(kiosk)
    with TestClient(create_app(data, clock.now), base_url="https://central.example") as other:
        Kiosk(**vars(kiosk) | {"http": other}).tells(WalkInIssued(ticket=a_ticket("W1-001")))
    assert etag(kiosk) != held


def test_time_alone_makes_it_anew_after_a_while_and_at_midnight(kiosk, statements, clock) -> None:
    held = etag(kiosk)
    assert not made(kiosk, statements)
    clock.forward(seconds=LONGEST.total_seconds())
    assert made(kiosk, statements)
    assert etag(kiosk) == held
    clock.at = clock.at.replace(hour=16, minute=59, second=59)
    assert made(kiosk, statements)
    clock.at += timedelta(seconds=1)
    assert made(kiosk, statements)


def test_it_is_the_same_packed_and_plain(kiosk) -> None:
    plain = kiosk.get(SNAPSHOT, **{"Accept-Encoding": "identity"})
    packed = kiosk.get(SNAPSHOT, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_what_is_undone_changes_no_version_and_what_tells_nobody_neither(http, kiosk) -> None:
    with http.app.state.writing() as session:
        before = version(session, "PYK")
        session.rollback()
        tell(session, "PYK")
        session.add(KioskRow(id="k", office="PYK", name="", digit=9, public_key=""))
        session.flush()
        session.rollback()
        session.get_one(KioskRow, kiosk.id).heard_at = None
        session.commit()
        assert version(session, "PYK") == before


def test_a_statement_over_many_rows_is_told_to_every_office(http) -> None:
    with http.app.state.writing() as session:
        before = version(session, "AGM")
        session.execute(update(OfficeRow).values(body="{}"))
        session.commit()
        assert version(session, "AGM").rest > before.rest


def test_control_a_change_past_the_count_is_not_told(http, kiosk) -> None:
    held = etag(kiosk)
    with for_writing(http.app.state.engine).begin() as connection:
        connection.execute(text("DELETE FROM bookings"))
    assert etag(kiosk) == held
    kiosk.tells(HelpCalled(step="WELCOME"))
    assert etag(kiosk) == held
