"""A running core, and a folder for its door."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from running_core import Running, running


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short name: a socket's has at most 107 characters (unix(7))."""
    with tempfile.TemporaryDirectory(prefix="anjungan-") as name:
        yield Path(name)


@pytest.fixture
def core(folder: Path) -> Iterator[Running]:
    with running(folder) as made:
        yield made
