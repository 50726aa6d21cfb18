"""The tables of this part beside those of officers and sessions: recovery codes, policies, the audit trail."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from central.database import ALL_COLUMNS, Base


class RecoveryCodeRow(Base):
    """A code that stands in for the second factor once, by its hash; a used one is deleted."""

    __tablename__ = "recovery_codes"
    quiet = ALL_COLUMNS
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class SignInPolicyRow(Base):
    """The roles (their names, joined by spaces) that an office wants a second factor of; the default where it has none
    of its own.
    """

    __tablename__ = "sign_in_policies"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    second_factor_roles: Mapped[str]


class AuditHeadRow(Base):
    """The last row of an office's trail. Who appends updates it, so that two at once cannot follow the same row."""

    __tablename__ = "audit_heads"
    quiet = ALL_COLUMNS
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class AuditRow(Base):
    """One act, for good: the database refuses to change or delete a row (migration 0008).

    `seq` counts from 1 in each office. `digest` is that of all the other columns in their canonical form, among them
    `previous`, the digest of the row before ("" for the first). `detail` is a JSON object of texts.
    """

    __tablename__ = "audit"
    quiet = ALL_COLUMNS
    __table_args__ = (Index("ix_audit_office_at", "office", "at"),)
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str]
    detail: Mapped[str]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
