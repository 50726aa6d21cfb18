"""The kernel answers the store's system calls with the errors of a full, a read-only and a failing disk (strace)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from samples import a_store

from kiosk.model import StoreFault

HERE = Path(__file__).parent
FAULTS = [
    ("pwrite64:error=ENOSPC", 1, StoreFault.DISK_FULL),
    ("pwrite64:error=ENOSPC", 150, StoreFault.DISK_FULL),
    ("pwrite64:error=EIO", 150, StoreFault.DISK_ERROR),
    ("openat:error=EROFS", 1, StoreFault.READ_ONLY),
    ("fsync:error=EIO", 1, StoreFault.DISK_ERROR),
    ("fsync:error=EIO", 35, StoreFault.DISK_ERROR),
]


def run_on_faulty_disk(file: Path, inject: str, since: int) -> list[str]:
    """What the child says, when the system calls fail from the `since`-th on."""
    path = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent)])
    only = ["-P", str(file)] if inject.startswith("openat") else []
    child = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-e", f"inject={inject}:when={since}+", *only,
         sys.executable, str(HERE / "faulty_disk.py"), str(file)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}, check=False,
    )  # fmt: skip
    if "ptrace" in child.stderr or "PTRACE" in child.stderr:
        pytest.skip(f"this machine does not let programs be traced: {child.stderr.strip()[:80]}")
    assert child.returncode == 0, child.stderr
    return child.stdout.split("\n")[:-1]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(("inject", "since", "fault"), FAULTS)
def test_a_disk_that_fails_is_named_and_loses_nothing_that_was_said(
    tmp_path: Path, inject: str, since: int, fault: StoreFault
) -> None:
    file = tmp_path / "store" / "kiosk.sqlite"
    said = run_on_faulty_disk(file, inject, since)
    numbers = [each for each in said if each.startswith("W")]
    assert fault in said, said
    assert said[-1] in ("still", "never open"), "a handle that failed was used again"
    assert bool(numbers) is (since > 1), said
    if "open" in said:
        store = a_store(file)
        held = [each.number for each in store.tickets()]
        assert held[: len(numbers)] == numbers
        assert len(held) <= len(numbers) + 1
