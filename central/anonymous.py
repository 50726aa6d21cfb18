"""How much an address may send that nobody has to be known for: bookings, ratings and the like."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from central.guard import STAFF, only_reads
from central.tries import Rate, network_of

KNOWN = (f"{STAFF}/", "/api/")
"""Under these nothing is done for who is not known, and guesses are counted by themselves."""
RATE = Rate("anonymous", 60, every=timedelta(seconds=2))
"""A lobby full of telephones may share an address; so may the customers of a mobile network."""


class Anonymous:
    """ASGI middleware: too many changes from an address are answered with 429, by whatever process. One row of the
    database is written for each; what only reads costs nothing. `now` gives UTC.
    """

    def __init__(self, app: ASGIApp, writing: sessionmaker[Session], now: Callable[[], datetime]) -> None:
        self._app, self._writing, self._now = app, writing, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = 0
        if scope["type"] == "http" and not only_reads(scope) and not scope["path"].startswith(KNOWN):
            wait = await run_in_threadpool(self._take, (scope["client"] or ("",))[0])
        refusal = JSONResponse({"detail": "too many at once; wait"}, 429, {"Retry-After": str(wait)}) if wait else None
        await (refusal or self._app)(scope, receive, send)

    def _take(self, address: str) -> int:
        with self._writing.begin() as session:
            return RATE.take(session, network_of(address), self._now())
