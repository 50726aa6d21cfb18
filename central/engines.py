"""Engines over the two kinds of database: what is acknowledged is on disk, and a transaction sees one state.

SQLite lets one transaction write at a time. PostgreSQL lets them all and undoes one of two that cannot both have been
alone (SERIALIZABLE, its manual 13.2.3); `central.conflicts` does it again. Either way what a writer read stays true
until it has written. No error tells the values of its statement: they are of people, and errors are logged.
"""

from pathlib import Path
from typing import Any

from psycopg import Connection as PostgresConnection
from psycopg.types.string import StrDumper
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

CONNECT_SECONDS = 5
CONNECTIONS = 16
"""Of a process, at most; PostgreSQL's own limit is 100 of all processes unless it is told otherwise."""
TURNS = 12
"""So many requests of a process are in a transaction at once: fewer than the connections, of which a request may need
another one for a moment, and other work some.
"""
SQLITE_WRITING = {"begin": "IMMEDIATE"}
POSTGRES_WRITING = {"isolation_level": "SERIALIZABLE"}
POSTGRES_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
POSTGRES_MIGRATING = {"isolation_level": "READ COMMITTED"}
"""A process that waited for another one's migration sees what that one made."""


def sqlite_engine(file: Path, keeps_references: bool) -> Engine:
    """Transactions of SQLite in write-ahead mode, on disk when they are committed."""
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 10}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    if keeps_references:
        event.listen(engine, "connect", _keep_references)
    return engine


def postgres_engine(url: URL) -> Engine:
    """Connections to PostgreSQL, looked at before they are used: the server may have been started anew."""
    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "kiosk-central"}
    engine = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        connect_args=options,
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _take_any_text)
    return engine


def is_postgres(engine: Engine) -> bool:
    """Whether this is PostgreSQL."""
    return engine.dialect.name == "postgresql"


class _AnyText(StrDumper):
    """PostgreSQL's texts have no NUL character: what is asked for with one is not there, what is kept has another."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


def _take_any_text(connection: DBAPIConnection, record: object) -> None:
    assert isinstance(connection, PostgresConnection)
    connection.adapters.register_dumper(str, _AnyText)


def _prepare(connection: DBAPIConnection, record: object) -> None:
    # SQLAlchemy begins transactions by _begin; left to itself the driver would begin them only before the first write.
    connection.isolation_level = None
    _pragma(connection, "journal_mode = WAL", "synchronous = FULL")


def _keep_references(connection: DBAPIConnection, record: object) -> None:
    _pragma(connection, "foreign_keys = ON")


def _pragma(connection: DBAPIConnection, *settings: str) -> None:
    cursor = connection.cursor()
    for each in settings:
        cursor.execute(f"PRAGMA {each}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
