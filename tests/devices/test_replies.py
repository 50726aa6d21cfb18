from hypothesis import given
from hypothesis import strategies as some

from kiosk.devices.replies import ReplyKind, ReplyReader, status_from
from kiosk.model import PrinterStatus


def kinds(data: bytes) -> list[ReplyKind]:
    return [reply.kind for reply in ReplyReader().feed(data)]


def test_each_answer_is_known_by_its_fixed_bits():
    assert kinds(b"\x12\x16\x7e") == [ReplyKind.REAL_TIME] * 3
    assert kinds(b"\x00\x03\x0c") == [ReplyKind.BARRIER] * 3
    assert kinds(b"\x37\x25\x00" + b"\x37\x22ABCD\x00" + b"\x11\x13") == []


def test_what_no_question_of_ours_accounts_for_is_stray():
    assert kinds(b"\x10\x00\x00\x0f" + b"\x14\x00\x0c\x0f") == [ReplyKind.STRAY] * 2
    assert kinds(b"\x37\x22ABC\x00" + b"\x37\x41\x00" + b"\xff") == [ReplyKind.STRAY] * 3


@given(some.integers(0, 255), some.integers(0, 255), some.integers(0, 255), some.integers(0, 255))
def test_a_printer_is_ready_only_if_no_fault_bit_is_set(printer, offline_cause, error, paper):
    fault = printer & 0x08 or offline_cause & 0x64 or error & 0x6C or paper & 0x60
    ready = status_from(printer, offline_cause, error, paper) in (PrinterStatus.READY, PrinterStatus.PAPER_LOW)
    assert ready is not bool(fault)
