"""The officers' page: who is here, what they said, how the kiosks are; live."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from central.api import Db
from central.board import board_of
from central.counters import calls
from central.counters.desk import counter_named, open_counter
from central.counters.refusals import CallRefused, CounterTaken, NobodyWaits, NotWaiting, StillServing
from central.counters.staff_page import Asked, asked_by
from central.database import FactRow, KioskRow, SeenCallRow, TicketRow
from central.languages import words
from central.people.audit import Action, record
from central.people.login import Officer
from central.people.roles import STAFF, Role
from kiosk.model import QueueState

router = APIRouter(prefix="/officers", include_in_schema=False)

MOVES = {
    QueueState.WAITING: {QueueState.CALLED},
    QueueState.CALLED: {QueueState.SERVED, QueueState.NO_SHOW, QueueState.WAITING},
    QueueState.NO_SHOW: {QueueState.CALLED},
    QueueState.SERVED: {QueueState.CALLED},
}
"""What an officer may do with a ticket; two who call the same one at once do not both succeed."""
PART = "board"
AskedByCaller = Annotated[Asked, asked_by(Role.CLERK, Role.SUPERVISOR)]
AskedByGoer = Annotated[Asked, asked_by(Role.CLERK, Role.SUPERVISOR, Role.TECHNICIAN)]
AskedByRevoker = Annotated[Asked, asked_by(Role.TECHNICIAN, Role.SUPERVISOR)]
Counter = Annotated[str, Form(max_length=10)]


@router.get("")
def get_page(asked: Annotated[Asked, asked_by(*Role)]) -> Response:
    """The queue's page; a partner is sent to its requests."""
    if not asked.officer.may(*STAFF):
        return RedirectResponse("/officers/requests", 303)
    return _page(asked, "officers.html")


@router.get("/board")
def get_board(asked: Annotated[Asked, asked_by(*STAFF)]) -> Response:
    """The changing part of the page."""
    return _page(asked, "board.html")


@router.get("/events")
async def get_events(request: Request, officer: Officer) -> StreamingResponse:
    """Server-sent events: one whenever something was recorded."""
    stream = request.app.state.changes.stream(officer.office)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/next")
def post_next(asked: AskedByCaller, counter: Counter) -> Response:
    """Calls whoever's turn it is to a counter."""
    with _told(asked):
        calls.call_next(asked.session, asked.officer, _counter(asked, counter), asked.now)
    return RedirectResponse("/officers", 303)


@router.post("/tickets/{ticket}")
def post_ticket(
    ticket: str, asked: AskedByCaller, state: Annotated[QueueState, Form()], counter: Counter = ""
) -> Response:
    """Calls a ticket to a counter, or says that it was served, that nobody came, or that it waits again."""
    row = asked.session.get(TicketRow, ticket)
    if row is None or row.office != asked.officer.office:
        raise HTTPException(404, _said(asked, "unknown_ticket"))
    held = QueueState(row.state)
    with _told(asked):
        if state not in MOVES[held]:
            raise NotWaiting(row.number, held, row.counter)
        _move(asked, row, state, counter.strip() or row.counter)
    return RedirectResponse("/officers", 303)


@router.post("/calls/{call}/seen")
def post_seen(call: str, asked: AskedByGoer) -> Response:
    """Somebody has gone to whoever called for help: it is shown no more."""
    session, officer = asked.session, asked.officer
    row = session.get(FactRow, call)
    if row is None or row.kind != "help_called" or _office_of(session, row) != officer.office:
        raise HTTPException(404, _said(asked, "unknown_call"))
    if session.get(SeenCallRow, call) is None:
        session.add(SeenCallRow(fact=call, officer=officer.name, seen_at=asked.now))
    return RedirectResponse("/officers", 303)


@router.post("/kiosks/{kiosk}/revoke")
def post_revoke(kiosk: str, asked: AskedByRevoker) -> Response:
    """Believes a kiosk no more, for good: a stolen one, or one that was enrolled anew."""
    row = asked.session.get(KioskRow, kiosk)
    if row is None or row.office != asked.officer.office:
        raise HTTPException(404, _said(asked, "unknown_kiosk"))
    row.revoked = True
    record(asked.session, asked.officer, Action.KIOSK_REVOKED, kiosk, asked.now)
    return RedirectResponse("/officers", 303)


def _move(asked: Asked, row: TicketRow, state: QueueState, counter: str) -> None:
    session, officer, now = asked.session, asked.officer, asked.now
    if state is QueueState.CALLED:
        calls.call(session, officer, _counter(asked, counter), row.id, now)
        return
    call = calls.call_of(session, officer, row.id).id
    if state is QueueState.SERVED:
        calls.finish(session, officer, call, calls.Result.DONE, now)
    elif state is QueueState.NO_SHOW:
        calls.no_show(session, officer, call, now)
    else:
        calls.take_back(session, officer, call, now)


def _counter(asked: Asked, name: str) -> int:
    """The counter whose name was typed, open for the officer."""
    if not name.strip():
        raise HTTPException(422, _said(asked, "counter_missing"))
    found = counter_named(asked.session, asked.officer.office, name.strip())
    return open_counter(asked.session, asked.officer, found.id, asked.now).id


@contextmanager
def _told(asked: Asked) -> Iterator[None]:
    """Says in words why something cannot be done."""
    try:
        yield
    except NotWaiting as no:
        state = _said(asked, no.state).lower()
        said = _said(asked, "was_faster", number=no.number, state=state, counter=no.counter)
        raise HTTPException(409, said.rstrip()) from no
    except NobodyWaits as no:
        raise HTTPException(409, _said(asked, "nobody_waits")) from no
    except StillServing as no:
        raise HTTPException(409, _said(asked, "still_serving", number=no.number)) from no
    except CounterTaken as no:
        raise HTTPException(409, _said(asked, "counter_taken", clerk=no.clerk)) from no
    except CallRefused as no:
        raise HTTPException(409, _said(asked, "changed_meanwhile")) from no


def _said(asked: Asked, key: str, **more: str) -> str:
    return words(asked.language, PART)[key].format(**more)


def _office_of(session: Db, fact: FactRow) -> str | None:
    kiosk = session.get(KioskRow, fact.kiosk)
    return kiosk.office if kiosk else None


def _page(asked: Asked, template: str) -> Response:
    return asked.page(template, PART, {"board": board_of(asked.session, asked.officer.office, asked.now)})
