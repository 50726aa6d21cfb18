"""The cable is cut within a command: the printer waits for its rest and would take the next ticket for it."""

import io

import pytest
from PIL import Image

from kiosk.devices.escpos_encoding import encode
from kiosk.model import PrinterStatus, PrintOutcome
from kiosk.ticket_layout import Picture


@pytest.fixture
def ticket_with_a_logo(ticket):
    png = io.BytesIO()
    Image.new("1", (576, 96)).save(png, "PNG")
    return [Picture(png.getvalue()), *ticket]


@pytest.mark.parametrize("count", [100, 1500, 2500, 5242, 6542])
def test_the_next_ticket_is_whole_and_stands_alone(rig, count, ticket_with_a_logo):
    made = rig(heeds_clearing=False)
    made.line.unplug_after(count)
    result = made.driver.print(ticket_with_a_logo)
    assert (result.outcome, result.status) == (PrintOutcome.UNCONFIRMED, PrinterStatus.DISCONNECTED)
    made.line.plug_in()
    made.driver.open()
    assert made.passes(1) is PrinterStatus.READY
    assert made.driver.print(ticket_with_a_logo).outcome is PrintOutcome.PRINTED
    assert made.simulator.tickets[-1] == encode(ticket_with_a_logo, 80)


def test_a_cable_that_is_cut_before_the_first_byte_fails_the_print(rig, ticket):
    made = rig()
    made.line.unplug_after(12)
    assert made.driver.print(ticket).outcome is PrintOutcome.FAILED
