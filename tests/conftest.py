"""Makes tests/, scripts/ and bench/ importable, and keeps Kivy out of the home folder and off any screen."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, settings

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts"), str(HERE.parent / "bench")]

os.environ.update({"KIVY_NO_ARGS": "1", "KIVY_LOG_MODE": "PYTHON", "SDL_VIDEODRIVER": "offscreen"})
# As the kiosk does it, so that Kivy makes no folder that a killed run would leave behind.
os.environ.update({"KIVY_HOME": "/nonexistent", "KIVY_NO_CONFIG": "1"})

# What bench/mutants.py asks for: few examples, the same ones for each mutant, no search for the smallest one that
# fails, and no clock that a busy machine could miss.
settings.register_profile(
    "mutants", max_examples=25, phases=[Phase.explicit, Phase.generate], deadline=None, derandomize=True, database=None
)
# How long an example takes says something of the machine, and of what else it does.
settings.register_profile("anjungan", deadline=None)
settings.load_profile("anjungan")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run all of tests/central on PostgreSQL")
