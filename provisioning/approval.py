"""Whether the central server serves this kiosk by now: an officer approves it, or refuses it, after its enrolment."""

from datetime import datetime
from pathlib import Path

from kiosk.client import Client
from kiosk.errors import NotApproved
from kiosk.identity import Identity

ASK_SECONDS = 2.0
"""So often it is asked while somebody stands before the box."""
ANSWER_SECONDS = 10.0


def is_approved(folder: Path, server: str, ca: Path, now: datetime) -> bool:
    """Asks for the kiosk of a data folder. Raises CentralError (Revoked for one that was refused), and ConfigError
    where there is no identity to ask with.
    """
    client = Client(server, ca, Identity.load(folder), lambda: now, ANSWER_SECONDS)
    try:
        client.snapshot("")
    except NotApproved:
        return False
    finally:
        client.close()
    return True
