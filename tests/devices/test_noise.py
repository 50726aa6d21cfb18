"""Bytes that nobody asked for, between the answers."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kiosk.devices.evidence import Evidence, Questions
from kiosk.devices.replies import Heard, ReplyReader
from kiosk.model import PrinterStatus, PrintOutcome

PROOFS = (Evidence.PROCESS_ID, Evidence.BARRIER)


@pytest.mark.parametrize("evidence", PROOFS)
@pytest.mark.parametrize("seed", range(20))
def test_it_never_stands_for_the_proof_of_a_ticket_that_did_not_come_out(rig, evidence, seed, ticket):
    random = Random(seed)
    made = rig(evidence)
    made.simulator.stall(100)
    made.simulator.make_noise_by(lambda: random.randbytes(random.randrange(12)))
    assert made.driver.print(ticket).outcome is not PrintOutcome.PRINTED


def test_a_process_id_is_found_in_it(rig, ticket):
    made = rig()
    made.simulator.make_noise_by(lambda: b"\xff\x81")
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED


def test_a_barrier_is_not_believed_in_it(rig, ticket):
    made = rig(Evidence.BARRIER)
    made.simulator.make_noise_by(lambda: b"\xff")
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED


def test_a_block_that_never_ends_does_not_swallow_the_answers_for_good(rig):
    made = rig()
    made.simulator.make_noise(b"\x37")
    assert made.passes(0) is PrinterStatus.SILENT
    assert made.passes(0) is PrinterStatus.READY


@settings(max_examples=200)
@given(some.binary(max_size=60))
def test_no_bytes_of_chance_answer_a_question(data):
    heard = Heard()
    heard.note(data, ReplyReader().feed(data))
    questions = Questions(Random(1))
    assert not questions.process_id().answered(heard)
    answers = [questions.barriers().answered(heard) for _ in range(4)]
    assert sum(answers) <= (len(set(heard.barriers)) == 1 and not heard.strays)
