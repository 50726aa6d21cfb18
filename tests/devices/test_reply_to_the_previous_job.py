"""A printer whose proofs are always those of the job before."""

import pytest

from kiosk.devices.evidence import Evidence
from kiosk.model import PrintOutcome


@pytest.mark.parametrize("evidence", [Evidence.PROCESS_ID, Evidence.BARRIER])
def test_it_proves_nothing(rig, evidence, ticket):
    made = rig(evidence)
    made.simulator.prove_a_job_late()
    outcomes = [made.driver.print(ticket).outcome for _ in range(4)]
    assert PrintOutcome.PRINTED not in outcomes
    assert outcomes[0] is PrintOutcome.UNCONFIRMED
