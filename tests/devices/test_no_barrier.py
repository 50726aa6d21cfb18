"""A printer that answers DLE EOT but not GS r."""

import pytest

from kiosk.devices import PrintResult
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.model import PrinterStatus, PrintOutcome


@pytest.fixture
def simulator() -> SimulatedPrinter:
    return SimulatedPrinter(knows_barrier=False)


def test_it_is_believed_when_it_is_ready_after_the_time_that_a_ticket_takes(printer, simulator, ticket):
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)
    assert len(simulator.tickets) == 1


def test_paper_that_ends_in_that_time_leaves_the_print_unconfirmed(printer, simulator, ticket):
    simulator.run_out_of_paper_after(lines=3)
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.PAPER_OUT)
