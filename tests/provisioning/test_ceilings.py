"""Everything that grows on a kiosk has a bound: the units' memory and tasks, the journal; the page shows what holds."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SYSTEM = ROOT / "provisioning/system/etc/systemd"
PAGE = (ROOT / "docs/ceilings.md").read_text(encoding="utf-8")
ALWAYS = ("core", "sync", "ui")
UNITS = (
    *ALWAYS, "fallback", "rehearsal", "report", "box-check", "server-check", "technician-look@", "zone", "update"
)  # fmt: skip
MOST_TOGETHER_MB = 1400
"""A box of 2 GB has so much for the kiosk."""
MB = {"M": 1, "G": 1024}


def said(unit: str) -> dict[str, str]:
    lines = (SYSTEM / f"system/anjungan-{unit}.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def megabytes(text: str) -> int:
    return int(text[:-1]) * MB[text[-1]]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_has_a_bound_of_memory_and_of_tasks_and_swaps_nothing(unit: str) -> None:
    lines = said(unit)
    assert {"MemoryMax", "TasksMax"} <= set(lines)
    assert lines["MemorySwapMax"] == "0"
    if "MemoryHigh" in lines:
        assert megabytes(lines["MemoryHigh"]) < megabytes(lines["MemoryMax"])


def test_what_runs_together_fits_into_a_small_box() -> None:
    assert sum(megabytes(said(each)["MemoryMax"]) for each in ALWAYS) <= MOST_TOGETHER_MB
    assert megabytes(said("rehearsal")["MemoryMax"]) + megabytes(said("ui")["MemoryMax"]) <= MOST_TOGETHER_MB + 400


@pytest.mark.parametrize("unit", UNITS)
def test_the_page_shows_the_bounds_that_hold(unit: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith("|") and f"`anjungan-{unit}`" in line.split("|")[1]]
    lines = said(unit)
    _, high, most, tasks = (each.strip() for each in row.split("|")[2:6])
    assert (high, most, tasks) == (lines.get("MemoryHigh", ""), lines["MemoryMax"], lines["TasksMax"])


def test_the_journal_has_a_bound_on_the_disk_and_in_memory_and_leaves_room() -> None:
    text = (SYSTEM / "journald.conf.d/anjungan.conf").read_text()
    for line in ("SystemMaxUse=100M", "SystemKeepFree=500M", "RuntimeMaxUse=20M", "MaxRetentionSec=30day"):
        assert line in text.splitlines()


def test_what_usbguard_writes_is_begun_anew_when_it_is_long() -> None:
    (line,) = [each for each in (SYSTEM / "system/anjungan-box-check.service").read_text().splitlines() if "usbguard" in each and each.startswith("ExecStartPre=-")]  # fmt: skip  # noqa: E501
    guard = (SYSTEM.parent / "usbguard/usbguard-daemon.conf").read_text()
    place = re.search(r"AuditFilePath=(.*)/(.*)", guard)
    assert place
    assert f"find {place[1]} -name {place[2]} -size +1M" in line
    assert line.count(r"\;") == 2, "a bare semicolon would begin another command"


def test_each_test_that_the_page_names_is_there() -> None:
    names = set(re.findall(r"`(?:tests/[\w/]+/)?(test_\w+\.py)`", PAGE))
    assert len(names) > 8
    assert names <= {each.name for each in (ROOT / "tests").rglob("test_*.py")}
