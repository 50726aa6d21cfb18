"""A kiosk's printing on a simulated printer, with the paper in its tray as the truth."""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random
from uuid import UUID

from kiosk.commands import Print
from kiosk.database import KEY_BYTES
from kiosk.devices.escpos_encoding import encode
from kiosk.devices.escpos_printer import CLEAR, EscposPrinter
from kiosk.devices.printer import PrintResult
from kiosk.devices.simulated_clock import SimulatedClock
from kiosk.devices.simulated_connection import SimulatedConnection
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.events import Answer
from kiosk.model import (
    INDONESIAN,
    Applicant,
    Booking,
    Office,
    Period,
    PrintOutcome,
    Rules,
    Service,
    Ticket,
    TicketState,
    Words,
)
from kiosk.printing import Printing, printable_ticket
from kiosk.protocol import PaperMoved, Snapshot
from kiosk.store import Store
from kiosk.texts import Texts
from kiosk.ticket_layout import Line, ticket_lines
from kiosk.view import office_data

CONTROLS = ("assumed", "no-clearing", "no-mark")
"""Protections that can be switched off: paper is taken for printed, buffers are not cleared, reprints not marked."""

TODAY = date(2026, 11, 24)
BEGIN = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
MARK = "CETAK ULANG"
_BEGINNING = b"\x1b@"
"""How a ticket begins; once more of it shows nothing."""

_NUMBER = re.compile(rb"A-\d{3}")


class ProcessDied(BaseException):
    """The kiosk's process ended here."""


class MortalLine:
    """The kiosk's end of a line, at which its process may die; without `clears` no clearing gets through."""

    def __init__(self, line: SimulatedConnection, clears: bool) -> None:
        self.answers = line.answers
        self.bytes_per_second = line.bytes_per_second
        self._line, self._clears = line, clears
        self._uses_left: int | None = None

    def die_after(self, uses: int | None) -> None:
        self._uses_left = uses

    def open(self) -> None:
        self._line.open()

    def write(self, data: bytes) -> None:
        if not self._clears:
            data = data.replace(CLEAR, b"")
        if self._is_last_use():
            self._line.write(data[: len(data) // 2])
            raise ProcessDied
        self._line.write(data)

    def read(self, timeout: float) -> bytes:
        if self._is_last_use():
            raise ProcessDied
        return self._line.read(timeout)

    def close(self) -> None:
        self._line.close()

    def _is_last_use(self) -> bool:
        if self._uses_left is None:
            return False
        self._uses_left -= 1
        return self._uses_left < 0


class CredulousPrinter(EscposPrinter):
    """The control "assumed": whatever was sent is taken for printed."""

    def print(self, lines: tuple[Line, ...]) -> PrintResult:  # type: ignore[override]
        result = super().print(lines)
        sent = result.outcome is not PrintOutcome.FAILED
        return PrintResult(PrintOutcome.PRINTED if sent else result.outcome, result.status)


class Lobby:
    """One kiosk, its store in `folder`, and its printer. `control` names the protection that is switched off."""

    def __init__(self, folder: Path, line: SimulatedConnection, clock: SimulatedClock, random: Random, control: str):
        self.line, self.clock = line, clock
        self.store = Store(folder / "kiosk.sqlite", bytes(KEY_BYTES), lambda: BEGIN + timedelta(seconds=clock.seconds))
        self._random, self._control = random, control
        self._pieces: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._sorted = 0
        self._papers: dict[UUID, set[bytes]] = {}
        self._data = office_data(small_office(), TODAY)
        self._texts = Texts.load()
        if control == "no-mark":
            self._texts.words[INDONESIAN]["ticket.reprint"] = ""
        self.start()

    @property
    def printer(self) -> SimulatedPrinter:
        return self.line.simulator

    def start(self) -> None:
        """The kiosk's process starts, with nothing but its store."""
        self.line.close()
        self.mortal = MortalLine(self.line, clears=self._control != "no-clearing")
        driver = CredulousPrinter if self._control == "assumed" else EscposPrinter
        self.driver = driver(self.mortal, 80, monotonic=self.clock.monotonic, random=self._random)
        self.printing = Printing(self.driver, self.store, self._texts, lambda: self._data, lambda status: None)
        self.printing.recover(None)

    def check_in(self, place: int) -> Ticket:
        return self.store.check_in(booking(place), (0,), None, False)[0]

    def print(self, ticket: Ticket, only_missing: bool = False) -> Answer:
        """Prints; ProcessDied if the process ends meanwhile."""
        return self.printing.answer(Print(1, (ticket,), INDONESIAN, only_missing))

    def person_has_it(self, ticket: Ticket) -> None:
        """The person says that the paper came out."""
        if self.state(ticket) is not TicketState.PRINTED:
            self.store.end_print(ticket.id, TicketState.PRINTED, by_person=True)

    def state(self, ticket: Ticket) -> TicketState:
        held = self.store.ticket(ticket.id)
        assert held
        return held.state

    def facts(self) -> dict[UUID, PaperMoved]:
        """The last word to staff on each ticket's paper."""
        bodies = [fact.body for fact in self.store.owed(100_000)]
        return {body.ticket: body for body in bodies if isinstance(body, PaperMoved)}

    # ------------------------------------------------------------ the truth

    def shown(self, ticket: Ticket) -> list[bytes]:
        """The pieces of paper with the ticket's number on them, in the order in which they came out."""
        for piece in self.printer.pieces[self._sorted :]:
            for number in set(_NUMBER.findall(piece)):
                self._pieces[number].append(piece)
        self._sorted = len(self.printer.pieces)
        number, hanging = ticket.number.encode(), self.printer.hanging
        return self._pieces[number] + [hanging] * (number in hanging)

    def has_whole_paper(self, ticket: Ticket) -> bool:
        """Whether a paper of the ticket came out that lacks nothing and bears nothing else."""
        whole = self._whole(ticket)
        return any(_BEGINNING + piece.lstrip(_BEGINNING) in whole for piece in reversed(self.shown(ticket)))

    def unmarked(self, ticket: Ticket) -> int:
        """How many papers of the ticket look like a first one but are not."""
        return sum(MARK.encode() not in piece for piece in self.shown(ticket)[1:])

    def _whole(self, ticket: Ticket) -> set[bytes]:
        """The ticket's paper, as a first one and as a reprint."""
        if ticket.id not in self._papers:
            self._papers[ticket.id] = {self._paper(replace(ticket, prints=prints)) for prints in (1, 2)}
        return self._papers[ticket.id]

    def _paper(self, ticket: Ticket) -> bytes:
        printable = printable_ticket(ticket, self._data, self._texts, INDONESIAN)
        return encode(ticket_lines(printable, 80), 80)


def small_office() -> Snapshot:
    words = Words("Paspor baru", "New passport")
    return Snapshot(
        office=Office(
            "PYK", "Layanan Imigrasi", "Jalan 1", "0752", "Asia/Jakarta", "https://k.example/t/{ticket}", "", {}
        ),
        rules=(Rules(date(2024, 1, 1), ((Period(time_of_day(8), time_of_day(16)),),) * 7, 60, 120, ()),),
        holidays=(),
        services=(Service("a", "A", words, words, (words,), (), ()),),
        bookings=(),
        pass_keys=(),
        announcements=(),
        queue=(),
    )


def booking(place: int) -> Booking:
    applicant = Applicant("S*** N***", f"A-{place:03}")
    return Booking(UUID(int=place, version=4), "PYK", TODAY, time_of_day(9, 30), "a", (applicant,))
