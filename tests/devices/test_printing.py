"""A ticket on a printer without a fault."""

from kiosk.devices import PrintResult
from kiosk.devices.escpos_encoding import encode
from kiosk.model import PrinterStatus, PrintOutcome


def test_a_healthy_printer_confirms_the_ticket(printer, simulator, ticket):
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)
    assert simulator.tickets == [encode(ticket, 80)]


def test_each_ticket_is_cut_once_and_in_order(printer, simulator, ticket):
    for _ in range(3):
        assert printer.print(ticket).outcome is PrintOutcome.PRINTED
    assert simulator.tickets == [encode(ticket, 80)] * 3


def test_low_paper_is_told_and_still_prints(printer, simulator, ticket):
    simulator.run_low_on_paper()
    assert printer.status() is PrinterStatus.PAPER_LOW
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.PAPER_LOW)


def test_closing_twice_is_harmless(printer):
    printer.close()
    printer.close()
