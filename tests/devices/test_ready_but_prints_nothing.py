"""A printer that says that it is ready and prints nothing for long."""

import pytest

from kiosk.devices.escpos_encoding import encode
from kiosk.devices.escpos_printer import EscposPrinter
from kiosk.devices.evidence import Evidence
from kiosk.model import PrinterStatus, PrintOutcome


@pytest.mark.parametrize("evidence", [Evidence.PROCESS_ID, Evidence.BARRIER])
def test_its_ticket_is_unconfirmed_and_does_not_come_out_later(rig, evidence, ticket):
    made = rig(evidence)
    made.simulator.stall(50)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    assert made.passes(60) is PrinterStatus.READY
    assert made.simulator.tickets == []


def test_it_does_not_lose_its_good_name_by_it(rig, ticket):
    made = rig()
    made.simulator.stall(50)
    made.driver.print(ticket)
    for _ in range(8):
        made.passes(5)
    assert made.driver.evidence is Evidence.PROCESS_ID
    made.passes(5)
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED


def test_a_kiosk_that_starts_while_it_does_so_waits_before_it_thinks_less_of_it(rig, ticket):
    made = rig()
    made.simulator.stall(50)
    made.simulator.receive(encode(ticket, 80))
    made.driver = EscposPrinter(made.line, 80, monotonic=made.clock.monotonic)
    for _ in range(8):
        assert made.passes(3) is PrinterStatus.SILENT
    made.passes(30)
    assert made.driver.evidence is Evidence.PROCESS_ID
