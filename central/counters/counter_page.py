"""The counter's page: a clerk calls, serves and sends on, with the keyboard alone or without any script."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from central.counters import calls, desk
from central.counters.counter_view import counter_of_clerk, counter_view
from central.counters.handover import note_of
from central.counters.note_rows import NoteRow, Shortfall
from central.counters.refusals import CallRefused, CounterClosed, UnknownHere
from central.counters.staff_page import Asked, asked_by, clock_of
from central.counters.told import refusal_told
from central.explained import in_words
from central.languages import words
from central.people.roles import Role
from central.queue.explanation import Explanation
from central.service_day import ServiceDay, service_day
from central.snapshot import office_snapshot

router = APIRouter(prefix="/officers/counter", include_in_schema=False)
Clerk = Annotated[Asked, asked_by(Role.CLERK, Role.SUPERVISOR)]
Call = Annotated[int, Form()]
Ticket = Annotated[str, Form(max_length=36)]


@router.get("")
def get_counter(asked: Clerk) -> Response:
    """The page of the counter that the clerk has open, or the choice of one."""
    return _page(asked, "counter.html")


@router.get("/line")
def get_line(asked: Clerk) -> Response:
    """The part of it that changes without the clerk."""
    return _page(asked, "counter_line.html")


@router.post("/open")
def post_open(asked: Clerk, counter: Annotated[int, Form()]) -> Response:
    """Opens a counter for the clerk, who leaves the one before."""

    def act() -> None:
        former = counter_of_clerk(asked.session, asked.officer, _day(asked))
        if former and former.id != counter:
            desk.close_counter(asked.session, asked.officer, former.id)
        desk.open_counter(asked.session, asked.officer, counter, asked.now)

    return _done(asked, act)


@router.post("/close")
def post_close(asked: Clerk) -> Response:
    return _done(asked, lambda: desk.close_counter(asked.session, asked.officer, _own(asked)))


@router.post("/next")
def post_next(asked: Clerk) -> Response:
    """Calls whoever's turn it is."""
    return _done(asked, lambda: calls.call_next(asked.session, asked.officer, _own(asked), asked.now))


@router.post("/call")
def post_call(asked: Clerk, ticket: Ticket) -> Response:
    """Calls a chosen ticket: one that waits, is held or missed its call."""
    return _done(asked, lambda: calls.call(asked.session, asked.officer, _own(asked), ticket, asked.now))


@router.post("/resume")
def post_resume(asked: Clerk, ticket: Ticket) -> Response:
    """Somebody who was held or missed the call is back, and waits again."""
    return _done(asked, lambda: calls.resume(asked.session, asked.officer, ticket, asked.now))


@router.post("/recall")
def post_recall(asked: Clerk, call: Call) -> Response:
    return _done(asked, lambda: calls.recall(asked.session, asked.officer, call, asked.now))


@router.post("/absent")
def post_absent(asked: Clerk, call: Call) -> Response:
    return _done(asked, lambda: calls.no_show(asked.session, asked.officer, call, asked.now))


@router.post("/hold")
def post_hold(asked: Clerk, call: Call) -> Response:
    return _done(asked, lambda: calls.hold(asked.session, asked.officer, call, asked.now))


@router.post("/back")
def post_back(asked: Clerk, call: Call) -> Response:
    """The call was a mistake."""
    return _done(asked, lambda: calls.take_back(asked.session, asked.officer, call, asked.now))


@router.post("/transfer")
def post_transfer(asked: Clerk, call: Call, to: Annotated[str, Form(max_length=100)]) -> Response:
    """Sends the person on; `to` is a service and a stage of it ("passport_new photo")."""
    service, _, stage = to.partition(" ")
    return _done(asked, lambda: calls.transfer(asked.session, asked.officer, call, service, stage, asked.now))


@router.post("/finish")
def post_finish(
    asked: Clerk,
    call: Call,
    shortfall: Annotated[Shortfall | None, Form()] = None,
    note: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """The person is done here; with a `shortfall` the visit ends today without what it was for."""

    def act() -> None:
        result = calls.Result.INCOMPLETE if shortfall else calls.Result.DONE
        calls.finish(asked.session, asked.officer, call, result, asked.now)
        if shortfall:
            asked.session.add(NoteRow(call=call, shortfall=shortfall, note=note_of(note)))

    return _done(asked, act)


def _day(asked: Asked) -> ServiceDay:
    """The office's day. Raises UnknownHere before the office is loaded."""
    day = service_day(asked.session, asked.officer.office, asked.now)
    if day is None:
        raise UnknownHere
    return day


def _own(asked: Asked) -> int:
    """The counter that the clerk has open. Raises CounterClosed."""
    counter = counter_of_clerk(asked.session, asked.officer, _day(asked))
    if counter is None:
        raise CounterClosed
    return counter.id


def _done(asked: Asked, act: Callable[[], object]) -> Response:
    """Does something and shows the page anew, or says on it why it was not done (409)."""
    try:
        act()
    except CallRefused as refused:
        asked.session.rollback()
        with asked.request.app.state.reading() as session:
            return asked.page("counter.html", "counters", _shown(asked, session, refused), 409, session)
    return RedirectResponse("/officers/counter", 303)


def _page(asked: Asked, template: str) -> Response:
    return asked.page(template, "counters", _shown(asked, asked.session))


def _shown(asked: Asked, session: Session, refused: CallRefused | None = None) -> dict[str, object]:
    said, office = words(asked.language, "counters"), asked.officer.office
    day, found = service_day(session, office, asked.now), office_snapshot(session, office)
    clock = clock_of(day.zone, day.day, asked.language) if day else str
    rules = found.rules if found else ()
    groups = {group.id: group.name[asked.language] for each in rules for group in each.priority_groups}

    def why(explanation: Explanation) -> str:
        return in_words(explanation, asked.language, day.zone) if day else ""

    view = counter_view(session, asked.officer, asked.now)
    return {
        "view": view,
        "counters": () if view else desk.counters(session, office),
        "groups": groups,
        "why": why,
        "now": asked.now,
        "board": words(asked.language, "board"),
        "requests": words(asked.language, "requests"),
        "shortfalls": tuple(Shortfall),
        "message": refusal_told(refused, said, clock) if refused else "",
    }
