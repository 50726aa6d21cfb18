"""Partner agencies, and what was handed over to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from central.counters.handover import RequestKind
from central.database import ALL_COLUMNS, Base
from central.privacy.sealed import Sealed


class PartnerRow(Base):
    """An agency that an office hands requests over to, of these `kinds` (joined by spaces)."""

    __tablename__ = "partners"
    __table_args__ = (UniqueConstraint("office", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(80))
    kinds: Mapped[str]

    def takes(self, kind: RequestKind) -> bool:
        """Whether it is asked such things."""
        return kind in self.kinds.split()


class PartnerOfficerRow(Base):
    """Somebody who signs in for a partner agency, by the officer's name."""

    __tablename__ = "partner_officers"
    quiet = ALL_COLUMNS
    officer: Mapped[str] = mapped_column(String(40), primary_key=True)
    partner: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"))


class RequestRow(Base):
    """A request to a partner about a ticket's person: `fields` is what it tells of the person (JSON), None once that
    was deleted.
    """

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_office_sent", "office", "sent_at"), Index("ix_requests_ticket", "ticket"))
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    partner: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str] = mapped_column(String(20))
    ticket: Mapped[str] = mapped_column(String(36))
    number: Mapped[str] = mapped_column(String(12))
    fields: Mapped[str | None] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(String(12))
    answer: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Sealed, default="")
    sent_by: Mapped[str] = mapped_column(String(40))
    sent_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(40))
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    forget_at: Mapped[datetime]
