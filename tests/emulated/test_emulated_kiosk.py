"""A sample of bench/power_cuts.py, whose start is bench/emulated_boot.py."""

import os
from pathlib import Path
from random import Random

import pytest
from emulator import what_is_missing
from power_cuts import Broken, Campaign, Found, Trap, judge, run

from kiosk.model import TicketState

IMAGE, OFFICE = os.environ.get("ANJUNGAN_IMAGE", ""), os.environ.get("ANJUNGAN_OFFICE", "")
WHY_NOT = what_is_missing() or (
    ""
    if IMAGE and OFFICE
    else "no image: build one (docs/image.md), name it as ANJUNGAN_IMAGE, its office as ANJUNGAN_OFFICE"
)
BEFORE = Found({"A-001": TicketState.PRINTED}, 2)


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_a_kiosk_comes_up_in_the_emulator_and_loses_nothing_when_its_power_is_cut(tmp_path: Path) -> None:
    campaign = Campaign(Path(IMAGE), Path(OFFICE), tmp_path, Random(1), "")
    try:
        tally = run(campaign, cuts=4, boot_every=4)
    finally:
        campaign.close()
    assert tally.violations == []
    assert len(tally.boots) == 1


def test_a_paper_without_its_ticket_in_the_store_is_found_out() -> None:
    with pytest.raises(Broken, match="A-002 is on paper and not in the store"):
        judge(BEFORE, BEFORE, ["A-002"])


def test_a_paper_that_the_store_knows_nothing_of_is_found_out() -> None:
    issued = Found({"A-001": TicketState.PRINTED, "A-002": TicketState.ISSUED}, 3)
    with pytest.raises(Broken, match="knows of no print"):
        judge(issued, BEFORE, ["A-002"])


def test_a_ticket_or_a_fact_of_before_that_is_gone_is_found_out() -> None:
    for found in (Found({}, 2), Found({"A-001": TicketState.PRINTED}, 1)):
        with pytest.raises(Broken, match="are gone"):
            judge(found, BEFORE, [])


def test_a_number_that_lies_in_the_tray_twice_is_found_out() -> None:
    found = Found({"A-001": TicketState.PRINTED, "A-002": TicketState.SENDING}, 3)
    judge(found, BEFORE, ["A-002"])
    with pytest.raises(Broken, match="came twice"):
        judge(found, BEFORE, ["A-002", "A-002"])


def test_the_trap_lets_through_what_comes_before_its_change_and_nothing_after_it() -> None:
    trap = Trap(3)
    trap.off.set()
    assert [trap.passes() for _ in range(4)] == [True, True, False, False]
    assert trap.reached.is_set()
    assert [Trap(None).passes() for _ in range(2)] == [True, True]
