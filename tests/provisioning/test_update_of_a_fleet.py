"""From the technician's page to the kiosk's disk: a rollout is told, kept, obeyed, and its end is told back."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
import urllib3
from listening import listening
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from update_site import NEW, OLD, Box, Publisher, utc

from central.app import create_app
from central.database import KioskRow, for_writing, open_database
from central.demo import load_demo
from central.enrolment import new_code
from central.fleet.rollout import begin
from central.heartbeats import Heartbeat
from kiosk.bootstrap import Kiosk
from kiosk.config import read_settings
from kiosk.wanted_version import wanted_version
from provisioning.__main__ import main
from provisioning.updates.health import PROBES, NoUnits, first_failed

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Central:
    """A central server with a repository, and a box that is enrolled there."""

    url: str
    engine: Engine
    publisher: Publisher
    box: Box
    ca: Path

    def wants(self, version: str) -> None:
        with Session(self.engine) as session, session.begin():
            begin(session, "PYK", version, 100, "teknisi", utc())

    def updates(self) -> int:
        return main(["update", "--root", str(self.box.root)])

    def heard(self) -> Heartbeat | None:
        with Session(self.engine) as session:
            said = session.scalars(select(KioskRow.heartbeat)).one()
        return Heartbeat.model_validate_json(said) if said else None


@pytest.fixture
def central(tmp_path: Path, authority: trustme.CA, ca: Path) -> Iterator[Central]:
    data = tmp_path / "central"
    engine = open_database(data)
    (tmp_path / "made").mkdir()
    publisher = Publisher(tmp_path / "made", at=data / "updates")
    writing = for_writing(engine)
    with Session(writing) as session, session.begin():
        load_demo(session, data, utc().date(), utc(), at_any_hour=True, public_url="https://localhost")
        code = new_code(session, "PYK", "Lobi", utc(), "petugas", approved=True)
    with listening(create_app(data, utc), authority) as url:
        box = Box(tmp_path / "box", url, ca, publisher.trusted_root)
        enrol = ["--server", url, "--ca", str(ca), "--code", code, "--config", str(box.config)]
        assert main(["enrol", *enrol]) == 0
        yield Central(url, writing, publisher, box, ca)
    engine.dispose()


def runs_until(central: Central, done) -> None:
    """A true kiosk on the box's data, until something is so."""
    kiosk = Kiosk(read_settings(central.box.config))
    kiosk.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, central.heard()
        kiosk.inbox.take(0.05)
    kiosk.stop()


def test_a_kiosk_takes_what_the_server_wants_from_the_server(central: Central) -> None:
    central.publisher.release(NEW)
    runs_until(central, lambda: central.heard() is not None)
    assert central.updates() == 0
    assert central.box.links == (OLD, None, OLD)
    central.wants(NEW)
    runs_until(central, lambda: wanted_version(central.box.data) == NEW)
    assert central.updates() == 0
    assert central.box.links == (NEW, OLD, NEW)


def test_a_version_that_was_taken_back_is_told_to_the_server_with_its_reason(central: Central) -> None:
    central.publisher.release(NEW, probes='[ "$1" != screens ] || { echo no GL; exit 1; }')
    central.wants(NEW)
    runs_until(central, lambda: wanted_version(central.box.data) == NEW)
    assert central.updates() == 1
    runs_until(central, lambda: central.heard().update_refused == NEW)
    assert central.updates() == 0
    assert central.box.links == (OLD, None, OLD)
    assert central.heard().update_problem == "its screens are drawn: no (status 1: no GL)"


def test_the_server_serves_parts_of_archives_and_nothing_that_is_only_staged(central: Central) -> None:
    release = central.publisher.release(NEW)
    central.publisher.stage("0.3.0")
    (archive,) = (central.publisher.repository.folder / "targets").glob(f"*.{release.file}")
    with urllib3.PoolManager(ca_certs=str(central.ca)) as pool:
        part = pool.request("GET", f"{central.url}/updates/targets/{archive.name}", headers={"Range": "bytes=1000-"})
        assert (part.status, part.data) == (206, archive.read_bytes()[1000:])
        assert pool.request("GET", f"{central.url}/updates/staged/targets.json").status == 404


def test_the_true_program_passes_its_probes_and_fails_them_without_its_server(central: Central, tmp_path: Path) -> None:
    """All but the pictures of every screen, which tests/screens draws."""
    program = tmp_path / "true" / "bin" / "kiosk"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={":".join(sys.path)} exec {sys.executable} -m kiosk "$@"\n')
    program.chmod(0o755)
    probes = [each for each in PROBES if "screens" not in each.command]
    assert len(probes) == len(PROBES) - 1
    runs_until(central, lambda: central.heard() is not None)
    assert first_failed(tmp_path / "true", central.box.config, probes, NoUnits()) is None
    config = central.box.config.read_text()
    central.box.config.write_text(config.replace(central.url, "https://localhost:1"))
    failed = first_failed(tmp_path / "true", central.box.config, probes, NoUnits())
    assert failed
    assert failed.probe is probes[0]
    assert "the central server does not answer" in failed.said
