"""A sample of bench/kill_update.py."""

import pytest
from kill_at_syscalls import NotTraced
from kill_update import UNSOUND, Result, campaign, control


def tried(probes: str, every: int) -> Result:
    try:
        return campaign(probes, every)
    except NotTraced as error:
        pytest.skip(str(error))


def test_an_update_killed_at_any_call_leaves_a_whole_version_and_comes_to_its_end() -> None:
    result = tried("exit 0", 25)
    assert result.kills >= 3
    assert result.violations == []


def test_a_way_back_killed_at_any_call_leaves_the_former_version() -> None:
    result = tried(UNSOUND, 25)
    assert result.kills >= 3
    assert result.violations == []


def test_an_update_that_unpacks_in_place_is_found_out() -> None:
    try:
        found = control()
    except NotTraced as error:
        pytest.skip(str(error))
    assert any("in the end the links are" in each for each in found.violations)
