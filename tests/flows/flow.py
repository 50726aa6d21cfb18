"""A screenplay's stage: the true visit, desk and store, with a printer whose outcomes are given."""

from pathlib import Path

from samples import FakeClock, a_store

from kiosk.clock import Clock
from kiosk.commands import Command, Print
from kiosk.events import Answer, CodeScanned, CodeTyped, Event, Printed, PrintFailed, PrintUncertain, TimedOut
from kiosk.model import Reason, TicketState
from kiosk.protocol import Snapshot
from kiosk.records import Records
from kiosk.visit import State, Visit, advance

ENDS: dict[TicketState, type[Answer]] = {
    TicketState.PRINTED: Printed,
    TicketState.UNCONFIRMED: PrintUncertain,
    TicketState.FAILED: PrintFailed,
}


class Flow:
    """Each verb returns the flow, so that a test reads as a screenplay."""

    def __init__(self, folder: Path, snapshot: Snapshot, clock: Clock | None = None) -> None:
        self.clock = FakeClock()
        known = clock or self.clock.trusted()
        self.store = a_store(folder / "kiosk.sqlite", known.trusted)
        self.records = Records(self.store, known, self.clock.monotonic)
        self.records.take_snapshot(snapshot)
        self.visit = Visit(1)
        self.paper = TicketState.PRINTED
        self.commands: list[Command] = []

    def scans(self, text: str) -> "Flow":
        return self.does(CodeScanned(text))

    def types(self, text: str) -> "Flow":
        return self.does(CodeTyped(text))

    def waits(self) -> "Flow":
        return self.does(TimedOut())

    def does(self, *events: Event) -> "Flow":
        for event in events:
            self.visit, commands = advance(self.visit, event)
            for command in commands:
                self.commands.append(command)
                answer = self._print(command) if isinstance(command, Print) else self.records.answer(command)
                if answer:
                    self.does(answer)
        return self

    def sees(self, state: State) -> "Flow":
        assert self.visit.state is state, f"{self.visit.state} ({self.visit.refusal})"
        return self

    def is_refused(self, reason: Reason) -> "Flow":
        self.sees(State.REFUSED)
        assert self.visit.refusal
        assert self.visit.refusal.reason is reason
        return self

    def has(self, *numbers: str) -> "Flow":
        assert tuple(each.number for each in self.visit.tickets) == numbers
        return self

    def _print(self, command: Print) -> Answer:
        for ticket in command.tickets:
            self.store.begin_print(ticket.id)
            self.store.end_print(ticket.id, self.paper)
        return ENDS[self.paper](command.visit)
