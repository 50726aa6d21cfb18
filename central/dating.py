"""Which times of a kiosk the server goes by (pure)."""

from datetime import datetime, timedelta

MOST_AHEAD = timedelta(minutes=5)
"""So far ahead of the server's a kiosk's clock may be, as for its tokens."""


def is_ahead(at: datetime | None, received_at: datetime) -> bool:
    """Whether an instant lies after that of its receipt, so that the clock that it is of was wrong."""
    return at is not None and at > received_at + MOST_AHEAD


def believed(at: datetime | None, received_at: datetime) -> datetime | None:
    """The instant, None if its kiosk had none or its clock was ahead: the receipt then dates what was received."""
    return None if is_ahead(at, received_at) else at
