"""The order of the queue (pure).

Everybody has a turn: the booked time or, late or without a booking, the arrival. A priority group's turn is
PRIORITY_LEAD earlier. As a turn never moves while others arrive, everybody comes nearer by waiting: who has waited
PRIORITY_LEAD longer than a newcomer of a priority group goes first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.model import QueueEntry, QueueState, Ticket

PRIORITY_LEAD = timedelta(minutes=30)


@dataclass(frozen=True)
class Place:
    """A ticket with where its person is since `arrived_at` (UTC); `ahead` counts those who wait before.

    `dated_by_server`: the kiosk could not tell the time, so the arrival is when the server heard of it.
    """

    ticket: Ticket
    arrived_at: datetime
    state: QueueState
    counter: str = ""
    dated_by_server: bool = False
    ahead: int = 0
    surveyed: bool = False

    def entry(self, day: date) -> QueueEntry:
        """What kiosks know of it, in the queue of a day."""
        ticket = self.ticket
        return QueueEntry(
            ticket.number, self.state, self.ahead, self.counter, ticket.id, day, ticket.service, self.surveyed
        )


def turn_of(place: Place, zone: ZoneInfo) -> datetime:
    """The instant that a ticket's turn is reckoned from; slots are in the office's `zone`."""
    ticket = place.ticket
    if ticket.slot is None or ticket.late:
        turn = place.arrived_at.astimezone(zone)
    else:
        turn = datetime.combine(ticket.day, ticket.slot, zone)
    return turn - PRIORITY_LEAD if ticket.priority else turn


def ranked(places: Iterable[Place], zone: ZoneInfo) -> tuple[Place, ...]:
    """Places in the order of their turns, equal turns by arrival, then by number; each with how many are `ahead`."""
    placed, ahead = [], 0
    for place in sorted(places, key=lambda each: _rank(each, zone)):
        waits = place.state is QueueState.WAITING
        placed.append(replace(place, ahead=ahead if waits else 0))
        ahead += waits
    return tuple(placed)


def _rank(place: Place, zone: ZoneInfo) -> tuple[datetime, datetime, str, str]:
    return turn_of(place, zone), place.arrived_at, place.ticket.number, str(place.ticket.id)
