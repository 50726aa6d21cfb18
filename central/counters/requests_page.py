"""The pages of what is handed over to partner agencies: the office's staff send and close, a partner answers."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.counters import requests
from central.counters.handover import KEPT_AFTER_CLOSING, MOVES, NEEDED, Answer, NotWhole, RequestKind, RequestState
from central.counters.request_rows import PartnerRow, RequestRow
from central.database import TicketRow
from central.languages import LANGUAGES, PageLanguageOf
from central.page import page
from central.people.login import needs, same_site
from central.people.roles import Role, SignedIn
from central.snapshot import office_snapshot, office_zone
from kiosk.model import Language

router = APIRouter(prefix="/officers/requests", include_in_schema=False, dependencies=[Depends(same_site)])
Staff = Annotated[SignedIn, needs(Role.CLERK, Role.SUPERVISOR)]
Partner = Annotated[SignedIn, needs(Role.PARTNER)]
Reader = Annotated[SignedIn, needs(Role.CLERK, Role.SUPERVISOR, Role.PARTNER)]
Words = Annotated[str, Form(max_length=1000)]


async def given_in(request: Request) -> dict[str, str]:
    """The fields of a form, whichever they are."""
    return {field: value for field, value in (await request.form()).items() if isinstance(value, str)}


@router.get("")
def get_list(request: Request, officer: Reader, session: Db, language: PageLanguageOf) -> Response:
    found = {"found": requests.requests_of(session, officer)}
    return _page(request, "requests.html", officer, session, language, found)


@router.get("/part")
def get_part(request: Request, officer: Reader, session: Db, language: PageLanguageOf) -> Response:
    """The list alone."""
    found = {"found": requests.requests_of(session, officer)}
    return _page(request, "requests_part.html", officer, session, language, found)


@router.get("/new")
def get_new(
    request: Request,
    officer: Staff,
    session: Db,
    language: PageLanguageOf,
    ticket: str,
    partner: int = 0,
    kind: RequestKind | None = None,
) -> Response:
    """Asks which agency is asked what, then for what it needs to know."""
    asked = {"ticket": _ticket(session, officer, ticket), "given": {}, "wrong": ()}
    if kind is None:
        asked["partners"] = requests.partners(session, officer.office)
    else:
        asked |= {"kind": kind, "fields": NEEDED[kind], "partner": _partner(session, officer, partner)}
    return _page(request, "request_new.html", officer, session, language, asked)


@router.post("/new")
def post_new(
    request: Request,
    officer: Staff,
    session: Db,
    now: Now,
    language: PageLanguageOf,
    given: Annotated[dict[str, str], Depends(given_in)],
    ticket: Annotated[str, Form()],
    partner: Annotated[int, Form()],
    kind: Annotated[RequestKind, Form()],
) -> Response:
    """Sends it, or shows what is missing beside what was entered."""
    row, agency = _ticket(session, officer, ticket), _partner(session, officer, partner)
    try:
        sent = requests.send(session, officer, row, agency, kind, given, now)
    except NotWhole as error:
        asked = {"ticket": row, "partner": agency, "kind": kind, "fields": NEEDED[kind]}
        asked |= {"given": given, "wrong": error.fields}
        return _page(request, "request_new.html", officer, session, language, asked, 422)
    except requests.NotPossible as error:
        raise HTTPException(409, str(error)) from error
    return RedirectResponse(f"/officers/requests/{sent.id}", 303)


@router.get("/{request_id}")
def get_request(
    request_id: str, request: Request, officer: Reader, session: Db, now: Now, language: PageLanguageOf
) -> Response:
    """One request. A partner opens it first (`post_seen`), so that the office knows that it was read."""
    return _request(request, request_id, officer, session, now, language)


@router.post("/{request_id}/seen")
def post_seen(request_id: str, officer: Partner, session: Db, now: Now) -> Response:
    row, _ = _found(session, officer, request_id)
    requests.see(row, now)
    return RedirectResponse(f"/officers/requests/{row.id}", 303)


@router.post("/{request_id}/answer")
def post_answer(
    request_id: str,
    request: Request,
    officer: Partner,
    session: Db,
    now: Now,
    language: PageLanguageOf,
    answer: Annotated[Answer, Form()],
    note: Words = "",
) -> Response:
    row, _ = _found(session, officer, request_id)
    try:
        requests.answer(session, row, officer, answer, note, now)
    except requests.NotPossible:
        return _request(request, request_id, officer, session, now, language, too_late=True)
    return RedirectResponse(f"/officers/requests/{row.id}", 303)


@router.post("/{request_id}/close")
def post_close(
    request_id: str, request: Request, officer: Staff, session: Db, now: Now, language: PageLanguageOf
) -> Response:
    row, _ = _found(session, officer, request_id)
    try:
        requests.close(session, row, now)
    except requests.NotPossible:
        return _request(request, request_id, officer, session, now, language, too_late=True)
    return RedirectResponse(f"/officers/requests/{row.id}", 303)


def _request(
    request: Request,
    request_id: str,
    officer: SignedIn,
    session: Session,
    now: datetime,
    language: Language,
    too_late: bool = False,
) -> Response:
    row, partner = _found(session, officer, request_id)
    opened = row.state != RequestState.SENT or officer.may(Role.CLERK, Role.SUPERVISOR)
    moves = MOVES[RequestState(row.state)]
    shown = {
        "row": row,
        "partner": partner,
        "fields": requests.fields_of(row, now) if opened else {},
        "may_open": not opened,
        "may_answer": officer.may(Role.PARTNER) and opened and RequestState.ANSWERED in moves,
        "may_close": officer.may(Role.CLERK, Role.SUPERVISOR) and RequestState.CLOSED in moves,
        "answers": tuple(Answer),
        "too_late": too_late,
        "kept_days": KEPT_AFTER_CLOSING.days,
    }
    return _page(request, "request.html", officer, session, language, shown, 409 if too_late else 200)


def _found(session: Session, officer: SignedIn, request_id: str) -> tuple[RequestRow, PartnerRow]:
    found = requests.request_of(session, officer, request_id)
    if found is None:
        raise HTTPException(404, "this request is not known")
    return found


def _ticket(session: Session, officer: SignedIn, ticket: str) -> TicketRow:
    row = session.get(TicketRow, ticket)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "this ticket is not known")
    return row


def _partner(session: Session, officer: SignedIn, partner: int) -> PartnerRow:
    row = session.get(PartnerRow, partner)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "this partner is not known")
    return row


def _page(
    request: Request,
    template: str,
    officer: SignedIn,
    session: Session,
    language: Language,
    context: dict[str, Any],
    status: int = 200,
) -> Response:
    found, zone = office_snapshot(session, officer.office), office_zone(session, officer.office)

    def clock(instant: datetime) -> str:
        return instant.astimezone(zone).strftime(f"%d/%m {LANGUAGES[language].time}")

    shown = {"officer": officer, "office_name": found.office.name if found else officer.office, "clock": clock}
    return page(request, template, "requests", language, shown | context, status)
