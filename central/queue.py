"""The order of the queue (pure).

Everybody has a turn: the booked time or, late or without a booking, the arrival. A priority group's turn is
PRIORITY_LEAD earlier. As a turn never moves while others arrive, everybody comes nearer by waiting: who has waited
PRIORITY_LEAD longer than a newcomer of a priority group goes first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.model import QueueEntry, QueueState, Ticket

PRIORITY_LEAD = timedelta(minutes=30)


@dataclass(frozen=True)
class Place:
    """A ticket with where its person is; `ahead` counts those who wait before."""

    ticket: Ticket
    state: QueueState
    counter: str = ""
    ahead: int = 0

    def entry(self) -> QueueEntry:
        """What kiosks show of it."""
        return QueueEntry(self.ticket.number, self.state, self.ahead, self.counter)


def turn_of(ticket: Ticket, zone: ZoneInfo) -> datetime:
    """The instant that a ticket's turn is reckoned from; slots are in the office's `zone`."""
    if ticket.slot is None or ticket.late:
        turn = ticket.issued_at.astimezone(zone)
    else:
        turn = datetime.combine(ticket.day, ticket.slot, zone)
    return turn - PRIORITY_LEAD if ticket.priority else turn


def ranked(tickets: Iterable[tuple[Ticket, QueueState, str]], zone: ZoneInfo) -> tuple[Place, ...]:
    """Tickets with their states and counters in the order of their turns, equal turns by arrival, then by number."""
    placed, ahead = [], 0
    for ticket, state, counter in sorted(tickets, key=lambda each: _rank(each[0], zone)):
        waits = state is QueueState.WAITING
        placed.append(Place(ticket, state, counter, ahead if waits else 0))
        ahead += waits
    return tuple(placed)


def _rank(ticket: Ticket, zone: ZoneInfo) -> tuple[datetime, datetime, str, str]:
    return turn_of(ticket, zone), ticket.issued_at, ticket.number, str(ticket.id)
