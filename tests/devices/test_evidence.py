"""What a printer can prove is found out once, remembered, and found out anew when it stops being true."""

from random import Random

import pytest

from kiosk.devices.evidence import Evidence, Questions
from kiosk.devices.replies import Heard, ReplyReader
from kiosk.model import PrinterStatus, PrintOutcome

PROOFS = (Evidence.PROCESS_ID, Evidence.BARRIER)


def heard(data: bytes) -> Heard:
    made = Heard()
    made.note(data, ReplyReader().feed(data))
    return made


@pytest.mark.parametrize("evidence", [Evidence.PROCESS_ID, Evidence.BARRIER, Evidence.REAL_TIME])
def test_the_best_that_a_printer_can_prove_is_found_out_while_it_is_idle(rig, evidence):
    assert rig(evidence).driver.evidence is evidence


@pytest.mark.parametrize("evidence", PROOFS)
def test_a_ticket_that_is_proved_is_printed(rig, evidence, ticket):
    assert rig(evidence).driver.print(ticket).outcome is PrintOutcome.PRINTED


def test_a_ticket_that_nothing_proves_is_for_the_person_to_say(rig, ticket):
    made = rig(Evidence.REAL_TIME)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    assert len(made.simulator.tickets) == 1


def test_a_printer_that_answers_nothing_is_never_ready(rig, ticket):
    made = rig(Evidence.NONE)
    assert made.passes(600) is PrinterStatus.SILENT
    assert made.driver.print(ticket).outcome is PrintOutcome.FAILED


def test_evidence_is_remembered_over_a_line_that_is_opened_again(rig, ticket):
    made = rig()
    made.driver.close()
    made.driver.open()
    begun = made.clock.seconds
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED
    assert made.clock.seconds == begun


def test_another_printer_at_the_same_address_is_found_out_after_a_ticket_that_it_did_not_prove(rig, ticket):
    made = rig(Evidence.PROCESS_ID)
    made.simulator.prove_by(Evidence.BARRIER)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    assert made.driver.print(ticket).outcome is PrintOutcome.PRINTED
    assert made.driver.evidence is Evidence.BARRIER


def test_a_printer_that_proves_nothing_any_more_is_believed_to_be_another_one_after_a_minute(rig, ticket):
    made = rig(Evidence.BARRIER)
    made.simulator.prove_by(Evidence.REAL_TIME)
    assert made.driver.print(ticket).outcome is PrintOutcome.UNCONFIRMED
    assert made.driver.print(ticket).status is PrinterStatus.SILENT
    assert made.passes(30) is PrinterStatus.SILENT
    assert made.passes(30) is PrinterStatus.READY
    assert made.driver.evidence is Evidence.REAL_TIME


def test_the_answer_to_one_process_id_is_no_answer_to_another():
    questions = Questions(Random(1))
    first, second = questions.process_id(), questions.process_id()
    answer = b"\x37\x22" + first.data[-4:] + b"\x00"
    assert first.answered(heard(b"\xff\x37" + answer + b"\x12"))
    assert not second.answered(heard(answer))


def test_process_ids_do_not_come_again_and_keep_to_their_letters():
    questions = Questions(Random(1))
    names = [questions.process_id().data[-4:] for _ in range(5000)]
    assert len(set(names)) == 5000
    assert all(0x20 <= letter <= 0x7E for name in names for letter in name)


def test_barriers_are_answered_by_just_as_many_equal_bytes_and_nothing_else():
    question = Questions(Random(1)).barriers()
    run = len(question.data) // 3
    assert question.answered(heard(bytes(run) + b"\x12"))
    for answer in (bytes(run - 1), bytes(run + 1), bytes(run - 1) + b"\x03", bytes(run) + b"\xff"):
        assert not question.answered(heard(answer))


def test_no_late_runs_of_barriers_together_look_like_the_run_that_is_waited_for():
    questions = Questions(Random(1))
    runs = [len(questions.barriers().data) // 3 for _ in range(4)]
    assert len(set(runs)) == 4
    assert not {a + b for a in runs for b in runs} & set(runs)
    assert not {a + b + c for a in runs for b in runs for c in runs} & set(runs)
