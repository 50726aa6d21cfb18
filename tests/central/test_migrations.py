"""The migrations make the tables that the code speaks of, and are run by whoever opens the database."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from central.database import Base, database_file, open_database


def test_the_migrations_make_what_the_code_speaks_of(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    before = database_file(tmp_path).read_bytes()
    open_database(tmp_path).dispose()
    assert database_file(tmp_path).read_bytes() == before


def test_the_database_keeps_what_it_acknowledged_and_its_references(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine.dispose()
