"""Counters, and what was called to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from central.database import Base
from central.queue.line import Reach


class Outcome(StrEnum):
    """How a call ended. SERVED: all is done. NEXT_STAGE: done here, on to the next stage. INCOMPLETE: something is
    missing, come another day. NO_SHOW: nobody came. HELD: sent for something, expected back. TRANSFERRED: on to
    another line. TAKEN_BACK: called by mistake.
    """

    SERVED = "served"
    NEXT_STAGE = "next_stage"
    INCOMPLETE = "incomplete"
    NO_SHOW = "no_show"
    HELD = "held"
    TRANSFERRED = "transferred"
    TAKEN_BACK = "taken_back"


class CounterRow(Base):
    """A counter of an office, by the `name` that is shown ("2"). It serves these services and stages (ids and keys,
    joined by spaces), all where none is named. `clerk` opened it at `opened_at`; None while it is closed.
    """

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("office", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(10))
    services: Mapped[str] = mapped_column(default="")
    stages: Mapped[str] = mapped_column(default="")
    clerk: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime | None]

    @property
    def reach(self) -> Reach:
        """What it serves."""
        return Reach(frozenset(self.services.split()), frozenset(self.stages.split()))


class CallRow(Base):
    """A ticket was called to a counter from a line, by whom, and how that ended; open while `ended_at` is None.

    `waiting_since` is when it could have been called there at the earliest. `recalls` counts how often it was called
    again, last at `recalled_at`. `ahead_of_turn`: somebody with an earlier turn waited; `out_of_order`: the clerk chose
    the ticket. `why` is the Explanation of the order at that moment, as JSON.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_office_day", "office", "day"),
        Index("ix_calls_counter", "counter", "called_at"),
        Index("ix_calls_ticket", "ticket"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    day: Mapped[str] = mapped_column(String(10))
    ticket: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    service: Mapped[str]
    stage: Mapped[str]
    counter: Mapped[int] = mapped_column(ForeignKey("counters.id"))
    clerk: Mapped[str] = mapped_column(String(40))
    waiting_since: Mapped[datetime]
    called_at: Mapped[datetime]
    recalls: Mapped[int] = mapped_column(default=0)
    recalled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    ahead_of_turn: Mapped[bool] = mapped_column(default=False)
    out_of_order: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str]
