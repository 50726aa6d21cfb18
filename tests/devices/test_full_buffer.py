"""A printer that drops what its buffer of 4 KB has no room for, as on a serial line without flow control."""

import io

import pytest
from PIL import Image

from kiosk.devices.escpos_encoding import encode
from kiosk.devices.evidence import Evidence
from kiosk.model import PrintOutcome
from kiosk.ticket_layout import Picture


@pytest.fixture
def long_ticket(ticket):
    png = io.BytesIO()
    Image.new("1", (576, 480)).save(png, "PNG")
    return [Picture(png.getvalue()), *ticket]


@pytest.mark.parametrize("evidence", [Evidence.PROCESS_ID, Evidence.BARRIER])
def test_no_more_is_sent_than_it_holds_until_it_has_answered(rig, evidence, long_ticket):
    made = rig(evidence, buffer_bytes=4096, seconds_a_line=0.02)
    assert len(encode(long_ticket, 80)) > 3 * 4096
    assert made.driver.print(long_ticket).outcome is PrintOutcome.PRINTED
    assert made.simulator.tickets == [encode(long_ticket, 80)]


def test_a_ticket_whose_end_was_dropped_is_unconfirmed(rig, ticket):
    made = rig(buffer_bytes=600, seconds_a_line=0.02)
    png = io.BytesIO()
    Image.new("1", (576, 24)).save(png, "PNG")
    assert made.driver.print([Picture(png.getvalue()), *ticket]).outcome is PrintOutcome.UNCONFIRMED
