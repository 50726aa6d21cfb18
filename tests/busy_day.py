"""Invented days of an office, put into the database as kiosks and counters would have left them."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from wire import DAY

from central.counters.rows import CallRow, CounterRow, Outcome
from central.database import FactRow, KioskRow, ResponseRow, TicketRow
from central.questionnaires import questionnaire
from kiosk.model import QueueState, Ticket
from kiosk.protocol import CheckedIn, WalkInIssued

ZONE = ZoneInfo("Asia/Jakarta")
SERVICES = ("passport_new", "passport_renewal", "passport_child", "stay_permit")
AFTER = {
    Outcome.SERVED: QueueState.SERVED,
    Outcome.INCOMPLETE: QueueState.SERVED,
    Outcome.NO_SHOW: QueueState.NO_SHOW,
}
"""Where a ticket is after a call that ended so; after every other one it waits."""


@dataclass
class Lobby:
    """Puts rows of an office into a session. Times are minutes after 08.00 of `day`."""

    session: Session
    office: str = "PYK"
    day: date = DAY
    random: Random = field(default_factory=lambda: Random(1))
    numbers: int = 0

    def at(self, minute: float) -> datetime:
        return datetime.combine(self.day, time(8), ZONE) + timedelta(minutes=minute)

    def kiosk(self, digit: int = 1, name: str = "Anjungan Lobi", heard: float | None = 0, **said: object) -> str:
        row = KioskRow(id=str(uuid4()), office=self.office, name=name, digit=digit, public_key="")
        if heard is not None:
            beat = {"version": "0.1", "screen": "welcome", "printer": "ready", "scanner_ready": True, "owed": 0}
            row.heard_at = self.at(heard)
            row.heartbeat = json.dumps({"at": self.at(heard).isoformat()} | beat | said)
        self.session.add(row)
        self.session.flush()
        return row.id

    def counter(self, name: str = "1", is_open: bool = True) -> int:
        row = CounterRow(office=self.office, name=name, clerk="clerk" if is_open else None)
        row.opened_at = self.at(0) if is_open else None
        self.session.add(row)
        self.session.flush()
        return row.id

    def ticket(
        self, kiosk: str, arrived: float, service: str = "passport_new", slot: time | None = None,
        booking: UUID | None = None, state: QueueState = QueueState.WAITING, ticket: UUID | None = None,
    ) -> TicketRow:  # fmt: skip
        self.numbers += 1
        booking = booking or (uuid4() if slot else None)
        made = Ticket(
            id=ticket or uuid4(),
            number=f"{'A' if booking else 'W1'}-{self.numbers:03}",
            day=self.day,
            service=service,
            masked_name="B*** S***",
            issued_at=self.at(arrived),
            booking=booking,
            slot=slot,
        )
        row = TicketRow(
            id=str(made.id),
            office=self.office,
            day=self.day.isoformat(),
            number=made.number,
            arrived_at=self.at(arrived),
            dated_by_server=False,
            body=(CheckedIn if booking else WalkInIssued)(ticket=made).model_dump_json(),
            paper="printed",
            paper_at=self.at(arrived),
            paper_kiosk=kiosk,
            state=state,
        )
        self.session.add(row)
        return row

    def call(
        self, row: TicketRow, counter: int, called: float, ended: float | None = None,
        outcome: Outcome = Outcome.SERVED, since: float | None = None,
    ) -> None:  # fmt: skip
        """Called after having waited since the arrival, where nothing else is said, and ended with an outcome."""
        row.state = AFTER.get(outcome, QueueState.WAITING) if ended is not None else QueueState.CALLED
        row.counter = str(counter)
        self.session.flush()
        self.session.add(
            CallRow(
                office=self.office,
                day=row.day,
                ticket=row.id,
                service="passport_new",
                stage="",
                counter=counter,
                clerk="clerk",
                waiting_since=row.arrived_at if since is None else self.at(since),
                called_at=self.at(called),
                ended_at=None if ended is None else self.at(ended),
                outcome=None if ended is None else outcome,
                why="{}",
            )
        )

    def told(self, kiosk: str, minute: float, kind: str, problem: str | None = None, **body: object) -> str:
        """A fact; returns its id."""
        self.numbers += 1
        row = FactRow(
            id=str(uuid4()),
            kiosk=kiosk,
            epoch=1,
            seq=self.numbers,
            digest="",
            received_at=self.at(minute),
            at=self.at(minute),
            dated_by_server=False,
            clock_ahead=False,
            kind=kind,
            body=json.dumps({"kind": kind} | body),
            problem=problem,
        )
        self.session.add(row)
        return row.id

    def rates(self, kiosk: str, minute: float, score: int, text: str = "") -> None:
        rating = str(uuid4())
        self.told(kiosk, minute, "rated", rating=rating, score=score)
        if text:
            self.told(kiosk, minute, "commented", rating=rating, text=text)

    def responds(self, kiosk: str, minute: float, scores: dict[str, int], of: str = "skm", **header: str) -> None:
        asked = questionnaire(of)
        row = ResponseRow(
            fact=self.told(kiosk, minute, "survey_given"),
            office=self.office,
            questionnaire=asked.id,
            version=asked.version,
            day=self.day.isoformat(),
            service="passport_new",
            header=json.dumps(header),
            scores=json.dumps(scores),
        )
        self.session.add(row)

    def busy(self, kiosk: str, until: float, counters: tuple[int, ...] = ()) -> None:
        """A morning in which somebody comes every three minutes or so, and the counters take eight minutes each."""
        free = dict.fromkeys(counters, 0.0)
        minute = 0.0
        while minute < until:
            slot = time(8 + int(minute // 60), 30 * int(minute % 60 // 30)) if self.random.random() < 0.6 else None
            row = self.ticket(kiosk, minute, self.random.choice(SERVICES), slot)
            if free:
                counter = min(free, key=lambda each: free[each])
                called = max(free[counter], minute + 1)
                ended = called + self.random.gammavariate(4, 2)
                free[counter] = ended
                if called <= until:
                    outcome = Outcome.NO_SHOW if self.random.random() < 0.06 else Outcome.SERVED
                    self.call(row, counter, called, ended if ended <= until else None, outcome)
                if ended <= until and self.random.random() < 0.4:
                    self.rates(kiosk, ended, self.random.choice((3, 4, 4, 5, 5)))
            minute += self.random.expovariate(1 / 3)
