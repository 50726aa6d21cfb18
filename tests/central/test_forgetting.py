"""What is past its time goes, to the second, and nothing else; once a day, by one process."""

import asyncio
import json
import re
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import String, func, select, type_coerce, update
from wire import DAY, MORNING, Clock, Kiosk, a_ticket

from central.booking.rows import BookerRow, PhoneRatingRow, PlaceRow, RefusedRow
from central.counters.note_rows import NoteRow
from central.counters.request_rows import PartnerRow, RequestRow
from central.counters.rows import CallRow, CounterRow
from central.database import BookingRow, FactRow, RevokedPassRow, SeenCallRow, SessionRow, TicketRow, database_file
from central.fleet.rows import BootRow
from central.monitoring.alarms import AlarmKind
from central.monitoring.watch import FORGETS_WITHIN, alarms
from central.people.audit import verify
from central.privacy import forgetting
from central.privacy.daily import EVERY, FORGETTING, LEASE, Daily, taken
from central.privacy.disk import truncate
from central.privacy.forgetting import Unforgotten, forget
from central.privacy.register import keep
from central.privacy.rows import BreachRow, LeaseRow, SubjectRequestRow
from central.privacy.sealed import keyring_of
from central.tries import TryRow
from kiosk.protocol import CheckedIn, Commented, HelpCalled, Rated, WalkInIssued

SECOND = timedelta(seconds=1)
OVER = datetime.combine(DAY + timedelta(days=3), time(), ZoneInfo("Asia/Jakarta"))
"""When two days after the day of the visit are over."""
COMMENT, RATING = "Ruang tunggu panas sekali", UUID(int=5)


@pytest.fixture
def lobby(http: TestClient, kiosk: Kiosk) -> Kiosk:
    """A kiosk after a morning: an applicant, a walk-in, a comment, something unreadable."""
    kiosk.tells(
        CheckedIn(ticket=a_ticket("A-001", booking=UUID(int=1), slot=time(8), masked_name="Q*** Z***", priority="x")),
        WalkInIssued(ticket=a_ticket("W1-001", masked_name="")),
        Rated(rating=RATING, score=2),
        Commented(rating=RATING, text=COMMENT),
        HelpCalled(step="welcome"),
    )
    assert kiosk.send(kiosk.fact({"kind": "from_the_future", "name": "Quirinus"})).status_code == 200
    return kiosk


def run(http: TestClient, at: datetime) -> dict[str, int]:
    return forget(http.app.state.writing, at).get("PYK", {})


def bodies(http: TestClient) -> str:
    with http.app.state.reading() as session:
        rows = [session.scalars(select(each.body)).all() for each in (FactRow, TicketRow, BookingRow)]
    return " ".join(text for of_table in rows for text in of_table)


def count(http: TestClient, table: type) -> int:
    with http.app.state.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_names_go_two_days_after_the_day_of_the_visit_and_not_a_second_before(http: TestClient, lobby: Kiosk) -> None:
    held = count(http, BookingRow)
    assert "bookings" not in run(http, OVER - SECOND)
    assert (count(http, BookingRow), "Q*** Z***" in bodies(http)) == (held, True)
    found = run(http, OVER)
    assert (found["tickets"], found["facts"]) == (2, 2)
    assert "Q***" not in bodies(http)
    with http.app.state.reading() as session:
        days = session.scalars(select(BookingRow.day).distinct()).all()
        tickets = [json.loads(each)["ticket"] for each in session.scalars(select(TicketRow.body))]
    assert days == [(DAY + timedelta(days=1)).isoformat()]
    assert {(each["masked_name"], each["priority"]) for each in tickets} == {("", None)}


def test_what_happened_at_the_midnight_after_is_of_the_next_day(http: TestClient, kiosk: Kiosk, clock: Clock) -> None:
    clock.at = OVER - timedelta(days=2)
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-001", day=DAY + timedelta(days=1), issued_at=clock.at)))
    assert not {"facts", "tickets"} & set(run(http, OVER))
    assert run(http, OVER + timedelta(days=1)).items() >= {"facts": 1, "tickets": 1}.items()


def test_an_office_that_keeps_them_longer_has_them_longer(http: TestClient, lobby: Kiosk) -> None:
    with http.app.state.writing.begin() as session:
        keep(session, "PYK", "applicants", 4)
    run(http, OVER + timedelta(days=2) - SECOND)
    assert "Q***" in bodies(http)
    run(http, OVER + timedelta(days=2))
    assert "Q***" not in bodies(http)


