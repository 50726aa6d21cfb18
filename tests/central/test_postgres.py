"""What PostgreSQL does that SQLite has no need of: migrations raced for, transactions undone and done again, news."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi.testclient import TestClient
from postgres import Cluster
from sqlalchemy import select
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send
from wire import Clock

from central import conflicts
from central.app import create_app
from central.changes import postgres_news
from central.conflicts import Again, Overtaken
from central.database import FactRow, KioskRow, database_url, for_reading, for_writing, open_database
from central.news import tell
from central.tables import TABLES
from kiosk.protocol import HelpCalled

KIOSK = {"office": "PYK", "name": "Lobi", "public_key": ""}


@pytest.fixture
def empty(server: Cluster):
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def folder(tmp_path: Path, empty: str) -> Path:
    """A data folder whose database is PostgreSQL, without any office."""
    (tmp_path / "database.url").write_text(empty)
    return tmp_path


@pytest.fixture
def engine(folder: Path):
    opened = open_database(folder)
    yield opened
    opened.dispose()


def test_the_migrations_make_what_the_code_speaks_of(engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES) == []


def test_processes_that_start_at_once_migrate_one_after_the_other(folder: Path) -> None:
    with ThreadPoolExecutor(6) as processes:
        for engine in processes.map(open_database, [folder] * 6):
            engine.dispose()


def test_a_reader_sees_one_state_and_cannot_write(engine) -> None:
    with Session(for_reading(engine)) as reader, Session(for_writing(engine)) as writer:
        assert reader.scalars(select(KioskRow)).all() == []
        writer.add(KioskRow(id="a", digit=1, **KIOSK))
        writer.commit()
        assert reader.scalars(select(KioskRow)).all() == []
        reader.add(KioskRow(id="b", digit=2, **KIOSK))
        with pytest.raises(InternalError, match="read-only transaction"):
            reader.flush()


def test_what_two_writers_read_cannot_both_stay_true(engine) -> None:
    """Each counts the kiosks and gives itself the next digit, as no constraint would forbid."""
    with Session(for_writing(engine)) as one, Session(for_writing(engine)) as other:
        for session, name in ((one, "a"), (other, "b")):
            count = len(session.scalars(select(KioskRow)).all())
            session.add(KioskRow(id=name, digit=1 + count, **KIOSK | {"office": name}))
        one.commit()
        with pytest.raises(OperationalError, match="could not serialize access"):
            other.commit()


def test_a_reference_time_comes_back_in_utc_wherever_the_server_is(folder: Path, empty: str) -> None:
    (folder / "database.url").write_text(f"{empty}&options=-c%20timezone=Asia/Jakarta")
    engine = open_database(folder)
    with Session(for_writing(engine)) as session, session.begin():
        session.add(KioskRow(id="a", digit=1, heard_at=Clock().now(), **KIOSK))
    with Session(engine) as session:
        assert session.get(KioskRow, "a").heard_at.isoformat() == "2026-11-24T01:00:00+00:00"
    engine.dispose()


def test_a_text_with_a_nul_character_is_nowhere_and_is_kept_with_another_one(engine) -> None:
    with Session(for_writing(engine)) as session, session.begin():
        session.add(KioskRow(id="a", digit=1, **KIOSK | {"name": "Lo\0bi"}))
        assert session.get(KioskRow, "a\0") is None
    with Session(engine) as session:
        assert session.get(KioskRow, "a").name == "Lo\ufffdbi"


@pytest.mark.parametrize("url", ["mysql://h/d", "/data/x.sqlite", "postgresql://h/d"])
def test_another_kind_of_database_is_declined_in_words(tmp_path: Path, url: str) -> None:
    with pytest.raises(OSError, match=r"starts with postgresql\+psycopg://"):
        open_database(tmp_path, url)


def test_a_database_that_cannot_be_opened_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the database cannot be opened") as found:
        open_database(tmp_path, f"postgresql+psycopg://somebody:s3cret@/none?host={tmp_path}")
    assert "s3cret" not in str(found.value)


def at_once(http: TestClient, calls: list[Callable[[], Any]]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as callers:
        return [each.result().status_code for each in [callers.submit(call) for call in calls]]


def test_a_batch_that_comes_several_times_at_once_is_taken_once_and_acknowledged_each_time(http, kiosk) -> None:
    for _ in range(5):
        batch = [kiosk.fact(HelpCalled(step="WELCOME")) for _ in range(3)]
        assert at_once(http, [partial(kiosk.send, *batch)] * 4) == [200] * 4
    with http.app.state.reading() as session:
        assert session.scalars(select(FactRow.seq).order_by(FactRow.seq)).all() == list(range(1, 16))


def test_control_without_doing_them_again_some_of_them_fail(data: Path, clock, kiosk) -> None:
    app = create_app(data, clock.now)
    app.user_middleware = [each for each in app.user_middleware if each.cls is not Again]
    answers: Counter[int] = Counter()
    with TestClient(app, base_url="https://central.example", raise_server_exceptions=False) as http:
        kiosk.http = http
        for _ in range(10):
            batch = [kiosk.fact(HelpCalled(step="WELCOME")) for _ in range(3)]
            answers.update(at_once(http, [partial(kiosk.send, *batch)] * 4))
    assert answers[500] > 0


async def answered_after(failures: list[Exception], answered: bool = False) -> int:
    """How often a request was done that fails so; 200 is answered, before it fails if `answered`."""
    done = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal done
        done += 1
        assert await receive() == {"type": "http.request", "body": b"once"}
        if answered:
            await send({"type": "http.response.start"})
        if done <= len(failures):
            raise failures[done - 1]

    coming = iter([{"type": "http.request", "body": b"once"}])

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        pass

    try:
        await Again(app)({"type": "http"}, receive, send)
    except Overtaken:
        return -done
    return done


def test_an_undone_request_is_done_again_with_the_body_that_it_had() -> None:
    assert asyncio.run(answered_after([Overtaken(), Overtaken()])) == 3


def test_it_is_given_up_after_so_many_times_and_never_done_again_once_something_was_answered() -> None:
    assert asyncio.run(answered_after([Overtaken()] * conflicts.TRIES)) == -conflicts.TRIES
    assert asyncio.run(answered_after([Overtaken()], answered=True)) == -1


async def news_of(folder: Path, work: Callable[[], None], count: int) -> list[str]:
    """The first news, and then what `work` makes of it."""
    address = database_url(folder)
    assert address is not None
    listening = postgres_news(address)
    heard = [await anext(listening)]
    await asyncio.to_thread(work)
    async with asyncio.timeout(15):
        heard += [await anext(listening) for _ in range(count)]
    await listening.aclose()
    return heard


def test_a_change_is_told_with_its_office_when_it_is_committed_and_not_before(engine, folder: Path) -> None:
    def work() -> None:
        with Session(for_writing(engine)) as session:
            session.add(KioskRow(id="b", digit=1, **KIOSK | {"office": "AGM"}))
            session.flush()
            session.rollback()
            session.add(KioskRow(id="a", digit=1, **KIOSK))
            session.commit()
            tell(session, "LAST")
            session.commit()

    assert asyncio.run(news_of(folder, work, 2)) == ["", "PYK", "LAST"]


def test_who_listens_and_who_reads_connects_again_after_the_server_was_away(
    engine, folder: Path, server: Cluster
) -> None:
    def work() -> None:
        server.stop("immediate")
        server.start()

    with Session(engine) as session:
        assert session.scalars(select(KioskRow)).all() == []
    assert asyncio.run(news_of(folder, work, 1)) == ["", ""]
    with Session(engine) as session:
        assert session.scalars(select(KioskRow)).all() == []
