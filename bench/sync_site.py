"""A kiosk's sync and a central server, both of true parts and on one passed-in clock, with the fault proxy between."""

import json
import socket
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Protocol
from uuid import UUID, uuid4

import trustme
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.types import ASGIApp

from central.app import create_app
from central.database import KioskRow, database_file, for_writing, open_database
from central.demo import load_demo
from central.privacy.keyring import Keyring, key_file
from kiosk.client import Client
from kiosk.identity import Identity
from kiosk.model import PrinterStatus
from kiosk.protocol import Commented, Enrolled, Heartbeat, Snapshot
from kiosk.store import Store
from kiosk.sync import Sync, SyncState
from kiosk.workers import BackOff

START = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
STORE_KEY = bytes(32)


class Clock:
    """Time that the campaign moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def utc(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class TellsTime(Protocol):
    """All that a server asks of its clock."""

    def utc(self) -> datetime: ...


class CentralServer:
    """The central server in a thread, over HTTPS and its own database with the demo office. `wrapped` may put something
    else in front of the application.
    """

    def __init__(self, folder: Path, clock: TellsTime, wrapped: Callable[[FastAPI], ASGIApp] = lambda app: app) -> None:
        self._clock, self._wrapped, self.data = clock, wrapped, folder / "central"
        self.ca, self._certificate = folder / "server-ca.pem", folder / "server.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca))
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(self._certificate))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"https://localhost:{self._port}"
        with Session(for_writing(open_database(self.data))) as session, session.begin():
            load_demo(session, self.data, None, clock.utc(), at_any_hour=True, public_url="https://antrean.example")

    def enrolled(self, folder: Path) -> Identity:
        """One more kiosk's identity, written into its folder; a campaign has more kiosks than an office has digits. The
        server must run.
        """
        key = Ed25519PrivateKey.generate()
        public = b64encode(key.public_key().public_bytes_raw()).decode()
        with self._app.state.writing.begin() as session:
            digit = 1 + (session.scalar(select(func.max(KioskRow.digit))) or 0)
            row = KioskRow(id=str(uuid4()), office="PYK", name=f"Kiosk {digit}", digit=digit, public_key=public)
            session.add(row)
            enrolled = Enrolled(kiosk_id=UUID(row.id), name=row.name, digit=digit, office="PYK")
        return Identity.create(folder, enrolled, key)

    def start(self) -> None:
        """Returns when it listens. Raises RuntimeError if it cannot."""
        started = Event()

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                started.set()

        self._app = create_app(self.data, self._clock.utc)
        config = uvicorn.Config(
            self._wrapped(self._app), port=self._port, ssl_certfile=self._certificate, log_level="error",
            timeout_graceful_shutdown=2, date_header=False,
        )  # fmt: skip
        self._server = Server(config)
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not started.wait(0.1):
            if not self._thread.is_alive():
                raise RuntimeError("the central server does not start")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    def copy(self, file: Path) -> None:
        """Backs the database up, as a careful administrator does."""
        with sqlite3.connect(database_file(self.data)) as held, sqlite3.connect(file) as copied:
            held.backup(copied)

    def restore(self, file: Path) -> None:
        """Puts a copy in the place of the database; the server must be stopped."""
        held = database_file(self.data)
        for each in (held, Path(f"{held}-wal"), Path(f"{held}-shm")):
            each.unlink(missing_ok=True)
        held.write_bytes(file.read_bytes())

    def facts_of(self, kiosk: UUID) -> list[int]:
        """What the kiosk recorded, as numbered by SyncKiosk.record, in the order in which it was taken in."""
        with sqlite3.connect(database_file(self.data)) as db:
            rows = db.execute("SELECT body FROM facts WHERE kiosk = ? ORDER BY rowid", (str(kiosk),)).fetchall()
        keys = Keyring(key_file(self.data))
        return [number_of(keys.open(row[0])) for row in rows]


def number_of(body: str) -> int:
    """The number that SyncKiosk.record gave to a fact."""
    return UUID(json.loads(body)["rating"]).int


class SyncKiosk:
    """A kiosk's store and sync, without its lobby. Its facts are numbered from 1; an exchange takes at most `seconds`,
    which is what a silent server costs.
    """

    def __init__(
        self,
        folder: Path,
        server: CentralServer,
        url: str,
        ca: Path,
        clock: Clock,
        random: Random,
        seconds: float,
    ) -> None:
        self.identity, self._seconds = server.enrolled(folder), seconds
        self._folder, self._ca, self._clock, self._random = folder, ca, clock, random
        self.recorded = 0
        self.state = SyncState.OFFLINE
        self._open(url)

    def _open(self, url: str) -> None:
        self.store = Store(self._folder / "kiosk.sqlite", STORE_KEY, self._clock.utc)
        self._client = Client(url, self._ca, self.identity, self._clock.utc, self._seconds)
        self._sync = Sync(
            self._client, self.store, self._heartbeat, self._on_snapshot, self._on_state, self._clock.monotonic,
            BackOff(1, 60, self._random),
        )  # fmt: skip

    def restart(self, url: str, seconds: float | None = None) -> None:
        """Ends, and comes up again with what is on the disk; `url` is where the server is said to be, `seconds` what an
        exchange may take from now on.
        """
        self.close()
        self._seconds = seconds or self._seconds
        self._open(url)

    def close(self) -> None:
        self._client.close()
        self.store.close()

    def record(self, count: int) -> None:
        """Appends facts of different lengths."""
        for _ in range(count):
            self.recorded += 1
            self.store.record(Commented(rating=UUID(int=self.recorded), text="é" * self._random.randrange(400)))

    def round(self) -> float:
        """One round of sync; then time passes until the next is due. Returns that wait in s."""
        wait = self._sync.round()
        self._clock.seconds += wait
        return wait

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self.round()

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            at=self._clock.utc(), version="1", screen="WELCOME", printer=PrinterStatus.READY, scanner_ready=True,
            owed=self.store.owed_count(),
        )  # fmt: skip

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        pass

    def _on_state(self, state: SyncState) -> None:
        self.state = state
