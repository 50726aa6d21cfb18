"""A proof that comes late, even after the next job has begun, proves only what it was asked for."""

import pytest

from kiosk.devices.evidence import Evidence
from kiosk.model import PrinterStatus, PrintOutcome

PROOFS = (Evidence.PROCESS_ID, Evidence.BARRIER)


@pytest.mark.parametrize("evidence", PROOFS)
def test_a_proof_that_comes_in_time_counts(rig, evidence, ticket):
    made = rig(evidence)
    made.simulator.prove_late(3)
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED


@pytest.mark.parametrize("evidence", PROOFS)
def test_a_proof_that_comes_too_late_leaves_the_ticket_unconfirmed(rig, evidence, ticket):
    made = rig(evidence)
    made.simulator.prove_late(20)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED


@pytest.mark.parametrize("evidence", PROOFS)
@pytest.mark.parametrize("late", [7.6, 8, 9, 10, 11, 12, 15])
def test_the_last_tickets_late_proof_is_not_taken_for_this_ones(rig, evidence, late, ticket):
    """This one's bytes stay in the printer: whatever is heard was meant for the last."""
    made = rig(evidence)
    made.simulator.prove_late(late)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    made.simulator.prove_late(0)
    assert made.passes(0) is PrinterStatus.READY
    made.simulator.stall(60)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    assert len(made.simulator.tickets) == 1


def test_a_printer_that_was_busy_when_it_was_asked_is_known_better_when_its_answer_comes(rig, ticket):
    made = rig(Evidence.PROCESS_ID)
    made.driver = type(made.driver)(made.line, 80, monotonic=made.clock.monotonic)
    made.simulator.prove_late(90)
    made.passes(0)
    made.passes(61)
    assert made.driver.evidence is Evidence.REAL_TIME
    made.simulator.prove_late(0)
    assert made.passes(100) is PrinterStatus.READY
    assert made.driver.evidence is Evidence.PROCESS_ID
