"""Which offices a transaction changes: counted in it, so nobody reads one without the other, and told when it commits.

Every session notes by itself the offices of the rows that it writes; what cannot be seen (a statement over many rows, a
row of no office) is told to all. Columns that a row calls `quiet` tell nobody.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Integer, String, event, func, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.base import Mapped

from central.database import ALL_COLUMNS, Base, BookingRow, OfficeRow

EVERY_OFFICE = ""
CHANNEL = "anjungan_news"
SHARDS = 16
"""An office's changes are counted in so many places, so that two at once seldom wait for each other."""
BOOKINGS = "bookings"
"""The part of an office's data that is large and seldom changes; all else is the part ""."""
_COUNT = text(
    "INSERT INTO changes (office, part, shard, count) VALUES (:office, :part, :shard, 1)"
    " ON CONFLICT (office, part, shard) DO UPDATE SET count = changes.count + 1"
)
_TELL = text(f"SELECT pg_notify('{CHANNEL}', :office)")


class ChangeRow(Base):
    """How many transactions changed a part of an office's data (`office` "": every office's)."""

    __tablename__ = "changes"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    shard: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int]


@dataclass(frozen=True)
class Version:
    """Numbers that a change of an office's bookings, or of anything else of it, makes larger."""

    bookings: int
    rest: int


def tell(session: Session, office: str, part: str = "") -> None:
    """Tells that something of an office changes with this transaction."""
    session.info.setdefault("news", set()).add((office, part))


def version(session: Session, office: str) -> Version:
    """Which state of the office's data this transaction sees."""
    counted = select(ChangeRow.part, func.sum(ChangeRow.count)).where(ChangeRow.office.in_((office, EVERY_OFFICE)))
    count = {part: int(found) for part, found in session.execute(counted.group_by(ChangeRow.part))}
    return Version(count.get(BOOKINGS, 0), count.get("", 0))


@event.listens_for(Session, "after_flush")
def _note(session: Session, flush: UOWTransaction) -> None:
    for row in session.dirty:
        if any(inspect(row).attrs[each].history.has_changes() for each in _loud(type(row))):
            tell(session, _office_of(row), _part_of(type(row)))
    for row in (*session.new, *session.deleted):
        if _loud(type(row)):
            tell(session, _office_of(row), _part_of(type(row)))


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.bind_mapper is None:
        tell(state.session, EVERY_OFFICE, BOOKINGS)
    elif writes and state.bind_mapper and _loud(state.bind_mapper.class_):
        tell(state.session, EVERY_OFFICE, _part_of(state.bind_mapper.class_))


@event.listens_for(Session, "before_commit")
def _count(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    news: set[tuple[str, str]] = session.info.pop("news", set())
    if not news:
        return
    connection = session.connection()
    # In one order, so that two transactions never wait for each other.
    for office, part in sorted(news):
        connection.execute(_COUNT, {"office": office, "part": part, "shard": secrets.randbelow(SHARDS)})
    if connection.dialect.name == "postgresql":
        for office in {office for office, _ in news}:
            connection.execute(_TELL, {"office": office})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("news", None)


def _loud(kind: type[Base]) -> frozenset[str]:
    return frozenset() if kind.quiet is ALL_COLUMNS else frozenset(inspect(kind).columns.keys()) - kind.quiet


def _part_of(kind: type[Base]) -> str:
    return BOOKINGS if kind is BookingRow else ""


def _office_of(row: Base) -> str:
    return row.id if isinstance(row, OfficeRow) else str(getattr(row, "office", EVERY_OFFICE))
