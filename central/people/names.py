"""What officers' names may be (pure)."""

import re

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_TAKEN = {"new", "kiosk-central"}
"""An address of the people's page, and who the command line is on the audit trail."""


def is_name(text: str) -> bool:
    """Whether somebody may sign in under this name: small letters, digits, dots, hyphens, a letter first."""
    return _NAME.fullmatch(text) is not None and text not in _TAKEN
