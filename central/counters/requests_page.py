"""The pages of what is handed over to partner agencies: the office's staff send and close, a partner answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from central.counters import requests
from central.counters.handover import KEPT_AFTER_CLOSING, MOVES, NEEDED, Answer, NotWhole, RequestKind, RequestState
from central.counters.request_rows import PartnerRow, RequestRow
from central.counters.staff_page import Asked, asked_by
from central.database import TicketRow
from central.people.roles import Role

router = APIRouter(prefix="/officers/requests", include_in_schema=False)
Staff = Annotated[Asked, asked_by(Role.CLERK, Role.SUPERVISOR)]
Partner = Annotated[Asked, asked_by(Role.PARTNER)]
Reader = Annotated[Asked, asked_by(Role.CLERK, Role.SUPERVISOR, Role.PARTNER)]


async def given_in(request: Request) -> dict[str, str]:
    """The fields of a form, whichever they are."""
    return {field: value for field, value in (await request.form()).items() if isinstance(value, str)}


@router.get("")
def get_list(asked: Reader) -> Response:
    return asked.page("requests.html", "requests", {"found": requests.requests_of(asked.session, asked.officer)})


@router.get("/part")
def get_part(asked: Reader) -> Response:
    """The list alone."""
    return asked.page("requests_part.html", "requests", {"found": requests.requests_of(asked.session, asked.officer)})


@router.get("/new")
def get_new(asked: Staff, ticket: str, partner: int = 0, kind: RequestKind | None = None) -> Response:
    """Asks which agency is asked what, then for what it needs to know."""
    shown: dict[str, Any] = {"ticket": _ticket(asked, ticket), "given": {}, "wrong": ()}
    if kind is None:
        shown["partners"] = requests.partners(asked.session, asked.officer.office)
    else:
        shown |= {"kind": kind, "fields": NEEDED[kind], "partner": _partner(asked, partner)}
    return asked.page("request_new.html", "requests", shown)


@router.post("/new")
def post_new(
    asked: Staff,
    given: Annotated[dict[str, str], Depends(given_in)],
    ticket: Annotated[str, Form()],
    partner: Annotated[int, Form()],
    kind: Annotated[RequestKind, Form()],
) -> Response:
    """Sends it, or shows what is missing beside what was entered."""
    row, agency = _ticket(asked, ticket), _partner(asked, partner)
    try:
        sent = requests.send(asked.session, asked.officer, row, agency, kind, given, asked.now)
    except NotWhole as error:
        shown = {"ticket": row, "partner": agency, "kind": kind, "fields": NEEDED[kind]}
        return asked.page("request_new.html", "requests", shown | {"given": given, "wrong": error.fields}, 422)
    except requests.NotPossible as error:
        raise HTTPException(409, str(error)) from error
    return RedirectResponse(f"/officers/requests/{sent.id}", 303)


@router.get("/{request_id}")
def get_request(request_id: str, asked: Reader) -> Response:
    """One request. A partner opens it first (`post_seen`), so that the office knows that it was read."""
    return _request(asked, request_id)


@router.post("/{request_id}/seen")
def post_seen(request_id: str, asked: Partner) -> Response:
    row, _ = _found(asked, request_id)
    requests.see(row, asked.now)
    return RedirectResponse(f"/officers/requests/{row.id}", 303)


@router.post("/{request_id}/answer")
def post_answer(
    request_id: str,
    asked: Partner,
    answer: Annotated[Answer, Form()],
    note: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    row, _ = _found(asked, request_id)
    try:
        requests.answer(asked.session, row, asked.officer, answer, note, asked.now)
    except requests.NotPossible:
        return _request(asked, request_id, too_late=True)
    return RedirectResponse(f"/officers/requests/{row.id}", 303)


@router.post("/{request_id}/close")
def post_close(request_id: str, asked: Staff) -> Response:
    row, _ = _found(asked, request_id)
    try:
        requests.close(asked.session, row, asked.now)
    except requests.NotPossible:
        return _request(asked, request_id, too_late=True)
    return RedirectResponse(f"/officers/requests/{row.id}", 303)


def _request(asked: Asked, request_id: str, too_late: bool = False) -> Response:
    row, partner = _found(asked, request_id)
    is_staff = asked.officer.may(Role.CLERK, Role.SUPERVISOR)
    opened = is_staff or row.state != RequestState.SENT
    moves = MOVES[RequestState(row.state)]
    shown = {
        "row": row,
        "partner": partner,
        "fields": requests.fields_of(row, asked.now) if opened else {},
        "may_open": not opened,
        "may_answer": asked.officer.may(Role.PARTNER) and opened and RequestState.ANSWERED in moves,
        "may_close": is_staff and RequestState.CLOSED in moves,
        "answers": tuple(Answer),
        "too_late": too_late,
        "kept_days": KEPT_AFTER_CLOSING.days,
    }
    return asked.page("request.html", "requests", shown, 409 if too_late else 200)


def _found(asked: Asked, request_id: str) -> tuple[RequestRow, PartnerRow]:
    found = requests.request_of(asked.session, asked.officer, request_id)
    if found is None:
        raise HTTPException(404, "this request is not known")
    return found


def _ticket(asked: Asked, ticket: str) -> TicketRow:
    row = asked.session.get(TicketRow, ticket)
    if row is None or row.office != asked.officer.office:
        raise HTTPException(404, "this ticket is not known")
    return row


def _partner(asked: Asked, partner: int) -> PartnerRow:
    row = asked.session.get(PartnerRow, partner)
    if row is None or row.office != asked.officer.office:
        raise HTTPException(404, "this partner is not known")
    return row
