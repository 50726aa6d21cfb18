"""A transaction that PostgreSQL undid for another one's sake is done again, with the whole request that it was for."""

import asyncio
import logging
from random import Random

from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

UNDONE = {"40001", "40P01"}
"""serialization_failure and deadlock_detected (PostgreSQL's manual, appendix A)."""
TRIES = 20
LONGEST_WAIT = 0.5
"""s. The first is up to 10 ms, each next up to twice as long, this at most."""


class Overtaken(Exception):
    """Another transaction recorded what this one is about, which does not see it yet; doing it again will."""


class Again:
    """ASGI middleware: as long as nothing was answered, an undone request is done again, TRIES times in all."""

    def __init__(self, app: ASGIApp, random: Random | None = None) -> None:
        self._app, self._random = app, random or Random()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received: list[Message] = []
        answered = False
        begun = dict(scope)

        async def send_noting(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        for attempt in range(TRIES):
            # A scope is written into on the way, and who stands in front reads it afterwards.
            scope.clear()
            scope.update(begun)
            try:
                await self._app(scope, _replayed(received, receive), send_noting)
            except (DBAPIError, Overtaken) as error:
                if answered or attempt == TRIES - 1 or not _is_undone(error):
                    raise
            else:
                return
            await asyncio.sleep(self._random.uniform(0, min(LONGEST_WAIT, 0.01 * 2**attempt)))


def _replayed(received: list[Message], receive: Receive) -> Receive:
    """Gives what was received before again, then what comes, and keeps that too."""
    waiting = iter(tuple(received))

    async def replay() -> Message:
        for message in waiting:
            return message
        message = await receive()
        received.append(message)
        return message

    return replay


def _is_undone(error: DBAPIError | Overtaken) -> bool:
    return isinstance(error, Overtaken) or getattr(error.orig, "sqlstate", None) in UNDONE
