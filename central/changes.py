"""What open pages wait for: that something was recorded, by this process or another one."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
from sqlalchemy import URL

from central.news import CHANNEL, EVERY_OFFICE

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
CONNECT_SECONDS = 2.0
NOTICED = {
    "connect_timeout": "5",
    "keepalives": "1", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
}  # fmt: skip
"""A server that went without a word is noticed after half a minute (libpq, 34.1.2, parameter key words)."""
KEEP_ALIVE_SECONDS = 15.0

News = Callable[[], AsyncIterator[str]]
"""Gives the office of each change, "" for every office, until it is closed."""


class Changes:
    """Hears of changes, and tells the pages that wait for them."""

    def __init__(self, news: News, again_seconds: float = CONNECT_SECONDS) -> None:
        self._news, self._again_seconds = news, again_seconds
        self._heard: Counter[str] = Counter()
        self._ended = False
        self._moved = asyncio.Condition()

    async def watch(self) -> None:
        """Listens until it is cancelled; begins again after whatever ends it."""
        while True:
            try:
                async for office in self._news():
                    self._heard[office] += 1
                    await self._wake()
            except Exception as error:  # noqa: BLE001 whatever it is, pages must not wait for news for ever
                log.error("watching for changes ended (%s), and begins again", type(error).__name__)
            await asyncio.sleep(self._again_seconds)

    async def end(self) -> None:
        """Ends every stream, so that a server that stops need not wait for its readers."""
        self._ended = True
        await self._wake()

    async def stream(self, office: str = EVERY_OFFICE) -> AsyncIterator[str]:
        """Server-sent events of one office, or of all: `changed` at once and after every change, a comment now and then
        in between. Changes that come close together are told once.
        """
        yield "retry: 2000\n\n"
        seen = -1
        while not self._ended:
            if self._version(office) != seen:
                seen = self._version(office)
                yield "event: changed\ndata:\n\n"
                await self._pause()
            elif not await self._move_after(office, seen):
                yield ": still here\n\n"

    def _version(self, office: str) -> int:
        if office == EVERY_OFFICE:
            return self._heard.total()
        return self._heard[office] + self._heard[EVERY_OFFICE]

    async def _pause(self) -> None:
        """Until LOOK_SECONDS are over, or the end."""
        try:
            async with asyncio.timeout(LOOK_SECONDS), self._moved:
                await self._moved.wait_for(lambda: self._ended)
        except TimeoutError:
            return

    async def _move_after(self, office: str, seen: int) -> bool:
        """Waits for a change or the end; False if neither comes for a while."""
        try:
            async with asyncio.timeout(KEEP_ALIVE_SECONDS), self._moved:
                await self._moved.wait_for(lambda: self._ended or self._version(office) != seen)
        except TimeoutError:
            return False
        return True

    async def _wake(self) -> None:
        async with self._moved:
            self._moved.notify_all()


async def sqlite_news(file: Path) -> AsyncIterator[str]:
    """Looks at a SQLite file's data_version, which moves with every other connection's commit, whatever it changed."""
    version = 0
    connection = sqlite3.connect(file)
    try:
        while True:
            try:
                held = connection.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                # Pages ask for themselves now and then, so they are late, not wrong.
                log.warning("changes cannot be watched; looking again", exc_info=True)
                held = version
            if held != version:
                version = held
                yield EVERY_OFFICE
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        connection.close()


def listened_to_at(url: URL) -> str:
    """The address by which libpq connects, and notices a server that is gone."""
    return url.set(drivername="postgresql").update_query_dict(NOTICED).render_as_string(hide_password=False)


async def postgres_news(url: URL) -> AsyncIterator[str]:
    """Listens to PostgreSQL on a connection of its own, made anew when it is lost. What was missed by then nobody
    knows, so it may be any office's.
    """
    where = listened_to_at(url)
    away = False
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(where, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                away = False
                yield EVERY_OFFICE
                async for notice in connection.notifies():
                    yield notice.payload
        except psycopg.Error:
            if not away:
                log.warning("changes cannot be listened to; connecting again until they can")
            away = True
        await asyncio.sleep(CONNECT_SECONDS)
