"""Signing in by the organisation's identity server: to it, and back."""

import logging
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Cookie, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.api import Now, address_of
from central.database import OfficerRow
from central.languages import PageLanguageOf, words
from central.page import page
from central.people import lockout
from central.people.audit import Action, record
from central.people.login import acting
from central.people.names import is_name
from central.people.oidc import FRESH_SECONDS, IdentityServer, NotAuthenticated, Person, Unreachable
from central.people.roles import as_text, roles_in
from central.people.sign_in import enter
from kiosk.model import Language

log = logging.getLogger(__name__)
router = APIRouter(prefix="/officers/oidc", include_in_schema=False)
COOKIE = "__Host-oidc"
"""Lax, unlike the session's: the browser brings it back when the identity server's page sends it here."""


@router.get("")
def get_start(request: Request, language: PageLanguageOf) -> Response:
    try:
        url, secret = _server(request).begin()
    except Unreachable:
        return _failed(request, language, "oidc_unreachable", 502)
    answer = RedirectResponse(url, 303)
    answer.set_cookie(COOKIE, secret, FRESH_SECONDS, secure=True, httponly=True, samesite="lax")
    return answer


@router.get("/callback")
def get_callback(
    request: Request,
    now: Now,
    language: PageLanguageOf,
    state: str = "",
    code: str = "",
    secret: Annotated[str, Cookie(alias=COOKIE)] = "",
) -> Response:
    """Answers with a page that goes on by itself: with a redirect the browser would still count as coming from another
    site, and would not send the session's strict cookie.
    """
    server, writing = _server(request), request.app.state.writing
    with writing.begin() as session:
        wait = lockout.take(session, "", address_of(request), now)
    if wait:
        return _failed(request, language, "oidc_refused", 429)
    try:
        person = server.finish(state, code, secret, now)
    except Unreachable:
        return _failed(request, language, "oidc_unreachable", 502)
    except NotAuthenticated as error:
        log.warning("a sign-in by the identity server was refused: %s", error)
        return _failed(request, language, "oidc_refused", 403)
    with writing.begin() as session:
        lockout.right(session, "", address_of(request))
        officer = _officer(request, session, person, server.settings.office, now)
        if officer is None:
            return _failed(request, language, "oidc_refused", 403)
        answer = enter(request, session, officer, now, answer=page(request, "people/oidc.html", "people", language, {}))
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


def _officer(request: Request, session: Session, person: Person, office: str, now: datetime) -> OfficerRow | None:
    """The person's own row, made at the first sign-in, its roles those of now. None where nobody may sign in so:
    without a role, disabled here, or under a name that is another's.
    """
    officer = session.scalar(select(OfficerRow).where(OfficerRow.subject == person.subject))
    if not person.roles or (officer and officer.disabled):
        return None
    if officer is None:
        if not is_name(person.name) or session.get(OfficerRow, person.name) is not None:
            return None
        officer = OfficerRow(
            name=person.name, office=office, roles=as_text(person.roles), password_hash="", subject=person.subject
        )
        session.add(officer)
        session.flush()
        record(session, acting(officer, request), Action.OFFICER_ADDED, officer.name, now, {"roles": officer.roles})
    if roles_in(officer.roles) != person.roles:
        detail = {"before": officer.roles, "roles": as_text(person.roles)}
        officer.roles = detail["roles"]
        record(session, acting(officer, request), Action.ROLES_CHANGED, officer.name, now, detail)
    return officer


def _server(request: Request) -> IdentityServer:
    server: IdentityServer | None = request.app.state.oidc
    if server is None:
        raise HTTPException(404, "no identity server is set up here")
    return server


def _failed(request: Request, language: Language, problem: str, status: int) -> Response:
    context = {"problem": words(language, "people")[problem]}
    return page(request, "people/oidc.html", "people", language, context, status)
