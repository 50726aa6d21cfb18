"""The tables, and how they are opened. A fact is kept as it came; tickets are what the facts add up to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    URL,
    BigInteger,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    make_url,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from central.engines import (
    POSTGRES_MIGRATING,
    POSTGRES_READING,
    POSTGRES_WRITING,
    SQLITE_WRITING,
    is_postgres,
    postgres_engine,
    sqlite_engine,
)
from central.privacy.keyring import Keyring, unlocked
from central.privacy.sealed import Sealed, use

POSTGRES = "postgresql+psycopg://"
MIGRATION_LOCK = 0x616E6A75
"""An advisory lock's number, as good as any ("anju")."""
LOCK_SECONDS = 10
ALL_COLUMNS = frozenset("*")
_A_PROBLEM = text("problem IS NOT NULL")
WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number up to 2**53; SQLite's are all so wide."""


class Instant(TypeDecorator[datetime]):
    """An instant, UTC on both sides; SQLite alone would forget the zone, PostgreSQL would answer in its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant, str: Text}
    quiet: ClassVar[frozenset[str]] = frozenset()
    """The columns of whose change nobody is told (`central.news`)."""


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
    """A one-time code that enrols a kiosk of an office, by its hash: made by `officer`, used up for `kiosk`, which
    needs no approval where the code was made so (`approved`).
    """

    __tablename__ = "enrolment_codes"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    name: Mapped[str]
    expires: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)
    approved: Mapped[bool] = mapped_column(default=False)
    officer: Mapped[str] = mapped_column(default="")
    kiosk: Mapped[str | None] = mapped_column(String(36))


class KioskRow(Base):
    """A kiosk. Every 30 s it is heard of; whether that is news is for the heartbeat's taker to say. Until it is
    `approved` it is served nothing; one that was revoked before was refused. `code_by` made the code that enrolled it.
    """

    __tablename__ = "kiosks"
    quiet = frozenset({"heartbeat", "heard_at"})
    __table_args__ = (UniqueConstraint("office", "digit"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    name: Mapped[str]
    digit: Mapped[int]
    public_key: Mapped[str]
    revoked: Mapped[bool] = mapped_column(default=False)
    heartbeat: Mapped[str | None]
    heard_at: Mapped[datetime | None]
    approved: Mapped[bool] = mapped_column(default=True)
    enrolled_at: Mapped[datetime | None]
    code_by: Mapped[str] = mapped_column(default="")

    @property
    def waits(self) -> bool:
        """Whether somebody has to approve or refuse it."""
        return not self.approved and not self.revoked


class EpochRow(Base):
    """One life of a kiosk's store, with the walk-in series of its office that belongs to it for good."""

    __tablename__ = "epochs"
    __table_args__ = (UniqueConstraint("office", "series"),)
    office: Mapped[str] = mapped_column(String(6))
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(WHOLE, primary_key=True, autoincrement=False)
    series: Mapped[int]
    registered_at: Mapped[datetime]


class ForkRow(Base):
    """The last time that a kiosk's facts did not follow from those held, in words."""

    __tablename__ = "forks"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    seen_at: Mapped[datetime]
    detail: Mapped[str]


PERSONAL = "forgotten_at IS NULL AND (kind IN ('checked_in', 'walk_in_issued', 'commented') OR problem = 'unreadable')"
"""The facts that say something of a person still: few, so that they are found among very many."""


