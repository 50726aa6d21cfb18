"""A place: a ticket with where its person is (pure)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from central.queue.explanation import Explanation
from central.queue.line import Line
from central.queue.turn import Turn, first_turn
from kiosk.model import QueueEntry, QueueState, Ticket


@dataclass(frozen=True)
class Place:
    """A ticket with where its person is since `arrived_at` (UTC); `ahead` counts those who wait before.

    `dated_by_server`: the kiosk could not tell the time, so the arrival is when the server heard of it. `line` is what
    it waits for, None for its own service without stages; `moved` the turn that it was given there, None for the first.
    `held`: its person was sent for something, and is expected back at `counter`. `why` explains the place of who waits.
    """

    ticket: Ticket
    arrived_at: datetime
    state: QueueState
    counter: str = ""
    dated_by_server: bool = False
    ahead: int = 0
    surveyed: bool = False
    line: Line | None = None
    moved: Turn | None = None
    held: bool = False
    why: Explanation | None = None

    @property
    def waits(self) -> bool:
        """Whether it stands in a line, to be called."""
        return self.state is QueueState.WAITING and not self.held

    @property
    def stands_in(self) -> Line:
        """The line that it waits in, or was called from."""
        return self.line or Line(self.ticket.service, "")

    def turn(self, zone: ZoneInfo) -> Turn:
        """What its place is reckoned from; slots are in the office's `zone`."""
        return self.moved or first_turn(self.ticket, self.arrived_at, zone)

    def entry(self, day: date) -> QueueEntry:
        """What kiosks know of it, in the queue of a day: who is held is told to go back to the counter."""
        ticket = self.ticket
        state = QueueState.CALLED if self.held else self.state
        return QueueEntry(ticket.number, state, self.ahead, self.counter, ticket.id, day, ticket.service, self.surveyed)
