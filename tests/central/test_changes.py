"""What open pages wait for goes on, whatever ends it; what was told is counted once its transaction is on disk."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from fastapi.testclient import TestClient
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from central.changes import Changes, listened_to_at
from central.news import tell, version


def counted(http: TestClient) -> int:
    with http.app.state.reading() as session:
        return version(session, "PYK").rest


def test_a_savepoint_that_is_taken_back_forgets_nothing_that_was_told_outside_of_it(http: TestClient) -> None:
    before = counted(http)
    with http.app.state.writing.begin() as session:
        tell(session, "PYK")
        with contextlib.suppress(KeyError), session.begin_nested():
            raise KeyError
    assert counted(http) == before + 1


def test_a_transaction_that_is_taken_back_tells_nothing_also_of_its_savepoints(http: TestClient) -> None:
    before = counted(http)
    with http.app.state.writing() as session:
        tell(session, "PYK")
        session.begin_nested()
        tell(session, "PYK")
        session.rollback()
        session.commit()
    assert counted(http) == before


@pytest.mark.parametrize("fails", [True, False])
def test_watching_that_ended_is_logged_if_it_failed_and_begins_again(
    fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[int] = []

    async def news() -> AsyncIterator[str]:
        begun.append(1)
        yield "PYK"
        if fails:
            raise RuntimeError("secret words")

    async def watched() -> None:
        changes = Changes(news, again_seconds=0)
        watching = asyncio.create_task(changes.watch())
        async with asyncio.timeout(5):
            while len(begun) < 3 and not watching.done():
                await asyncio.sleep(0)
        assert not watching.done()
        watching.cancel()

    asyncio.run(watched())
    assert ("ended (RuntimeError), and begins again" in caplog.text) is fails
    assert "secret words" not in caplog.text


def test_who_listens_notices_within_half_a_minute_that_the_server_is_gone() -> None:
    told = conninfo_to_dict(listened_to_at(make_url("postgresql+psycopg://anjungan:s3@db.example/queue")))
    idle, every, times = (int(told[f"keepalives_{each}"]) for each in ("idle", "interval", "count"))
    assert (told["keepalives"], int(told["connect_timeout"]) <= 5, idle + every * times <= 30) == ("1", True, True)
    assert (told["host"], told["user"], told["password"]) == ("db.example", "anjungan", "s3")
