"""What the box last found out about itself, by its readiness report and by its practice visit at night: kept in the
data folder for the signs of life.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from kiosk.durable_file import write_private
from kiosk.protocol import Message, PracticeVisit, Readiness

FILE = "readiness.json"
PRACTICE_FILE = "practice-visit.json"

M = TypeVar("M", bound=Message)


def keep_readiness(folder: Path, readiness: Readiness) -> None:
    """Keeps it in the place of the former one. Raises OSError."""
    write_private(folder / FILE, readiness.model_dump_json().encode())


def kept_readiness(folder: Path) -> Readiness | None:
    """The one kept, None where there is none that can be read."""
    return _kept(folder / FILE, Readiness)


def keep_practice_visit(folder: Path, visit: PracticeVisit) -> None:
    """Keeps it in the place of the former one. Raises OSError."""
    write_private(folder / PRACTICE_FILE, visit.model_dump_json().encode())


def kept_practice_visit(folder: Path) -> PracticeVisit | None:
    """The one kept, None where there is none that can be read."""
    return _kept(folder / PRACTICE_FILE, PracticeVisit)


def _kept(file: Path, kind: type[M]) -> M | None:
    try:
        return kind.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
