"""A central server with the demo office on a passed-in clock, and a kiosk that speaks to it."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from postgres import Cluster, cluster
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from staff import Staff
from wire import DAY, MORNING, PASSWORD, Clock, Kiosk

from central.app import create_app
from central.database import KioskRow, for_writing, open_database
from central.demo import load_demo
from central.enrolment import new_code
from central.people.login import add_officer
from central.people.roles import STAFF, Role
from kiosk.protocol import ENROLMENTS

ON_BOTH = {
    "test_back_up", "test_booking_at_once", "test_chain", "test_enrolment", "test_epochs", "test_journal_machine",
    "test_snapshots", "test_snapshots_made_once", "test_taking_facts",
}  # fmt: skip
"""Modules whose tests run on both databases; with --postgres all others run on PostgreSQL."""
OWN_WAY = {"test_calls_at_once"}
"""Modules that see to both by themselves."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    module = metafunc.module.__name__.rpartition(".")[2]
    if "database" not in metafunc.fixturenames or module in OWN_WAY:
        return
    if module in ON_BOTH:
        metafunc.parametrize("database", ["sqlite", "postgres"], indirect=True)
    elif module == "test_postgres" or metafunc.config.getoption("postgres"):
        metafunc.parametrize("database", ["postgres"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def sqlite(database: str) -> None:
    """For tests of what SQLite alone does."""
    if database != "sqlite":
        pytest.skip("of SQLite alone")


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """PostgreSQL, started for the first test that wants it."""
    with cluster() as started:
        yield started


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo office, made once."""
    return fill_office(tmp_path_factory.mktemp("office") / "data")


@pytest.fixture(scope="session")
def loaded_postgres(tmp_path_factory: pytest.TempPathFactory, server: Cluster) -> tuple[Path, str]:
    """A data folder with the demo office in a database of PostgreSQL, made once, and that database's name."""
    name = server.create()
    return fill_office(tmp_path_factory.mktemp("office") / "data", server.url(name)), name


def fill_office(folder: Path, url: str = "") -> Path:
    engine = open_database(folder, url)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, DAY, MORNING, at_any_hour=False, public_url="https://antrean.example")
        add_officer(session, "PYK", "petugas", PASSWORD, STAFF)
    engine.dispose()
    return folder


@pytest.fixture
def load_office():
    """Loads the demo office into a folder and a database."""
    return fill_office


@pytest.fixture
def data(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A copy of the demo office, in the database that the test runs on."""
    if database == "sqlite":
        yield Path(shutil.copytree(request.getfixturevalue("loaded"), tmp_path / "data"))
        return
    server, (folder, template) = request.getfixturevalue("server"), request.getfixturevalue("loaded_postgres")
    name = server.create(template)
    copy = Path(shutil.copytree(folder, tmp_path / "data"))
    (copy / "database.url").write_text(server.url(name))
    yield copy
    server.drop(name)


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
            return new_code(session, "PYK", name, clock.now(), "petugas", approved=True)

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


@pytest.fixture
def technician(http: TestClient) -> TestClient:
    """A browser in which a technician has signed in."""
    with http.app.state.writing.begin() as session:
        add_officer(session, "PYK", "teknisi", PASSWORD, frozenset({Role.TECHNICIAN}))
    assert http.post("/officers/login", data={"name": "teknisi", "password": PASSWORD}).status_code == 303
    return http
