"""What open pages wait for: that something was recorded, by this process or another one."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
KEEP_ALIVE_SECONDS = 15.0


class Changes:
    """Watches a SQLite file by its data_version, which moves with every other connection's commit."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._version = 0
        self._ended = False
        self._moved = asyncio.Condition()

    async def watch(self) -> None:
        """Looks until it is cancelled or `end` is called."""
        connection = sqlite3.connect(self._file)
        try:
            while not self._ended:
                await self._look(connection)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            connection.close()

    async def _look(self, connection: sqlite3.Connection) -> None:
        try:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            # Pages ask for themselves now and then, so they are late, not wrong.
            log.warning("changes cannot be watched; looking again", exc_info=True)
            return
        if version != self._version:
            self._version = version
            await self._wake()

    async def end(self) -> None:
        """Ends every stream, so that a server that stops need not wait for its readers."""
        self._ended = True
        await self._wake()

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events: `changed` at once and after every change, a comment now and then in between."""
        yield "retry: 2000\n\n"
        seen = -1
        while not self._ended:
            if self._version != seen:
                seen = self._version
                yield "event: changed\ndata:\n\n"
            elif not await self._move_after(seen):
                yield ": still here\n\n"

    async def _move_after(self, seen: int) -> bool:
        """Waits for a change or the end; False if neither comes for a while."""
        try:
            async with asyncio.timeout(KEEP_ALIVE_SECONDS), self._moved:
                await self._moved.wait_for(lambda: self._ended or self._version != seen)
        except TimeoutError:
            return False
        return True

    async def _wake(self) -> None:
        async with self._moved:
            self._moved.notify_all()
