"""The box's last readiness report, kept in the data folder for the signs of life."""

from pathlib import Path

from pydantic import ValidationError

from kiosk.durable_file import write_private
from kiosk.protocol import Readiness

FILE = "readiness.json"


def keep_readiness(folder: Path, readiness: Readiness) -> None:
    """Keeps it in the place of the former one. Raises OSError."""
    write_private(folder / FILE, readiness.model_dump_json().encode())


def kept_readiness(folder: Path) -> Readiness | None:
    """The one kept, None where there is none that can be read."""
    try:
        return Readiness.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None
