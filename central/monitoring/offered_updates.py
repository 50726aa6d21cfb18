"""Until when kiosks believe what /updates offers them: every role's metadata say when they expire (The Update Framework
1.0.31, 4.2). Signatures are the kiosks' to verify.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from central.monitoring.alarms import Alarm, AlarmKind

FOLDER = "updates"
"""In the server's data folder."""
LEFT = {
    "timestamp": timedelta(days=3),
    "snapshot": timedelta(days=3),
    "targets": timedelta(days=30),
    "root": timedelta(days=30),
}
"""Somebody is told when less time is left of a role's metadata: the publishing machine renews the first two each day,
people the others each year.
"""


def expiries(repository: Path) -> Mapping[str, datetime]:
    """When each role's metadata expires (UTC), by role; {} where there is no repository, or one that cannot be read."""
    found = {}
    for role in LEFT:
        try:
            told = json.loads(_latest(repository / "metadata", role).read_text("utf-8"))
            found[role] = datetime.fromisoformat(told["signed"]["expires"])
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return found


def updates_expire(repository: Path, now: datetime) -> list[Alarm]:
    """One alarm where what is offered expires soon, or has expired: of the role that expires first."""
    due = [(ends, role) for role, ends in expiries(repository).items() if ends - now < LEFT[role]]
    if not due:
        return []
    ends, role = min(due)
    return [Alarm(AlarmKind.UPDATES_EXPIRE, ends - LEFT[role], role, f"{ends:%Y-%m-%d %H:%M} UTC")]


def _latest(metadata: Path, role: str) -> Path:
    """The file of a role: timestamp.json, or the newest of NUMBER.ROLE.json. Raises ValueError where there is none."""
    if role == "timestamp":
        return metadata / "timestamp.json"
    return max(metadata.glob(f"*.{role}.json"), key=lambda file: int(file.name.split(".")[0]))
