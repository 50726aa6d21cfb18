"""What the tests of the central server share: a clock, a kiosk's side of the wire, tickets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jwt
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Connection, create_engine

from central import database
from central.database import database_file, open_database
from central.engines import is_postgres
from kiosk.model import Ticket
from kiosk.protocol import EPOCHS, FACTS, FactBody, Message, canonical, digest

DAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""08.00 at the office, a Tuesday."""
PASSWORD = "menara-pagi-rantau"


@dataclass
class Clock:
    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Kiosk:
    """An enrolled kiosk's side of the wire; `facts` appends to its journal."""

    http: TestClient
    clock: Clock
    id: str
    digit: int
    key: Ed25519PrivateKey
    epoch: int = 7
    seq: int = 0
    previous: str = ""

    def token(self, key: Ed25519PrivateKey | None = None, seconds: float = 120, **claims: Any) -> str:
        issued = self.clock.now().timestamp()
        return jwt.encode(
            {"sub": self.id, "iat": issued, "exp": issued + seconds} | claims, key or self.key, algorithm="EdDSA"
        )

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}

    def get(self, path: str, **headers: str) -> Response:
        return self.http.get(path, headers=self.headers() | headers)

    def post(self, path: str, body: Any) -> Response:
        return self.http.post(path, json=body, headers=self.headers())

    def fact(
        self, body: FactBody | dict[str, Any], at: datetime | None = None, undated: bool = False
    ) -> dict[str, Any]:
        """The next fact of the journal, as its JSON; a body as JSON may be one that nobody knows."""
        self.seq += 1
        known = body.model_dump(mode="json") if isinstance(body, Message) else body
        moment = None if undated else (at or self.clock.now()).isoformat()
        fact = {"id": str(uuid4()), "epoch": self.epoch, "seq": self.seq, "previous": self.previous, "at": moment}
        self.previous = digest(canonical(fact | {"body": known}))
        return fact | {"body": known}

    def registers(self, epoch: int, claimed: int | None = None) -> int:
        """Begins an epoch; returns its series."""
        answer = self.post(EPOCHS, {"epoch": epoch, "series": claimed})
        assert answer.status_code == 200, answer.text
        self.epoch, self.seq, self.previous = epoch, 0, ""
        series: int = answer.json()["series"]
        return series

    def send(self, *facts: dict[str, Any]) -> Response:
        """Delivers facts as a kiosk does: their canonical texts, joined."""
        return self.deliver(b'{"facts":[' + b",".join(canonical(fact) for fact in facts) + b"]}")

    def deliver(self, content: bytes) -> Response:
        headers = self.headers() | {"Content-Type": "application/json"}
        return self.http.post(FACTS, content=content, headers=headers)

    def tells(self, *bodies: FactBody) -> None:
        answer = self.send(*(self.fact(body) for body in bodies))
        assert answer.status_code == 200, answer.text


def a_ticket(number: str = "A-001", minute: int = 0, ticket: UUID | None = None, **more: Any) -> Ticket:
    """A walk-in's ticket, or a booking's where a slot is given, issued `minute` after 08.00."""
    at = MORNING + timedelta(minutes=minute)
    given = {"masked_name": "B*** S***", "service": "passport_new", "day": DAY, "issued_at": at} | more
    return Ticket(id=ticket or uuid4(), number=number, **given)


def drop_unique_keys(data: Path) -> None:
    """Empties the table of facts and switches off what keeps one from standing twice, for the controls."""
    engine = open_database(data)
    with engine.begin() as connection:
        if is_postgres(engine):
            for key in ("facts_pkey", "facts_kiosk_epoch_seq_key"):
                connection.exec_driver_sql(f"ALTER TABLE facts DROP CONSTRAINT {key}")
            connection.exec_driver_sql("DELETE FROM facts")
        else:
            made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'facts'").scalar_one()
            plain = made.replace("PRIMARY KEY (id),", "").replace("UNIQUE (kiosk, epoch, seq)", "CHECK (1)")
            assert "PRIMARY" not in plain
            assert "UNIQUE" not in plain
            connection.exec_driver_sql("DROP TABLE facts")
            connection.exec_driver_sql(plain)
    engine.dispose()


@contextmanager
def database_of(folder: Path, revision: str) -> Iterator[Connection]:
    """A new database as an earlier version of the server had it, to be filled."""
    engine = create_engine(f"sqlite:///{database_file(folder)}")
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


def slot(text: str) -> time:
    return time.fromisoformat(text)


def row_of(page: str, number: str) -> str:
    """The table row of a number on the officers' page, as text with single spaces."""
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{number}<" in row]
    return " ".join(re.sub(r"<[^>]+>", " ", rows[0]).split()) if rows else ""
