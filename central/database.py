"""The tables, and how they are opened. A fact is kept as it came; tickets are what the facts add up to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from central.privacy.keyring import Keyring, unlocked
from central.privacy.sealed import Sealed, use


class Instant(TypeDecorator[datetime]):
    """An instant, UTC on both sides; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant, str: Text}


class OfficeRow(Base):
    """The office's data but for its bookings, as one JSON document (a Snapshot without bookings and queue)."""

    __tablename__ = "office"
    id: Mapped[str] = mapped_column(String(6), primary_key=True)
    body: Mapped[str]


class BookingRow(Base):
    __tablename__ = "bookings"
    __table_args__ = (Index("ix_bookings_office_day", "office", "day"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    day: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Sealed)


class CodeRow(Base):
    """A one-time code that enrols a kiosk of an office, by its hash."""

    __tablename__ = "enrolment_codes"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    name: Mapped[str]
    expires: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)


class KioskRow(Base):
    __tablename__ = "kiosks"
    __table_args__ = (UniqueConstraint("office", "digit"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    name: Mapped[str]
    digit: Mapped[int]
    public_key: Mapped[str]
    revoked: Mapped[bool] = mapped_column(default=False)
    heartbeat: Mapped[str | None]
    heard_at: Mapped[datetime | None]


class EpochRow(Base):
    """One life of a kiosk's store, with the walk-in series of its office that belongs to it for good."""

    __tablename__ = "epochs"
    __table_args__ = (UniqueConstraint("office", "series"),)
    office: Mapped[str] = mapped_column(String(6))
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    series: Mapped[int]
    registered_at: Mapped[datetime]


class ForkRow(Base):
    """The last time that a kiosk's facts did not follow from those held, in words."""

    __tablename__ = "forks"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    seen_at: Mapped[datetime]
    detail: Mapped[str]


PERSONAL = (
    "forgotten_at IS NULL AND (kind IN ('checked_in', 'walk_in_issued', 'commented') OR problem = 'unreadable')"
)
"""The facts that say something of a person still: few, so that they are found among very many."""


class FactRow(Base):
    """A fact as it came; `problem` says why it could not be applied, for the officers to see.

    `digest` is that of the whole fact in its canonical form. `at` is the kiosk's time or, where it had none
    or one that cannot be believed (`dated_by_server`), that of its receipt. `clock_ahead`: it bears such a time. Since
    `forgotten_at` the body is without what it said of a person.
    """

    __tablename__ = "facts"
    __table_args__ = (
        UniqueConstraint("kiosk", "epoch", "seq"),
        Index("ix_facts_personal", "at", sqlite_where=text(PERSONAL), postgresql_where=text(PERSONAL)),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    epoch: Mapped[int]
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    dated_by_server: Mapped[bool]
    clock_ahead: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(20), index=True)
    body: Mapped[str] = mapped_column(Sealed)
    problem: Mapped[str | None]
    forgotten_at: Mapped[datetime | None]


class SeenCallRow(Base):
    """A call for help that an officer has seen to, by its fact."""

    __tablename__ = "seen_calls"
    fact: Mapped[str] = mapped_column(String(36), primary_key=True)
    officer: Mapped[str]
    seen_at: Mapped[datetime]


class TicketRow(Base):
    """A ticket in the queue: `paper` is where its paper is by the word of a kiosk, `state` where the person is.

    `body` is as the kiosk said it. `day` and `arrived_at` are what the queue goes by: where the kiosk could not tell
    the time, they are those of the receipt (`dated_by_server`). Since `forgotten_at` it is nobody's any more.
    """

    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_office_day", "office", "day"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    day: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(12))
    arrived_at: Mapped[datetime]
    dated_by_server: Mapped[bool]
    body: Mapped[str] = mapped_column(Sealed)
    paper: Mapped[str] = mapped_column(String(12))
    paper_at: Mapped[datetime]
    paper_kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    state: Mapped[str] = mapped_column(String(12))
    counter: Mapped[str] = mapped_column(String(20), default="")
    surveyed: Mapped[bool] = mapped_column(default=False)
    forgotten_at: Mapped[datetime | None]


class ResponseRow(Base):
    """A response to a questionnaire, by its fact's id. It has no ticket and no time, and of its occasion only what
    enough others share.
    """

    __tablename__ = "responses"
    fact: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    questionnaire: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int]
    day: Mapped[str | None] = mapped_column(String(10))
    time_band: Mapped[str | None] = mapped_column(String(8))
    service: Mapped[str | None]
    header: Mapped[str]
    scores: Mapped[str]


class PassKeyRow(Base):
    """A key of booking passes: the last pass that it signed expires at `used_until`. A retired one is kept, so that it
    never signs again.
    """

    __tablename__ = "pass_keys"
    key_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    public_key: Mapped[str]
    made_at: Mapped[datetime]
    used_until: Mapped[datetime | None]
    signs: Mapped[bool]
    retired_at: Mapped[datetime | None]


class RevokedPassRow(Base):
    """A booking whose passes are not believed; `until` the last of them has expired anyway."""

    __tablename__ = "revoked_passes"
    booking: Mapped[str] = mapped_column(String(36), primary_key=True)
    until: Mapped[datetime]


class OfficerRow(Base):
    """Somebody who signs in: for one office, with `roles` (their names, joined by spaces).

    `must_change`: the password was given by somebody else. `totp_secret` (base32) is that of the second factor,
    `totp_step` the time step of the last code that was accepted. `subject` names who signs in by an identity server
    ("issuer subject"); such a one has no password here ("").
    """

    __tablename__ = "officers"
    __table_args__ = (UniqueConstraint("subject"),)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    roles: Mapped[str]
    password_hash: Mapped[str]
    must_change: Mapped[bool] = mapped_column(default=False)
    disabled: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(Sealed)
    totp_step: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str | None]
    signed_in_at: Mapped[datetime | None]
    signed_in_from: Mapped[str] = mapped_column(String(45), default="")


class SessionRow(Base):
    """A signed-in officer, by the hash of the cookie. While it is `pending` the second factor is still owed.

    It ends at `expires`, or when nobody did anything since `seen_at` for long. `confirmed_at` is when the password was
    last given; `before_at` and `before_from` tell of the sign-in before this one.
    """

    __tablename__ = "sessions"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name", ondelete="CASCADE"), index=True)
    expires: Mapped[datetime]
    pending: Mapped[bool]
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(200))
    before_at: Mapped[datetime | None]
    before_from: Mapped[str] = mapped_column(String(45))


def open_database(folder: Path) -> Engine:
    """The database in the folder, brought up to the newest migration, with the keys of its sealed columns. Each
    transaction sees one state of it. Raises DataKeyMissing.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring = _upgrade(folder)
    engine = _engine(folder)
    use(engine, keyring)
    event.listen(engine, "connect", _keep_references)
    return engine


def _upgrade(folder: Path) -> Keyring:
    # SQLite changes a table by making it anew, and what refers to the old one must not hinder it.
    engine = _engine(folder)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with for_writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        keyring = unlocked(connection, folder)
    engine.dispose()
    return keyring


def _engine(folder: Path) -> Engine:
    engine = create_engine(f"sqlite:///{database_file(folder)}", connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def database_file(folder: Path) -> Path:
    """Where the database of a data folder is."""
    return folder / "central.sqlite"


def for_writing(engine: Engine) -> Engine:
    """The same database, its transactions taking the write lock at once: what they read stays true until they write."""
    return engine.execution_options(begin="IMMEDIATE")


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
