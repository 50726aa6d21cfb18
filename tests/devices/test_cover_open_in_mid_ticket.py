from kiosk.devices import PrintResult
from kiosk.model import PrinterStatus, PrintOutcome


def test_the_print_is_unconfirmed_and_its_rest_does_not_come_out_when_the_cover_is_closed(rig, ticket):
    made = rig()
    made.simulator.open_cover_after(lines=3)
    assert made.driver.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.COVER_OPEN)
    made.simulator.close_cover()
    assert made.simulator.tickets == []


def test_the_piece_that_came_out_is_cut_off_before_the_next_ticket(rig, ticket):
    made = rig()
    made.driver.print(ticket)
    made.simulator.open_cover_after(lines=3)
    made.driver.print(ticket)
    made.simulator.close_cover()
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED
    whole, piece, next_one = made.simulator.tickets
    assert len(piece) < len(whole)
    assert next_one == whole
