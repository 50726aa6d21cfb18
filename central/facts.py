"""Taking facts in: each once, in the order of its kiosk; what cannot be applied is kept and shown, never refused."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.database import FactRow, TicketRow
from kiosk.model import QueueState, Ticket, TicketState
from kiosk.numbering import NUMBER
from kiosk.protocol import BATCH_FACTS, CheckedIn, FactBody, FactsAccepted, Message, PaperMoved, WalkInIssued

LARGEST = 2**63 - 1
"""The largest integer that SQLite holds."""

LONGEST_NAME = 100


class Unapplied(StrEnum):
    """Why a fact is a dead letter: kept and acknowledged, but nothing followed from it.

    UNREADABLE: this server does not know its kind, or its content is not of that kind. BAD_TICKET: its ticket's time,
    number or name cannot be one. NO_TICKET: it speaks of a ticket that is not known.
    """

    UNREADABLE = "unreadable"
    BAD_TICKET = "bad_ticket"
    NO_TICKET = "no_ticket"


class ReceivedFact(Message):
    """A kiosk.protocol.Fact whose body may be one that this server cannot read."""

    id: UUID
    epoch: int = Field(ge=0, le=LARGEST)
    seq: int = Field(ge=1, le=LARGEST)
    at: AwareDatetime = Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))
    body: Annotated[FactBody | dict[str, Any], Field(union_mode="left_to_right")]


class ReceivedFacts(Message):
    """A kiosk.protocol.FactBatch as it arrives."""

    facts: tuple[ReceivedFact, ...] = Field(min_length=1, max_length=BATCH_FACTS)


class GapError(Exception):
    """A fact before these is missing; `expected` is the seq that is wanted next."""

    def __init__(self, epoch: int, expected: int) -> None:
        super().__init__(f"facts of epoch {epoch} are expected from seq {expected} on")
        self.expected = expected


class ForkError(Exception):
    """Another fact stands at this place: two kiosks share one identity."""


def take(session: Session, kiosk: str, batch: ReceivedFacts) -> FactsAccepted:
    """Takes a batch in. Raises GapError or ForkError; the caller then undoes the transaction, so nothing is taken."""
    for fact in batch.facts:
        _take_one(session, kiosk, fact)
    last = batch.facts[-1]
    return FactsAccepted(epoch=last.epoch, up_to=last.seq)


def _take_one(session: Session, kiosk: str, fact: ReceivedFact) -> None:
    at_place = select(FactRow).where(FactRow.kiosk == kiosk, FactRow.epoch == fact.epoch, FactRow.seq == fact.seq)
    held = session.scalar(at_place)
    if held and held.id == str(fact.id):
        return
    if held:
        raise ForkError(f"another fact stands at epoch {fact.epoch}, seq {fact.seq}: is this kiosk's disk a copy?")
    if session.get(FactRow, str(fact.id)):
        raise ForkError(f"fact {fact.id} stands at another place: is this kiosk's disk a copy?")
    highest = select(func.max(FactRow.seq)).where(FactRow.kiosk == kiosk, FactRow.epoch == fact.epoch)
    expected = (session.scalar(highest) or 0) + 1
    if fact.seq != expected:
        raise GapError(fact.epoch, expected)
    session.add(_row(kiosk, fact, problem=_apply(session, kiosk, fact)))
    session.flush()


def _row(kiosk: str, fact: ReceivedFact, problem: Unapplied | None) -> FactRow:
    body = fact.body
    if isinstance(body, dict):
        kind, text = str(body.get("kind", ""))[:20], json.dumps(body)
    else:
        kind, text = body.kind, body.model_dump_json()
    return FactRow(
        id=str(fact.id),
        kiosk=kiosk,
        epoch=fact.epoch,
        seq=fact.seq,
        at=fact.at,
        kind=kind,
        body=text,
        problem=problem,
    )


def _apply(session: Session, kiosk: str, fact: ReceivedFact) -> Unapplied | None:
    """Makes the fact true here; returns why it cannot be, if it cannot."""
    body = fact.body
    if isinstance(body, dict):
        return Unapplied.UNREADABLE
    if isinstance(body, CheckedIn | WalkInIssued):
        return _add(session, kiosk, body)
    if isinstance(body, PaperMoved):
        return _move_paper(session, kiosk, body, fact.at)
    return None


def _add(session: Session, kiosk: str, body: CheckedIn | WalkInIssued) -> Unapplied | None:
    ticket = body.ticket
    if not _is_sound(ticket):
        return Unapplied.BAD_TICKET
    row = session.get(TicketRow, str(ticket.id))
    text = body.model_dump_json()
    if row is None:
        row = TicketRow(
            id=str(ticket.id),
            day=ticket.day.isoformat(),
            number=ticket.number,
            body=text,
            paper=ticket.state,
            paper_at=ticket.issued_at,
            paper_kiosk=kiosk,
            state=QueueState.WAITING,
        )
        session.add(row)
    elif ticket.issued_at < ticket_of(row).issued_at:
        # Two kiosks without a network checked the same applicant in: the earlier arrival counts.
        row.body = text
    return None


def _is_sound(ticket: Ticket) -> bool:
    at = ticket.issued_at
    dated = at.tzinfo is not None and 2000 <= at.year < 9000 and 2000 <= ticket.day.year < 9000
    return dated and bool(NUMBER.fullmatch(ticket.number)) and len(ticket.masked_name) <= LONGEST_NAME


def _move_paper(session: Session, kiosk: str, body: PaperMoved, at: datetime) -> Unapplied | None:
    row = session.get(TicketRow, str(body.ticket))
    if row is None:
        return Unapplied.NO_TICKET
    # A kiosk's own facts come in their order, whatever its clock did; those of two kiosks only their times can order.
    newer = row.paper_kiosk == kiosk or at >= row.paper_at
    # One paper in hand is enough, so what became of a reprint changes nothing.
    if row.paper != TicketState.PRINTED and (newer or body.state is TicketState.PRINTED):
        row.paper, row.paper_at, row.paper_kiosk = body.state, at, kiosk
    return None


def ticket_of(row: TicketRow) -> Ticket:
    """The ticket as its kiosk issued it."""
    kind = CheckedIn if '"kind":"checked_in"' in row.body[:30] else WalkInIssued
    return kind.model_validate_json(row.body).ticket