@pytest.mark.parametrize(("words", "days"), [(COMMENT, 90), ("Quirinus", 30)])
def test_what_was_written_goes_after_its_days(http: TestClient, lobby: Kiosk, words: str, days: int) -> None:
    at = MORNING + timedelta(days=days)
    run(http, at - SECOND)
    assert words in bodies(http)
    run(http, at)
    assert words not in bodies(http)
    with http.app.state.reading() as session:
        assert session.scalar(select(FactRow.body).where(FactRow.kind == "rated"))


def test_running_again_finds_nothing_and_counts_are_on_the_trail(http: TestClient, lobby: Kiosk, staff) -> None:
    assert run(http, OVER)
    assert run(http, OVER) == {}
    assert staff.trail() == [("kiosk-central", "forgotten", "register")]


def test_more_than_a_batch_goes_in_several_transactions(http: TestClient, lobby: Kiosk) -> None:
    with http.app.state.writing.begin() as session:
        held = session.scalars(select(BookingRow)).first()
        for number in range(2 * forgetting.BATCH):
            session.add(BookingRow(id=str(UUID(int=number)), office="PYK", day=held.day, body=held.body))
    assert run(http, OVER)["bookings"] > 2 * forgetting.BATCH


def test_a_kiosk_that_sends_a_forgotten_fact_again_is_answered_and_its_chain_goes_on(
    http: TestClient, kiosk: Kiosk, clock: Clock
) -> None:
    first = kiosk.fact(CheckedIn(ticket=a_ticket("A-001", booking=UUID(int=1), slot=time(8))))
    assert kiosk.send(first).status_code == 200
    clock.at = OVER
    assert run(http, clock.now())["facts"] == 1
    assert kiosk.send(first).json() == {"epoch": 7, "up_to": 1}
    changed = first | {"body": first["body"] | {"ticket": first["body"]["ticket"] | {"masked_name": "C*****"}}}
    assert kiosk.send(changed).status_code == 409
    assert kiosk.send(kiosk.fact(Rated(rating=RATING, score=5))).status_code == 200
    with http.app.state.reading() as session:
        assert session.get(FactRow, first["id"]).body.count("***") == 0


def test_the_pages_go_on_with_what_is_left(http: TestClient, lobby: Kiosk, officer: TestClient) -> None:
    run(http, OVER + timedelta(days=100))
    assert officer.get("/officers").status_code == 303  # the session is forgotten, too
    assert lobby.get("/api/v1/snapshot").status_code == 200
    with http.app.state.reading() as session:
        ticket = session.scalars(select(TicketRow.id)).first()
    assert http.get(f"/t/{ticket}").status_code == 200


ROWS = {
    "tries": (lambda: TryRow(kind="x", key="k", count=1, at=MORNING), TryRow, timedelta(days=2)),
    "passes": (
        lambda: RevokedPassRow(booking="b", until=MORNING + timedelta(days=1)), RevokedPassRow, timedelta(days=1)),
    "requests": (
        lambda: SubjectRequestRow(id="r", office="PYK", day="", proof="seen", asked_at=MORNING, officer="a"),
        SubjectRequestRow, timedelta(days=365)),
    "breaches": (
        lambda: BreachRow(id="b", office="PYK", known_at=MORNING, opened_at=MORNING, closed_at=MORNING),
        BreachRow, timedelta(days=1826)),
}  # fmt: skip


def test_what_a_booking_on_the_site_left_goes_after_the_sites_days(http: TestClient) -> None:
    at = OVER + timedelta(days=5)  # seven days, as the demo office's booking rules say
    with http.app.state.writing.begin() as session:
        held = {"office": "PYK", "booking": "b", "day": DAY.isoformat()}
        session.add(BookerRow(**held, code="C", draft="d", phone="p", address="a", made_at=MORNING, pass_text=""))
        session.add(PlaceRow(**held, service="s", slot="08:00", count=1, place=1, number="A-1", name="n", nik="n"))
        session.add(RefusedRow(office="PYK", at=at - timedelta(days=7), reason="phone", who="p"))
    run(http, at - SECOND)
    assert [count(http, each) for each in (BookerRow, RefusedRow)] == [1, 1]
    assert run(http, at).keys() >= {"bookers", "booked_places", "refused_bookings"}
    assert [count(http, each) for each in (BookerRow, RefusedRow)] == [0, 0]


def test_what_a_partner_was_told_goes_at_its_time(http: TestClient) -> None:
    with http.app.state.writing.begin() as session:
        session.add(PartnerRow(id=1, office="PYK", name="Polres", kinds=""))
        session.flush()
        held = {"office": "PYK", "partner": 1, "kind": "loss_report", "ticket": "t", "number": "A-1", "state": "sent"}
        session.add(RequestRow(**held, id="r", fields="{}", note="n", sent_by="a", sent_at=MORNING, forget_at=OVER))
    forget(http.app.state.writing, OVER - SECOND)
    with http.app.state.reading() as session:
        assert session.get_one(RequestRow, "r").fields == "{}"
    assert forget(http.app.state.writing, OVER)[""]["requests"] == 1
    with http.app.state.reading() as session:
        assert (session.get_one(RequestRow, "r").fields, session.get_one(RequestRow, "r").note) == (None, "")


