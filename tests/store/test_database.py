"""The encrypted file itself: what each fault is called, and what becomes of a connection that had one."""

import errno
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from samples import STORE_KEY
from sqlcipher3 import dbapi2 as sqlcipher

import kiosk.database
from kiosk.database import Database, put_aside
from kiosk.durable_file import write_private
from kiosk.errors import StoreError
from kiosk.model import StoreFault

SCHEMA = "CREATE TABLE numbers (number TEXT UNIQUE) STRICT;"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store" / "kiosk.sqlite"


@pytest.fixture
def database(file: Path) -> Database:
    return Database(file, STORE_KEY, [SCHEMA])


def add(database: Database, number: str) -> None:
    with database.transaction() as db:
        db.execute("INSERT INTO numbers VALUES (?)", (number,))


def add_and_break_off(database: Database, number: str) -> None:
    with database.transaction() as db:
        db.execute("INSERT INTO numbers VALUES (?)", (number,))
        raise LookupError("in the middle")


def numbers(database: Database) -> list[str]:
    with database.transaction() as db:
        return [row[0] for row in db.execute("SELECT number FROM numbers")]


def failing(code: int) -> sqlcipher.OperationalError:
    error = sqlcipher.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


def test_its_folder_and_its_files_are_its_owners_alone(database: Database, file: Path) -> None:
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.with_name("kiosk.sqlite.key-check").stat().st_mode) == 0o600


def test_it_waits_and_writes_as_it_was_told(database: Database) -> None:
    with database.transaction() as db:
        found = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("locking_mode", "journal_mode")}
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert found == {"locking_mode": "exclusive", "journal_mode": "wal"}


def test_a_control_may_ask_for_less_than_full(file: Path) -> None:
    with Database(file, STORE_KEY, [SCHEMA], "NORMAL").transaction() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (1,)


def test_what_breaks_off_is_undone_and_the_next_goes_on(database: Database) -> None:
    add(database, "A-001")
    with pytest.raises(LookupError, match="in the middle"):
        add_and_break_off(database, "A-002")
    with pytest.raises(sqlcipher.IntegrityError):
        add(database, "A-001")
    add(database, "A-003")
    assert numbers(database) == ["A-001", "A-003"]


def test_a_connection_that_failed_is_never_used_again(database: Database) -> None:
    with pytest.raises(StoreError, match="no such table") as first, database.transaction() as db:
        db.execute("SELECT * FROM not_there")
    with pytest.raises(StoreError) as again:
        add(database, "A-001")
    assert again.value is first.value


def test_a_log_that_cannot_be_cut_is_a_fault_and_ends_the_connection(database: Database) -> None:
    database.close()
    with pytest.raises(StoreError, match="closed") as first:
        database.shrink()
    with pytest.raises(StoreError) as again:
        add(database, "A-001")
    assert again.value is first.value


def test_closing_twice_is_harmless(database: Database) -> None:
    database.close()
    database.close()


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (PermissionError(errno.EACCES, "not yours"), StoreFault.READ_ONLY),
        (OSError(errno.EROFS, "a disk that takes nothing"), StoreFault.READ_ONLY),
        (OSError(errno.EIO, "a broken disk"), StoreFault.DISK_ERROR),
        (failing(sqlcipher.SQLITE_FULL), StoreFault.DISK_FULL),
        (failing(sqlcipher.SQLITE_READONLY), StoreFault.READ_ONLY),
        (failing(sqlcipher.SQLITE_READONLY | 5 << 8), StoreFault.READ_ONLY),
        (failing(sqlcipher.SQLITE_CANTOPEN), StoreFault.READ_ONLY),
        (failing(sqlcipher.SQLITE_CORRUPT), StoreFault.CORRUPT),
        (failing(sqlcipher.SQLITE_NOTADB), StoreFault.CORRUPT),
        (failing(sqlcipher.SQLITE_BUSY), StoreFault.IN_USE),
        (failing(sqlcipher.SQLITE_IOERR | 3 << 8), StoreFault.DISK_ERROR),
        (sqlcipher.OperationalError("without a code"), StoreFault.DISK_ERROR),
    ],
)
def test_each_fault_has_its_name_its_words_and_what_to_do(
    database: Database, file: Path, error: Exception, fault: StoreFault
) -> None:
    with pytest.raises(StoreError) as raised, database.transaction():
        raise error
    assert raised.value.fault is fault
    assert str(raised.value).startswith(f"{file} cannot be used ({error}); ")
    assert str(raised.value).endswith(kiosk.database._REMEDIES[fault])


def test_damage_in_a_page_that_holds_nothing_any_more_is_found_too(file: Path) -> None:
    database = Database(file, STORE_KEY, [SCHEMA])
    with database.transaction() as db:
        db.executemany("INSERT INTO numbers VALUES (?)", [("x" * 900 + str(place),) for place in range(200)])
    with database.transaction() as db:
        db.execute("DELETE FROM numbers")
    database.close()
    data = bytearray(file.read_bytes())
    data[len(data) - 2000] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError, match=r"its pages do not add up\); start the kiosk again") as raised:
        Database(file, STORE_KEY, [SCHEMA])
    assert raised.value.fault is StoreFault.CORRUPT


