import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.devices.codes import LIMIT, CodeSplitter
from kiosk.devices.serial_scanner import IDLE_GAP


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b""], ids=["CR", "LF", "CRLF", "idle gap"])
def test_a_code_ends_as_scanners_end_it(scanner, end):
    scanner.send(b"ANJ1:6BF5%" + end)
    assert scanner.driver.read(2) == "ANJ1:6BF5%"
    assert scanner.driver.read(0) is None


def test_two_codes_that_come_together_are_two_codes(scanner):
    scanner.send(b"FIRST\r\nSECOND\r\n")
    assert [scanner.driver.read(2), scanner.driver.read(2), scanner.driver.read(0)] == ["FIRST", "SECOND", None]


def test_a_code_that_comes_in_pieces_over_several_reads_is_one_code(scanner):
    scanner.send(b"FIR")
    assert scanner.driver.read(0.001) is None
    scanner.send(b"ST\r")
    assert scanner.driver.read(2) == "FIRST"


def test_a_code_with_a_terminator_does_not_wait_for_the_idle_gap(scanner):
    took = []
    for _ in range(5):
        before = time.monotonic()
        scanner.send(b"CODE\r")
        assert scanner.driver.read(2) == "CODE"
        took.append(time.monotonic() - before)
    assert min(took) < IDLE_GAP / 2


def test_an_idle_scanner_gives_nothing_in_time(scanner):
    assert scanner.driver.read(0.01) is None


@given(some.binary(max_size=200), some.lists(some.integers(0, 200), max_size=6))
def test_how_the_bytes_arrive_does_not_change_the_codes(data, cuts):
    whole, pieces = CodeSplitter(), CodeSplitter()
    expected = [*whole.feed(data), whole.end()]
    edges = [0, *sorted(cuts), len(data)]
    codes = [code for start, end in pairwise(edges) for code in pieces.feed(data[start:end])]
    assert [*codes, pieces.end()] == expected


@given(some.lists(some.integers(LIMIT - 3, LIMIT + 30), max_size=3))
def test_a_code_is_whole_up_to_the_limit_and_one_character_over_it_beyond(lengths):
    codes = CodeSplitter().feed(b"".join(b"A" * length + b"\r" for length in lengths))
    assert [len(code) for code in codes] == [min(length, LIMIT + 1) for length in lengths]
