"""How the campaigns open a store: here alone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk.database import Database
from kiosk.schema import MIGRATIONS
from kiosk.store import Store

Rows = tuple[tuple[object, ...], ...]
"""Table by table: its name, then its rows."""
KEY = bytes(range(32))
NEXT_MIGRATION = (
    "CREATE TABLE of_the_next_release (only INTEGER PRIMARY KEY) STRICT; ALTER TABLE clock ADD COLUMN more TEXT"
)


def open_store(file: Path, now: Callable[[], datetime | None], synchronous: str = "FULL") -> Store:
    """The store in `file`, made if absent. Only a control has another `synchronous`."""
    return Store(file, KEY, now, synchronous)


def rows(file: Path, migrated: bool = False) -> Rows:
    """All that the file holds. `migrated` opens it as a next release would."""
    database = Database(file, KEY, (*MIGRATIONS, NEXT_MIGRATION) if migrated else MIGRATIONS)
    try:
        with database.transaction() as db:
            names = [each[0] for each in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return tuple((name, *db.execute(f"SELECT * FROM {name} ORDER BY rowid")) for name in sorted(names))
    finally:
        database.close()
