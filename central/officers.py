"""The officers' page: who is here, what they said, how the kiosks are; live."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from central.api import Db, Now
from central.board import board_of
from central.database import FactRow, KioskRow, SeenCallRow, TicketRow
from central.people.audit import Action, record
from central.people.login import Officer, needs
from central.people.roles import Role, SignedIn
from kiosk.model import QueueState

router = APIRouter(prefix="/officers", include_in_schema=False)

MOVES = {
    QueueState.WAITING: {QueueState.CALLED},
    QueueState.CALLED: {QueueState.SERVED, QueueState.NO_SHOW, QueueState.WAITING},
    QueueState.NO_SHOW: {QueueState.CALLED},
    QueueState.SERVED: {QueueState.CALLED},
}
"""What an officer may do with a ticket; two who call the same one at once do not both succeed."""
STATE_NAMES = {
    QueueState.WAITING: "menunggu",
    QueueState.CALLED: "dipanggil",
    QueueState.SERVED: "selesai",
    QueueState.NO_SHOW: "tidak hadir",
}
Revoker = Annotated[SignedIn, needs(Role.TECHNICIAN, Role.SUPERVISOR)]
Counter = Annotated[str, Form(max_length=10)]


@router.get("")
def get_page(request: Request, officer: Officer, session: Db, now: Now) -> Response:
    return _page(request, "officers.html", {"board": board_of(session, officer.office, now), "officer": officer.name})


@router.get("/board")
def get_board(request: Request, officer: Officer, session: Db, now: Now) -> Response:
    """The changing part of the page."""
    return _page(request, "board.html", {"board": board_of(session, officer.office, now)})


@router.get("/events")
async def get_events(request: Request, officer: Officer) -> StreamingResponse:
    """Server-sent events: one whenever something was recorded."""
    stream = request.app.state.changes.stream()
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/next")
def post_next(officer: Officer, session: Db, now: Now, counter: Counter) -> Response:
    """Calls whoever's turn it is to a counter."""
    waiting = board_of(session, officer.office, now).in_state(QueueState.WAITING)
    if not waiting:
        raise HTTPException(409, "tidak ada yang menunggu")
    return _move(session, officer, str(waiting[0].ticket.id), QueueState.CALLED, counter)


@router.post("/tickets/{ticket}")
def post_ticket(
    ticket: str, officer: Officer, session: Db, state: Annotated[QueueState, Form()], counter: Counter = ""
) -> Response:
    """Calls a ticket to a counter, or says that it was served, that nobody came, or that it waits again."""
    return _move(session, officer, ticket, state, counter)


@router.post("/calls/{call}/seen")
def post_seen(call: str, officer: Officer, session: Db, now: Now) -> Response:
    """Somebody has gone to whoever called for help: it is shown no more."""
    row = session.get(FactRow, call)
    if row is None or row.kind != "help_called" or _office_of(session, row) != officer.office:
        raise HTTPException(404, "panggilan ini tidak dikenal")
    if session.get(SeenCallRow, call) is None:
        session.add(SeenCallRow(fact=call, officer=officer.name, seen_at=now))
    return RedirectResponse("/officers", 303)


@router.post("/kiosks/{kiosk}/revoke")
def post_revoke(kiosk: str, officer: Revoker, session: Db, now: Now) -> Response:
    """Believes a kiosk no more, for good: a stolen one, or one that was enrolled anew."""
    row = session.get(KioskRow, kiosk)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "anjungan ini tidak dikenal")
    row.revoked = True
    record(session, officer, Action.KIOSK_REVOKED, kiosk, now)
    return RedirectResponse("/officers", 303)


def _move(session: Db, officer: SignedIn, ticket: str, state: QueueState, counter: str) -> Response:
    row = session.get(TicketRow, ticket)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "tiket ini tidak dikenal")
    held = QueueState(row.state)
    if state not in MOVES[held]:
        raise HTTPException(409, f"{row.number} sudah {STATE_NAMES[held]} {row.counter}".rstrip())
    counter = counter.strip() or row.counter
    if state is QueueState.CALLED and not counter:
        raise HTTPException(422, "isi nomor loket dahulu")
    row.state, row.counter = state, "" if state is QueueState.WAITING else counter
    return RedirectResponse("/officers", 303)


def _office_of(session: Db, fact: FactRow) -> str | None:
    kiosk = session.get(KioskRow, fact.kiosk)
    return kiosk.office if kiosk else None


def _page(request: Request, name: str, context: dict[str, Any]) -> Response:
    page: Response = request.app.state.templates.TemplateResponse(
        request, name, context, headers={"Cache-Control": "no-store"}
    )
    return page
