"""The version of the appliance that the central server wants this kiosk to have, for kiosk-provision update to obey."""

import json
from pathlib import Path

from kiosk.durable_file import write_private

FILE = "wanted-version.json"


def wanted_version(folder: Path) -> str | None:
    """What was kept last in a data folder, None where nothing is wanted."""
    try:
        version = json.loads((folder / FILE).read_text("utf-8"))["version"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return version if isinstance(version, str) else None


def keep_wanted(folder: Path, version: str | None) -> None:
    """Keeps it, where it is not what was kept before. Raises OSError."""
    if version != wanted_version(folder):
        write_private(folder / FILE, json.dumps({"version": version}).encode())
