"""Who guesses passwords or codes must wait, ever longer: by the name that is tried and by the address that tries.

The waits end by themselves, so that nobody can lock an officer out for good by guessing in his name.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from central.tries import Tries, count, network_of

_MINUTES = timedelta(minutes=1)
BY_NAME = Tries("sign_in_name", 5, first=_MINUTES / 2, longest=15 * _MINUTES, forget=timedelta(days=1))
BY_ADDRESS = Tries("sign_in_address", 20, first=_MINUTES / 2, longest=15 * _MINUTES, forget=timedelta(hours=2))
"""More are free here: all counters of an office may share an address."""


def take(session: Session, name: str, address: str, now: datetime) -> int:
    """Counts a try before it is judged, and returns 0; or counts none, and returns after how many s there is one. No
    name ("") is what an identity server has still to tell.
    """
    by_address = (BY_ADDRESS, network_of(address))
    return count(session, now, by_address, *([(BY_NAME, name)] if name else []))


def right(session: Session, name: str, address: str) -> None:
    """What was tried was right, so it does not count. What was wrong before does, until nothing more is owed: who has
    a password must not wash away the codes that he guessed.
    """
    BY_ADDRESS.take_back(session, network_of(address))
    BY_NAME.take_back(session, name)


def proved(session: Session, name: str) -> None:
    """Nothing more is owed: the name's tries are forgotten. The address's are not, for it may guess others'."""
    BY_NAME.forget(session, name)
