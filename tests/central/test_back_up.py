"""A server that was restored from a back-up goes on, and its kiosks send again what it lost."""

import json
import stat
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from wire import Kiosk

from central.__main__ import main
from central.app import create_app
from central.database import FactRow, for_writing, open_database
from kiosk.protocol import EPOCHS, HelpCalled


@pytest.fixture
def elsewhere(database: str, tmp_path: Path, request: pytest.FixtureRequest):
    """Another folder, whose database is of the same kind, empty."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if database == "sqlite":
        yield folder
        return
    server = request.getfixturevalue("server")
    name = server.create()
    (folder / "database.url").write_text(server.url(name))
    yield folder
    server.drop(name)


def backed_up(data: Path, to: Path) -> Path:
    assert main(["back-up", "--data", str(data), "--to", str(to)]) == 0
    return to


def restored(folder: Path, source: Path) -> int:
    return main(["restore", "--data", str(folder), "--from", str(source)])


def test_after_a_restore_a_kiosk_hears_what_is_held_sends_what_is_lost_and_goes_on(
    kiosk, data: Path, elsewhere: Path, clock, tmp_path: Path
) -> None:
    series = kiosk.registers(7)
    facts = [kiosk.fact(HelpCalled(step="WELCOME")) for _ in range(5)]
    kiosk.send(*facts[:2])
    source = backed_up(data, tmp_path / "back-up")
    kiosk.send(*facts[2:])
    assert restored(elsewhere, source) == 0
    with TestClient(create_app(elsewhere, clock.now), base_url="https://central.example") as http:
        again = Kiosk(**vars(kiosk) | {"http": http})
        assert again.post(EPOCHS, {"epoch": 7, "series": series}).json() == {"epoch": 7, "series": series, "up_to": 2}
        assert again.send(*facts[2:]).json() == {"epoch": 7, "up_to": 5}
        again.tells(HelpCalled(step="WELCOME"))
    assert (elsewhere / "pass-key.pem").read_bytes() == (data / "pass-key.pem").read_bytes()


def test_a_back_up_is_its_owners_alone_and_does_not_say_where_the_database_is(data: Path, tmp_path: Path) -> None:
    source = backed_up(data, tmp_path / "back-up")
    assert stat.S_IMODE(source.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in source.iterdir()} == {0o600}
    assert "database.url" not in {each.name for each in source.iterdir()}


def test_a_back_up_that_was_broken_off_or_changed_is_not_restored(data: Path, elsewhere: Path, tmp_path, capfd) -> None:
    source = backed_up(data, tmp_path / "back-up")
    key = source / "pass-key.pem"
    whole = key.read_bytes()
    key.write_bytes(whole[:-1])
    assert restored(elsewhere, source) == 1
    assert "pass-key.pem is not what was backed up" in capfd.readouterr().err
    key.write_bytes(whole)
    (source / "back-up.json").unlink()
    assert restored(elsewhere, source) == 1
    assert "broken off" in capfd.readouterr().err
    (source / "back-up.json").write_text(json.dumps({"files": {"../x": ""}}))
    assert restored(elsewhere, source) == 1
    assert "elsewhere" in capfd.readouterr().err


def test_what_is_held_already_is_never_overwritten(data: Path, tmp_path: Path, capfd) -> None:
    source = backed_up(data, tmp_path / "back-up")
    assert restored(data, source) == 1
    assert "already" in capfd.readouterr().err


def test_a_back_up_of_one_kind_of_database_is_not_put_into_the_other(sqlite, data: Path, tmp_path, server) -> None:
    source = backed_up(data, tmp_path / "back-up")
    url = server.url(server.create())
    assert main(["restore", "--data", str(tmp_path / "new"), "--database", url, "--from", str(source)]) == 1


def test_facts_that_are_missing_are_told_when_it_is_restored(
    kiosk, data: Path, elsewhere: Path, tmp_path: Path, capfd
) -> None:
    kiosk.send(*[kiosk.fact(HelpCalled(step="WELCOME")) for _ in range(5)])
    engine = open_database(data)
    with Session(for_writing(engine)) as session, session.begin():
        session.execute(delete(FactRow).where(FactRow.seq == 3))
        assert session.scalars(select(FactRow.seq)).all()
    engine.dispose()
    assert restored(elsewhere, backed_up(data, tmp_path / "back-up")) == 1
    assert f"kiosk {kiosk.id}, epoch 7: facts are missing (seq 1 to 5 are 4)" in capfd.readouterr().err
