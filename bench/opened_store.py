"""How the campaigns open a store: here alone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk.store import Store

KEY = bytes(range(32))


def open_store(file: Path, now: Callable[[], datetime], synchronous: str = "FULL") -> Store:
    """The store in `file`, made if absent. Only a control has another `synchronous`."""
    store = Store(file, now)
    store._db.execute(f"PRAGMA synchronous = {synchronous}")
    return store


def rows(file: Path) -> tuple[object, ...]:
    """All that the file holds, table by table, read by a connection with the store's own settings."""
    import sqlite3

    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    names = [each[0] for each in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = tuple((name, *db.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()) for name in names)  # noqa: S608
    db.close()
    return found
