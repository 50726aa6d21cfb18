"""What is sealed lies encrypted on the disk, is opened by its key alone, and gets a new key without being lost."""

import contextlib
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient
from sqlalchemy import Engine, String, make_url, select, text, type_coerce
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import sessionmaker
from wire import MORNING, Kiosk

from central.database import BookingRow, FactRow, OfficerRow, database_file, for_writing, open_database
from central.engines import postgres_engine, sqlite_engine
from central.passes import Declined
from central.privacy import rotation
from central.privacy.disk import truncate
from central.privacy.keyring import CREDENTIAL, KEY_FILE, DataKeyMissing, Keyring, SealBroken, key_id, write_keys
from central.privacy.rows import DataKeyRow
from central.privacy.sealed import keyring_of
from kiosk.protocol import Commented

CANARY = "Rahasia-Quirinus-di-loket-tiga"
NOBODY = make_url("postgresql+psycopg://nobody@localhost/none")
LATER = MORNING + rotation.SETTLES


@pytest.fixture
def held(http: TestClient, kiosk: Kiosk) -> TestClient:
    """A server that holds a comment and a second factor with the canary."""
    kiosk.tells(Commented(text=CANARY))
    with http.app.state.writing.begin() as session:
        session.get_one(OfficerRow, "petugas").totp_secret = CANARY
    return http


