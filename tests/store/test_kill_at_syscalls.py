"""A sample of bench/kill_at_syscalls.py."""

import pytest
from kill_at_syscalls import NotTraced, campaign, control


def test_a_kiosk_killed_at_any_system_call_of_a_visit_comes_up_with_every_number_once() -> None:
    try:
        result = campaign(every=80)
    except NotTraced as error:
        pytest.skip(str(error))
    assert result.kills >= 5
    assert result.violations == []


def test_a_kiosk_that_prints_before_it_records_is_found_out() -> None:
    try:
        found = control()
    except NotTraced as error:
        pytest.skip(str(error))
    assert any("do not say reprint" in each for each in found.violations)
