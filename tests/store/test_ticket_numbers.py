"""A sample of bench/ticket_numbers.py."""

import pytest
from ticket_numbers import Task, numbers_of


def sample(control: str = "") -> Task:
    return Task("2026/5", kiosks=2, numbers=700, control=control)


def test_no_number_comes_twice_and_none_is_skipped_through_restarts_wrong_clocks_and_new_disks() -> None:
    result = numbers_of(sample())
    assert result.numbers == 1400
    assert result.violations == []
    assert result.restarts >= 5
    assert result.undated >= 100
    assert result.gapless_days >= 3


@pytest.mark.parametrize("control", ["one-series", "wall-day"])
def test_without_the_protection_numbers_come_twice(control: str) -> None:
    assert any("twice" in each for each in numbers_of(sample(control)).violations)
