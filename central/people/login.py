"""Who is signed in, and what they may: what every page of the staff depends on."""

from datetime import datetime
from typing import Annotated, Any, NoReturn
from urllib.parse import urlencode

from fastapi import Cookie, Depends, HTTPException, Request
from sqlalchemy.orm import Session

from central.api import Db, Now, address_of
from central.database import OfficerRow, SessionRow
from central.people import second_factor, sessions
from central.people.passwords import hashed
from central.people.roles import STAFF, Role, SignedIn, as_text, roles_in

COOKIE = "__Host-officer"
"""By its prefix, browsers take this cookie only from this very server, over HTTPS, for all of its paths."""
LOGIN, CONFIRM = "/officers/login", "/officers/confirm"
PASSWORD, SECOND_FACTOR = "/officers/account/password", "/officers/account/second-factor"
SessionCookie = Annotated[str, Cookie(alias=COOKIE)]


def add_officer(
    session: Session, office: str, name: str, password: str, roles: frozenset[Role], must_change: bool = False
) -> OfficerRow:
    """Makes an officer's login, or renews its password and roles and ends its sessions."""
    sessions.end_all(session, name)
    kept = {"office": office, "roles": as_text(roles), "password_hash": hashed(password), "must_change": must_change}
    return session.merge(OfficerRow(name=name, **kept))


def acting(officer: OfficerRow, request: Request) -> SignedIn:
    """An officer as the one who does something, from where the request came."""
    return SignedIn(officer.name, officer.office, roles_in(officer.roles), address_of(request))


def session_row(request: Request, session: Db, now: Now, cookie: SessionCookie = "") -> SessionRow:
    """The session of who is signed in; others are sent to the login."""
    row = sessions.living(session, cookie, now)
    officer = session.get(OfficerRow, row.officer) if row else None
    if row is None or row.pending or officer is None or officer.disabled:
        _send(request, LOGIN)
    if sessions.is_activity(request) and now - row.seen_at >= sessions.NOTED_EVERY:
        _note(request, session, row, now)
    return row


SessionOf = Annotated[SessionRow, Depends(session_row, scope="function")]


def signed_in_at_all(request: Request, session: Db, row: SessionOf) -> SignedIn:
    """Who is signed in, though a new password or a second factor may be owed: for the pages where that is done."""
    return acting(session.get_one(OfficerRow, row.officer), request)


SignedInAtAll = Annotated[SignedIn, Depends(signed_in_at_all, scope="function")]


def signed_in(request: Request, session: Db, officer: SignedInAtAll) -> SignedIn:
    """Who is signed in; others are sent to the login, and who owes a new password or a second factor to its page."""
    row = session.get_one(OfficerRow, officer.name)
    if row.must_change:
        _send(request, PASSWORD)
    if row.totp_secret is None and second_factor.wanted_of(session, row):
        _send(request, SECOND_FACTOR)
    return officer


def needs(*roles: Role) -> Any:
    """A dependency: who is signed in and has one of these roles; 403 for others."""

    def allowed(officer: Annotated[SignedIn, Depends(signed_in, scope="function")]) -> SignedIn:
        if not officer.may(*roles):
            raise HTTPException(403, "your role does not allow this; ask a supervisor")
        return officer

    return Depends(allowed, scope="function")


Officer = Annotated[SignedIn, needs(*STAFF)]
"""Whoever is signed in and belongs to the office."""


def confirmed(request: Request, now: Now, row: SessionOf) -> None:
    """What is sensitive (roles, secrets) wants the password anew, lest somebody else sits at an open screen."""
    if now - row.confirmed_at >= sessions.CONFIRMED:
        _send(request, f"{CONFIRM}?{urlencode({'then': request.url.path})}")


Confirmed = Depends(confirmed, scope="function")
"""For the `dependencies` of a route. A form's page must be at the form's own address, since one is sent back there."""


def _note(request: Request, session: Session, row: SessionRow, now: datetime) -> None:
    """Writes down that the session is in use: in a transaction of its own where this one only reads."""
    if request.method != "GET":
        row.seen_at = now
        return
    with request.app.state.writing.begin() as own:
        held = own.get(SessionRow, row.hash)
        if held is not None:
            held.seen_at = now


def _send(request: Request, path: str) -> NoReturn:
    """Sends somebody elsewhere. Of a part of a page, the whole page goes there (htmx would put the other page into
    the part).
    """
    if request.headers.get("hx-request"):
        raise HTTPException(401, "sign in first", {"HX-Redirect": path})
    raise HTTPException(303, "sign in first", {"Location": path})
