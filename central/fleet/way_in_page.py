"""A technician's way in at the kiosks: the supervisor sets the office's PIN, a technician gets the code that answers
what a kiosk shows, and takes away what was sent from there for support.
"""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.database import KioskRow
from central.fleet.bundles import bundle_of
from central.fleet.way_in import BadPin, code_of, pin_of, set_pin
from central.languages import PageLanguageOf, words
from central.people.audit import Action, record
from central.people.login import Confirmed, needs
from central.people.roles import Role, SignedIn
from central.staff_page import staff_page
from kiosk.model import PIN_DIGITS, Language

router = APIRouter(prefix="/officers/fleet", include_in_schema=False)
Supervisor = Annotated[SignedIn, needs(Role.SUPERVISOR)]
Technician = Annotated[SignedIn, needs(Role.TECHNICIAN)]
Keeper = Annotated[SignedIn, needs(Role.TECHNICIAN, Role.SUPERVISOR)]


@router.get("/pin", dependencies=[Confirmed])
def get_pin(request: Request, officer: Supervisor, session: Db, language: PageLanguageOf) -> Response:
    return _pin(request, officer, session, language)


@router.post("/pin", dependencies=[Confirmed])
def post_pin(
    request: Request, officer: Supervisor, session: Db, now: Now, language: PageLanguageOf,
    pin: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Sets the office's PIN; an empty one shuts the way in at its kiosks."""
    pin = pin.strip()
    try:
        set_pin(session, officer.office, pin, officer.name, now)
    except BadPin:
        return _pin(request, officer, session, language, words(language, "way_in")["bad_pin"])
    record(session, officer, Action.TECHNICIAN_PIN_SET, officer.office, now, {"pin": "set" if pin else "none"})
    return RedirectResponse("/officers/fleet/pin", 303)


@router.get("/{kiosk}/code", dependencies=[Confirmed])
def get_code(kiosk: str, request: Request, officer: Technician, session: Db, language: PageLanguageOf) -> Response:
    return _code(request, _own(session, officer, kiosk), officer, session, language)


@router.post("/{kiosk}/code", dependencies=[Confirmed])
def post_code(
    kiosk: str, request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf,
    challenge: Annotated[str, Form(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Shows the code for the number that the kiosk shows."""
    row = _own(session, officer, kiosk)
    try:
        code = code_of(request.app.state.data, row.id, challenge)
    except ValueError:
        return _code(request, row, officer, session, language, problem=words(language, "way_in")["bad_challenge"])
    record(session, officer, Action.TECHNICIAN_CODE_GIVEN, row.id, now)
    return _code(request, row, officer, session, language, code=code)


@router.get("/{kiosk}/bundles/{bundle}")
def get_bundle(kiosk: str, bundle: str, officer: Keeper, session: Db) -> Response:
    """A .tar.gz that a technician at the kiosk sent for support."""
    row = _own(session, officer, kiosk)
    found = bundle_of(session, row.id, bundle)
    if found is None:
        raise HTTPException(404, "this bundle is not held any more")
    name = f"anjungan-W{row.digit}-{found.made_at:%Y%m%d-%H%M}.tar.gz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.body, media_type="application/gzip", headers=headers)


def _own(session: Session, officer: SignedIn, kiosk: str) -> KioskRow:
    row = session.get(KioskRow, kiosk)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "this kiosk is not known")
    return row


def _pin(request: Request, officer: SignedIn, session: Session, language: Language, problem: str = "") -> Response:
    digits = {"shortest": PIN_DIGITS[0], "longest": PIN_DIGITS[-1]}
    context = {"held": pin_of(session, officer.office), "problem": problem} | digits
    status = 422 if problem else 200
    return staff_page(request, session, "way_in_pin.html", "way_in", officer, language, context, status)


def _code(
    request: Request, row: KioskRow, officer: SignedIn, session: Session, language: Language, code: str = "",
    problem: str = "",
) -> Response:  # fmt: skip
    context = {"kiosk": row, "code": f"{code[:4]} {code[4:]}".strip(), "problem": problem}
    context |= {"has_pin": pin_of(session, row.office) is not None}
    status = 422 if problem else 200
    return staff_page(request, session, "way_in_code.html", "way_in", officer, language, context, status)