def test_a_wrong_key_and_a_newer_version_are_told_apart_in_words(file: Path) -> None:
    Database(file, STORE_KEY, [SCHEMA, "SELECT 1;"]).close()
    with pytest.raises(StoreError, match=r"made with another key\); put back the key"):
        Database(file, bytes(32), [SCHEMA])
    with pytest.raises(StoreError, match=r"its version is 2, this kiosk knows 1\); install the newer version"):
        Database(file, STORE_KEY, [SCHEMA])


def test_the_check_of_a_key_is_the_one_that_lies_beside_every_store(database: Database, file: Path) -> None:
    # Whoever changes this locks every kiosk out of its own store.
    held = file.with_name("kiosk.sqlite.key-check").read_text()
    assert held == "faf32c6cefd938a0215004e0e5b92a8cfb03a55e6b33eec001baeff6fa9202ab"


def test_a_folder_that_cannot_be_made_is_told_with_what_the_system_says(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the folder's place")
    with pytest.raises(StoreError, match=r"Not a directory|File exists") as raised:
        Database(tmp_path / "file/kiosk.sqlite", STORE_KEY, [SCHEMA])
    assert raised.value.fault is StoreFault.DISK_ERROR


def in_place_of_the_folder(file: Path, other: Path | None) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))
    if other:
        file.parent.symlink_to(other)


@pytest.mark.parametrize(
    ("code", "there", "fault"),
    [
        (sqlcipher.SQLITE_IOERR, "/proc", StoreFault.DISK_FULL),  # a file system without any room
        (sqlcipher.SQLITE_READONLY, "/proc", StoreFault.DISK_FULL),
        (sqlcipher.SQLITE_CORRUPT, "/proc", StoreFault.CORRUPT),
        (sqlcipher.SQLITE_IOERR, None, StoreFault.DISK_ERROR),  # how much room there is cannot be told
    ],
)
def test_a_disk_without_room_is_full_whatever_else_sqlite_makes_of_it(
    database: Database, file: Path, code: int, there: str | None, fault: StoreFault
) -> None:
    in_place_of_the_folder(file, Path(there) if there else None)
    with pytest.raises(StoreError) as raised, database.transaction():
        raise failing(code)
    assert raised.value.fault is fault


def test_a_copy_before_a_migration_holds_what_the_log_held(file: Path) -> None:
    add(Database(file, STORE_KEY, [SCHEMA]), "A-001")
    Database(file, STORE_KEY, [SCHEMA, "CREATE TABLE more (x TEXT) STRICT;"]).close()
    copy = file.with_name("kiosk.sqlite.before-2")
    write_private(
        copy.with_name("kiosk.sqlite.before-2.key-check"), file.with_name("kiosk.sqlite.key-check").read_bytes()
    )
    assert numbers(Database(copy, STORE_KEY, [SCHEMA])) == ["A-001"]


def test_a_store_that_is_put_aside_keeps_its_content_and_the_instant_in_its_name(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("damaged")
    aside = put_aside(file, datetime(2026, 11, 24, 2, 30, 7, 9, UTC), StoreFault.CORRUPT)
    assert aside == file.parents[1] / "store.aside-20261124T023007000009-corrupt"
    assert (aside / "kiosk.sqlite").read_text() == "damaged"
    assert not file.parent.exists()
    assert kiosk.database.last_fault(file) is StoreFault.CORRUPT
    file.parent.mkdir()
    put_aside(file, datetime(2026, 11, 25, tzinfo=UTC), StoreFault.OLD_COPY)
    assert kiosk.database.last_fault(file) is StoreFault.OLD_COPY


def test_where_nothing_was_put_aside_there_is_no_last_fault(database: Database, file: Path) -> None:
    assert kiosk.database.last_fault(file) is None


def test_a_file_is_looked_for_and_a_disk_that_does_not_tell_is_named(database: Database, file: Path) -> None:
    assert kiosk.database.is_there(file)
    assert not kiosk.database.is_there(file.with_name("other"))
    with pytest.raises(StoreError, match="cannot be looked at") as raised:
        kiosk.database.is_there(Path("x" * 5000))
    assert raised.value.fault is StoreFault.DISK_ERROR


def test_a_disk_that_lets_nothing_be_put_aside_is_named(file: Path) -> None:
    with pytest.raises(StoreError, match="store cannot be put aside: No such file") as raised:
        put_aside(file, datetime(2026, 11, 24, tzinfo=UTC), StoreFault.CORRUPT)
    assert raised.value.fault is StoreFault.READ_ONLY


def test_a_small_file_takes_the_place_of_the_last_and_of_what_a_power_cut_left(tmp_path: Path) -> None:
    file = tmp_path / "key"
    (tmp_path / "key.new").write_bytes(b"half")
    for content in (b"one", b"two"):
        write_private(file, content)
        assert file.read_bytes() == content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