class FactRow(Base):
    """A fact as it came; `problem` says why it could not be applied, for the officers to see.

    `digest` is that of the whole fact in its canonical form. `at` is the kiosk's time or, where it had none
    or one that cannot be believed (`dated_by_server`), that of its receipt. `clock_ahead`: it bears such a time. Since
    `forgotten_at` the body is without what it said of a person.
    """

    __tablename__ = "facts"
    quiet = ALL_COLUMNS
    __table_args__ = (
        UniqueConstraint("kiosk", "epoch", "seq"),
        # Whoever asks for facts asks for those of an office's kiosks, of a kind since a time (docs/decisions/0004).
        Index("ix_facts_kiosk_kind_at", "kiosk", "kind", "at"),
        Index("ix_facts_kiosk_received_at", "kiosk", "received_at"),
        Index("ix_facts_problem", "kiosk", "at", sqlite_where=_A_PROBLEM, postgresql_where=_A_PROBLEM),
        Index("ix_facts_personal", "at", sqlite_where=text(PERSONAL), postgresql_where=text(PERSONAL)),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    epoch: Mapped[int] = mapped_column(WHOLE)
    seq: Mapped[int] = mapped_column(WHOLE)
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    at: Mapped[datetime]
    dated_by_server: Mapped[bool]
    clock_ahead: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(20))
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
    the time, they are those of the receipt (`dated_by_server`).

    `service` and `stage` are what it waits for, "" for its own service and that one's first stage; `turn_at` and
    `turn_kind` the turn that it was given there, None for the first one. `held`: a counter sent its person for
    something, and expects them back. Since `forgotten_at` it is nobody's any more.
    """

    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_office_day", "office", "day"),)
    quiet = frozenset({"paper", "paper_at", "paper_kiosk"})
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
    service: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="")
    turn_at: Mapped[datetime | None]
    turn_kind: Mapped[str | None] = mapped_column(String(12))
    held: Mapped[bool] = mapped_column(default=False)
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
    version: Mapped[int] = mapped_column(WHOLE)
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
    """A booking whose passes are not believed at an `office`, "" for any; `until` the last has expired anyway."""

    __tablename__ = "revoked_passes"
    booking: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6), default="")
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
    quiet = ALL_COLUMNS
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


def open_database(folder: Path, url: str = "") -> Engine:
    """The database at the URL, or else the one that the folder names, brought up to the newest migration. Each
    transaction sees one state of it, and sealed columns are read with the folder's data keys. Raises OSError where
    there is none, DataKeyMissing where a key is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = database_url(folder, url)
    try:
        keyring = _upgrade(folder, address)
    except OperationalError as error:
        # The driver's words name the server and the user; a password is never among them.
        raise OSError(f"the database cannot be opened: {error.orig}") from error
    engine = postgres_engine(address) if address else sqlite_engine(database_file(folder), keeps_references=True)
    use(engine, keyring)
    return engine


def database_url(folder: Path, url: str = "") -> URL | None:
    """Where PostgreSQL is: `url`, or what the folder's file `database.url` says; None for SQLite in the folder.
    Raises OSError for another kind of database.
    """
    file = folder / "database.url"
    found = url or (file.read_text(encoding="utf-8").strip() if file.exists() else "")
    if found and not found.startswith(POSTGRES):
        raise OSError(f"a database's URL starts with {POSTGRES}; without one, SQLite in the data folder is used")
    return make_url(found) if found else None


def database_file(folder: Path) -> Path:
    """Where the SQLite database of a data folder is."""
    return folder / "central.sqlite"


def for_writing(engine: Engine) -> Engine:
    """The same database, for transactions that write: what they read stays true until they are committed, or they are
    not.
    """
    return engine.execution_options(**(POSTGRES_WRITING if is_postgres(engine) else SQLITE_WRITING))


def for_reading(engine: Engine) -> Engine:
    """The same database, for transactions that only read."""
    return engine.execution_options(**POSTGRES_READING) if is_postgres(engine) else engine


def _upgrade(folder: Path, address: URL | None) -> Keyring:
    engine = _migrating(folder, address)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if address:
            # Processes that start at once migrate one after the other. One that a reader of a table keeps waiting
            # would keep all others waiting in turn, so it rather gives up.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        keyring = unlocked(connection, folder)
    engine.dispose()
    return keyring


def _migrating(folder: Path, address: URL | None) -> Engine:
    if address:
        return postgres_engine(address).execution_options(**POSTGRES_MIGRATING)
    # SQLite changes a table by making it anew, and what refers to the old one must not hinder it.
    return for_writing(sqlite_engine(database_file(folder), keeps_references=False))
