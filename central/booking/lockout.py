"""Who guesses typing codes or their digits must wait, ever longer: by the code that is tried and by the address that
tries.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from central.tries import Tries, count, network_of

_MINUTE = timedelta(minutes=1)
BY_CODE = Tries("booking_code", 5, first=_MINUTE, longest=15 * _MINUTE, forget=timedelta(days=1))
BY_ADDRESS = Tries("booking_address", 10, first=_MINUTE, longest=15 * _MINUTE, forget=timedelta(hours=2))


def take(session: Session, code: str, address: str, now: datetime) -> int:
    """Counts a try before it is judged, and returns 0; or counts none, and returns after how many s there is one. What
    is no code ("") is nobody's, and counts for the address alone.
    """
    by_address = (BY_ADDRESS, network_of(address))
    return count(session, now, by_address, *([(BY_CODE, code)] if code else []))


def right(session: Session, code: str, address: str) -> None:
    """What was tried was right: the code's tries are forgotten, and this one does not count for the address."""
    BY_CODE.forget(session, code)
    BY_ADDRESS.take_back(session, network_of(address))
