"""A sample of the print campaign, and each of its controls seen to break the law that its protection keeps."""

import logging

import pytest
from print_sessions import run


@pytest.fixture(autouse=True)
def quiet_log():
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_lying_printers_break_no_law():
    tally = run(sessions=200, seed=1)
    assert tally.sessions == 200
    assert not tally.violations, tally.examples


@pytest.mark.parametrize(
    ("control", "law", "sessions"),
    [
        ("assumed", "printed without its paper", 50),
        ("no-clearing", "paper on another's visit", 200),
        ("no-mark", "unmarked duplicate", 50),
    ],
)
def test_without_its_protection_a_law_is_broken(control, law, sessions):
    assert run(sessions, seed=1, control=control).violations[law]
