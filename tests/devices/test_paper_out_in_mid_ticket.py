from kiosk.devices import PrintResult
from kiosk.model import PrinterStatus, PrintOutcome


def test_a_ticket_cut_short_by_the_end_of_the_roll_is_unconfirmed(printer, simulator, ticket):
    simulator.run_out_of_paper_after(lines=3)
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.PAPER_OUT)
    assert simulator.tickets == []


def test_what_hangs_out_is_torn_off_with_the_old_roll_and_the_next_ticket_is_whole(printer, simulator, ticket):
    printer.print(ticket)
    simulator.run_out_of_paper_after(lines=3)
    printer.print(ticket)
    simulator.load_paper()
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)
    assert len(simulator.scraps) == 1
    assert simulator.tickets[0] == simulator.tickets[1]
