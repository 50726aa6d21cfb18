"""A sample of bench/crash_states.py, and what its disk may do to a file."""

import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from crash_states import campaign
from crashed_disk import Disk, Files
from recording import Cut, Named, Operation, Said, Synced, Write, record
from replaying import Result


@pytest.fixture(scope="module")
def strace() -> None:
    """Skips, saying why, where strace is missing or may not trace."""
    try:
        tried = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True, check=False)
    except OSError as error:
        pytest.skip(f"strace cannot be started: {error}")
    if tried.returncode:
        pytest.skip(f"strace does not work on this machine: {tried.stderr.decode().strip()}")


def sample(states: int, steps: int, control: str = "") -> Result:
    return campaign(states, 2026, 1, steps, control)


def states(operations: Sequence[Operation], believes_sync: bool = True) -> list[Files]:
    *_, (point, _) = Disk(believes_sync).crash_points(operations)
    return [point.state(choice) for choice in product((False, True), repeat=len(point.pieces))]


@pytest.mark.usefixtures("strace")
def test_no_state_after_a_power_cut_has_lost_what_was_acknowledged() -> None:
    result = sample(states=900, steps=14)
    assert result.distinct >= 900
    assert result.whole_store >= 10
    assert result.violations == []


@pytest.mark.usefixtures("strace")
def test_a_store_that_does_not_sync_each_commit_is_found_out() -> None:
    result = sample(states=400, steps=5, control="synchronous-normal")
    assert any("was done" in each for each in result.violations)


@pytest.mark.usefixtures("strace")
def test_a_disk_that_says_synced_and_lies_is_found_out() -> None:
    assert sample(states=400, steps=3, control="lying-disk").violations


def test_a_write_that_was_not_synced_may_be_torn_between_its_sectors() -> None:
    old, new = b"o" * 1024, b"n" * 1024
    written = [Named("a", 0), Write(0, 0, old), Synced(0), Synced(None), Write(0, 0, new)]
    assert {each["a"] for each in states(written)} == {old, new, old[:512] + new[512:], new[:512] + old[512:]}


def test_what_was_synced_is_there_for_sure() -> None:
    written = [Named("a", 0), Write(0, 0, b"kept"), Synced(0), Synced(None)]
    assert states(written) == [{"a": b"kept"}]
    assert {} in states(written, believes_sync=False)


def test_a_file_that_was_synced_may_have_no_name_until_its_folder_was() -> None:
    written = [Named("a", 0), Write(0, 0, b"kept"), Synced(0)]
    assert states(written) == [{}, {"a": b"kept"}]


def test_a_name_moves_at_once_or_not_at_all() -> None:
    written = [Named("new", 0), Write(0, 0, b"x"), Synced(0), Synced(None), Named("old", 0, was="new")]
    assert states(written) == [{"new": b"x"}, {"old": b"x"}]


def test_a_file_may_have_grown_without_what_was_written_there() -> None:
    written = [Named("a", 0), Synced(None), Write(0, 0, b"x")]
    assert {each["a"] for each in states(written)} == {b"", b"\0", b"x"}


@pytest.mark.usefixtures("strace")
def test_a_recording_keeps_the_order_of_what_was_done_and_said(tmp_path: Path) -> None:
    folder, said = tmp_path / "folder", tmp_path / "said"
    folder.mkdir()
    script = (
        f"import os; a = os.open('{folder}/a', os.O_RDWR | os.O_CREAT); os.write(a, b'one'); os.fsync(a);"
        f"s = os.open('{said}', os.O_WRONLY | os.O_CREAT); os.write(s, b'two'); os.pwrite(a, b'x', 9);"
        f"os.unlink('{folder}/a')"
    )
    found = record([sys.executable, "-c", script], folder, said, {})
    assert found == [Named("a", 0), Write(0, 0, b"one"), Synced(0), Said("two"), Write(0, 9, b"x"), Named("a", None)]


def test_a_cut_may_or_may_not_have_happened() -> None:
    written = [Named("a", 0), Write(0, 0, b"long"), Synced(0), Synced(None), Cut(0, 1)]
    assert states(written) == [{"a": b"long"}, {"a": b"l"}]
