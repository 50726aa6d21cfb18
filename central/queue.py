"""The order of the queue (pure): booked time first, then arrival; who is late loses the booked time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.model import QueueEntry, QueueState, Ticket

PRIORITY_LEAD = timedelta(minutes=30)
"""How much earlier a priority group's turn is than its time says; everybody else's turn still comes."""


@dataclass(frozen=True)
class Place:
    """A ticket with where its person is."""

    ticket: Ticket
    state: QueueState
    counter: str = ""


def turn_of(ticket: Ticket, zone: ZoneInfo) -> datetime:
    """The moment that a ticket's turn is reckoned from: its slot or, late or without a booking, its arrival."""
    arrival = ticket.issued_at.astimezone(zone)
    booked = datetime.combine(ticket.day, ticket.slot, zone) if ticket.slot and not ticket.late else arrival
    return booked - PRIORITY_LEAD if ticket.priority else booked


def ranked(places: Iterable[Place], zone: ZoneInfo) -> list[Place]:
    """All places in the order of their turn, equal turns by arrival, then by number."""
    return sorted(places, key=lambda each: (turn_of(each.ticket, zone), each.ticket.issued_at, each.ticket.number))


def entries(places: Iterable[Place], zone: ZoneInfo) -> tuple[QueueEntry, ...]:
    """What kiosks show of the queue; `ahead` counts those who wait before."""
    found, ahead = [], 0
    for place in ranked(places, zone):
        found.append(QueueEntry(place.ticket.number, place.state, ahead, place.counter))
        ahead += place.state is QueueState.WAITING
    return tuple(found)
