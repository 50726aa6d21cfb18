"""An answer that comes late is not taken for the answer to a later question."""

from kiosk.devices import PrintResult
from kiosk.devices.escpos_printer import EscposPrinter
from kiosk.model import PrinterStatus, PrintOutcome

ANSWERS = {b"\x10\x04\x01": b"\x1a", b"\x10\x04\x02": b"\x16", b"\x10\x04\x03": b"\x12", b"\x10\x04\x04": b"\x12"}
"""Of a printer with an open cover."""

READY = dict.fromkeys(ANSWERS, b"\x12")
BARRIER = b"\x1dr\x01"
CODE = b"\x1d(k"


class SlowLine:
    """The first question is answered only after the second was asked, just before the answer to that."""

    answers = True
    bytes_per_second = 1000.0

    def __init__(self) -> None:
        self._asked = 0
        self._coming = []

    def open(self) -> None:
        """There is nothing to open."""

    def close(self) -> None:
        """There is nothing to close."""

    def write(self, data):
        if data in ANSWERS:
            self._asked += 1
            if self._asked == 2:
                self._coming.append(ANSWERS[b"\x10\x04\x01"])
            if self._asked > 1:
                self._coming.append(ANSWERS[data])

    def read(self, timeout):
        return self._coming.pop(0) if self._coming else b""


def test_an_answer_that_comes_just_before_the_next_one_is_dropped():
    printer = EscposPrinter(SlowLine(), 80, answer_timeout=0.01)
    assert printer.status() is PrinterStatus.SILENT
    assert printer.status() is PrinterStatus.COVER_OPEN


def test_automatic_status_sent_unasked_is_passed_over(scripted_printer):
    unasked = b"\x14\x00\x00\x0f" + b"\x37\x25\x41\x00" + b"\x11\x13"
    printer = scripted_printer(lambda command: unasked + ANSWERS[command.raw] if command.raw in ANSWERS else b"")
    assert printer.status() is PrinterStatus.COVER_OPEN


def test_a_late_barrier_of_one_ticket_does_not_confirm_the_next(scripted_printer, ticket):
    """The first ticket's barrier is answered only when the second has been sent; the second's never."""
    tickets = []
    barriers = []

    def slow(command):
        if command.name == CODE and command.raw[6:7] == b"\x51":
            tickets.append(command)
            return b"\x00" if len(tickets) == 2 else b""
        if command.raw == BARRIER:
            barriers.append(command)
            return b"\x00" if not tickets else b""
        return READY.get(command.raw, b"")

    printer = scripted_printer(slow)
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.READY)
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.SILENT)
    assert len(tickets) == 1