def on_disk(http: TestClient, data: Path) -> bytes:
    """Every byte of the database, after everything was written out and the file made anew."""
    with contextlib.closing(http.app.state.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")
    truncate(http.app.state.engine)
    return b"".join(file.read_bytes() for file in data.glob("central.sqlite*"))


def comment(http: TestClient) -> str:
    with http.app.state.reading() as session:
        return session.scalar(select(FactRow.body).where(FactRow.kind == "commented"))


def seals(http: TestClient) -> set[str]:
    """The ids of the keys that bookings are sealed with."""
    with http.app.state.reading() as session:
        texts = session.scalars(select(type_coerce(BookingRow.body, String))).all()
    return {text.split(".")[1] for text in texts}


def turn(http: TestClient, at=MORNING, **more: int) -> rotation.Rotation:
    state = http.app.state
    ring = keyring_of(state.engine)
    rotation.begin(state.writing, ring, at)
    return rotation.go_on(state.writing, ring, at, **more)


@pytest.mark.usefixtures("sqlite")
def test_no_plain_text_is_in_the_files(held: TestClient, data: Path) -> None:
    assert CANARY in comment(held)
    found = b"".join(file.read_bytes() for file in data.glob("central.sqlite*")) + on_disk(held, data)
    assert CANARY.encode() not in found
    assert b"masked_name" not in found
    assert b"walk_in_quota" in found  # the office's data, which is public: the search does find what is in the clear


def test_a_new_key_seals_everything_anew_and_the_former_is_dropped_once_nobody_writes_with_it(
    held: TestClient, data: Path
) -> None:
    (former,) = keyring_of(held.app.state.engine).ids
    first = turn(held)
    assert (first.dropped, first.waiting) == ((), (former,))
    assert seals(held) == {first.key} != {former}
    assert turn(held, LATER - timedelta(seconds=1)).waiting == (former,)
    assert turn(held, LATER).dropped == (former,)
    assert [key_id(each) for each in (data / KEY_FILE).read_bytes().split()] == [first.key]
    assert CANARY in comment(held)
    assert turn(held, LATER).key != first.key  # the next one begins anew


def test_a_rotation_that_was_cut_off_goes_on(held: TestClient, data: Path) -> None:
    state, (former,) = held.app.state, keyring_of(held.app.state.engine).ids
    rotation.begin(state.writing, keyring_of(state.engine), MORNING)
    newest = keyring_of(state.engine).ids[0]
    batches = rotation.sealed_anew(state.writing, newest, batch=10)
    for _ in range(3):
        next(batches)
    batches.close()
    assert seals(held) == {former, newest}
    assert CANARY in comment(held)
    again = turn(held, LATER, batch=10)
    assert (again.key, again.dropped, seals(held)) == (newest, (former,), {newest})
    assert CANARY in comment(held)


def test_whoever_seals_while_the_keys_are_read_anew_marks_the_text_with_its_own_key(data: Path) -> None:
    file = data / KEY_FILE
    ring, sealed = Keyring(file), []

    def at_each_line(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is Keyring._read.__code__ and frame.f_lineno > frame.f_code.co_firstlineno + 1:
            sealed.append(ring.seal(CANARY))  # as another thread does that runs just now
        return at_each_line

    write_keys(file, [Fernet.generate_key(), *file.read_bytes().split()])
    sys.settrace(at_each_line)
    try:
        sealed.append(ring.seal(CANARY))
    finally:
        sys.settrace(None)
    assert len(sealed) > 2
    assert {ring.open(text) for text in sealed} == {CANARY}


def test_cut_off_between_the_file_and_the_database_it_goes_on(held: TestClient, data: Path) -> None:
    file, key = data / KEY_FILE, Fernet.generate_key()
    write_keys(file, [key, *file.read_bytes().split()])
    engine = open_database(data)
    writing = sessionmaker(for_writing(engine))
    rotation.begin(writing, keyring_of(engine), MORNING)
    assert rotation.go_on(writing, keyring_of(engine), MORNING).key == key_id(key)
    engine.dispose()
    assert CANARY in comment(held)


def test_a_process_that_runs_meanwhile_seals_with_the_new_key_and_opens_both(held: TestClient, data: Path) -> None:
    other = open_database(data)
    writing = sessionmaker(for_writing(other))
    rotation.begin(writing, keyring_of(other), MORNING)
    with held.app.state.writing.begin() as session:
        session.get_one(OfficerRow, "petugas").totp_secret = "new"
    with held.app.state.reading() as session:
        text = session.scalar(select(type_coerce(OfficerRow.totp_secret, String)))
    assert text.split(".")[1] == keyring_of(other).ids[0]
    rotation.go_on(writing, keyring_of(other), MORNING)
    other.dispose()
    assert CANARY in comment(held)


@pytest.mark.usefixtures("sqlite")
def test_what_was_written_before_there_were_keys_is_read_and_then_sealed(held: TestClient, data: Path) -> None:
    with sqlite3.connect(database_file(data)) as connection:
        connection.execute("UPDATE officers SET totp_secret = 'PLAINSECRET'")
    with held.app.state.reading() as session:
        assert session.get_one(OfficerRow, "petugas").totp_secret == "PLAINSECRET"
    assert b"PLAINSECRET" in on_disk(held, data)
    assert sum(rotation.sealed_anew(held.app.state.writing, keyring_of(held.app.state.engine).ids[0])) == 1
    truncate(held.app.state.engine)
    assert b"PLAINSECRET" not in b"".join(file.read_bytes() for file in data.glob("central.sqlite*"))


@pytest.mark.parametrize("make", [lambda folder: sqlite_engine(folder / "x", False), lambda _: postgres_engine(NOBODY)])
def test_an_error_of_the_database_tells_nobodys_data(tmp_path: Path, make: Callable[[Path], Engine]) -> None:
    engine = make(tmp_path)
    assert engine.hide_parameters
    engine.dispose()


@pytest.mark.usefixtures("sqlite")
def test_the_words_of_an_error_do_not_repeat_what_was_to_be_written(http: TestClient) -> None:
    with pytest.raises(StatementError) as raised, http.app.state.writing.begin() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": CANARY})
    assert CANARY not in str(raised.value)


def test_a_lost_key_is_a_clear_refusal_that_says_what_to_do(data: Path) -> None:
    (data / KEY_FILE).unlink()
    with pytest.raises(DataKeyMissing, match="put back the keys that were backed up"):
        open_database(data)
    assert not (data / KEY_FILE).exists(), "a new key would hide the loss"


def test_a_wrong_key_is_refused_and_the_right_one_beside_it_is_not(data: Path) -> None:
    right = (data / KEY_FILE).read_bytes().split()
    write_keys(data / KEY_FILE, [Fernet.generate_key()])
    with pytest.raises(DataKeyMissing):
        open_database(data)
    write_keys(data / KEY_FILE, [Fernet.generate_key(), *right])
    open_database(data).dispose()


def test_a_key_that_others_can_read_is_refused(data: Path) -> None:
    (data / KEY_FILE).chmod(0o640)
    with pytest.raises(OSError, match="0600"):
        open_database(data)


@pytest.mark.parametrize("content", [b"", b"not a key\n"])
def test_a_file_that_holds_no_keys_is_refused(data: Path, content: bytes) -> None:
    (data / KEY_FILE).write_bytes(content)
    with pytest.raises(OSError, match="put back the file"):
        open_database(data)


@pytest.mark.usefixtures("sqlite")
def test_a_changed_value_is_noticed(held: TestClient, data: Path) -> None:
    with sqlite3.connect(database_file(data)) as connection:
        connection.execute("UPDATE facts SET body = substr(body, 1, length(body) - 8) || 'AAAAAAA='")
    with pytest.raises(SealBroken):
        comment(held)


def test_keys_of_a_credential_come_first_and_are_rotated_by_who_keeps_it(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, credentials = Path(shutil.copytree(loaded, tmp_path / "data")), tmp_path / "credentials"
    credentials.mkdir()
    shutil.move(data / KEY_FILE, credentials / CREDENTIAL)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    engine = open_database(data)
    writing, ring = sessionmaker(for_writing(engine)), keyring_of(engine)
    with pytest.raises(Declined, match="put a new key"):
        rotation.begin(writing, ring, MORNING)
    former = ring.ids[0]
    new = Fernet.generate_key()
    write_keys(credentials / CREDENTIAL, [new, *(credentials / CREDENTIAL).read_bytes().split()])
    rotation.begin(writing, ring, MORNING)
    assert rotation.go_on(writing, ring, MORNING).waiting == (former,)
    assert rotation.go_on(writing, ring, LATER).dropped == (former,)
    assert (credentials / CREDENTIAL).read_bytes().count(b"\n") == 2, "it is not ours to write"
    with writing.begin() as session:
        assert session.scalars(select(DataKeyRow.id)).all() == [key_id(new)]
    engine.dispose()
    assert not (data / KEY_FILE).exists()
