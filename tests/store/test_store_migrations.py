"""A store of an older version is copied, then brought forward, or is as it was."""

from pathlib import Path

import pytest
from samples import STORE_KEY

from kiosk.database import Database
from kiosk.errors import StoreError

FIRST = "CREATE TABLE numbers (number TEXT) STRICT; INSERT INTO numbers VALUES ('A-001');"
SECOND = "ALTER TABLE numbers ADD COLUMN day TEXT;"
THIRD = "UPDATE numbers SET day = '2026-11-24';"


def rows(database: Database) -> list[tuple[str, ...]]:
    with database.transaction() as db:
        return list(db.execute("SELECT * FROM numbers").fetchall())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    Database(tmp_path / "kiosk.sqlite", STORE_KEY, [FIRST]).close()
    return tmp_path / "kiosk.sqlite"


def test_each_migration_is_applied_once_and_in_order(file: Path) -> None:
    for _ in range(2):
        database = Database(file, STORE_KEY, [FIRST, SECOND, THIRD])
        assert rows(database) == [("A-001", "2026-11-24")]
        database.close()


def test_a_copy_that_the_old_version_opens_is_made_before(file: Path) -> None:
    Database(file, STORE_KEY, [FIRST, SECOND]).close()
    copy = file.with_name("kiosk.sqlite.before-2")
    assert copy.stat().st_mode & 0o077 == 0
    (file.parent / "kiosk.sqlite.before-2.key-check").write_bytes((file.parent / "kiosk.sqlite.key-check").read_bytes())
    assert rows(Database(copy, STORE_KEY, [FIRST])) == [("A-001",)]


def test_of_the_copies_the_last_two_stay_also_from_the_tenth_on(file: Path) -> None:
    migrations = [FIRST, SECOND]
    for _ in range(10):
        migrations.append(THIRD)
        Database(file, STORE_KEY, migrations).close()
    assert {each.name for each in file.parent.glob("*.before-*")} == {
        "kiosk.sqlite.before-11",
        "kiosk.sqlite.before-12",
    }


def test_a_new_store_and_an_unchanged_one_make_no_copy(file: Path) -> None:
    Database(file, STORE_KEY, [FIRST]).close()
    assert not list(file.parent.glob("*.before-*"))


def test_a_migration_that_fails_changes_nothing(file: Path) -> None:
    with pytest.raises(StoreError):
        Database(file, STORE_KEY, [FIRST, SECOND + "SELECT no_such_column FROM numbers;"])
    assert rows(Database(file, STORE_KEY, [FIRST])) == [("A-001",)]
