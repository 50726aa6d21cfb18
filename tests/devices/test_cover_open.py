from kiosk.devices import PrintResult
from kiosk.model import PrinterStatus, PrintOutcome


def test_an_open_cover_is_told_apart_from_an_empty_roll(printer, simulator):
    simulator.open_cover()
    assert printer.status() is PrinterStatus.COVER_OPEN
    simulator.run_out_of_paper()
    assert printer.status() is PrinterStatus.COVER_OPEN
    simulator.close_cover()
    assert printer.status() is PrinterStatus.PAPER_OUT


def test_no_byte_of_a_ticket_is_sent_to_an_open_printer(printer, simulator, ticket):
    simulator.open_cover()
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.COVER_OPEN)
    simulator.close_cover()
    assert simulator.tickets == simulator.scraps == []
