"""A central server with the demo office on a passed-in clock, and a kiosk that speaks to it."""

import json
import re
import shutil
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.app import create_app
from central.database import KioskRow, for_writing, open_database
from central.demo import load_demo
from central.enrolment import new_code
from central.login import add_officer
from kiosk.model import Ticket
from kiosk.protocol import ENROLMENTS, FACTS, Fact, FactBody

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
    sent: list[Fact] = field(default_factory=list)

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

    def fact(self, body: FactBody, at: datetime | None = None) -> Fact:
        self.seq += 1
        return Fact(id=uuid4(), epoch=self.epoch, seq=self.seq, at=at or self.clock.now(), body=body)

    def send(self, *facts: Fact) -> Response:
        return self.post(FACTS, {"facts": [fact.model_dump(mode="json") for fact in facts]})

    def tells(self, *bodies: FactBody) -> None:
        answer = self.send(*(self.fact(body) for body in bodies))
        assert answer.status_code == 200, answer.text


def a_ticket(number: str = "A-001", minute: int = 0, ticket: UUID | None = None, **more: Any) -> Ticket:
    """A walk-in's ticket, or a booking's where a slot is given, issued `minute` after 08.00."""
    given = {"masked_name": "B*** S***", "service": "passport_new", "day": DAY} | more
    return Ticket(id=ticket or uuid4(), number=number, issued_at=MORNING + timedelta(minutes=minute), **given)


def slot(text: str) -> time:
    return time.fromisoformat(text)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo office, made once."""
    folder = tmp_path_factory.mktemp("office") / "data"
    engine = open_database(folder)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, DAY, MORNING, at_any_hour=False, public_url="https://antrean.example")
        add_officer(session, "petugas", PASSWORD)
    engine.dispose()
    return folder


@pytest.fixture
def data(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "data"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def http(data: Path, clock: Clock):
    app = create_app(data, clock.now)
    with TestClient(app, base_url="https://central.example", follow_redirects=False) as client:
        yield client


@pytest.fixture
def code(http: TestClient, clock: Clock):
    """Makes one-time codes."""

    def make(name: str = "Anjungan Lobi") -> str:
        with http.app.state.writing.begin() as session:
            return new_code(session, name, clock.now())

    return make


@pytest.fixture
def enrol(http: TestClient, clock: Clock, code):
    """Enrols one more kiosk."""

    def one_more() -> Kiosk:
        key = Ed25519PrivateKey.generate()
        public = b64encode(key.public_key().public_bytes_raw()).decode()
        answer = http.post(ENROLMENTS, json={"code": code(), "public_key": public, "name": ""})
        assert answer.status_code == 200, answer.text
        return Kiosk(http, clock, answer.json()["kiosk_id"], answer.json()["digit"], key)

    return one_more


@pytest.fixture
def kiosk(enrol) -> Kiosk:
    return enrol()


@pytest.fixture
def officer(http: TestClient) -> TestClient:
    """The same connection, signed in as an officer."""
    answer = http.post("/officers/login", data={"name": "petugas", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return http


@pytest.fixture
def demo(data: Path) -> list[dict[str, Any]]:
    return json.loads((data / "demo" / "bookings.json").read_text())


def row_of(page: str, number: str) -> str:
    """The table row of a number on the officers' page, as text with single spaces."""
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{number}<" in row]
    return " ".join(re.sub(r"<[^>]+>", " ", rows[0]).split()) if rows else ""


@pytest.fixture
def enrol_again(http: TestClient, clock: Clock):
    """Kiosks as many as a property test wants, put straight into the table."""

    def one_more() -> Kiosk:
        key = Ed25519PrivateKey.generate()
        public = b64encode(key.public_key().public_bytes_raw()).decode()
        with http.app.state.writing.begin() as session:
            digit = 1 + (session.scalar(select(func.max(KioskRow.digit))) or 0)
            row = KioskRow(id=str(uuid4()), name=f"K{digit}", digit=digit, public_key=public)
            session.add(row)
        return Kiosk(http, clock, row.id, digit, key)

    return one_more
