"""The migrations make the tables that the code speaks of, and are run by whoever opens the database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from wire import MORNING, database_of

from central.database import (
    BookingRow,
    CodeRow,
    EpochRow,
    FactRow,
    KioskRow,
    OfficerRow,
    TicketRow,
    database_file,
    open_database,
)
from central.tables import TABLES


def test_the_migrations_make_what_the_code_speaks_of(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES) == []
    engine.dispose()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    before = database_file(tmp_path).read_bytes()
    open_database(tmp_path).dispose()
    assert database_file(tmp_path).read_bytes() == before


def test_the_database_keeps_what_it_acknowledged_and_its_references(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine.dispose()


def test_what_was_recorded_before_facts_were_a_chain_stays_and_its_series_is_not_given_again(tmp_path: Path) -> None:
    before(tmp_path, '{"kind":"walk_in_issued","ticket":{"issued_at":"2026-11-24T08:00:30.250000+07:00"}}')
    with Session(open_database(tmp_path)) as session:
        assert [(row.epoch, row.series) for row in session.scalars(select(EpochRow))] == [(7, 3)]
        assert [row.received_at.day for row in session.scalars(select(FactRow).order_by(FactRow.epoch))] == [23, 24]
        (held,) = session.scalars(select(TicketRow))
        assert (held.arrived_at, held.dated_by_server) == (datetime(2026, 11, 24, 1, 0, 30, 250000, UTC), False)
        assert (held.paper, held.state, held.counter) == ("printed", "served", "4")


@pytest.mark.parametrize("issued_at", ['"2026-11-24T08:00:30+15:00"', '"2026-11-24T08:00:30+07:00:30"', "null"])
def test_a_ticket_whose_time_sqlite_cannot_read_arrived_when_its_paper_last_moved(tmp_path: Path, issued_at) -> None:
    before(tmp_path, f'{{"kind":"walk_in_issued","ticket":{{"issued_at":{issued_at}}}}}')
    with Session(open_database(tmp_path)) as session:
        (held,) = session.scalars(select(TicketRow))
        assert held.arrived_at == datetime(2026, 11, 24, 1, 2, tzinfo=UTC)


def before(folder: Path, ticket: str) -> None:
    """A database of before facts were a chain."""
    with database_of(folder, "0001") as connection:
        for statement in (
            "INSERT INTO kiosks VALUES ('k', 'Lobi', 3, '', 0, NULL, NULL)",
            "INSERT INTO facts VALUES ('a', 'k', 6, 1, '2026-11-23 01:00:00.000000', 'rated', '{}', NULL)",
            "INSERT INTO facts VALUES ('b', 'k', 7, 1, '2026-11-24 01:00:00.000000', 'rated', '{}', NULL)",
            f"INSERT INTO tickets VALUES ('t', '2026-11-24', 'W3-001', '{ticket}', 'printed',"
            " '2026-11-24 01:02:00.000000', 'k', 'served', '4')",
        ):
            connection.exec_driver_sql(statement)


def test_what_one_office_held_alone_is_that_offices_from_now_on(tmp_path: Path) -> None:
    with database_of(tmp_path, "0006") as connection:
        for statement in (
            "INSERT INTO office VALUES ('PYK', '{}')",
            "INSERT INTO kiosks VALUES ('k', 'Lobi', 3, '', 0, NULL, NULL)",
            "INSERT INTO epochs VALUES ('k', 7, 3, '2026-11-23 01:00:00.000000')",
            "INSERT INTO bookings VALUES ('b', '2026-11-24', '{}')",
            "INSERT INTO officers VALUES ('petugas', 'hash')",
        ):
            connection.exec_driver_sql(statement)
    with Session(open_database(tmp_path)) as session:
        (kiosk,), (epoch,), (booking,), (officer,) = (
            session.scalars(select(each)) for each in (KioskRow, EpochRow, BookingRow, OfficerRow)
        )
        assert [each.office for each in (kiosk, epoch, booking, officer)] == ["PYK"] * 4
        assert (kiosk.digit, epoch.series, officer.roles) == (3, 3, "clerk supervisor")


def test_kiosks_of_before_approvals_are_served(tmp_path: Path) -> None:
    with database_of(tmp_path, "0017") as connection:
        connection.exec_driver_sql(
            "INSERT INTO kiosks (id, office, name, digit, public_key, revoked) VALUES ('k', 'PYK', 'Lobi', 3, '', 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO enrolment_codes (hash, office, name, expires, used)"
            " VALUES ('h', 'PYK', '', '2026-11-24 01:00:00.000000', 0)"
        )
    with Session(open_database(tmp_path)) as session:
        (kiosk,), (code,) = (session.scalars(select(each)) for each in (KioskRow, CodeRow))
        assert (kiosk.approved, kiosk.waits, kiosk.enrolled_at, code.approved) == (True, False, None, False)


def test_a_digit_and_a_series_belong_to_one_kiosk_of_an_office_and_to_one_of_each(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with Session(engine) as session, session.begin():
        for name, office in (("a", "PYK"), ("b", "AGM")):
            session.add(KioskRow(id=name, office=office, name=name, digit=1, public_key=""))
            session.flush()
            session.add(EpochRow(office=office, kiosk=name, epoch=1, series=1, registered_at=MORNING))
    for more in (
        KioskRow(id="c", office="PYK", name="c", digit=1, public_key=""),
        EpochRow(office="PYK", kiosk="a", epoch=2, series=1, registered_at=MORNING),
    ):
        with pytest.raises(IntegrityError), Session(engine) as session, session.begin():
            session.add(more)
    engine.dispose()
