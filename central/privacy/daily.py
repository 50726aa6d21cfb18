"""Forgetting by the serving processes: once a day, by one of them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from central.privacy.disk import sweeping, truncate
from central.privacy.forgetting import forget
from central.privacy.rotation import sealed_anew
from central.privacy.rows import LeaseRow
from central.privacy.sealed import keyring_of

FORGETTING = "forgetting"
EVERY = timedelta(days=1)
LEASE = timedelta(hours=1)
"""Whoever took the work and said nothing for so long has ended. Should it still be at it, nothing is harmed: each row
is forgotten once.
"""
LOOK_SECONDS = 600
log = logging.getLogger(__name__)


class Daily:
    """One process's share in it."""

    def __init__(self, engine: Engine, now: Callable[[], datetime], look_seconds: float = LOOK_SECONDS) -> None:
        self._engine, self._now, self._look_seconds = engine, now, look_seconds
        self._writing = sweeping(engine)
        self._holder = str(uuid4())

    async def run(self) -> None:
        """Looks every `look_seconds` whether it is time, until it is cancelled."""
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                await run_in_threadpool(self.look)
            except Exception as error:  # noqa: BLE001 whatever it is, it must not end what is done daily
                # The error's own words may repeat what it was about.
                log.error("forgetting failed (%s), and is tried again", type(error).__name__)

    def look(self) -> dict[str, dict[str, int]] | None:
        """Forgets what is past its time, and seals what is not sealed yet, if it was not done for a day and no other
        process is at it. Returns what was forgotten, None if it was not the time. After an error it is the
        time again in a LEASE.
        """
        at = self._now()
        with self._writing.begin() as session:
            if not taken(session, FORGETTING, self._holder, at):
                return None
        try:
            counts = forget(self._writing, at)
            for _ in sealed_anew(self._writing, keyring_of(self._engine).ids[0]):
                pass
        finally:
            truncate(self._engine)
        with self._writing.begin() as session:
            row = session.get_one(LeaseRow, FORGETTING)
            row.done_at, row.until = at, at
        return counts


def taken(session: Session, name: str, holder: str, now: datetime) -> bool:
    """Takes the work for LEASE, unless another one has it, or it was done within EVERY."""
    row = session.get(LeaseRow, name, with_for_update=True)
    if row is None:
        with contextlib.suppress(IntegrityError), session.begin_nested():
            # As if it had been done the day before: from now on it can be late.
            session.add(LeaseRow(name=name, holder=holder, until=now, done_at=now - EVERY))
        row = session.get_one(LeaseRow, name, with_for_update=True)
    if row.until > now or (row.done_at is not None and now - row.done_at < EVERY):
        return False
    row.holder, row.until = holder, now + LEASE
    return True
