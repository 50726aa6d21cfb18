"""Who is known as the one of a booking: for half an hour, by a sealed cookie that names it."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from fastapi import Request, Response

from central.booking.keyed import Keyed

COOKIE = "__Host-booking"
"""By its prefix, browsers take this cookie only from this very server, over HTTPS, for all of its paths."""
KNOWN = timedelta(minutes=30)


def remember(answer: Response, folder: Path, booking: UUID, now: datetime) -> None:
    """Lets the browser open the booking's page from now on; `now` is UTC."""
    sealed = Keyed(folder).seal(str(booking), now + KNOWN)
    seconds = int(KNOWN.total_seconds())
    answer.set_cookie(COOKIE, sealed, seconds, secure=True, httponly=True, samesite="strict")


def forget(answer: Response) -> None:
    """The browser is known as nobody's any more."""
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")


def remembered(request: Request, now: datetime) -> UUID | None:
    """The booking that the browser may open."""
    name = Keyed(request.app.state.data).opened(request.cookies.get(COOKIE, ""), now)
    return UUID(name) if name else None
