"""The printing transaction: each step of a ticket's paper is on disk before the bytes that it speaks of."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import wrap
from zoneinfo import ZoneInfo

from kiosk.admission import called_from
from kiosk.commands import Print, PrintTrial
from kiosk.devices.printer import Printer
from kiosk.errors import PrinterError
from kiosk.event_log import Failure, PrinterLost, PrintMoment, note
from kiosk.events import Answer, Printed, PrintFailed, PrintUncertain
from kiosk.model import Language, Office, Outcome, PrinterStatus, PrintOutcome, Task, TaskEnd, Ticket, TicketState
from kiosk.store import Store
from kiosk.texts import Texts
from kiosk.ticket_layout import COLUMNS, Code, Cut, Line, Printable, Rule, Text, ticket_lines
from kiosk.view import OfficeData


class Printing:
    """Prints a visit's tickets on one printer, or on none (one worker's job, no threads here).

    `data` gives what is known of the office, `said` hears each status of the printer. Every method may raise
    StoreError.
    """

    def __init__(
        self,
        printer: Printer | None,
        store: Store,
        texts: Texts,
        data: Callable[[], OfficeData | None],
        said: Callable[[PrinterStatus], None],
        logo: Path | None = None,
    ) -> None:
        self._printer, self._store, self._texts, self._data, self._said = printer, store, texts, data, said
        self._logo = logo.read_bytes() if logo else None
        self._is_open = False

    def recover(self, lately: datetime | None) -> tuple[Ticket, ...]:
        """Records how the prints ended that a power cut left open, for staff to see: what was being sent has an unknown
        end, what was only issued surely has no paper.

        Returns those that came so far since `lately` (UTC): their persons may still stand there, and can be asked.
        """
        ends = {TicketState.SENDING: TicketState.UNCONFIRMED, TicketState.ISSUED: TicketState.FAILED}
        asked = {each.id for state in ends if lately for each in self._store.tickets_in(state, moved_since=lately)}
        ended = [
            self._store.end_print(ticket.id, end)
            for state, end in ends.items()
            for ticket in self._store.tickets_in(state)
        ]
        return tuple(each for each in ended if each.id in asked)

    def check(self) -> None:
        """Asks the printer how it is, opening it first where that is needed."""
        if self._printer is None or not self._opened(self._printer):
            return
        try:
            self._said(self._printer.status())
        except PrinterError as error:
            self._lost(self._printer, error)

    def answer(self, command: Print) -> Answer:
        """Prints the tickets and tells how that ended: uncertain if any end is unknown, failed if any has no paper."""
        ends = {self._print(ticket, command) for ticket in command.tickets}
        if TicketState.UNCONFIRMED in ends:
            return PrintUncertain(command.visit)
        return PrintFailed(command.visit) if TicketState.FAILED in ends else Printed(command.visit)

    def trial(self, command: PrintTrial) -> Outcome:
        """Prints a slip that is no ticket, and tells how that ended."""
        if self._printer is None or not self._opened(self._printer):
            return Outcome(Task.TRIAL_SLIP, TaskEnd.FAILED)
        result = self._printer.print(trial_lines(self._texts, command.language, self._printer.width_mm))
        self._said(result.status)
        if result.status is PrinterStatus.DISCONNECTED:
            self.close()
        return Outcome(Task.TRIAL_SLIP, TRIAL_ENDS[result.outcome])

    def close(self) -> None:
        if self._printer and self._is_open:
            self._printer.close()
            self._is_open = False

    def _print(self, ticket: Ticket, command: Print) -> TicketState:
        held = self._store.ticket(ticket.id)
        if command.only_missing and held and held.state is TicketState.PRINTED:
            return held.state
        begun = self._store.begin_print(ticket.id)
        known = begun.language in self._texts.languages
        state = TicketState(self._send(begun, begun.language if known else command.language))
        self._store.end_print(ticket.id, state)
        return state

    def _send(self, ticket: Ticket, language: Language) -> PrintOutcome:
        data = self._data()
        if self._printer is None or data is None or not self._opened(self._printer):
            return PrintOutcome.FAILED
        printable = printable_ticket(ticket, data, self._texts, language, self._logo)
        result = self._printer.print(ticket_lines(printable, self._printer.width_mm))
        self._said(result.status)
        if result.status is PrinterStatus.DISCONNECTED:
            self.close()
        return result.outcome

    def _opened(self, printer: Printer) -> bool:
        if not self._is_open:
            try:
                printer.open()
                self._is_open = True
            except PrinterError as error:
                self._lost(printer, error)
        return self._is_open

    def _lost(self, printer: Printer, error: PrinterError) -> None:
        note(PrinterLost(PrintMoment.IDLE, Failure.of(error)))
        printer.close()
        self._is_open = False
        self._said(PrinterStatus.DISCONNECTED)


TRIAL_ENDS = {
    PrintOutcome.PRINTED: TaskEnd.DONE,
    PrintOutcome.UNCONFIRMED: TaskEnd.UNCERTAIN,
    PrintOutcome.FAILED: TaskEnd.FAILED,
}
TRIAL_CODE = "ANJUNGAN-TRIAL"
"""Of the slip: held to the scanner, it tries that too."""


def trial_lines(texts: Texts, language: Language, width_mm: int) -> tuple[Line, ...]:
    """The slip: all that a ticket has, and no number."""
    columns = COLUMNS[width_mm]
    title = [Text(row, bold=True) for row in wrap(texts("technician.slip_title", language), columns)]
    hint = [Text(row) for row in wrap(texts("technician.slip_hint", language), columns)]
    ruler = "".join(str(each % 10) for each in range(1, columns + 1))
    return (*title, Rule(), Text("0123 ABC", width=3, height=3, bold=True), Text(ruler), Code(TRIAL_CODE), *hint, Cut())


def printable_ticket(
    ticket: Ticket, data: OfficeData, texts: Texts, language: Language, logo: bytes | None = None
) -> Printable:
    """The ticket with its words in a language, times in the office's zone. From its second print on it says so."""
    office = data.office
    service = data.service(ticket.service)
    group = next((each.name[language] for each in data.rules.priority_groups if each.id == ticket.priority), None)
    times = [texts("ticket.booked", language, time=texts.time(ticket.slot, language))] if ticket.slot else []
    times.append(_arrival(ticket.issued_at, office, texts, language))
    notes = [_turn(ticket, data, texts, language)]
    notes += [texts("ticket.priority", language, group=group)] if group else []
    return Printable(
        letterhead=(office.name, office.address, office.phone),
        heading=texts("ticket.heading", language),
        number=ticket.number,
        service=service.name[language] if service else "",
        person=ticket.masked_name,
        times=tuple(times),
        notes=tuple(notes),
        documents_heading=texts("ticket.documents", language),
        documents=tuple(each[language] for each in service.documents) if service else (),
        code=office.ticket_url.replace("{ticket}", str(ticket.id)),
        code_hint=texts("ticket.code_hint", language),
        closing=texts("ticket.closing", language),
        marks=tuple(texts(key, language) for key in _marks(ticket, data)),
        logo=logo,
    )


def _marks(ticket: Ticket, data: OfficeData) -> list[str]:
    return (["practice.ticket"] if data.practice else []) + (["ticket.reprint"] if ticket.prints > 1 else [])


def _turn(ticket: Ticket, data: OfficeData, texts: Texts, language: Language) -> str:
    """What its place in the queue is reckoned from, so that who came earlier and is called later knows why."""
    from_when = called_from(ticket, data.rules, ZoneInfo(data.office.time_zone))
    if from_when:
        return texts("ticket.early", language, time=texts.time(from_when, language))
    reckoned = "ticket.late" if ticket.late else "ticket.by_slot" if ticket.slot else "ticket.by_arrival"
    return texts(reckoned, language)


def _arrival(issued_at: datetime | None, office: Office, texts: Texts, language: Language) -> str:
    if issued_at is None:
        return texts("ticket.time_unknown", language)
    issued = issued_at.astimezone(ZoneInfo(office.time_zone))
    return texts("ticket.arrived", language, day=texts.day(issued.date(), language), time=texts.time(issued, language))
