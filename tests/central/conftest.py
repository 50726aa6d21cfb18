"""A central server with the demo office on a passed-in clock, and a kiosk that speaks to it."""

import json
import shutil
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from staff import Staff
from wire import DAY, MORNING, PASSWORD, Clock, Kiosk

from central.app import create_app
from central.database import KioskRow, for_writing, open_database
from central.demo import load_demo
from central.enrolment import new_code
from central.people.login import add_officer
from central.people.roles import STAFF
from kiosk.protocol import ENROLMENTS


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo office, made once."""
    folder = tmp_path_factory.mktemp("office") / "data"
    engine = open_database(folder)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, DAY, MORNING, at_any_hour=False, public_url="https://antrean.example")
        add_officer(session, "PYK", "petugas", PASSWORD, STAFF)
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
            return new_code(session, "PYK", name, clock.now())

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


@pytest.fixture
def enrol_again(http: TestClient, clock: Clock):
    """Kiosks as many as a property test wants, put straight into the table."""

    def one_more() -> Kiosk:
        key = Ed25519PrivateKey.generate()
        public = b64encode(key.public_key().public_bytes_raw()).decode()
        with http.app.state.writing.begin() as session:
            digit = 1 + (session.scalar(select(func.max(KioskRow.digit))) or 0)
            row = KioskRow(id=str(uuid4()), office="PYK", name=f"K{digit}", digit=digit, public_key=public)
            session.add(row)
        return Kiosk(http, clock, row.id, digit, key)

    return one_more


@pytest.fixture
def staff(http: TestClient, clock: Clock) -> Staff:
    return Staff(http, clock)
