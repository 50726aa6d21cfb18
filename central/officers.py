"""The officers' page: who is here, what they said, how the kiosks are; live."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from central.api import Db, Now
from central.board import board_of
from central.counters import calls
from central.counters.desk import counter_named, open_counter
from central.counters.refusals import CallRefused, CounterTaken, NobodyWaits, NotWaiting, StillServing
from central.counters.staff_page import Asked, asked_by
from central.database import FactRow, KioskRow, SeenCallRow, TicketRow
from central.people.audit import Action, record
from central.people.login import Officer, needs
from central.people.roles import STAFF, Role, SignedIn
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
Caller = Annotated[SignedIn, needs(Role.CLERK, Role.SUPERVISOR)]
Goer = Annotated[SignedIn, needs(Role.CLERK, Role.SUPERVISOR, Role.TECHNICIAN)]
Revoker = Annotated[SignedIn, needs(Role.TECHNICIAN, Role.SUPERVISOR)]
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
def post_next(officer: Caller, session: Db, now: Now, counter: Counter) -> Response:
    """Calls whoever's turn it is to a counter."""
    with _told():
        calls.call_next(session, officer, _counter(session, officer, counter, now), now)
    return RedirectResponse("/officers", 303)


@router.post("/tickets/{ticket}")
def post_ticket(
    ticket: str, officer: Caller, session: Db, now: Now, state: Annotated[QueueState, Form()], counter: Counter = ""
) -> Response:
    """Calls a ticket to a counter, or says that it was served, that nobody came, or that it waits again."""
    row = session.get(TicketRow, ticket)
    if row is None or row.office != officer.office:
        raise HTTPException(404, "tiket ini tidak dikenal")
    held = QueueState(row.state)
    with _told():
        if state not in MOVES[held]:
            raise NotWaiting(row.number, held, row.counter)
        _move(session, officer, row, state, counter.strip() or row.counter, now)
    return RedirectResponse("/officers", 303)


@router.post("/calls/{call}/seen")
def post_seen(call: str, officer: Goer, session: Db, now: Now) -> Response:
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


def _move(session: Db, officer: SignedIn, row: TicketRow, state: QueueState, counter: str, now: datetime) -> None:
    if state is QueueState.CALLED:
        calls.call(session, officer, _counter(session, officer, counter, now), row.id, now)
        return
    call = calls.call_of(session, officer, row.id).id
    if state is QueueState.SERVED:
        calls.finish(session, officer, call, calls.Result.DONE, now)
    elif state is QueueState.NO_SHOW:
        calls.no_show(session, officer, call, now)
    else:
        calls.take_back(session, officer, call, now)


def _counter(session: Db, officer: SignedIn, name: str, now: datetime) -> int:
    """The counter whose name was typed, open for the officer."""
    if not name.strip():
        raise HTTPException(422, "isi nomor loket dahulu")
    found = counter_named(session, officer.office, name.strip())
    return open_counter(session, officer, found.id, now).id


@contextmanager
def _told() -> Iterator[None]:
    """Says in words why something cannot be done."""
    try:
        yield
    except NotWaiting as no:
        raise HTTPException(409, f"{no.number} sudah {STATE_NAMES[no.state]} {no.counter}".rstrip()) from no
    except NobodyWaits as no:
        raise HTTPException(409, "tidak ada yang menunggu") from no
    except StillServing as no:
        raise HTTPException(409, f"{no.number} masih di loket ini") from no
    except CounterTaken as no:
        raise HTTPException(409, f"loket ini dipakai {no.clerk}") from no
    except CallRefused as no:
        raise HTTPException(409, "keadaannya baru saja berubah; muat ulang halaman ini") from no


def _office_of(session: Db, fact: FactRow) -> str | None:
    kiosk = session.get(KioskRow, fact.kiosk)
    return kiosk.office if kiosk else None


def _page(asked: Asked, template: str) -> Response:
    return asked.page(template, "board", {"board": board_of(asked.session, asked.officer.office, asked.now)})
