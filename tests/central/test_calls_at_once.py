"""Two clerks who call at once never get the same person, on both databases; without the guard they do."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from lobby import arrives
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from wire import MORNING, a_ticket

from central.counters import calls
from central.counters.desk import counter_named, open_counter
from central.counters.rows import CallRow
from central.database import OfficeRow, TicketRow, for_writing, open_database
from central.people.roles import Role, SignedIn
from central.privacy.sealed import keyring_of, use
from central.tables import TABLES
from kiosk.model import QueueState

PEOPLE, CLERKS = 16, 4
Begin = Callable[[], Session]


@pytest.fixture
def sqlite(data: Path) -> Iterator[Engine]:
    engine = open_database(data)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[object]:
    if not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("PostgreSQL is not installed here")
    from postgres import cluster

    with cluster() as started:
        yield started


@pytest.fixture(params=["READ COMMITTED", "SERIALIZABLE"])
def postgres(request, server, sqlite: Engine) -> Iterator[Engine]:
    """The same office in PostgreSQL, with either isolation of transactions."""
    name = server.create()
    engine = create_engine(server.url(name), isolation_level=request.param)
    TABLES.create_all(engine)
    use(engine, keyring_of(sqlite))
    with Session(sqlite) as held, Session(engine) as session, session.begin():
        session.add(OfficeRow(id="PYK", body=held.get_one(OfficeRow, "PYK").body))
    yield engine
    engine.dispose()
    server.drop(name)


def fill(begin: Begin) -> list[tuple[SignedIn, int]]:
    """A lobby full of people, and a counter for each clerk."""
    with begin() as session, session.begin():
        for count in range(PEOPLE):
            arrives(session, a_ticket(f"W1-{count:03}", count))
        clerks = [SignedIn(f"clerk{count}", "PYK", frozenset({Role.CLERK})) for count in range(CLERKS)]
        return [
            (each, open_counter(session, each, counter_named(session, "PYK", each.name[-1]).id, MORNING).id)
            for each in clerks
        ]


def call_all(begin: Begin) -> Counter[str]:
    """The clerks call and serve at once, in as many rounds as it takes; how often each ticket was called."""
    desks, together = fill(begin), Barrier(CLERKS, timeout=60)

    def work(desk: tuple[SignedIn, int]) -> None:
        for _ in range(PEOPLE // CLERKS):
            together.wait()
            called = again(begin, lambda session: calls.call_next(session, *desk, MORNING).id)
            again(begin, lambda session, call=called: calls.finish(session, desk[0], call, calls.Result.DONE, MORNING))

    with ThreadPoolExecutor(CLERKS) as clerks:
        list(clerks.map(work, desks))
    with begin() as session:
        return Counter(session.scalars(select(CallRow.ticket)))


def again(begin: Begin, act: Callable[[Session], object]) -> object:
    """Does something in a transaction of its own, once more where the database undid it."""
    while True:
        try:
            with begin() as session, session.begin():
                return act(session)
        except OperationalError:
            time.sleep(0)  # another thread's turn


def everybody_was_called_once_and_in_order(begin: Begin, called: Counter[str]) -> None:
    assert (len(called), set(called.values())) == (PEOPLE, {1})
    with begin() as session:
        assert set(session.scalars(select(TicketRow.state))) == {QueueState.SERVED}
        numbers = select(TicketRow.number).join(CallRow, CallRow.ticket == TicketRow.id).order_by(CallRow.id)
        order = list(session.scalars(numbers))
        assert order == sorted(order)


def test_on_sqlite_nobody_is_called_twice(sqlite: Engine) -> None:
    def begin() -> Session:
        return Session(for_writing(sqlite))

    everybody_was_called_once_and_in_order(begin, call_all(begin))


def test_on_postgresql_nobody_is_called_twice(postgres: Engine) -> None:
    def begin() -> Session:
        return Session(postgres)

    everybody_was_called_once_and_in_order(begin, call_all(begin))


@pytest.mark.parametrize("postgres", ["READ COMMITTED"], indirect=True)
def test_the_control_without_row_locks_calls_people_twice(postgres: Engine) -> None:
    @event.listens_for(postgres, "before_cursor_execute", retval=True)
    def forget_locks(connection, cursor, statement: str, parameters, context, many) -> tuple[str, object]:
        return statement.replace(" FOR UPDATE", ""), parameters

    assert set(call_all(lambda: Session(postgres)).values()) != {1}


def test_the_control_without_a_write_lock_calls_people_twice(sqlite: Engine, data: Path) -> None:
    # Each statement is a transaction of its own.
    loose = create_engine(sqlite.url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 10})
    use(loose, keyring_of(sqlite))
    assert set(call_all(lambda: Session(loose)).values()) != {1}
    loose.dispose()
