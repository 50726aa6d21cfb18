"""A sample of bench/break_out.py, each in a process of its own, for Kivy is prepared once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def break_out(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "bench/break_out.py"), *arguments]
    return subprocess.run(program, capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


def test_nobody_breaks_out() -> None:
    tried = break_out("--attempts", "40", "--seed", "3")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "0 broken laws" in tried.stdout
    assert " by mouse" in tried.stdout
    assert " by finger" in tried.stdout


def test_the_same_seed_tries_the_same() -> None:
    first, second = (break_out("--attempts", "6", "--seed", "4").stdout for _ in range(2))
    assert first[first.index("{") :] == second[second.index("{") :]


def test_without_the_lockdown_the_settings_open_and_the_window_closes() -> None:
    tried = break_out("--attempts", "400", "--seed", "1", "--control", "lockdown")
    assert tried.returncode == 1, tried.stderr
    assert "SettingsWithSpinner" in tried.stdout
    assert "the window would close" in tried.stdout
    assert "taps counted of: second touch" in tried.stdout


@pytest.fixture(scope="module")
def without_guards() -> dict[str, str]:
    """The laws that are broken without each of them."""
    tried = break_out("--attempts", "400", "--seed", "2", "--control", "guards")
    assert tried.returncode == 1, tried.stderr
    lines = [each.partition(": ")[2] for each in tried.stdout.splitlines() if each.startswith("without")]
    return dict(each.split(": ", 1) for each in lines)


@pytest.mark.parametrize(
    ("guard", "broken"),
    [
        ("second touch", "taps counted of: second touch"),
        ("long press", "taps counted of: long press"),
        ("sliding off", "taps counted of: sliding off"),
        ("sliding off", "taps counted of: swipe from an edge"),
        ("former screen", "taps counted of: screen changed below"),
        ("rapid taps", "taps counted of: double tap"),
        ("rapid taps", "taps counted of: screen just changed"),
        ("rapid taps", "the same tap counted twice"),
        ("rapid taps", "typed on the next screen"),
    ],
)
def test_without_one_guard_what_it_is_against_does_harm(
    without_guards: dict[str, str], guard: str, broken: str
) -> None:
    assert broken in without_guards[guard]
