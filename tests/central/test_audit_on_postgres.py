"""The audit trail on PostgreSQL: it refuses edits there too, and those who append at once make one chain."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres import Cluster
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from wire import MORNING

from central.conflicts import UNDONE
from central.database import for_writing, open_database
from central.people.audit import Action, record, verify
from central.people.roles import SignedIn


@pytest.fixture
def engine(server: Cluster, tmp_path: Path) -> Iterator[Engine]:
    name = server.create()
    opened = open_database(tmp_path, server.url(name))
    yield opened
    opened.dispose()
    server.drop(name)


def append(engine: Engine, who: str) -> None:
    """Records an act, again for as long as the database undoes it for another's sake."""
    for _ in range(200):
        try:
            with Session(for_writing(engine)) as session, session.begin():
                record(session, SignedIn(who, "PYK", frozenset()), Action.ROLES_CHANGED, who, MORNING)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in UNDONE:
                raise
        else:
            return
    raise AssertionError("never done")


def test_the_database_refuses_to_change_to_delete_and_to_empty(engine: Engine) -> None:
    append(engine, "ani")
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def test_who_append_at_once_make_one_chain(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append(engine, f"w{number}"), range(64)))
    with Session(engine) as session:
        found = verify(session, "PYK")
    assert (found.rows, found.problem) == (64, "")