def test_comments_by_phone_clerks_and_their_notes_go_after_ninety_days(http: TestClient, lobby: Kiosk) -> None:
    with http.app.state.writing.begin() as session:
        ticket = session.scalars(select(TicketRow.id)).first()
        counter = CounterRow(office="PYK", name="99")
        session.add(counter)
        session.flush()
        call = CallRow(
            office="PYK", day=DAY.isoformat(), ticket=ticket, service="s", stage="", counter=counter.id, clerk="ani",
            waiting_since=MORNING, called_at=MORNING, why="{}",
        )  # fmt: skip
        session.add(call)
        session.flush()
        session.add(NoteRow(call=call.id, shortfall="left", note="pulang"))
        session.add(PhoneRatingRow(ticket=ticket, office="PYK", at=MORNING, score=5, language="id", comment="baik"))

    def left() -> tuple[str, int, str | None]:
        with http.app.state.reading() as session:
            clerk = session.scalars(select(CallRow.clerk)).one()
            return clerk, count(http, NoteRow), session.get_one(PhoneRatingRow, ticket).comment

    run(http, MORNING + timedelta(days=90) - SECOND)
    assert left() == ("ani", 1, "baik")
    run(http, MORNING + timedelta(days=90))
    assert left() == ("", 0, None)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_there_a_second_before_its_time_and_gone_at_it(http: TestClient, name: str) -> None:
    make, table, after = ROWS[name]
    with http.app.state.writing.begin() as session:
        session.add(make())
    run(http, MORNING + after - SECOND)
    assert count(http, table) == 1
    run(http, MORNING + after)
    assert count(http, table) == 0


def test_boots_answered_calls_and_sessions_go_too(http: TestClient, lobby: Kiosk, officer: TestClient) -> None:
    with http.app.state.writing.begin() as session:
        call = session.scalar(select(FactRow.id).where(FactRow.kind == "help_called"))
        session.add(SeenCallRow(fact=call, officer="petugas", seen_at=MORNING))
        session.add(BootRow(kiosk=lobby.id, boot="b", last_at=MORNING))
    run(http, MORNING + timedelta(minutes=30) - SECOND)
    assert count(http, SessionRow) == 1
    run(http, MORNING + timedelta(minutes=30))
    assert count(http, SessionRow) == 0
    run(http, MORNING + timedelta(days=90) - SECOND)
    assert (count(http, SeenCallRow), count(http, BootRow)) == (1, 1)
    run(http, MORNING + timedelta(days=90))
    assert (count(http, SeenCallRow), count(http, BootRow)) == (0, 0)


def test_an_open_breach_is_never_forgotten(http: TestClient) -> None:
    with http.app.state.writing.begin() as session:
        session.add(BreachRow(id="b", office="PYK", known_at=MORNING, opened_at=MORNING))
    run(http, MORNING + timedelta(days=9999))
    assert count(http, BreachRow) == 1


def test_another_offices_days_and_data_are_its_own(http: TestClient, lobby: Kiosk) -> None:
    with http.app.state.writing.begin() as session:
        held = session.scalars(select(BookingRow)).first()
        session.add(BookingRow(id=str(UUID(int=9)), office="AGM", day=held.day, body=held.body))
    run(http, OVER)
    with http.app.state.reading() as session:
        assert session.get(BookingRow, str(UUID(int=9)))


@pytest.mark.usefixtures("sqlite")
def test_nothing_of_it_is_left_in_the_bytes_of_the_files(http: TestClient, data: Path, kiosk: Kiosk) -> None:
    with http.app.state.writing.begin() as session:
        session.add(RevokedPassRow(booking="canary-of-the-free-pages", until=MORNING))
    files = [database_file(data), database_file(data).with_name("central.sqlite-wal")]

    def found() -> bool:
        return any(b"canary-of-the-free-pages" in file.read_bytes() for file in files)

    assert found()
    forget(http.app.state.writing, MORNING)
    truncate(http.app.state.engine)
    assert not found()


@pytest.fixture
def two(http: TestClient, clock: Clock, lobby: Kiosk) -> tuple[Daily, Daily]:
    """Two processes' shares in one database."""
    return Daily(http.app.state.engine, clock.now), Daily(http.app.state.engine, clock.now)


