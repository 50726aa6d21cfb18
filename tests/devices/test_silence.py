from kiosk.devices import PrintResult
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.model import PrinterStatus, PrintOutcome


def test_silence_is_not_taken_for_a_ready_printer(printer, simulator, ticket):
    simulator.fall_silent()
    assert printer.status() is PrinterStatus.SILENT
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.SILENT)
    simulator.speak()
    assert simulator.tickets == simulator.scraps == []


def test_a_printer_that_speaks_again_is_believed_again(printer, simulator, ticket):
    simulator.fall_silent()
    for _ in range(3):
        printer.status()
    simulator.open_cover()
    simulator.speak()
    assert printer.status() is PrinterStatus.COVER_OPEN
    simulator.close_cover()
    assert printer.print(ticket).outcome is PrintOutcome.PRINTED


def test_silence_after_a_ticket_leaves_it_unconfirmed(open_printer, ticket):
    simulator = SimulatedPrinter(on_ticket=lambda ticket: simulator.fall_silent())
    printer = open_printer(simulator)
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.SILENT)
    assert len(simulator.tickets) == 1
