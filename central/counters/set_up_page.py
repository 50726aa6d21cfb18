"""The supervisor's pages: counters, and partner agencies."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse

from central.counters import desk, requests, set_up
from central.counters.handover import RequestKind
from central.counters.refusals import StillServing, UnknownHere
from central.counters.request_rows import PartnerRow
from central.counters.rows import CounterRow
from central.counters.staff_page import Asked, asked_by
from central.languages import words
from central.people.roles import Role
from central.queue.line import stage_keys
from central.snapshot import office_snapshot

router = APIRouter(prefix="/officers", include_in_schema=False)
Supervisor = Annotated[Asked, asked_by(Role.SUPERVISOR)]
Chosen = Annotated[list[str], Form(default_factory=list)]
COUNTERS, PARTNERS = "/officers/counters", "/officers/partners"


@router.get("/counters")
def get_counters(asked: Supervisor) -> Response:
    return _counters(asked)


@router.post("/counters")
def post_counters(asked: Supervisor, name: Annotated[str, Form(max_length=100)]) -> Response:
    """Adds a counter."""
    try:
        set_up.add_counter(asked.session, asked.officer.office, name)
    except set_up.BadName:
        return _counters(asked, "bad_counter_name", name)
    return RedirectResponse(COUNTERS, 303)


@router.post("/counters/{counter}")
def post_counter(
    counter: int, asked: Supervisor, name: Annotated[str, Form(max_length=100)], services: Chosen, stages: Chosen
) -> Response:
    """Sets what a counter is called and serves."""
    row, known = _counter(asked, counter), _lines(asked)
    served = (
        [each for each in services if each in known["services"]],
        [each for each in stages if each in known["stages"]],
    )
    try:
        set_up.set_counter(asked.session, asked.officer.office, row, name, *served)
    except set_up.BadName:
        return _counters(asked, "bad_counter_name")
    return RedirectResponse(COUNTERS, 303)


@router.post("/counters/{counter}/close")
def post_close(counter: int, asked: Supervisor) -> Response:
    """Closes a counter that somebody left open."""
    try:
        desk.close_counter(asked.session, asked.officer, _counter(asked, counter).id)
    except StillServing:
        return _counters(asked, "busy_counter")
    return RedirectResponse(COUNTERS, 303)


@router.get("/partners")
def get_partners(asked: Supervisor) -> Response:
    return _partners(asked)


@router.post("/partners")
def post_partners(
    asked: Supervisor,
    name: Annotated[str, Form(max_length=200)],
    kinds: Annotated[list[RequestKind], Form(default_factory=list)],
) -> Response:
    """Adds a partner agency."""
    try:
        set_up.add_partner(asked.session, asked.officer.office, name, kinds)
    except set_up.BadName:
        return _partners(asked, "bad_partner_name", name)
    return RedirectResponse(PARTNERS, 303)


@router.post("/partners/{partner}")
def post_partner(
    partner: int,
    asked: Supervisor,
    kinds: Annotated[list[RequestKind], Form(default_factory=list)],
    officers: Chosen,
) -> Response:
    """Sets what a partner is asked, and who signs in for it."""
    row = asked.session.get(PartnerRow, partner)
    if row is None or row.office != asked.officer.office:
        raise HTTPException(404, "this partner is not known")
    set_up.set_partner(asked.session, row, kinds, officers)
    return RedirectResponse(PARTNERS, 303)


def _counter(asked: Asked, counter: int) -> CounterRow:
    try:
        return desk.counter_of(asked.session, asked.officer, counter)
    except UnknownHere as error:
        raise HTTPException(404, "this counter is not known") from error


def _lines(asked: Asked) -> dict[str, dict[str, str]]:
    """The names of the office's services and stages, by id and by key."""
    found = office_snapshot(asked.session, asked.officer.office)
    services = found.services if found else ()
    stages = {stage.key: stage[asked.language] for each in services for stage in each.stages if stage.key}
    with_stages = {each.id for each in services if stage_keys(services, each.id) != ("",)}
    return {
        "services": {each.id: each.name[asked.language] for each in services},
        "stages": stages if with_stages else {},
    }


def _counters(asked: Asked, problem: str = "", name: str = "") -> Response:
    held = desk.counters(asked.session, asked.officer.office)
    shown: dict[str, Any] = _lines(asked) | {"counters": held, "name": name}
    return _page(asked, "counters.html", "counters", problem, shown)


def _partners(asked: Asked, problem: str = "", name: str = "") -> Response:
    shown = {
        "partners": requests.partners(asked.session, asked.officer.office),
        "accounts": set_up.partner_accounts(asked.session, asked.officer.office),
        "signs_in_for": set_up.officers_of(asked.session, asked.officer.office),
        "kinds": tuple(RequestKind),
        "name": name,
    }
    return _page(asked, "partners.html", "requests", problem, shown)


def _page(asked: Asked, template: str, part: str, problem: str, shown: dict[str, Any]) -> Response:
    told = words(asked.language, part)[problem] if problem else ""
    return asked.page(template, part, shown | {"problem": told}, 422 if problem else 200)
