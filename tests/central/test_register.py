"""The register of processing: whole, true, and shown."""

import sqlite3

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Column, MetaData, String, Table
from staff import Staff
from wire import Clock

from central.people.roles import Role
from central.privacy.forgetting import EVERYWHERE, OF_AN_OFFICE
from central.privacy.register import REGISTER, Register, keep
from central.privacy.sealed import Sealed
from central.tables import TABLES
from kiosk.schema import MIGRATIONS


def columns_of(tables: MetaData) -> list[str]:
    return [f"{table.name}.{column.name}" for table in tables.sorted_tables for column in table.columns]


def forgotten_by(register: Register, tables: MetaData) -> set[str]:
    """The columns that the register says nothing of."""
    held = {column for each in register.held for column in each.columns}
    impersonal = {f"{table}.{column}" for table, columns in register.impersonal.items() for column in columns}
    return set(columns_of(tables)) ^ (held | impersonal)


def test_no_column_of_any_table_is_missing_and_none_is_left_that_is_gone() -> None:
    assert forgotten_by(REGISTER, TABLES) == set()


def test_a_new_column_would_be_missed() -> None:
    more = MetaData()
    for table in TABLES.sorted_tables:
        table.to_metadata(more)
    Table("visitors", more, Column("nik", String))
    assert forgotten_by(REGISTER, more) == {"visitors.nik"}


def test_no_column_is_both_personal_and_impersonal() -> None:
    held = {column for each in REGISTER.held for column in each.columns}
    assert not held & {f"{table}.{column}" for table, columns in REGISTER.impersonal.items() for column in columns}


def test_what_is_said_to_be_encrypted_is_and_nothing_else() -> None:
    sealed = {
        f"{table.name}.{each.name}"
        for table in TABLES.sorted_tables
        for each in table.columns
        if isinstance(each.type, Sealed)
    }
    assert {column for each in REGISTER.held for column in each.sealed} == sealed
    assert all(set(each.sealed) <= set(each.columns) for each in REGISTER.held)


def test_every_entry_has_a_basis_a_time_and_somebody_or_nobody_who_sees_it() -> None:
    for each in REGISTER.held:
        assert each.basis in REGISTER.basis, each.name
        assert each.kept in REGISTER.kept, each.name
        assert set(each.seen_by) <= {*Role, "officer"}, each.name
    assert {each.kept for each in REGISTER.kiosk} <= set(REGISTER.kept)


def test_every_number_of_days_is_kept_to_by_a_rule() -> None:
    timed = {name for name, each in REGISTER.kept.items() if each.days is not None}
    assert {rule.kept for rule in OF_AN_OFFICE} == timed
    assert (
        {each.kept for each in REGISTER.held} >= {"sessions", "tries", "passes"} <= {rule.kept for rule in EVERYWHERE}
    )


def test_the_kiosks_store_is_told_of_whole() -> None:
    database = sqlite3.connect(":memory:")
    for script in MIGRATIONS:
        database.executescript(script)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    there = {f"{table}.{row[1]}" for table in tables for row in database.execute(f"PRAGMA table_info({table})")}
    told = {column for each in REGISTER.kiosk for column in each.columns}
    told |= {f"{table}.{column}" for table, columns in REGISTER.kiosk_impersonal.items() for column in columns}
    assert told == there


@pytest.mark.parametrize(("rule", "days"), [("applicants", 0), ("applicants", 31), ("sessions", 3), ("no such", 3)])
def test_an_office_keeps_nothing_longer_than_the_register_allows(http: TestClient, rule: str, days: int) -> None:
    with pytest.raises(ValueError, match=rule), http.app.state.reading() as session:
        keep(session, "PYK", rule, days)


def test_the_page_shows_it_to_auditors_and_supervisors_only(staff: Staff) -> None:
    for role, status in ((Role.AUDITOR, 200), (Role.SUPERVISOR, 200), (Role.CLERK, 403), (Role.PARTNER, 403)):
        answer = staff.signed_in(role, role).get("/officers/privacy?lang=en")
        assert answer.status_code == status, role
    with staff.http.app.state.writing.begin() as session:
        keep(session, "PYK", "applicants", 5)
    text = staff.browser().get("/o/PYK/privacy?lang=en").text
    assert "5 days after the day of the visit" in text
    assert "second step" not in text


def test_everybody_reads_the_public_page_of_an_office_that_there_is(http: TestClient, clock: Clock) -> None:
    assert "2 hari setelah hari kedatangan" in http.get("/o/PYK/privacy").text
    assert http.get("/o/XXX/privacy").status_code == 404
