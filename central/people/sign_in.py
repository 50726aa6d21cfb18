"""Signing in and out: name and password, then the second factor where there is one."""

from datetime import datetime
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.api import Db, Now, address_of
from central.database import OfficerRow, SessionRow
from central.languages import PageLanguageOf, words
from central.page import page
from central.people import lockout, passwords, second_factor, sessions
from central.people.audit import Action, record
from central.people.login import COOKIE, LOGIN, SessionCookie, SessionOf, SignedInAtAll, acting
from kiosk.model import Language

router = APIRouter(prefix="/officers", include_in_schema=False)
HOME = "/officers/account"
CODE = f"{LOGIN}/code"
Text = Annotated[str, Form(max_length=passwords.LONGEST)]


@router.get("/login")
def get_login(request: Request, language: PageLanguageOf) -> Response:
    return _page(request, "login", language)


@router.post("/login")
def post_login(request: Request, now: Now, language: PageLanguageOf, name: Text, password: Text) -> Response:
    name, address, writing = name.strip().lower(), address_of(request), request.app.state.writing
    with writing.begin() as session:
        wait = lockout.take(session, name, address, now)
    if wait:
        return _wait(request, "login", language, wait, name=name)
    with request.app.state.reading() as session:
        officer = session.get(OfficerRow, name)
    # Between the transactions, since it takes long.
    matches = passwords.matches(officer.password_hash if officer else "", password)
    with writing.begin() as session:
        officer = session.get(OfficerRow, name)
        if officer is None or officer.disabled or not matches:
            _refused(request, session, officer, now, "disabled" if matches else "password")
            return _page(request, "login", language, "wrong_password", 403, name=name)
        lockout.right(session, name, address)
        return _second(request, session, officer, now) if officer.totp_secret else enter(request, session, officer, now)


@router.get("/login/code")
def get_code(request: Request, session: Db, now: Now, language: PageLanguageOf, cookie: SessionCookie = "") -> Response:
    return _page(request, "code", language) if _owing(session, cookie, now) else RedirectResponse(LOGIN, 303)


@router.post("/login/code")
def post_code(
    request: Request, session: Db, now: Now, language: PageLanguageOf, code: Text, cookie: SessionCookie = ""
) -> Response:
    officer, address = _owing(session, cookie, now), address_of(request)
    if officer is None:
        return RedirectResponse(LOGIN, 303)
    wait = lockout.take(session, officer.name, address, now)
    if wait:
        return _wait(request, "code", language, wait)
    if second_factor.recovers(session, officer, code):
        record(session, acting(officer, request), Action.RECOVERY_CODE_USED, officer.name, now)
    elif not second_factor.accepts(officer, code, now):
        _refused(request, session, officer, now, "code")
        return _page(request, "code", language, "wrong_code", 403)
    lockout.right(session, officer.name, address)
    return enter(request, session, officer, now, cookie)


@router.post("/logout")
def post_logout(
    request: Request, session: Db, now: Now, officer: SignedInAtAll, cookie: SessionCookie = ""
) -> Response:
    session.execute(delete(SessionRow).where(SessionRow.hash == sessions.hash_of(cookie)))
    record(session, officer, Action.SIGNED_OUT, officer.name, now)
    answer = RedirectResponse(LOGIN, 303)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    return answer


@router.get("/confirm")
def get_confirm(
    request: Request, session: Db, officer: SignedInAtAll, language: PageLanguageOf, then: str = HOME
) -> Response:
    if session.get_one(OfficerRow, officer.name).subject:
        return RedirectResponse("/officers/oidc", 303)
    return _page(request, "confirm", language, then=_own(then), name=officer.name)


@router.post("/confirm")
def post_confirm(
    request: Request,
    session: Db,
    now: Now,
    row: SessionOf,
    officer: SignedInAtAll,
    language: PageLanguageOf,
    password: Text,
    then: Annotated[str, Form()] = HOME,
) -> Response:
    wait = lockout.take(session, officer.name, officer.address, now)
    if wait:
        return _wait(request, "confirm", language, wait, then=_own(then), name=officer.name)
    held = session.get_one(OfficerRow, officer.name)
    if not passwords.matches(held.password_hash, password):
        _refused(request, session, held, now, "password")
        return _page(request, "confirm", language, "wrong_password", 403, then=_own(then), name=officer.name)
    lockout.right(session, officer.name, officer.address)
    lockout.proved(session, officer.name)
    row.confirmed_at = now
    return RedirectResponse(_own(then), 303)


def enter(
    request: Request,
    session: Session,
    officer: OfficerRow,
    now: datetime,
    former: str = "",
    answer: Response | None = None,
) -> Response:
    """Signs an officer in who has proved all that is wanted; whatever session the browser had ends."""
    lockout.proved(session, officer.name)
    former = former or request.cookies.get(COOKIE, "")
    session.execute(delete(SessionRow).where(SessionRow.hash == sessions.hash_of(former)))
    cookie = sessions.begin(session, officer, request, now)
    officer.signed_in_at, officer.signed_in_from = now, address_of(request)
    record(session, acting(officer, request), Action.SIGNED_IN, officer.name, now)
    return _with_cookie(answer or RedirectResponse(HOME, 303), cookie)


def _second(request: Request, session: Session, officer: OfficerRow, now: datetime) -> Response:
    cookie = sessions.begin(session, officer, request, now, pending=True)
    return _with_cookie(RedirectResponse(CODE, 303), cookie)


def _with_cookie(answer: Response, cookie: str) -> Response:
    seconds = int(sessions.LONGEST.total_seconds())
    answer.set_cookie(COOKIE, cookie, seconds, secure=True, httponly=True, samesite="strict")
    return answer


def _owing(session: Session, cookie: str, now: datetime) -> OfficerRow | None:
    """Whoever gave the password and owes the second factor."""
    row = sessions.living(session, cookie, now)
    officer = session.get(OfficerRow, row.officer) if row and row.pending else None
    return officer if officer and not officer.disabled else None


def _refused(request: Request, session: Session, officer: OfficerRow | None, now: datetime, because: str) -> None:
    """Tells the trail of the officer's office. A name that nobody has may be a password typed too early: it is not
    kept.
    """
    if officer is not None:
        by = acting(officer, request)
        record(session, by, Action.SIGN_IN_REFUSED, officer.name, now, {"because": because})


def _own(path: str) -> str:
    """Only pages of the staff are gone to, never another site's."""
    return path if path.startswith("/officers/") else HOME


def _wait(request: Request, template: str, language: Language, seconds: int, **context: Any) -> Response:
    minutes = ceil(seconds / 60)
    problem = words(language, "people")["wait"].format(minutes=minutes)
    answer = _page(request, template, language, "", 429, **context | {"problem": problem})
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _page(
    request: Request, template: str, language: Language, wrong: str = "", status: int = 200, **context: Any
) -> Response:
    said = {"problem": words(language, "people")[wrong] if wrong else "", "oidc": request.app.state.oidc}
    return page(request, f"people/{template}.html", "people", language, said | context, status)
