"""Sessions of who is signed in. Only the hash of a cookie is held; each sign-in gets a new one."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from central.api import address_of
from central.database import OfficerRow, SessionRow

LONGEST = timedelta(hours=12)
"""A working day, whatever is done meanwhile (NIST SP 800-63B for AAL2: at most 12 h, in revision 4 24 h)."""
IDLE = timedelta(minutes=30)
"""Longer than an interview at a counter, shorter than a lunch: who left a counter's screen open in a lobby is signed
out when he is back. SP 800-63B asks for at most 30 min (revision 4: 1 h).
"""
PENDING = timedelta(minutes=10)
"""How long the second factor may take."""
CONFIRMED = timedelta(minutes=10)
"""How long after the password was given one may do what is sensitive."""
NOTED_EVERY = timedelta(minutes=1)
"""So often at most a session's last use is written down: reading a page costs no write."""


def begin(session: Session, officer: OfficerRow, request: Request, now: datetime, pending: bool = False) -> str:
    """Begins a session and returns its cookie. Sessions that are over are forgotten on the way."""
    session.execute(delete(SessionRow).where(or_(SessionRow.expires <= now, SessionRow.seen_at <= now - IDLE)))
    cookie = secrets.token_urlsafe(32)
    row = SessionRow(
        hash=hash_of(cookie),
        officer=officer.name,
        expires=now + (PENDING if pending else LONGEST),
        pending=pending,
        begun_at=now,
        seen_at=now,
        confirmed_at=now,
        address=address_of(request),
        browser=request.headers.get("user-agent", "")[:200],
        before_at=officer.signed_in_at,
        before_from=officer.signed_in_from,
    )
    session.add(row)
    return cookie


def living(session: Session, cookie: str, now: datetime) -> SessionRow | None:
    """The session of a cookie, if it is not over."""
    row = session.get(SessionRow, hash_of(cookie))
    return row if row and row.expires > now and row.seen_at > now - IDLE else None


def of_officer(session: Session, officer: str, now: datetime) -> list[SessionRow]:
    """The officer's sessions that are not over, the latest first."""
    alive = (SessionRow.expires > now, SessionRow.seen_at > now - IDLE, ~SessionRow.pending)
    wanted = select(SessionRow).where(SessionRow.officer == officer, *alive)
    return list(session.scalars(wanted.order_by(SessionRow.begun_at.desc())))


def end_all(session: Session, officer: str, but: str = "") -> None:
    """Ends all sessions of an officer, but for one by its hash."""
    session.execute(delete(SessionRow).where(SessionRow.officer == officer, SessionRow.hash != but))


def is_activity(request: Request) -> bool:
    """Whether somebody did something. A page that keeps itself fresh does nothing: browsers say of what its scripts
    read that it is no navigation.
    """
    return request.method != "GET" or request.headers.get("sec-fetch-mode", "navigate") == "navigate"


def browser_of(agent: str) -> str:
    """A browser and its system, as its user knows them, from the User-Agent header."""
    names = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone|iPad": "iOS", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}
    found = [next((name for sign, name in each.items() if re.search(sign, agent)), "") for each in (names, systems)]
    return ", ".join(each for each in found if each)


def hash_of(cookie: str) -> str:
    """What is held of a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()
