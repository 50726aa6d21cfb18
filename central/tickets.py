"""What facts make of tickets: issued once, dated, their paper moved."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from central.bodies import ticket_in
from central.database import BookingRow, KioskRow, TicketRow
from central.dating import believed
from central.names import masked
from kiosk.model import QueueState, Ticket, TicketState
from kiosk.numbering import NUMBER
from kiosk.protocol import CheckedIn, PaperMoved, WalkInIssued

LONGEST_NAME = 100


class Unapplied(StrEnum):
    """Why a fact is a dead letter: kept and acknowledged, but nothing followed from it.

    UNREADABLE: this server does not know its kind, or its content is not of that kind. BAD_TICKET: its ticket's time,
    number or name cannot be one, the ticket is known with another number, or its booking is another office's.
    NO_TICKET: it speaks of a ticket that this office does not know. SURVEYED_TWICE: two kiosks that did not know of
    each other took a survey for it.
    """

    UNREADABLE = "unreadable"
    BAD_TICKET = "bad_ticket"
    NO_TICKET = "no_ticket"
    SURVEYED_TWICE = "surveyed_twice"


def day_of(body: CheckedIn | WalkInIssued, received_at: datetime, zone: ZoneInfo) -> date:
    """The day in whose queue a ticket stands. A walk-in of a kiosk that could not tell the time, or told a wrong one,
    stands in that of its receipt, where somebody will call it; a booking knows its own day.
    """
    undated_walk_in = isinstance(body, WalkInIssued) and believed(body.ticket.issued_at, received_at) is None
    return received_at.astimezone(zone).date() if undated_walk_in else body.ticket.day


def add_ticket(
    session: Session, kiosk: KioskRow, body: CheckedIn | WalkInIssued, received_at: datetime, zone: ZoneInfo
) -> Unapplied | None:
    """Puts a ticket into the queue of its day at the kiosk's office; `received_at` (UTC) dates it if its kiosk could
    not or was wrong.
    """
    ticket = body.ticket
    if not is_sound(ticket) or _booked_elsewhere(session, kiosk, ticket):
        return Unapplied.BAD_TICKET
    issued_at, day = believed(ticket.issued_at, received_at), day_of(body, received_at, zone).isoformat()
    arrived_at = issued_at or received_at
    row = session.get(TicketRow, str(ticket.id))
    if row is None:
        row = TicketRow(
            id=str(ticket.id),
            office=kiosk.office,
            day=day,
            number=ticket.number,
            paper=ticket.state,
            paper_at=arrived_at,
            paper_kiosk=kiosk.id,
            state=QueueState.WAITING,
        )
        session.add(row)
    elif (row.office, row.day, row.number) != (kiosk.office, day, ticket.number):
        return Unapplied.BAD_TICKET
    elif arrived_at >= row.arrived_at:
        # Two kiosks without a network checked the same applicant in: the earlier arrival counts.
        return None
    row.arrived_at, row.dated_by_server = arrived_at, issued_at is None
    # No whole name is held, whatever a kiosk sends; in the fact, which stays as it came, it is sealed.
    nameless = replace(ticket, masked_name=masked(ticket.masked_name))
    row.body = body.model_copy(update={"ticket": nameless}).model_dump_json()
    return None


def _booked_elsewhere(session: Session, kiosk: KioskRow, ticket: Ticket) -> bool:
    """Whether its booking is held here as another office's. One that is not held may be forgotten, or not here yet."""
    booking = session.get(BookingRow, str(ticket.booking)) if ticket.booking else None
    return booking is not None and booking.office != kiosk.office


def is_sound(ticket: Ticket) -> bool:
    """Whether its time, number and name can be those of a ticket."""
    at = ticket.issued_at
    dated = at is None or (at.tzinfo is not None and 2000 <= at.year < 9000)
    # Of a walk-in without a time the day is a guess, which a clock without a battery may have made in 1970.
    of_a_day = (at is None and ticket.booking is None) or 2000 <= ticket.day.year < 9000
    return dated and of_a_day and bool(NUMBER.fullmatch(ticket.number)) and len(ticket.masked_name) <= LONGEST_NAME


def move_paper(session: Session, kiosk: KioskRow, body: PaperMoved, at: datetime) -> Unapplied | None:
    """Notes what became of a ticket's paper `at` an instant (UTC)."""
    row = session.get(TicketRow, str(body.ticket))
    if row is None or row.office != kiosk.office:
        return Unapplied.NO_TICKET
    # A kiosk's own facts come in their order, whatever its clock did; those of two kiosks only their times can order.
    newer = row.paper_kiosk == kiosk.id or at >= row.paper_at
    # One paper in hand is enough, so what became of a reprint changes nothing.
    if row.paper != TicketState.PRINTED and (newer or body.state is TicketState.PRINTED):
        row.paper, row.paper_at, row.paper_kiosk = body.state, at, kiosk.id
    return None


def ticket_of(row: TicketRow) -> Ticket:
    """The ticket as its kiosk issued it."""
    return ticket_in(row.body)
