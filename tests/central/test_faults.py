"""What the fault proxy reads in a request."""

import pytest

from central.faults import Request
from kiosk.protocol import FACTS, HEARTBEATS


def facts_of(body: bytes, target: str = FACTS) -> list[object]:
    return Request("POST", target, (), body).facts()


def test_the_facts_of_a_batch_are_read() -> None:
    assert facts_of(b'{"facts":[{"epoch":7,"seq":1}]}') == [{"epoch": 7, "seq": 1}]
    assert facts_of(b'{"facts":[{"epoch":7,"seq":1}]}', HEARTBEATS) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"null", b"[]", b"{}", b'{"facts":7}', b'{"facts":[7]}', b'{"facts":[{"seq":1}]}', b"[" * 100_000],
)
def test_what_is_no_batch_carries_no_facts(body: bytes) -> None:
    assert facts_of(body) == []
