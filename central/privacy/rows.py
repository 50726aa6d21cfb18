"""The tables of this part: keys, who forgets, how long an office keeps what, what people asked for, and breaches."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from central.database import Base
from central.privacy.sealed import Sealed


class DataKeyRow(Base):
    """A data key that something may be sealed with, by its id; `since` is when a rotation made it."""

    __tablename__ = "data_keys"
    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    since: Mapped[datetime | None]


class LeaseRow(Base):
    """Work that one process at a time does: it is somebody's until `until`, and was last done at `done_at`."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(36))
    until: Mapped[datetime]
    done_at: Mapped[datetime | None]


class KeepingRow(Base):
    """For how many days an office keeps what a rule of the register is about; the register's own number where there is
    no row.
    """

    __tablename__ = "keeping"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    days: Mapped[int]


class SubjectRequestRow(Base):
    """Somebody asked for what is held about a ticket or booking (its UUID), or to have it erased. `asked_at` starts the
    clock. `proof` is how they proved that it is theirs.
    """

    __tablename__ = "subject_requests"
    __table_args__ = (Index("ix_subject_requests_office", "office", "asked_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    ticket: Mapped[str | None] = mapped_column(String(36))
    booking: Mapped[str | None] = mapped_column(String(36))
    day: Mapped[str] = mapped_column(String(10))
    proof: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    officer: Mapped[str] = mapped_column(String(40))
    exported_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class BreachRow(Base):
    """A failure to protect personal data. `known_at` starts the clock of the notice; `notified_at` is when it was
    given to the persons concerned and to the authority.
    """

    __tablename__ = "breaches"
    __table_args__ = (Index("ix_breaches_office", "office", "known_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    known_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    notified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class BreachNoteRow(Base):
    """What was known of a breach at `at`, each time as a whole; `seq` counts from 1. A note is never changed: the audit
    trail has its digest. `subjects` is how many persons are concerned, None while nobody knows.
    """

    __tablename__ = "breach_notes"
    breach: Mapped[str] = mapped_column(ForeignKey("breaches.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    officer: Mapped[str] = mapped_column(String(40))
    happened: Mapped[str] = mapped_column(Sealed)
    data: Mapped[str] = mapped_column(Sealed)
    subjects: Mapped[int | None]
    done: Mapped[str] = mapped_column(Sealed)
