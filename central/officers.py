"""The officers' page: who is here, what they said, how the kiosks are; live."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import APIRouter, Cookie, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.database import FactRow, KioskRow, OfficerRow, SessionRow, TicketRow
from central.queue import ranked
from central.snapshot import office_snapshot, places
from kiosk.model import QueueState

router = APIRouter(prefix="/officers", include_in_schema=False)

SESSION_HOURS = 12
KIOSK_SILENT = timedelta(seconds=90)
"""A kiosk that was not heard for three heartbeats is shown as offline."""
LATEST = 20
_hasher = PasswordHasher()
# Verified where no officer has the name, so that the answer takes as long.
_NOBODY = _hasher.hash(secrets.token_hex())


def add_officer(session: Session, name: str, password: str) -> None:
    """Makes or renews an officer's login."""
    session.merge(OfficerRow(name=name, password_hash=_hasher.hash(password)))


def officer_of(session: Db, now: Now, officer: Annotated[str, Cookie()] = "") -> str:
    """The signed-in officer's name; others are sent to the login."""
    row = session.get(SessionRow, _hash(officer)) if officer else None
    if row is None or row.expires < now:
        raise HTTPException(303, headers={"Location": "/officers/login"})
    return row.officer


Officer = Annotated[str, Depends(officer_of, scope="function")]


@router.get("/login")
def get_login(request: Request) -> Response:
    return _page(request, "login.html", {"wrong": False})


@router.post("/login")
def post_login(
    request: Request, session: Db, now: Now, name: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    row = session.get(OfficerRow, name)
    try:
        _hasher.verify(row.password_hash if row else _NOBODY, password)
    except VerifyMismatchError:
        return _page(request, "login.html", {"wrong": True}, 403)
    cookie = secrets.token_urlsafe(32)
    session.add(SessionRow(hash=_hash(cookie), officer=name, expires=now + timedelta(hours=SESSION_HOURS)))
    answer = RedirectResponse("/officers", 303)
    answer.set_cookie("officer", cookie, SESSION_HOURS * 3600, secure=True, httponly=True, samesite="strict")
    return answer


@router.get("")
def get_page(request: Request, officer: Officer, session: Db, now: Now) -> Response:
    return _page(request, "officers.html", _context(session, now) | {"officer": officer})


@router.get("/live")
def get_live(request: Request, officer: Officer, session: Db, now: Now) -> Response:
    """The changing part of the page."""
    return _page(request, "live.html", _context(session, now))


@router.get("/events")
async def get_events(request: Request, officer: Officer) -> StreamingResponse:
    """Server-sent events: one whenever something was recorded."""
    return StreamingResponse(_changes(request), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _changes(request: Request) -> AsyncIterator[str]:
    """One connection watches SQLite's data_version, which moves with every other connection's commit."""
    with request.app.state.sessions() as session:
        seen = -1
        yield "retry: 2000\n\n"
        while not await request.is_disconnected():
            version = session.execute(text("PRAGMA data_version")).scalar_one()
            session.rollback()
            if version != seen:
                seen = version
                yield "event: changed\ndata: \n\n"
            await asyncio.sleep(0.5)


@router.post("/tickets/{ticket}")
def post_ticket(
    ticket: str,
    officer: Officer,
    session: Db,
    state: Annotated[QueueState, Form()],
    counter: Annotated[str, Form()] = "",
) -> Response:
    """Calls a ticket to a counter, or says that it was served or that nobody came."""
    row = session.get(TicketRow, ticket)
    if row is None:
        raise HTTPException(404, "no such ticket")
    row.state, row.counter = state, counter.strip()[:20]
    return RedirectResponse("/officers", 303)


def _context(session: Session, now: datetime) -> dict[str, Any]:
    office = office_snapshot(session)
    zone = ZoneInfo(office.office.time_zone if office else "UTC")
    today = now.astimezone(zone).date().isoformat()
    tickets = session.scalars(select(TicketRow).where(TicketRow.day == today))
    paper = {row.id: row.paper for row in tickets}
    scores = [each["score"] for each in _facts(session, "rated", 1000)]
    return {
        "office": office.office if office else None,
        "services": {each.id: each.name.id for each in office.services} if office else {},
        "places": ranked(places(session, today), zone),
        "paper": paper,
        "zone": zone,
        "now": now.astimezone(zone),
        "scores": [scores.count(score) for score in (1, 2, 3, 4, 5)],
        "average": sum(scores) / len(scores) if scores else None,
        "comments": _facts(session, "commented", LATEST),
        "calls": _facts(session, "help_called", 5),
        "problems": list(session.scalars(select(FactRow).where(FactRow.problem.is_not(None)).limit(LATEST))),
        "kiosks": [_kiosk(row, now) for row in session.scalars(select(KioskRow).order_by(KioskRow.digit))],
    }


def _facts(session: Session, kind: str, limit: int) -> list[dict[str, Any]]:
    rows = session.scalars(select(FactRow).where(FactRow.kind == kind).order_by(FactRow.at.desc()).limit(limit))
    return [json.loads(row.body) | {"at": row.at} for row in rows]


def _kiosk(row: KioskRow, now: datetime) -> dict[str, Any]:
    online = row.heard_at is not None and now - row.heard_at < KIOSK_SILENT
    said = json.loads(row.heartbeat) if row.heartbeat else {}
    return {"name": row.name, "digit": row.digit, "online": online, "heard_at": row.heard_at, "said": said}


def _page(request: Request, name: str, context: dict[str, Any], status: int = 200) -> Response:
    page: Response = request.app.state.templates.TemplateResponse(request, name, context, status_code=status)
    page.headers["Cache-Control"] = "no-store"
    return page


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
