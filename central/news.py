"""Which offices a transaction changes: counted in it, so nobody reads one without the other, and told when it commits.

Every session notes by itself the offices of the rows that it writes; what cannot be seen (a statement over many rows, a
row of no office) is told to all. Columns that a row calls `quiet` tell nobody.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, String, event, func, inspect, select, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.attributes import History

from central.database import ALL_COLUMNS, Base, BookingRow, OfficeRow

EVERY_OFFICE = ""
CHANNEL = "anjungan_news"
SHARDS = 16
"""An office's changes are counted in so many places, so that two at once seldom wait for each other."""
EVERY_DAY = "every day"
"""The bookings of a day are a part of an office's data, by its ISO date: they are many and seldom change. This is the
part of all of them, and "" that of all else.
"""
ONLY_PAGES = "only pages"
"""What open pages show and no kiosk is told: it is not counted."""
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
    """Numbers that a change makes larger: of a day's bookings, and of anything else of an office."""

    days: Mapping[date, int]
    rest: int


def tell(session: Session, office: str, part: str = "") -> None:
    """Tells that something of an office changes with this transaction."""
    session.info.setdefault("news", set()).add((office, part))


def version(session: Session, office: str, days: Iterable[date] = ()) -> Version:
    """Which state of the office's data and of these days' bookings this transaction sees."""
    parts = {each: each.isoformat() for each in days}
    counted = select(ChangeRow.part, func.sum(ChangeRow.count)).where(
        ChangeRow.office.in_((office, EVERY_OFFICE)), ChangeRow.part.in_((*parts.values(), EVERY_DAY, ""))
    )
    count = {part: int(found) for part, found in session.execute(counted.group_by(ChangeRow.part))}
    of_all = count.get(EVERY_DAY, 0)
    return Version({day: count.get(part, 0) + of_all for day, part in parts.items()}, count.get("", 0))


@event.listens_for(Session, "after_flush")
def _note(session: Session, flush: UOWTransaction) -> None:
    changed = (row for row in session.dirty if any(_history(row, each).has_changes() for each in _loud(type(row))))
    for row in (*changed, *session.new, *session.deleted):
        if _loud(type(row)):
            for part in _parts_of(row):
                tell(session, _office_of(row), part)


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    kind = state.bind_mapper.class_ if state.bind_mapper else None
    if kind is None or _loud(kind):
        tell(state.session, EVERY_OFFICE, EVERY_DAY if kind is BookingRow else "")


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
    for office, part in sorted(each for each in news if each[1] != ONLY_PAGES):
        connection.execute(_COUNT, {"office": office, "part": part, "shard": secrets.randbelow(SHARDS)})
    if connection.dialect.name == "postgresql":
        for office in {office for office, _ in news}:
            connection.execute(_TELL, {"office": office})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    # A savepoint's rollback takes back a part; what its rows told besides is told in vain, which harms nobody.
    if not session.in_nested_transaction():
        session.info.pop("news", None)


def _loud(kind: type[Base]) -> frozenset[str]:
    return frozenset() if kind.quiet is ALL_COLUMNS else frozenset(inspect(kind).columns.keys()) - kind.quiet


def _history(row: Base, column: str) -> History:
    return inspect(row).attrs[column].history


def _parts_of(row: Base) -> set[str]:
    """A booking that is moved leaves its former day."""
    return {row.day, *(_history(row, "day").deleted or ())} if isinstance(row, BookingRow) else {""}


def _office_of(row: Base) -> str:
    return row.id if isinstance(row, OfficeRow) else str(getattr(row, "office", EVERY_OFFICE))
