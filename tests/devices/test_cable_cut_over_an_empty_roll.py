"""The roll ends in mid-ticket and the cable is cut: the kiosk cannot clear what the printer keeps till it is whole."""

import pytest

from kiosk.devices.escpos_encoding import encode
from kiosk.devices.evidence import Evidence
from kiosk.model import PrinterStatus, PrintOutcome

QUESTIONS_BEFORE = 12
"""Bytes of DLE EOT 1 to 4."""


@pytest.fixture(params=[Evidence.PROCESS_ID, Evidence.BARRIER])
def cut_off(request, rig, ticket):
    """A rig after one whole ticket, whose printer keeps most of the next one."""
    made = rig(request.param)
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED
    made.simulator.run_out_of_paper_after(lines=1)
    made.line.unplug_after(QUESTIONS_BEFORE + encode(ticket, 80).index(b"S***"))
    assert made.driver.print(ticket).status is PrinterStatus.DISCONNECTED
    assert b"A-014" not in made.simulator.hanging
    return made


def test_a_roll_that_is_changed_after_the_cable_is_mended_brings_nothing_out(cut_off):
    cut_off.line.plug_in()
    cut_off.driver.open()
    assert cut_off.passes(1) is PrinterStatus.PAPER_OUT
    cut_off.simulator.load_paper()
    cut_off.passes(1)
    assert len(cut_off.simulator.tickets) == 1


def test_a_roll_that_is_changed_before_brings_out_what_nobody_could_clear(cut_off, ticket):
    cut_off.simulator.load_paper()
    assert b"A-014" in cut_off.simulator.hanging
    cut_off.line.plug_in()
    cut_off.driver.open()
    assert cut_off.passes(1) is PrinterStatus.READY
    assert cut_off.simulator.hanging == b""
    assert cut_off.driver.print(ticket).outcome is PrintOutcome.PRINTED
    assert cut_off.simulator.tickets[-1] == cut_off.simulator.tickets[0]
