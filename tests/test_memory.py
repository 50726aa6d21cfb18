"""A sample of bench/idle.py's visits, each in a process of its own, for Kivy is prepared once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def visits(count: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "bench/idle.py"), "--seconds", "0", "--visits", str(count), *arguments]
    return subprocess.run(program, capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


def test_visits_leave_nothing_in_the_memory() -> None:
    ended = visits(20)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "from 4 to 20 visits" in ended.stdout


def test_screens_that_are_kept_after_their_visits_are_found() -> None:
    ended = visits(5, "--control")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "from 1 to 5 visits" in ended.stdout
