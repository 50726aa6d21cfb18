"""What a ticket says: every word of it, by what the ticket holds and what the office says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

import pytest
from samples import TODAY, a_store, booking, service, snapshot

from kiosk.commands import Print
from kiosk.devices.printer import PrintResult
from kiosk.errors import PrinterError
from kiosk.event_log import PrinterLost, PrintMoment
from kiosk.events import Printed, PrintFailed, PrintUncertain
from kiosk.model import (
    ENGLISH,
    INDONESIAN,
    Language,
    PrinterStatus,
    PrintOutcome,
    Ticket,
    TicketState,
    Words,
)
from kiosk.printing import Printing, printable_ticket
from kiosk.texts import Texts
from kiosk.ticket_layout import Line, Picture, Printable
from kiosk.view import office_data

TEXTS = Texts.load()
SERVICES = (replace(service("A"), name=Words("Paspor", "Passport"), documents=(Words("KTP asli", "Identity card"),)),)
DATA = office_data(snapshot(services=SERVICES), TODAY)
TICKET = Ticket(
    id=UUID(int=7), number="A-001", day=TODAY, service="a", masked_name="S*** R***",
    issued_at=datetime(2026, 11, 24, 2, 5, tzinfo=UTC), slot=time(9, 30), priority="elderly", late=True, prints=2,
)  # fmt: skip


def test_a_ticket_with_everything_says_it_in_english() -> None:
    assert printable_ticket(TICKET, DATA, TEXTS, ENGLISH, b"png") == Printable(
        letterhead=("Layanan Imigrasi", "Jalan 1", "0752"),
        heading="YOUR QUEUE NUMBER",
        number="A-001",
        service="Passport",
        person="S*** R***",
        times=("Appointment at 09:30", "Arrived Tuesday, 24 November 2026, 09:05"),
        notes=("You came after your time, so your turn is by arrival", "Priority: Elderly"),
        documents_heading="Please have the originals ready:",
        documents=("Identity card",),
        code=f"https://kiosk.example/t/{UUID(int=7)}",
        code_hint="Scan to see your place in the queue",
        closing="No brokers needed. Thank you.",
        marks=("REPRINT",),
        logo=b"png",
    )


def test_the_same_ticket_says_it_in_indonesian() -> None:
    said = printable_ticket(TICKET, DATA, TEXTS, INDONESIAN)
    words = TEXTS.words[INDONESIAN]
    assert said.service == "Paspor"
    assert said.documents == ("KTP asli",)
    assert said.times == (
        words["ticket.booked"].format(time="09.30"),
        words["ticket.arrived"].format(day="Selasa, 24 November 2026", time="09.05"),
    )
    assert said.notes == (words["ticket.late"], words["ticket.priority"].format(group="Lansia"))
    assert said.marks == (words["ticket.reprint"],)
    assert said.logo is None


def test_what_a_ticket_does_not_have_is_not_said() -> None:
    bare = replace(TICKET, slot=None, priority=None, late=False, prints=1, issued_at=None, service="gone")
    said = printable_ticket(bare, DATA, TEXTS, ENGLISH)
    assert said.times == ("Time of arrival: the staff will confirm it",)
    assert (said.service, said.documents, said.marks) == ("", (), ())
    assert said.notes == ("Your turn is by arrival",)


def test_a_group_that_the_office_has_no_more_is_not_said() -> None:
    said = printable_ticket(replace(TICKET, priority="gone"), DATA, TEXTS, ENGLISH)
    assert said.notes == ("You came after your time, so your turn is by arrival",)


@pytest.mark.parametrize(
    ("issued_at", "words"),
    [
        (datetime(2026, 11, 24, 2, 19, 59, tzinfo=UTC), "You are early; calls begin at 09:20"),
        (datetime(2026, 11, 24, 2, 20, tzinfo=UTC), "Your turn is by appointment, not by arrival"),
        (None, "Your turn is by appointment, not by arrival"),
    ],
)
def test_who_is_early_is_told_from_when_on_calls_come_by_the_offices_lead(issued_at: datetime, words: str) -> None:
    ticket = replace(TICKET, late=False, priority=None, issued_at=issued_at)
    assert printable_ticket(ticket, DATA, TEXTS, ENGLISH).notes == (words,)


class OnePrinter:
    """A printer that ends each print as it is told to, and remembers what was asked of it."""

    width_mm = 58

    def __init__(self) -> None:
        self.here, self.asked = True, list[str]()
        self.lines: list[Sequence[Line]] = []
        self.ends = [PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)]
        """The ends of the coming prints; the last one stays."""

    def open(self) -> None:
        self.asked.append("open")
        self._must_be_here()

    def status(self) -> PrinterStatus:
        self._must_be_here()
        return PrinterStatus.PAPER_LOW

    def print(self, lines: Sequence[Line]) -> PrintResult:
        self.asked.append("print")
        self.lines.append(lines)
        return self.ends.pop(0) if self.ends[1:] else self.ends[0]

    def close(self) -> None:
        self.asked.append("close")

    def _must_be_here(self) -> None:
        if not self.here:
            raise PrinterError("the printer is gone; plug it in")


@pytest.fixture
def printer() -> OnePrinter:
    return OnePrinter()


@pytest.fixture
def said() -> list[PrinterStatus]:
    return []


def printing_on(printer: OnePrinter, said: list[PrinterStatus], folder: Path, logo: bytes = b"") -> Printing:
    if logo:
        (folder / "logo.png").write_bytes(logo)
    store = a_store(folder / "kiosk.sqlite")
    return Printing(printer, store, TEXTS, lambda: DATA, said.append, folder / "logo.png" if logo else None)


def one_ticket(printing: Printing) -> Print:
    return Print(1, printing._store.check_in(booking(), (0,), None, False), ENGLISH)


def test_the_printer_is_opened_once_and_closed_once(
    printer: OnePrinter, said: list[PrinterStatus], tmp_path: Path
) -> None:
    printing = printing_on(printer, said, tmp_path)
    printing.close()
    printing.check()
    printing.check()
    printing.answer(one_ticket(printing))
    printing.close()
    printing.close()
    assert printer.asked == ["open", "print", "close"]
    assert said == [PrinterStatus.PAPER_LOW, PrinterStatus.PAPER_LOW, PrinterStatus.READY]


def test_a_printer_that_goes_is_let_go_of_said_to_be_gone_and_opened_again_when_it_is_back(
    printer: OnePrinter, said: list[PrinterStatus], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    printing = printing_on(printer, said, tmp_path)
    printing.check()
    printer.here = False
    with caplog.at_level("DEBUG"):
        printing.check()
        printing.check()
    for record in caplog.records:
        assert isinstance(record.msg, PrinterLost)
        assert (record.msg.moment, record.msg.failure.error) == (PrintMoment.IDLE, PrinterError)
    assert len(caplog.records) == 2
    printer.here = True
    printing.check()
    assert printer.asked == ["open", "close", "open", "close", "open"]
    gone = PrinterStatus.DISCONNECTED
    assert said == [PrinterStatus.PAPER_LOW, gone, gone, PrinterStatus.PAPER_LOW]


def test_a_printer_that_goes_in_mid_print_is_let_go_of_and_only_then(
    printer: OnePrinter, said: list[PrinterStatus], tmp_path: Path
) -> None:
    printing = printing_on(printer, said, tmp_path)
    command = one_ticket(printing)
    printer.ends = [PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.COVER_OPEN)]
    assert printing.answer(command) == PrintUncertain(1)
    assert printer.asked == ["open", "print"]
    printer.ends = [PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.DISCONNECTED)]
    assert printing.answer(command) == PrintUncertain(1)
    printing.check()
    assert printer.asked == ["open", "print", "print", "close", "open"]


@pytest.mark.parametrize(
    ("language", "heading"),
    [("min", "NOMOR ANTREAN"), ("id", "NOMOR ANTREAN ANDA"), ("", "YOUR QUEUE NUMBER"), ("gone", "YOUR QUEUE NUMBER")],
)
def test_a_ticket_speaks_the_language_that_it_was_issued_in_or_where_there_is_none_the_visits(
    printer: OnePrinter, said: list[PrinterStatus], tmp_path: Path, language: str, heading: str
) -> None:
    printing = printing_on(printer, said, tmp_path)
    tickets = printing._store.check_in(booking(), (0,), None, False, Language(language))
    for _ in ("print", "reprint"):
        printing.answer(Print(1, tickets, ENGLISH))
        assert heading in [getattr(line, "text", "") for line in printer.lines[-1]]


def test_nothing_is_printed_before_the_office_is_known(printer: OnePrinter, tmp_path: Path) -> None:
    store = a_store(tmp_path / "kiosk.sqlite")
    printing = Printing(printer, store, TEXTS, lambda: None, lambda status: None)
    assert printing.answer(one_ticket(printing)) == PrintFailed(1)
    assert printer.asked == []
    assert store.tickets()[0].state is TicketState.FAILED


def test_a_ticket_has_the_offices_logo_and_the_papers_width(
    printer: OnePrinter, said: list[PrinterStatus], tmp_path: Path
) -> None:
    printing = printing_on(printer, said, tmp_path, logo=b"png")
    assert printing.answer(one_ticket(printing)) == Printed(1)
    (lines,) = printer.lines
    assert lines[0] == Picture(b"png")
    wide = max(len(getattr(line, "text", "")) for line in lines)
    assert 0 < wide <= 32


def test_one_ticket_of_two_without_paper_or_in_doubt_is_the_answer_for_both(
    printer: OnePrinter, said: list[PrinterStatus], tmp_path: Path
) -> None:
    printing = printing_on(printer, said, tmp_path)
    first = one_ticket(printing).tickets[0]
    second = printing._store.check_in(booking(2), (0,), None, False)[0]
    for worse, answer in (
        (PrintOutcome.FAILED, PrintFailed(1)),
        (PrintOutcome.UNCONFIRMED, PrintUncertain(1)),
        (PrintOutcome.PRINTED, Printed(1)),
    ):
        printer.ends = [PrintResult(each, PrinterStatus.READY) for each in (PrintOutcome.PRINTED, worse)]
        assert printing.answer(Print(1, (first, second), ENGLISH)) == answer
