"""The breach log: supervisors write it, auditors read it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.languages import PageLanguageOf
from central.people.login import needs
from central.people.roles import Role, SignedIn
from central.privacy import breaches
from central.privacy.breaches import Known
from central.privacy.clock import Deadline
from central.privacy.rows import BreachRow
from central.snapshot import office_zone
from central.staff_page import staff_page
from kiosk.model import INDONESIAN, Language

BREACHES = "/officers/privacy/breaches"
router = APIRouter(prefix=BREACHES, include_in_schema=False)
Supervisor = Annotated[SignedIn, needs(Role.SUPERVISOR)]
Reader = Annotated[SignedIn, needs(Role.AUDITOR, Role.SUPERVISOR)]
Text = Annotated[str, Form(max_length=4000)]
Count = Annotated[str, Form(max_length=9)]


def breach_of(breach: str, session: Db, officer: Reader) -> BreachRow:
    """A breach of the reader's own office."""
    row = session.get(BreachRow, breach)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "there is no such breach")
    return row


Breach = Annotated[BreachRow, Depends(breach_of, scope="function")]


@router.get("")
def get_breaches(request: Request, session: Db, now: Now, officer: Reader, language: PageLanguageOf) -> Response:
    return _list(request, session, now, officer, language)


@router.post("")
def post_breach(
    request: Request,
    session: Db,
    now: Now,
    officer: Supervisor,
    language: PageLanguageOf,
    known_at: Annotated[str, Form(max_length=20)] = "",
    happened: Text = "",
    data: Text = "",
    subjects: Count = "",
    done: Text = "",
) -> Response:
    """Opens an incident. `known_at` is office time, and not in the future."""
    given = {"known_at": known_at, "happened": happened, "data": data, "subjects": subjects, "done": done}
    try:
        at = datetime.fromisoformat(known_at).replace(tzinfo=office_zone(session, officer.office)) if known_at else now
        known = _known(happened, data, subjects, done)
    except ValueError:
        return _list(request, session, now, officer, language, "incomplete", given, 422)
    if at > now:
        return _list(request, session, now, officer, language, "in_the_future", given, 422)
    return RedirectResponse(f"{BREACHES}/{breaches.open_breach(session, officer, known, at, now)}", 303)


@router.get("/{breach}")
def get_breach(
    request: Request, session: Db, now: Now, officer: Reader, language: PageLanguageOf, breach: Breach
) -> Response:
    return _one(request, session, now, officer, language, breach)


@router.post("/{breach}")
def post_act(
    request: Request,
    session: Db,
    now: Now,
    officer: Supervisor,
    language: PageLanguageOf,
    breach: Breach,
    act: Annotated[str, Form(pattern="^(note|notified|close)$")],
    happened: Text = "",
    data: Text = "",
    subjects: Count = "",
    done: Text = "",
) -> Response:
    """Adds what is known by now, or says that the notice was given, or that all is done."""
    if breach.closed_at:
        raise HTTPException(409, "this breach is closed")
    if act == "note":
        try:
            breaches.note(session, officer, breach, _known(happened, data, subjects, done), now)
        except ValueError:
            return _one(request, session, now, officer, language, breach, "incomplete", 422)
    elif act == "notified" and breach.notified_at is None:
        breaches.notified(session, officer, breach, now)
    elif act == "close":
        if breach.notified_at is None:
            return _one(request, session, now, officer, language, breach, "notify_first", 409)
        breaches.close(session, officer, breach, now)
    return RedirectResponse(f"{BREACHES}/{breach.id}", 303)


@router.get("/{breach}/notice")
def get_notice(request: Request, session: Db, now: Now, officer: Reader, breach: Breach) -> Response:
    """The written notice (UU 27/2022, article 46), to be printed; in Indonesian, for the persons and the authority."""
    context = {"breach": breach, "note": breaches.notes(session, breach.id)[0], "now": now}
    return staff_page(request, session, "privacy/notice.html", "privacy", officer, INDONESIAN, context)


def _list(
    request: Request,
    session: Session,
    now: datetime,
    officer: SignedIn,
    language: Language,
    problem: str = "",
    given: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    of_office = select(BreachRow).where(BreachRow.office == officer.office)
    rows = session.scalars(of_office.order_by(BreachRow.known_at.desc())).all()
    context = {
        "breaches": [(row, Deadline(row.known_at, row.notified_at)) for row in rows],
        "problem": problem,
        "given": given or {},
        "may_write": officer.may(Role.SUPERVISOR),
        "now": now,
    }
    return staff_page(request, session, "privacy/breaches.html", "privacy", officer, language, context, status)


def _one(
    request: Request,
    session: Session,
    now: datetime,
    officer: SignedIn,
    language: Language,
    breach: BreachRow,
    problem: str = "",
    status: int = 200,
) -> Response:
    context = {
        "breach": breach,
        "deadline": Deadline(breach.known_at, breach.notified_at),
        "notes": breaches.notes(session, breach.id),
        "problem": problem,
        "may_write": officer.may(Role.SUPERVISOR) and breach.closed_at is None,
        "now": now,
    }
    return staff_page(request, session, "privacy/breach.html", "privacy", officer, language, context, status)


def _known(happened: str, data: str, subjects: str, done: str) -> Known:
    """What a form says. Raises ValueError where it says too little."""
    if not (happened.strip() and data.strip() and done.strip()):
        raise ValueError("something is missing")
    return Known(happened.strip(), data.strip(), int(subjects) if subjects.strip() else None, done.strip())
