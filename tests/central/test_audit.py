"""The audit trail: a chain of each office that nobody edits, neither through the database nor unseen."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from wire import MORNING

from central.database import database_file, for_writing, open_database
from central.people.audit import Action, record, verify
from central.people.roles import Role, SignedIn
from central.people.rows import AuditRow

ANI = SignedIn("ani", "PYK", frozenset({Role.SUPERVISOR}), "10.0.0.4")
BUDI = SignedIn("budi", "AGM", frozenset({Role.SUPERVISOR}), "2001:db8::1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A database with three acts of one office and one of another in between."""
    engine = open_database(tmp_path)
    with Session(for_writing(engine)) as session, session.begin():
        for by, subject in ((ANI, "one"), (BUDI, "other"), (ANI, "two"), (ANI, "three")):
            record(session, by, Action.ROLES_CHANGED, subject, MORNING, {"roles": "clerk", "before": ""})
    engine.dispose()
    return tmp_path


def verdict(folder: Path, office: str = "PYK") -> tuple[int, str]:
    engine = open_database(folder)
    with Session(engine) as session:
        found = verify(session, office)
    engine.dispose()
    return found.rows, found.problem


def tampered(folder: Path, *statements: str) -> None:
    """What somebody does who owns the file: the triggers are dropped first."""
    with sqlite3.connect(database_file(folder)) as connection:
        for name in ("audit_no_update", "audit_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def test_each_office_has_a_chain_of_its_own_from_one_on(folder: Path) -> None:
    assert verdict(folder) == (3, "")
    assert verdict(folder, "AGM") == (1, "")
    engine = open_database(folder)
    with Session(engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.office == "PYK").order_by(AuditRow.seq)).all()
    engine.dispose()
    assert [row.previous for row in rows] == ["", rows[0].digest, rows[1].digest]
    assert (rows[0].who, rows[0].address, rows[0].action, rows[0].at) == ("ani", "10.0.0.4", "roles_changed", MORNING)


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'budi'", "DELETE FROM audit WHERE seq = 3"])
def test_the_database_refuses_to_change_and_to_delete(folder: Path, statement: str) -> None:
    engine = open_database(folder)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert verdict(folder) == (3, "")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET who = 'budi' WHERE subject = 'two'", (1, "row 2 was changed")),
        ("UPDATE audit SET detail = '{}' WHERE subject = 'two'", (1, "row 2 was changed")),
        ("UPDATE audit SET at = '2026-11-24 01:00:01.000000' WHERE subject = 'one'", (0, "row 1 was changed")),
        ("DELETE FROM audit WHERE subject = 'two'", (1, "row 2 is missing")),
        ("DELETE FROM audit WHERE subject = 'three'", (2, "row 3 is missing")),
        ("UPDATE audit SET digest = 'x' WHERE subject = 'one'", (0, "row 1 was changed")),
        ("UPDATE audit SET previous = '' WHERE subject = 'three'", (2, "row 3 does not follow from the one before it")),
    ],
)
def test_the_walk_says_where_a_chain_was_broken_past_the_triggers(
    folder: Path, statement: str, found: tuple[int, str]
) -> None:
    tampered(folder, statement)
    assert verdict(folder) == found
    assert verdict(folder, "AGM") == (1, "")


def test_an_act_is_on_the_trail_only_if_it_was_done(folder: Path) -> None:
    engine = open_database(folder)
    with Session(for_writing(engine)) as session:
        record(session, ANI, Action.ROLES_CHANGED, "four", MORNING)
        session.rollback()
    engine.dispose()
    assert verdict(folder) == (3, "")


def test_a_time_in_another_zone_is_the_same_instant(folder: Path) -> None:
    engine = open_database(folder)
    there = datetime.fromisoformat("2026-11-24T09:30:00.000250+07:00")
    with Session(for_writing(engine)) as session, session.begin():
        record(session, ANI, Action.ROLES_CHANGED, "four", there)
    with Session(engine) as session:
        assert session.get(AuditRow, ("PYK", 4)).at == datetime(2026, 11, 24, 2, 30, 0, 250, UTC)
    engine.dispose()
    assert verdict(folder) == (4, "")
