"""The technicians' pages: the fleet, one kiosk, its settings."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from central.api import Db, Now
from central.database import KioskRow
from central.enrolment import CODE_VALID, new_code
from central.fleet.approval import approve, refuse
from central.fleet.bundles import bundles_of
from central.fleet.fleet import fleet_of, kiosk_in
from central.fleet.paper import put_in
from central.fleet.rollout import BadRollout, begin, pause, rollout_of
from central.fleet.settings import LONGEST, BadSettings, go_back, set_from_afar, versions
from central.languages import PageLanguageOf, words
from central.people.audit import Action, record
from central.people.login import needs
from central.people.roles import Role, SignedIn
from central.qr import qr_element
from central.staff_page import staff_page
from kiosk.model import Language
from kiosk.protocol import REMOTE_TABLES

router = APIRouter(prefix="/officers/fleet", include_in_schema=False)
Technician = Annotated[SignedIn, needs(Role.TECHNICIAN, Role.SUPERVISOR)]


@router.get("")
def get_fleet(request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf) -> Response:
    return _fleet(request, "fleet.html", officer, session, now, language)


@router.get("/kiosks")
def get_kiosks(request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf) -> Response:
    """The changing part of the fleet's page."""
    return _fleet(request, "fleet_kiosks.html", officer, session, now, language)


@router.post("/codes")
def post_code(
    request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf,
    name: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Makes a one-time enrolment code, shown this once."""
    code = new_code(session, officer.office, name.strip(), now, officer.name)
    record(session, officer, Action.KIOSK_CODE_MADE, name.strip() or "kiosk", now)
    shown = {"code": code, "hours": int(CODE_VALID.total_seconds() // 3600), "picture": qr_element(code)}
    return _fleet(request, "fleet.html", officer, session, now, language, **shown)


@router.post("/rollout")
def post_rollout(
    request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf,
    version: Annotated[str, Form(max_length=20)] = "", percent: Annotated[int, Form()] = 0,
) -> Response:  # fmt: skip
    """Begins a rollout, or widens it."""
    try:
        begin(session, officer.office, version.strip(), percent, officer.name, now)
    except BadRollout as error:
        problem = words(language, "fleet")[error.key]
        return _fleet(request, "fleet.html", officer, session, now, language, problem=problem)
    record(session, officer, Action.ROLLOUT_CHANGED, version.strip(), now, {"percent": str(percent)})
    return RedirectResponse("/officers/fleet", 303)


@router.post("/rollout/pause")
def post_rollout_pause(officer: Technician, session: Db, now: Now, paused: Annotated[bool, Form()] = True) -> Response:
    """Pauses the rollout, or goes on with it."""
    rollout = rollout_of(session, officer.office)
    if rollout is None:
        raise HTTPException(404, "there is no rollout")
    pause(session, officer.office, paused)
    record(session, officer, Action.ROLLOUT_CHANGED, rollout.version, now, {"paused": "yes" if paused else "no"})
    return RedirectResponse("/officers/fleet", 303)


@router.get("/{kiosk}")
def get_kiosk(
    kiosk: str, request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf
) -> Response:
    return _kiosk(request, _own(session, officer, kiosk), officer, session, now, language)


@router.post("/{kiosk}/settings")
def post_settings(
    kiosk: str, request: Request, officer: Technician, session: Db, now: Now, language: PageLanguageOf,
    toml: Annotated[str, Form(max_length=2 * LONGEST)] = "", note: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Makes the kiosk's next settings."""
    row = _own(session, officer, kiosk)
    try:
        set_from_afar(session, row.id, toml, note.strip(), officer.name, now)
    except BadSettings as error:
        problem = words(language, "fleet")[error.key].format(what=error.what)
        return _kiosk(request, row, officer, session, now, language, problem=problem, toml=toml, note=note)
    record(session, officer, Action.KIOSK_CONFIGURED, row.id, now)
    return RedirectResponse(f"/officers/fleet/{row.id}", 303)


@router.post("/{kiosk}/settings/{version}")
def post_former_settings(kiosk: str, version: int, officer: Technician, session: Db, now: Now) -> Response:
    """Goes back to an earlier version; 0 is the kiosk's own file."""
    row = _own(session, officer, kiosk)
    try:
        go_back(session, row.id, version, officer.name, now)
    except BadSettings as error:
        raise HTTPException(404, "there is no such version") from error
    record(session, officer, Action.KIOSK_CONFIGURED, row.id, now, {"version": str(version)})
    return RedirectResponse(f"/officers/fleet/{row.id}", 303)


@router.post("/{kiosk}/roll")
def post_roll(kiosk: str, officer: Technician, session: Db, now: Now) -> Response:
    """Somebody put a new roll of paper in."""
    put_in(session, _own(session, officer, kiosk).id, officer.name, now)
    record(session, officer, Action.KIOSK_CONFIGURED, kiosk, now, {"paper": "new roll"})
    return RedirectResponse(f"/officers/fleet/{kiosk}", 303)


@router.post("/{kiosk}/name")
def post_name(
    kiosk: str, officer: Technician, session: Db, now: Now, name: Annotated[str, Form(max_length=40, pattern=r"\S")]
) -> Response:
    """Calls the kiosk something else."""
    _own(session, officer, kiosk).name = name.strip()
    record(session, officer, Action.KIOSK_CONFIGURED, kiosk, now, {"name": name.strip()})
    return RedirectResponse(f"/officers/fleet/{kiosk}", 303)


@router.post("/{kiosk}/approve")
def post_approval(kiosk: str, officer: Technician, session: Db, now: Now) -> Response:
    """Has a kiosk served that came with a code."""
    approve(session, _own(session, officer, kiosk), officer, now)
    return RedirectResponse("/officers/fleet", 303)


@router.post("/{kiosk}/refuse")
def post_refusal(kiosk: str, officer: Technician, session: Db, now: Now) -> Response:
    """Never has it served."""
    refuse(session, _own(session, officer, kiosk), officer, now)
    return RedirectResponse("/officers/fleet", 303)


@router.post("/{kiosk}/revoke")
def post_revoke(kiosk: str, officer: Technician, session: Db, now: Now) -> Response:
    """Believes the kiosk no more, for good."""
    _own(session, officer, kiosk).revoked = True
    record(session, officer, Action.KIOSK_REVOKED, kiosk, now)
    return RedirectResponse(f"/officers/fleet/{kiosk}", 303)


def _own(session: Db, officer: SignedIn, kiosk: str) -> KioskRow:
    row = session.get(KioskRow, kiosk)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "this kiosk is not known")
    return row


def _fleet(
    request: Request, template: str, officer: SignedIn, session: Db, now: datetime, language: Language,
    **more: Any,
) -> Response:  # fmt: skip
    context = {"kiosks": fleet_of(session, officer.office, now), "rollout": rollout_of(session, officer.office)} | more
    status = 422 if more.get("problem") else 200
    return staff_page(request, session, template, "fleet", officer, language, context, status)


def _kiosk(
    request: Request, row: KioskRow, officer: SignedIn, session: Db, now: datetime, language: Language, **more: Any
) -> Response:
    held = versions(session, row.id)
    entered = {"problem": "", "toml": held[0].toml if held else "", "note": ""} | more
    context = {"kiosk": kiosk_in(session, row, now), "versions": held, "bundles": bundles_of(session, row.id)} | entered
    context |= {"tables": ", ".join(f"[{each}]" for each in REMOTE_TABLES), "longest": LONGEST}
    status = 422 if entered["problem"] else 200
    return staff_page(request, session, "fleet_kiosk.html", "fleet", officer, language, context, status)
