"""Going through many rows, and what SQLite would leave behind of what was deleted; PostgreSQL's vacuum reuses the space
by itself.
"""

import contextlib

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from central.database import for_writing
from central.engines import POSTGRES_MIGRATING, is_postgres


def sweeping(engine: Engine) -> sessionmaker[Session]:
    """Transactions that go through many rows and lock each before they write it: PostgreSQL undoes none of them, and
    no request's, for the other's sake.
    """
    return sessionmaker(engine.execution_options(**POSTGRES_MIGRATING) if is_postgres(engine) else for_writing(engine))


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
