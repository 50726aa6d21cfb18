"""What SQLite would leave behind of what was deleted; PostgreSQL's vacuum reuses the space by itself."""

import contextlib

from sqlalchemy import Engine
from sqlalchemy.orm import Session


def for_good(session: Session) -> None:
    """What this transaction deletes or writes over is filled with zeros."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def truncate(engine: Engine) -> None:
    """Takes what was deleted out of the write-ahead log, too, as far as no reader needs it."""
    if engine.dialect.name != "sqlite":
        return
    with contextlib.closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
