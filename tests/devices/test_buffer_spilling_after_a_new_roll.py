"""A printer that does not heed clearing brings out with a new roll what it kept."""

from kiosk.devices.escpos_encoding import encode
from kiosk.model import PrinterStatus, PrintOutcome


def test_nothing_new_is_sent_before_it_has_brought_out_what_it_kept(rig, ticket):
    made = rig(heeds_clearing=False)
    made.simulator.run_out_of_paper_after(lines=3)
    made.driver.print(ticket)
    made.simulator.stall(20)
    made.simulator.load_paper()
    assert made.driver.print(ticket).status is PrinterStatus.SILENT
    assert made.simulator.tickets == []
    assert made.passes(20) is PrinterStatus.READY
    assert len(made.simulator.tickets) == 1


def test_what_spilled_is_cut_off_before_the_next_ticket(rig, ticket):
    made = rig(heeds_clearing=False)
    made.simulator.run_out_of_paper_after(lines=3)
    made.driver.print(ticket)
    made.simulator.load_paper()
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED
    assert made.simulator.tickets[-1] == encode(ticket, 80)
