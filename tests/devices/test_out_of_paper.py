from kiosk.devices import PrintResult
from kiosk.model import PrinterStatus, PrintOutcome


def test_a_printer_that_says_so_is_out_of_paper(printer, simulator):
    simulator.run_out_of_paper()
    assert printer.status() is PrinterStatus.PAPER_OUT


def test_no_byte_of_a_ticket_is_sent_while_the_paper_is_out(printer, simulator, ticket):
    simulator.run_out_of_paper()
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.PAPER_OUT)
    simulator.load_paper()
    assert simulator.tickets == simulator.scraps == []


def test_a_new_roll_makes_it_ready_again(printer, simulator, ticket):
    simulator.run_out_of_paper()
    printer.print(ticket)
    simulator.load_paper()
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)
