"""The turn: the instant that a ticket's place in the queue is reckoned from (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kiosk.model import Ticket


class TurnKind(StrEnum):
    """What a turn is reckoned from. BOOKED: the slot. ARRIVED: the arrival, without a booking. LATE: the arrival, as
    it was too long after the slot. NEXT_STAGE and TRANSFERRED: the turn before, moved by the time at the counter.
    RETURNED: the moment that somebody who had missed the call came back.
    """

    BOOKED = "booked"
    ARRIVED = "arrived"
    LATE = "late"
    NEXT_STAGE = "next_stage"
    TRANSFERRED = "transferred"
    RETURNED = "returned"


@dataclass(frozen=True)
class Turn:
    """Whose is earlier goes first, but for what `order` says of priority groups. `at` is UTC."""

    at: datetime
    kind: TurnKind


def first_turn(ticket: Ticket, arrived_at: datetime, zone: ZoneInfo) -> Turn:
    """The turn of somebody who has just come; slots are in the office's `zone`."""
    if ticket.slot is None:
        return Turn(arrived_at, TurnKind.ARRIVED)
    if ticket.late:
        return Turn(arrived_at, TurnKind.LATE)
    return Turn(datetime.combine(ticket.day, ticket.slot, zone).astimezone(UTC), TurnKind.BOOKED)


def turn_after(turn: Turn, called_at: datetime, ended_at: datetime, kind: TurnKind) -> Turn:
    """The turn in the line that somebody goes to from a counter: moved by the time at the counter and by no more, so
    what was waited before counts there too.
    """
    return Turn(turn.at + max(ended_at - called_at, timedelta(0)), kind)


def turn_on_return(turn: Turn, missed_at: datetime, back_at: datetime, tolerance: timedelta) -> Turn:
    """The turn of somebody who missed a call and is back: within the tolerance the same, else as of who comes now."""
    return turn if back_at - missed_at <= tolerance else Turn(back_at, TurnKind.RETURNED)
