"""A sample of bench/sync_faults.py, and its controls."""

import pytest
from sync_faults import EVERY_KIND, Control, Kind, Site, Trouble, alone, control, together

from central.faults import Fault

SLOW_KINDS: tuple[Kind, ...] = (Fault.SILENT, Fault.SLOW, Trouble.SERVER, Trouble.RESTORE)


def test_under_all_kinds_of_faults_the_server_ends_with_exactly_the_kiosks_facts_in_order(office: Site) -> None:
    kinds = [each for each in EVERY_KIND if each not in SLOW_KINDS]
    outcome = together(office, kinds, facts=200, rounds=30, seed=2)
    assert outcome.violations == []
    assert len(outcome.applied) > 15


@pytest.mark.parametrize("kind", SLOW_KINDS)
def test_silence_drips_restarts_and_older_copies_of_the_server_cost_no_fact(office: Site, kind: Kind) -> None:
    outcome = alone(office, kind, facts=20, rounds=3, seed=1)
    assert outcome.violations == []
    assert outcome.applied[kind]


def test_a_server_without_a_unique_key_is_seen_to_hold_facts_twice() -> None:
    assert any("more than once" in each for each in control(Control.NO_UNIQUE_KEY, seed=1).violations)


def test_a_kiosk_that_forgets_before_the_acknowledgement_is_seen_to_lose_facts() -> None:
    assert any("lost" in each for each in control(Control.FORGET_BEFORE_ACK, seed=1).violations)
