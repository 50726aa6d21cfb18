"""The printer loses its power: its buffer and what it was told are gone, and it comes back."""

from kiosk.model import PrinterStatus, PrintOutcome


def test_a_ticket_that_was_cut_short_by_it_is_unconfirmed(rig, ticket):
    made = rig()
    made.simulator.lose_power_after(lines=3, seconds=2)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    assert made.simulator.tickets == []


def test_a_printer_that_came_back_prints_the_next_ticket_alone(rig, ticket):
    made = rig()
    made.driver.print(ticket)
    made.simulator.lose_power_after(lines=3, seconds=2)
    made.driver.print(ticket)
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED
    assert made.simulator.tickets[-1] == made.simulator.tickets[0]


def test_a_printer_without_power_is_silent_until_it_has_some(rig, ticket):
    made = rig()
    made.simulator.lose_power()
    assert made.passes(1) is PrinterStatus.SILENT
    assert made.driver.print(ticket).outcome is PrintOutcome.FAILED
    made.simulator.get_power()
    assert made.passes(1) is PrinterStatus.READY
