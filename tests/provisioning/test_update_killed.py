"""A sample of bench/kill_update.py."""

import pytest
import unsynced_update
from kill_at_syscalls import NotTraced, Result
from kill_update import UNSOUND, campaign, control


def tried(probes: str, every: int) -> Result:
    try:
        return campaign(probes, every)
    except NotTraced as error:
        pytest.skip(str(error))


def test_an_update_killed_at_any_call_leaves_a_whole_version_and_comes_to_its_end() -> None:
    result = tried("exit 0", 30)
    assert result.kills >= 2
    assert result.violations == []


def test_a_way_back_killed_at_any_call_leaves_the_former_version() -> None:
    result = tried(UNSOUND, 40)
    assert result.kills >= 2
    assert result.violations == []


def test_an_update_that_unpacks_in_place_is_found_out() -> None:
    try:
        found = control()
    except NotTraced as error:
        pytest.skip(str(error))
    assert any("in the end the links are" in each for each in found.violations)


@pytest.mark.parametrize("probes", ["exit 0", UNSOUND])
def test_each_step_of_an_update_is_on_the_disk_before_the_next(probes: str) -> None:
    try:
        steps, problems = unsynced_update.campaign(probes)
    except NotTraced as error:
        pytest.skip(str(error))
    assert steps >= 6
    assert problems == []


def test_a_version_whose_files_are_not_synced_is_found_out() -> None:
    try:
        _, problems = unsynced_update.control()
    except NotTraced as error:
        pytest.skip(str(error))
    assert any("0.2.0 stands on" in each for each in problems)
