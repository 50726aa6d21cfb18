"""A sample of bench/break_out.py, each in a process of its own, for Kivy is prepared once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def break_out(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "bench/break_out.py"), *arguments]
    return subprocess.run(program, capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


def test_nobody_breaks_out() -> None:
    tried = break_out("--attempts", "40", "--seed", "3")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "0 broken laws" in tried.stdout


def test_without_the_lockdown_the_settings_open_and_the_window_closes() -> None:
    tried = break_out("--attempts", "12", "--seed", "17", "--control")
    assert tried.returncode == 1, tried.stderr
    assert "SettingsWithSpinner" in tried.stdout
    assert "the window would close" in tried.stdout
