"""Requests of persons about their own data: a copy, or erasure. For supervisors; every act is on the audit trail."""

import json
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.languages import PageLanguageOf
from central.people.login import Confirmed, needs
from central.people.roles import Role, SignedIn
from central.privacy import subject
from central.privacy.clock import Deadline
from central.privacy.register import REGISTER
from central.privacy.rows import SubjectRequestRow
from central.snapshot import office_zone
from central.staff_page import staff_page
from kiosk.model import Language

SUBJECT = "/officers/privacy/subject"
router = APIRouter(prefix=SUBJECT, include_in_schema=False, dependencies=[Confirmed])
Supervisor = Annotated[SignedIn, needs(Role.SUPERVISOR)]
SHOWN = 50


def request_of(asked: str, session: Db, officer: Supervisor) -> SubjectRequestRow:
    """A request of the supervisor's own office."""
    row = session.get(SubjectRequestRow, asked)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "there is no such request")
    return row


Asked = Annotated[SubjectRequestRow, Depends(request_of, scope="function")]


@router.get("")
def get_requests(request: Request, session: Db, now: Now, officer: Supervisor, language: PageLanguageOf) -> Response:
    return _list(request, session, now, officer, language)


@router.post("")
def post_request(
    request: Request,
    session: Db,
    now: Now,
    officer: Supervisor,
    language: PageLanguageOf,
    code: Annotated[str, Form(max_length=40)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    digits: Annotated[str, Form(max_length=10)] = "",
    asked_at: Annotated[str, Form(max_length=20)] = "",
    seen: Annotated[bool, Form()] = False,
) -> Response:
    """Takes a request in. `asked_at` is office time; the clock runs from it, and at the latest from now."""
    given = {"code": code, "day": day, "digits": digits, "asked_at": asked_at, "seen": seen}
    if subject.TRIES.wait(session, officer.name, now):
        return _list(request, session, now, officer, language, "too_many", given, 429)
    try:
        asked = subject.Asked(code, date.fromisoformat(day), digits.strip(), seen)
        since = _instant(session, officer, asked_at, now)
        row = subject.receive(session, officer, asked, since, now)
    except ValueError:
        return _list(request, session, now, officer, language, "no_day", given, 422)
    except subject.NotFound:
        return _list(request, session, now, officer, language, "not_found", given, 404)
    except subject.NotProved:
        subject.TRIES.note(session, officer.name, now)
        return _list(request, session, now, officer, language, "not_proved", given, 422)
    return RedirectResponse(f"{SUBJECT}/{row.id}", 303)


@router.get("/{asked}")
def get_request(
    request: Request, session: Db, now: Now, officer: Supervisor, language: PageLanguageOf, asked: Asked
) -> Response:
    context = {
        "asked": asked,
        "deadline": _deadline(asked),
        "now": now,
        "stays": [each for each in REGISTER.held if each.is_public and each.erased == "kept"],
        "goes": [each for each in REGISTER.held if each.is_public and each.erased != "kept"],
    }
    return staff_page(request, session, "privacy/subject.html", "privacy", officer, language, context)


@router.post("/{asked}")
def post_act(
    session: Db, now: Now, officer: Supervisor, asked: Asked, act: Annotated[str, Form(pattern="^(export|erase)$")]
) -> Response:
    """Hands out everything that is held as JSON, or erases what may be erased."""
    if act == "erase":
        subject.erase(session, officer, asked, now)
        return RedirectResponse(f"{SUBJECT}/{asked.id}", 303)
    text = json.dumps(subject.export(session, officer, asked, now), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="data-{asked.id[:8]}.json"'}
    return Response(text, media_type="application/json", headers=headers)


def _list(
    request: Request,
    session: Session,
    now: datetime,
    officer: SignedIn,
    language: Language,
    problem: str = "",
    given: dict[str, object] | None = None,
    status: int = 200,
) -> Response:
    of_office = select(SubjectRequestRow).where(SubjectRequestRow.office == officer.office)
    rows = session.scalars(of_office.order_by(SubjectRequestRow.asked_at.desc()).limit(SHOWN)).all()
    context = {
        "requests": [(row, _deadline(row)) for row in rows],
        "problem": problem,
        "given": given or {},
        "now": now,
    }
    return staff_page(request, session, "privacy/subjects.html", "privacy", officer, language, context, status)


def _deadline(row: SubjectRequestRow) -> Deadline:
    """It is met by the first of what was asked: a copy, or erasure."""
    done = [each for each in (row.exported_at, row.erased_at) if each]
    return Deadline(row.asked_at, min(done) if done else None)


def _instant(session: Session, officer: SignedIn, text: str, now: datetime) -> datetime:
    """An instant from office time as browsers write it, `now` where it is empty or later. Raises ValueError."""
    if not text:
        return now
    return min(datetime.fromisoformat(text).replace(tzinfo=office_zone(session, officer.office)), now)
