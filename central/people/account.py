"""One's own account: the last sign-in, the sessions, the password, the second factor."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from central.api import Db, Now
from central.database import OfficerRow, SessionRow
from central.languages import PageLanguageOf, words
from central.people import passwords, second_factor, sessions
from central.people.audit import Action, record
from central.people.login import Confirmed, SessionOf, SignedInAtAll
from central.people.sign_in import HOME, Text
from central.staff_page import staff_page

router = APIRouter(prefix="/officers/account", include_in_schema=False)


@router.get("")
def get_account(
    request: Request, session: Db, now: Now, row: SessionOf, officer: SignedInAtAll, language: PageLanguageOf
) -> Response:
    held = session.get_one(OfficerRow, officer.name)
    context = {
        "row": row,
        "held": held,
        "sessions": sessions.of_officer(session, officer.name, now),
        "browser_of": sessions.browser_of,
        "second_factor_owed": not held.totp_secret and second_factor.wanted_of(session, held),
    }
    return staff_page(request, session, "people/account.html", "people", officer, language, context)


@router.post("/sessions/{ended}/end")
def post_end(ended: str, session: Db, now: Now, officer: SignedInAtAll) -> Response:
    """Ends a session of one's own, as of a browser that was left open somewhere."""
    row = session.get(SessionRow, ended)
    if row is None or row.officer != officer.name:
        raise HTTPException(404, "this session is over")
    session.delete(row)
    record(session, officer, Action.SESSION_ENDED, officer.name, now)
    return RedirectResponse(HOME, 303)


@router.get("/password", dependencies=[Confirmed])
def get_password(request: Request, session: Db, officer: SignedInAtAll, language: PageLanguageOf) -> Response:
    held = session.get_one(OfficerRow, officer.name)
    return staff_page(
        request, session, "people/password.html", "people", officer, language, {"must_change": held.must_change}
    )


@router.post("/password", dependencies=[Confirmed])
def post_password(
    request: Request,
    session: Db,
    now: Now,
    row: SessionOf,
    officer: SignedInAtAll,
    language: PageLanguageOf,
    password: Text,
    again: Text,
) -> Response:
    held = session.get_one(OfficerRow, officer.name)
    problem = _problem(held, password, again)
    if problem:
        context = {"must_change": held.must_change, "problem": words(language, "people")[problem]}
        return staff_page(request, session, "people/password.html", "people", officer, language, context, 422)
    held.password_hash, held.must_change = passwords.hashed(password), False
    sessions.end_all(session, held.name, but=row.hash)
    record(session, officer, Action.PASSWORD_CHANGED, held.name, now)
    return RedirectResponse(HOME, 303)


@router.get("/second-factor", dependencies=[Confirmed])
def get_second_factor(request: Request, session: Db, officer: SignedInAtAll, language: PageLanguageOf) -> Response:
    secret = second_factor.new_secret()
    return staff_page(
        request, session, "people/second_factor.html", "people", officer, language, _offer(secret, officer.name)
    )


@router.post("/second-factor", dependencies=[Confirmed])
def post_second_factor(
    request: Request,
    session: Db,
    now: Now,
    row: SessionOf,
    officer: SignedInAtAll,
    language: PageLanguageOf,
    secret: Annotated[str, Form(pattern="^[A-Z2-7]{32}$")],
    code: Text,
) -> Response:
    """Takes the offered secret, which comes back with the form, once its code proves that an app holds it."""
    step = second_factor.step_of(secret, code, now)
    if step is None:
        context = _offer(secret, officer.name) | {"problem": words(language, "people")["wrong_code"]}
        return staff_page(request, session, "people/second_factor.html", "people", officer, language, context, 422)
    codes = second_factor.enrol(session, session.get_one(OfficerRow, officer.name), secret, step)
    sessions.end_all(session, officer.name, but=row.hash)
    record(session, officer, Action.SECOND_FACTOR_SET, officer.name, now)
    return staff_page(request, session, "people/recovery_codes.html", "people", officer, language, {"codes": codes})


def _offer(secret: str, name: str) -> dict[str, str]:
    picture = second_factor.picture(secret, name)
    return {"secret": secret, "spelled": passwords.grouped(secret), "picture": picture, "problem": ""}


def _problem(held: OfficerRow, password: str, again: str) -> str:
    """Why the new password is not taken, by the key of its words; "" if it is."""
    if password != again:
        return "passwords_differ"
    if passwords.is_weak(password, held.name):
        return "weak_password"
    return "same_password" if passwords.matches(held.password_hash, password) else ""
