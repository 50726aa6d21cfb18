"""What the tests of calls share: tickets that come, clerks at their counters."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from wire import MORNING, a_ticket

from central.counters import calls
from central.counters.desk import counter_named, open_counter
from central.counters.rows import CallRow
from central.database import KioskRow, TicketRow
from central.people.roles import Role, SignedIn
from central.places import places
from central.queue.place import Place
from central.tickets import add_ticket
from kiosk.model import Ticket
from kiosk.protocol import CheckedIn, WalkInIssued


@dataclass
class Lobby:
    """An office in the morning, in one session that is never committed; `minute` counts from 08.00."""

    session: Session
    minute: float = 0
    tickets: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return MORNING + timedelta(minutes=self.minute)

    def comes(self, number: str, minute: float, **more: Any) -> str:
        """Somebody takes a ticket; returns its id."""
        ticket = a_ticket(number, minute, **more)
        arrives(self.session, ticket)
        self.tickets[number] = str(ticket.id)
        return str(ticket.id)

    def opens(self, counter: str, clerk: str = "clerk", services: str = "", stages: str = "") -> "Desk":
        row = counter_named(self.session, "PYK", counter)
        row.services, row.stages = services, stages
        who = SignedIn(clerk, "PYK", frozenset({Role.CLERK}))
        return Desk(self, who, open_counter(self.session, who, row.id, self.now).id)

    def row(self, number: str) -> TicketRow:
        return self.session.get_one(TicketRow, self.tickets[number])

    def place(self, number: str) -> Place:
        found = places(self.session, "PYK", self.now.date(), self.now)
        return next(each for each in found if each.ticket.number == number)


@dataclass
class Desk:
    """A clerk at a counter; each act takes place at the lobby's minute."""

    lobby: Lobby
    who: SignedIn
    counter: int

    def next(self) -> str:
        """Calls whoever's turn it is; returns the number."""
        called = calls.call_next(self.lobby.session, self.who, self.counter, self.lobby.now)
        return self.lobby.session.get_one(TicketRow, called.ticket).number

    def call(self, number: str) -> CallRow:
        return calls.call(self.lobby.session, self.who, self.counter, self.lobby.tickets[number], self.lobby.now)

    def current(self) -> CallRow:
        """The latest call of the counter, ended or not."""
        wanted = select(CallRow).where(CallRow.counter == self.counter).order_by(CallRow.id.desc()).limit(1)
        return self.lobby.session.scalars(wanted).one()

    def does(self, act: Any, *more: Any) -> Any:
        """One of calls' acts on the counter's latest call."""
        return act(self.lobby.session, self.who, self.current().id, *more, self.lobby.now)

    def finishes(self, result: calls.Result = calls.Result.DONE) -> str:
        return self.does(calls.finish, result)

    def resumes(self, number: str) -> None:
        calls.resume(self.lobby.session, self.who, self.lobby.tickets[number], self.lobby.now)


def arrives(session: Session, ticket: Ticket) -> None:
    """Puts a ticket into the queue as a kiosk's fact does."""
    body = CheckedIn(ticket=ticket) if ticket.slot else WalkInIssued(ticket=ticket)
    kiosk = session.get(KioskRow, "k")
    if kiosk is None:
        kiosk = KioskRow(id="k", office="PYK", name="Lobi", digit=9, public_key="")
        session.add(kiosk)
        session.flush()
    assert ticket.issued_at
    assert add_ticket(session, kiosk, body, ticket.issued_at, ZoneInfo("Asia/Jakarta")) is None
    session.flush()
