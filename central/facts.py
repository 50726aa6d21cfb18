"""Taking facts in: each once, in the order of its kiosk; what cannot be applied is kept and shown, never refused."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.database import FactRow, TicketRow
from kiosk.model import QueueState, Ticket, TicketState
from kiosk.protocol import CheckedIn, Fact, FactBatch, FactsAccepted, PaperMoved, WalkInIssued


class GapError(Exception):
    """A fact before these is missing; `expected` is the seq that is wanted next."""

    def __init__(self, epoch: int, expected: int) -> None:
        super().__init__(f"facts of epoch {epoch} are expected from seq {expected} on")
        self.expected = expected


class ForkError(Exception):
    """Another fact stands at this place: two kiosks share one identity."""


def take(session: Session, kiosk: str, batch: FactBatch) -> FactsAccepted | None:
    """Takes a batch in; None for an empty one. Raises GapError or ForkError, and then takes nothing."""
    if not batch.facts:
        return None
    for fact in batch.facts:
        _take_one(session, kiosk, fact)
    last = batch.facts[-1]
    return FactsAccepted(epoch=last.epoch, up_to=last.seq)


def _take_one(session: Session, kiosk: str, fact: Fact) -> None:
    at_place = select(FactRow).where(FactRow.kiosk == kiosk, FactRow.epoch == fact.epoch, FactRow.seq == fact.seq)
    held = session.scalar(at_place)
    if held:
        if held.id != str(fact.id):
            raise ForkError(f"another fact stands at epoch {fact.epoch}, seq {fact.seq}: is this kiosk's disk a copy?")
        return
    if session.get(FactRow, str(fact.id)):
        raise ForkError(f"fact {fact.id} stands at another place")
    highest = select(func.max(FactRow.seq)).where(FactRow.kiosk == kiosk, FactRow.epoch == fact.epoch)
    expected = (session.scalar(highest) or 0) + 1
    if fact.seq != expected:
        raise GapError(fact.epoch, expected)
    problem = _apply(session, fact)
    body = fact.body
    session.add(
        FactRow(
            id=str(fact.id), kiosk=kiosk, epoch=fact.epoch, seq=fact.seq, at=fact.at, kind=body.kind,
            body=body.model_dump_json(), problem=problem,
        )
    )  # fmt: skip
    session.flush()


def _apply(session: Session, fact: Fact) -> str | None:
    body = fact.body
    if isinstance(body, CheckedIn | WalkInIssued):
        return _add(session, body)
    if isinstance(body, PaperMoved):
        row = session.get(TicketRow, str(body.ticket))
        if row is None:
            return "its ticket is not known"
        if row.paper != TicketState.PRINTED:
            row.paper = body.state
    return None


def _add(session: Session, body: CheckedIn | WalkInIssued) -> str | None:
    ticket = body.ticket
    row = session.get(TicketRow, str(ticket.id))
    text = body.model_dump_json()
    if row is None:
        row = TicketRow(
            id=str(ticket.id), day=ticket.day.isoformat(), number=ticket.number, body=text,
            paper=ticket.state, state=QueueState.WAITING, counter="",
        )  # fmt: skip
        session.add(row)
    elif ticket.issued_at < ticket_of(row).issued_at:
        row.body = text
    return None


def ticket_of(row: TicketRow) -> Ticket:
    """The ticket as its kiosk issued it."""
    kind = CheckedIn if '"kind":"checked_in"' in row.body else WalkInIssued
    return kind.model_validate_json(row.body).ticket