def test_of_two_processes_one_forgets_once_a_day(two: tuple[Daily, Daily], clock: Clock) -> None:
    clock.at = OVER
    assert two[0].look()["PYK"]["tickets"] == 2
    assert (two[0].look(), two[1].look()) == (None, None)
    clock.forward(seconds=EVERY.total_seconds())
    assert two[1].look() is not None


def late(http: TestClient, at: datetime) -> list[datetime]:
    """Since when an alarm says that forgetting is late."""
    with http.app.state.reading() as session:
        found = alarms(session, "PYK", None, (), at)
    return [each.since for each in found if each.kind is AlarmKind.FORGETTING_LATE]


def test_it_is_an_alarm_when_nothing_was_forgotten_for_more_than_two_days(
    two: tuple[Daily, Daily], http: TestClient, clock: Clock
) -> None:
    clock.at = OVER
    assert late(http, OVER) == []
    assert two[0].look() is not None
    assert late(http, OVER + FORGETS_WITHIN) == []
    assert late(http, OVER + FORGETS_WITHIN + SECOND) == [OVER]


def test_a_damaged_value_is_forgotten_whole_and_stops_nothing(
    two: tuple[Daily, Daily], http: TestClient, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    keyring = keyring_of(http.app.state.engine)
    broken = keyring.seal("x" * 60)[:-8] + "AAAAAAA="
    with http.app.state.writing.begin() as session:
        for table, where in (
            (TicketRow, TicketRow.number == "A-001"), (FactRow, FactRow.kind == "checked_in"),
            (BookingRow, BookingRow.day == DAY.isoformat()),
        ):  # fmt: skip
            session.connection().execute(update(table.__table__).where(where).values(body=type_coerce(broken, String)))
        of_another_shape = keyring.seal('{"ticket": "Q*** Z***"}')
        walk_in = update(TicketRow.__table__).where(TicketRow.number == "W1-001")
        session.connection().execute(walk_in.values(body=type_coerce(of_another_shape, String)))
    clock.at = OVER
    found = two[0].look()["PYK"]
    assert (found["tickets"], found["facts"], found["bookings"] > 1) == (2, 2, True)
    with http.app.state.reading() as session:
        assert session.scalars(select(TicketRow.body)).all() == ["{}", "{}"]
        assert session.scalars(select(FactRow.body).where(FactRow.kind == "checked_in")).all() == ["{}"]
    assert "SealBroken" in caplog.text
    assert "Q***" not in caplog.text


def test_a_rule_that_fails_stops_no_other_one_and_the_day_is_not_done(
    two: tuple[Daily, Daily], http: TestClient, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with http.app.state.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE booked_places RENAME TO lost")
    clock.at = OVER
    with pytest.raises(Unforgotten, match=r"^booked_places$"):
        two[0].look()
    assert "Q***" not in bodies(http)
    assert re.search(r"forgetting booked_places failed \((OperationalError|ProgrammingError)\)", caplog.text)
    with http.app.state.reading() as session:
        assert session.get_one(LeaseRow, FORGETTING).done_at == OVER - EVERY
    assert late(http, OVER + EVERY + SECOND) == [OVER - EVERY]


def test_whatever_it_fails_of_it_is_looked_at_again(http: TestClient) -> None:
    async def look_twice() -> None:
        looks: list[int] = []
        twice, loop = asyncio.Event(), asyncio.get_running_loop()

        def fails() -> datetime:
            looks.append(1)
            if len(looks) == 2:
                loop.call_soon_threadsafe(twice.set)
            raise ValueError("a clock that tells no time")

        daily = asyncio.create_task(Daily(http.app.state.engine, fails, look_seconds=0).run())
        async with asyncio.timeout(5):
            await twice.wait()
        daily.cancel()

    asyncio.run(look_twice())


def test_one_that_ended_in_the_middle_is_followed_by_another(
    two: tuple[Daily, Daily], http: TestClient, clock: Clock
) -> None:
    with http.app.state.writing.begin() as session:
        assert taken(session, FORGETTING, "somebody else", clock.now())
    clock.forward(seconds=LEASE.total_seconds() - 1)
    assert two[0].look() is None
    clock.forward(seconds=1)
    assert two[0].look() is not None


def test_the_trail_stays_whole(http: TestClient, lobby: Kiosk) -> None:
    run(http, OVER)
    with http.app.state.reading() as session:
        assert verify(session, "PYK").problem == ""


def test_a_ticket_keeps_its_number_and_times(http: TestClient, lobby: Kiosk) -> None:
    run(http, OVER)
    with http.app.state.reading() as session:
        rows = session.scalars(select(TicketRow).order_by(TicketRow.number)).all()
    assert [(row.number, row.arrived_at, row.forgotten_at) for row in rows] == [
        ("A-001", MORNING, OVER),
        ("W1-001", MORNING, OVER),
    ]
