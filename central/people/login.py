"""Officers' logins: a password (argon2), then an opaque cookie whose hash the server holds."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import APIRouter, Cookie, Depends, Form, Header, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.api import Db, Now, address_of
from central.database import OfficerRow, SessionRow
from central.people.roles import STAFF, Role, SignedIn, as_text, roles_in

COOKIE = "__Host-officer"
"""By its prefix, browsers take this cookie only from this very server, over HTTPS, for all of its paths."""
SESSION = timedelta(hours=12)
LONGEST = 200
_hasher = PasswordHasher()
# Verified where no officer has the name, so that the answer takes as long.
_NOBODY = _hasher.hash(secrets.token_hex())


def same_site(sec_fetch_site: Annotated[str, Header()] = "") -> None:
    """Refuses what another site's page makes a browser send; the cookie's SameSite=Strict does so too."""
    if sec_fetch_site not in ("", "same-origin", "none"):
        raise HTTPException(403, "this was sent by another site's page")


router = APIRouter(prefix="/officers", include_in_schema=False, dependencies=[Depends(same_site)])


def add_officer(session: Session, office: str, name: str, password: str, roles: frozenset[Role]) -> None:
    """Makes an officer's login, or renews its password and roles and ends its sessions."""
    session.execute(delete(SessionRow).where(SessionRow.officer == name))
    hashed = _hasher.hash(password)
    session.merge(OfficerRow(name=name, office=office, roles=as_text(roles), password_hash=hashed))


def signed_in(request: Request, session: Db, now: Now, cookie: Annotated[str, Cookie(alias=COOKIE)] = "") -> SignedIn:
    """Who is signed in; others are sent to the login."""
    row = session.get(SessionRow, _hash(cookie))
    officer = session.get(OfficerRow, row.officer) if row and row.expires > now else None
    if officer is None:
        raise HTTPException(303, "sign in first", {"Location": "/officers/login"})
    return SignedIn(officer.name, officer.office, roles_in(officer.roles), address_of(request))


def needs(*roles: Role) -> Any:
    """A dependency: who is signed in and has one of these roles; 403 for others."""

    def allowed(officer: Annotated[SignedIn, Depends(signed_in, scope="function")]) -> SignedIn:
        if not officer.may(*roles):
            raise HTTPException(403, "your role does not allow this; ask a supervisor")
        return officer

    return Depends(allowed, scope="function")


Officer = Annotated[SignedIn, needs(*STAFF)]
"""Whoever is signed in and belongs to the office."""


@router.get("/login")
def get_login(request: Request) -> Response:
    return _page(request, "")


@router.post("/login")
def post_login(
    request: Request, session: Db, now: Now, name: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    tries, address = request.app.state.login_tries, address_of(request)
    wait = tries.wait(address, now)
    if wait:
        problem = f"Terlalu banyak percobaan. Coba lagi dalam {-(-wait // 60)} menit."
        return _page(request, problem, 429, {"Retry-After": str(wait)})
    if not _matches(session.get(OfficerRow, name[:LONGEST]), password):
        tries.wrong(address, now)
        return _page(request, "Nama atau kata sandi salah.", 403)
    cookie = begin_session(session, name, now)
    answer = RedirectResponse("/officers", 303)
    seconds = int(SESSION.total_seconds())
    answer.set_cookie(COOKIE, cookie, seconds, secure=True, httponly=True, samesite="strict")
    return answer


@router.post("/logout")
def post_logout(session: Db, cookie: Annotated[str, Cookie(alias=COOKIE)] = "") -> Response:
    session.execute(delete(SessionRow).where(SessionRow.hash == _hash(cookie)))
    answer = RedirectResponse("/officers/login", 303)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    return answer


def begin_session(session: Session, officer: str, now: datetime) -> str:
    """Signs an officer in; returns the cookie. Sessions that are over are forgotten on the way."""
    session.execute(delete(SessionRow).where(SessionRow.expires <= now))
    cookie = secrets.token_urlsafe(32)
    session.add(SessionRow(hash=_hash(cookie), officer=officer, expires=now + SESSION))
    return cookie


def _matches(row: OfficerRow | None, password: str) -> bool:
    try:
        return _hasher.verify(row.password_hash if row else _NOBODY, password[:LONGEST])
    except VerifyMismatchError:
        return False


def _page(request: Request, problem: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    page: Response = request.app.state.templates.TemplateResponse(
        request, "login.html", {"problem": problem}, status, {"Cache-Control": "no-store"} | (headers or {})
    )
    return page


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
