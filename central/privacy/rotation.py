"""A new data key in the place of the former: first it seals what is written, then what was written is sealed anew, and
then the former is dropped. It may be broken off anywhere, and goes on when it is run again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from cryptography.fernet import Fernet
from sqlalchemy import Column, Select, Table, Text, and_, func, or_, select, tuple_, type_coerce, update
from sqlalchemy.orm import Session, sessionmaker

from central.database import Base
from central.passes import Declined
from central.privacy.disk import for_good
from central.privacy.keyring import CREDENTIAL, MARK, Keyring, key_id, write_keys
from central.privacy.rows import DataKeyRow
from central.privacy.sealed import Sealed

BATCH = 500
"""So many rows are sealed in one transaction: nobody waits long for it."""
SETTLES = timedelta(minutes=10)
"""A transaction that began before the new key may write with the former for so long, and no longer."""


@dataclass(frozen=True)
class Rotation:
    """How far it is: the key that seals, how many values were sealed anew now, the former keys that are `dropped`, and
    from when on those can be that are still `waiting`.
    """

    key: str
    values: int
    dropped: tuple[str, ...]
    waiting: tuple[str, ...]
    from_when: datetime


def begin(writing: sessionmaker[Session], ring: Keyring, now: datetime) -> None:
    """Puts a new key first, unless a rotation is on its way. Raises Declined where the keys are a credential that holds
    one key only.
    """
    if len(ring.ids) > 1:
        return
    if ring.file.name == CREDENTIAL:
        raise Declined(
            f"the data keys are the credential {CREDENTIAL}: put a new key (32 random bytes in URL-safe base64) before"
            " the one that it holds, on every machine, start the server again, and then run this again"
        )
    key = Fernet.generate_key()
    write_keys(ring.file, [key, *ring.file.read_bytes().split()])
    with writing.begin() as session:
        session.merge(DataKeyRow(id=key_id(key), since=now))


def go_on(writing: sessionmaker[Session], ring: Keyring, now: datetime, batch: int = BATCH) -> Rotation:
    """Seals everything with the newest key, and drops the former ones once nothing is written with them any more."""
    newest, *former = ring.ids
    with writing.begin() as session:
        row = session.get(DataKeyRow, newest) or session.merge(DataKeyRow(id=newest))
        since = row.since = row.since or now
    values = sum(sealed_anew(writing, newest, batch))
    settled = now - since >= SETTLES
    if former and settled:
        _drop(writing, ring, newest)
    gone, waiting = (tuple(former), ()) if settled else ((), tuple(former))
    return Rotation(newest, values, gone, waiting, since + SETTLES)


def sealed_anew(writing: sessionmaker[Session], newest: str, batch: int = BATCH) -> Iterator[int]:
    """Seals what is not sealed with the newest key, a transaction and a count of values for each batch."""
    columns = [each for table in Base.metadata.sorted_tables for each in table.columns if isinstance(each.type, Sealed)]
    for table, of_table in groupby(columns, key=lambda each: each.table):
        yield from _table_anew(writing, table, list(of_table), newest, batch)


def _table_anew(
    writing: sessionmaker[Session], table: Table, columns: list[Column[str]], newest: str, batch: int
) -> Iterator[int]:
    keys, last = list(table.primary_key.columns), None
    while True:
        with writing.begin() as session:
            for_good(session)
            rows = session.execute(_older(table, columns, newest, last).limit(batch)).all()
            for row in rows:
                held = row[len(keys) :]
                anew = {column: text for column, text in zip(columns, held, strict=True) if text is not None}
                of_row = and_(*(key == value for key, value in zip(keys, row, strict=False)))
                session.execute(update(table).where(of_row).values(anew))
        yield len(rows) * len(columns)
        if len(rows) < batch:
            return
        last = tuple(rows[-1][: len(keys)])


def _older(
    table: Table, columns: list[Column[str]], newest: str, last: tuple[object, ...] | None
) -> Select[tuple[object, ...]]:
    """The rows with something that another key sealed or none, in the order of their keys, after the last one."""
    mark = f"{MARK}{newest}."
    keys = list(table.primary_key.columns)
    # As text: the column's own type would open it.
    held = [type_coerce(each, Text) for each in columns]
    older = or_(*(func.substr(each, 1, len(mark)) != mark for each in held))
    wanted = select(*keys, *columns).where(older).order_by(*keys).with_for_update()
    return wanted.where(tuple_(*keys) > last) if last is not None else wanted


def _drop(writing: sessionmaker[Session], ring: Keyring, newest: str) -> None:
    with writing.begin() as session:
        for row in session.scalars(select(DataKeyRow).where(DataKeyRow.id != newest)):
            session.delete(row)
    if ring.file.name != CREDENTIAL:
        write_keys(ring.file, [each for each in ring.file.read_bytes().split() if key_id(each) == newest])
