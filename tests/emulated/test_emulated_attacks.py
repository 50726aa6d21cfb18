"""A sample of bench/emulated_attacks.py."""

import os
from pathlib import Path

import pytest
from attacked_box import Box
from emulated_attacks import ATTACKS, Table, attack_running
from emulator import what_is_missing

IMAGE, OFFICE = os.environ.get("ANJUNGAN_IMAGE", ""), os.environ.get("ANJUNGAN_OFFICE", "")
WHY_NOT = what_is_missing() or (
    "" if IMAGE and OFFICE else "no image: build one (docs/lockdown.md), name it as ANJUNGAN_IMAGE, its office too"
)
SAMPLE = (
    "Ctrl-Alt-F1 to F12", "Alt-SysRq-b", "power, sleep and wake keys", "a keyboard that has the panel's id", "a stick",
)  # fmt: skip


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_a_kiosk_that_is_attacked_in_the_emulator_goes_on_serving(tmp_path: Path) -> None:
    box, table = Box(Path(IMAGE), Path(OFFICE), tmp_path), Table(control=False)
    box.prepare()
    attack_running(box, [each for each in ATTACKS if each.name in SAMPLE], table)
    assert (table.rows > len(SAMPLE), table.wrong) == (True, 0)


def test_every_attack_of_the_sample_is_there() -> None:
    assert set(SAMPLE) <= {each.name for each in ATTACKS}
