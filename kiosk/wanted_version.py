"""What the kiosk and kiosk-provision update tell each other in the data folder: the version of the appliance that the
central server wants, and the one that was taken back.
"""

import json
from pathlib import Path

from kiosk.durable_file import write_private

FILE = "wanted-version.json"
REFUSED_FILE = "refused-version.json"


def wanted_version(folder: Path) -> str | None:
    """The version that was kept last, None where nothing is wanted."""
    return _read(folder / FILE).get("version")


def keep_wanted(folder: Path, version: str | None) -> None:
    """Keeps it, where it is not what was kept before. Raises OSError."""
    if version != wanted_version(folder):
        write_private(folder / FILE, json.dumps({"version": version}).encode())


def refused_version(folder: Path) -> tuple[str, str]:
    """The version that was taken back, and why; "" and "" where none was."""
    held = _read(folder / REFUSED_FILE)
    return held.get("version") or "", held.get("problem") or ""


def keep_refused(folder: Path, version: str, problem: str) -> None:
    """Keeps them for the kiosk, where they are not what was kept before. Raises OSError."""
    if (version, problem) != refused_version(folder):
        told = json.dumps({"version": version, "problem": problem}).encode()
        # Root's, and the kiosk reads it; nobody else is let into its folder.
        write_private(folder / REFUSED_FILE, told, 0o644)


def _read(file: Path) -> dict[str, str | None]:
    try:
        held = json.loads(file.read_text("utf-8"))
        return {str(name): None if value is None else str(value) for name, value in held.items()}
    except (OSError, ValueError, AttributeError):
        return {}
