"""Taking facts in: each once, in the order of its kiosk; what cannot be applied is kept and shown, never refused."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from central.batch import ReceivedFact
from central.conflicts import Overtaken
from central.database import FactRow, ForkRow, KioskRow
from central.dating import believed, is_ahead
from central.fleet.technicians import note_act
from central.news import ONLY_PAGES, tell
from central.responses import add_response, mark_surveyed
from central.tickets import Unapplied, add_ticket, is_sound, move_paper
from kiosk.protocol import CheckedIn, FactsAccepted, PaperMoved, SurveyGiven, SurveyTaken, TechnicianActed, WalkInIssued


class GapError(Exception):
    """A fact before these is missing; `expected` is the seq that is wanted next."""

    def __init__(self, epoch: int, expected: int) -> None:
        super().__init__(f"facts of epoch {epoch} are expected from seq {expected} on")
        self.expected = expected


class ForkError(Exception):
    """Another fact stands at this place, or before it: two kiosks share one identity, or a fact was changed."""


def take(
    session: Session, kiosk: KioskRow, facts: Sequence[ReceivedFact], received_at: datetime, zone: ZoneInfo
) -> FactsAccepted:
    """Takes a batch in at an instant (UTC), for an office in `zone`.

    Raises GapError or ForkError; the caller then undoes the transaction, so nothing is taken.
    """
    for fact in facts:
        _take_one(session, kiosk, fact, received_at, zone)
    tell(session, kiosk.office, ONLY_PAGES)
    last = facts[-1].envelope
    return FactsAccepted(epoch=last.epoch, up_to=last.seq)


def last_seq(session: Session, kiosk: str, epoch: int) -> int:
    """The last seq that is held of a kiosk's epoch, 0 for none."""
    highest = select(func.max(FactRow.seq)).where(FactRow.kiosk == kiosk, FactRow.epoch == epoch)
    return session.scalar(highest) or 0


def remember_fork(session: Session, kiosk: str, error: ForkError, now: datetime) -> None:
    """Keeps the last fork of a kiosk, for officers to see."""
    session.merge(ForkRow(kiosk=kiosk, seen_at=now, detail=str(error)))


def _take_one(session: Session, kiosk: KioskRow, fact: ReceivedFact, received_at: datetime, zone: ZoneInfo) -> None:
    epoch, seq = fact.envelope.epoch, fact.envelope.seq
    before = "" if seq == 1 else digest_at(session, kiosk.id, epoch, seq - 1)
    if before is None:
        raise GapError(epoch, last_seq(session, kiosk.id, epoch) + 1)
    row = _row(kiosk.id, fact, received_at)
    try:
        # The table's unique keys decide what is new.
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        _check_repeat(session, kiosk.id, fact)
        return
    if before != fact.envelope.previous:
        raise ForkError(f"chain broken at epoch {epoch}, seq {seq}: the fact before it is another one here")
    problem = _apply(session, kiosk, fact, row, zone)
    if problem:
        row.problem = problem


def digest_at(session: Session, kiosk: str, epoch: int, seq: int) -> str | None:
    """The digest of the fact that stands at a place, None for none."""
    at_place = select(FactRow.digest).where(FactRow.kiosk == kiosk, FactRow.epoch == epoch, FactRow.seq == seq)
    return session.scalar(at_place)


def _check_repeat(session: Session, kiosk: str, fact: ReceivedFact) -> None:
    epoch, seq = fact.envelope.epoch, fact.envelope.seq
    held = digest_at(session, kiosk, epoch, seq)
    if held is None and session.get(FactRow, str(fact.envelope.id)) is None:
        raise Overtaken
    if held is None:
        raise ForkError(f"the id of the fact at epoch {epoch}, seq {seq} stands at another place: is a disk a copy?")
    if held != fact.digest:
        raise ForkError(f"another fact stands at epoch {epoch}, seq {seq}: is this kiosk's disk a copy?")


def _row(kiosk: str, fact: ReceivedFact, received_at: datetime) -> FactRow:
    envelope = fact.envelope
    at = believed(envelope.at, received_at)
    return FactRow(
        id=str(envelope.id),
        kiosk=kiosk,
        epoch=envelope.epoch,
        seq=envelope.seq,
        digest=fact.digest,
        received_at=received_at,
        at=at or received_at,
        dated_by_server=at is None,
        clock_ahead=_bears_a_time_ahead(fact, received_at),
        kind=fact.kind,
        body=fact.text,
    )


def _bears_a_time_ahead(fact: ReceivedFact, received_at: datetime) -> bool:
    times = [fact.envelope.at]
    if isinstance(fact.body, CheckedIn | WalkInIssued) and is_sound(fact.body.ticket):
        times.append(fact.body.ticket.issued_at)
    return any(is_ahead(each, received_at) for each in times)


def _apply(session: Session, kiosk: KioskRow, fact: ReceivedFact, row: FactRow, zone: ZoneInfo) -> Unapplied | None:
    """Makes the fact true here; returns why it cannot be, if it cannot."""
    match fact.body:
        case None:
            return Unapplied.UNREADABLE
        case CheckedIn() | WalkInIssued() as body:
            return add_ticket(session, kiosk, body, row.received_at, zone)
        case PaperMoved() as body:
            return move_paper(session, kiosk, body, row.at)
        case TechnicianActed() as body:
            note_act(session, kiosk, row, body)
            return None
        case SurveyTaken() as body:
            return mark_surveyed(session, kiosk.office, body)
        case SurveyGiven() as body:
            add_response(session, kiosk.office, row, body)
            return None
        case _:
            return None
