"""Which offices a transaction changes: counted in it, so nobody reads one without the other, and told when it commits.

Every session notes by itself the offices of the rows that it writes; what cannot be seen (a statement over many rows, a
row of no office) is told to all. Columns that a row calls `quiet` tell nobody.
"""

import secrets

from sqlalchemy import Integer, String, event, func, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.base import Mapped

from central.database import ALL_COLUMNS, Base

EVERY_OFFICE = ""
CHANNEL = "anjungan_news"
SHARDS = 16
"""An office's changes are counted in so many places, so that two at once seldom wait for each other."""
_COUNT = text(
    "INSERT INTO changes (office, shard, count) VALUES (:office, :shard, 1)"
    " ON CONFLICT (office, shard) DO UPDATE SET count = changes.count + 1"
)
_TELL = text(f"SELECT pg_notify('{CHANNEL}', :office)")


class ChangeRow(Base):
    """How many transactions changed an office's data (`office` "": every office's)."""

    __tablename__ = "changes"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    shard: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int]


def tell(session: Session, office: str) -> None:
    """Tells that something of an office changes with this transaction."""
    session.info.setdefault("news", set()).add(office)


def version(session: Session, office: str) -> int:
    """A number that another transaction's change of the office's data makes larger."""
    counted = select(func.sum(ChangeRow.count)).where(ChangeRow.office.in_((office, EVERY_OFFICE)))
    return int(session.scalar(counted) or 0)


@event.listens_for(Session, "after_flush")
def _note(session: Session, flush: UOWTransaction) -> None:
    for row in session.dirty:
        if any(inspect(row).attrs[each].history.has_changes() for each in _loud(type(row))):
            tell(session, _office_of(row))
    for row in (*session.new, *session.deleted):
        if _loud(type(row)):
            tell(session, _office_of(row))


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and (state.bind_mapper is None or _loud(state.bind_mapper.class_)):
        tell(state.session, EVERY_OFFICE)


@event.listens_for(Session, "before_commit")
def _count(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    connection = session.connection() if session.info.get("news") else None
    for office in sorted(session.info.pop("news", ())):
        assert connection is not None
        connection.execute(_COUNT, {"office": office, "shard": secrets.randbelow(SHARDS)})
        if connection.dialect.name == "postgresql":
            connection.execute(_TELL, {"office": office})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("news", None)


def _loud(kind: type[Base]) -> frozenset[str]:
    return frozenset() if kind.quiet is ALL_COLUMNS else frozenset(inspect(kind).columns.keys()) - kind.quiet


def _office_of(row: Base) -> str:
    return str(getattr(row, "office", EVERY_OFFICE))
