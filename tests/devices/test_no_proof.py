"""A printer that answers DLE EOT and nothing else."""

import pytest

from kiosk.devices import PrintResult
from kiosk.devices.evidence import Evidence
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.model import PrinterStatus, PrintOutcome


@pytest.fixture
def simulator() -> SimulatedPrinter:
    return SimulatedPrinter(evidence=Evidence.REAL_TIME)


def test_it_proves_no_ticket_however_ready_it_is(printer, simulator, ticket):
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.READY)
    assert len(simulator.tickets) == 1


def test_paper_that_ends_in_that_time_leaves_the_print_unconfirmed(printer, simulator, ticket):
    simulator.run_out_of_paper_after(lines=3)
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.PAPER_OUT)
