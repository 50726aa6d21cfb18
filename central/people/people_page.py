"""The people of an office: who signs in and as what. For supervisors; every change is on the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.database import OfficerRow
from central.languages import PageLanguageOf, words
from central.people import passwords, second_factor, sessions
from central.people.audit import Action, record
from central.people.login import Confirmed, add_officer, needs
from central.people.names import is_name
from central.people.roles import Role, SignedIn, as_text, roles_in
from central.staff_page import staff_page
from kiosk.model import Language

router = APIRouter(prefix="/officers/people", include_in_schema=False)
PEOPLE = "/officers/people"
Supervisor = Annotated[SignedIn, needs(Role.SUPERVISOR)]
Roles = Annotated[list[Role], Form()]


def person_of(person: str, request: Request, session: Db, officer: Supervisor) -> OfficerRow:
    """Somebody of the supervisor's own office. All of the office's officers are locked while one is changed, so that
    of two supervisors who remove each other the second is refused.
    """
    wanted = select(OfficerRow).where(OfficerRow.office == officer.office).order_by(OfficerRow.name)
    if request.method == "POST":
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = {each.name: each for each in session.scalars(wanted)}
    if Role.SUPERVISOR not in roles_in(found[officer.name].roles) or found[officer.name].disabled:
        raise HTTPException(403, "you are not a supervisor any more")
    if person not in found:
        raise HTTPException(404, "nobody here has this name")
    return found[person]


def other_of(person: Annotated[OfficerRow, Depends(person_of, scope="function")], officer: Supervisor) -> OfficerRow:
    """Somebody else. Nobody raises, disables or resets himself: so whoever acts stays, and an office never loses its
    last supervisor.
    """
    if person.name == officer.name:
        raise HTTPException(409, "another supervisor has to do this for you")
    return person


Person = Annotated[OfficerRow, Depends(person_of, scope="function")]
Other = Annotated[OfficerRow, Depends(other_of, scope="function")]


@router.get("")
def get_people(request: Request, session: Db, officer: Supervisor, language: PageLanguageOf) -> Response:
    of_office = select(OfficerRow).where(OfficerRow.office == officer.office)
    context = {
        "people": session.scalars(of_office.order_by(OfficerRow.disabled, OfficerRow.name)).all(),
        "roles_in": roles_in,
        "policy": second_factor.policy(session, officer.office),
    }
    return staff_page(request, session, "people/people.html", "people", officer, language, context)


@router.get("/new", dependencies=[Confirmed])
def get_new(request: Request, session: Db, officer: Supervisor, language: PageLanguageOf) -> Response:
    return _new(request, session, officer, language)


@router.post("/new", dependencies=[Confirmed])
def post_new(
    request: Request,
    session: Db,
    now: Now,
    officer: Supervisor,
    language: PageLanguageOf,
    name: Annotated[str, Form()] = "",
    roles: Roles = [],  # noqa: B006
) -> Response:
    """Adds somebody, and shows the start password, this once."""
    name, given = name.strip().lower(), frozenset(roles)
    problem = _problem(session, name, given)
    if problem:
        return _new(request, session, officer, language, name, given, problem)
    password = passwords.start_password()
    add_officer(session, officer.office, name, password, given, must_change=True)
    record(session, officer, Action.OFFICER_ADDED, name, now, {"roles": as_text(given)})
    return staff_page(
        request,
        session,
        "people/start_password.html",
        "people",
        officer,
        language,
        {"name": name, "password": password},
    )


@router.get("/{person}", dependencies=[Confirmed])
def get_person(
    request: Request, session: Db, officer: Supervisor, person: Person, language: PageLanguageOf
) -> Response:
    return _edit(request, session, officer, person, language)


@router.post("/{person}", dependencies=[Confirmed])
def post_person(
    request: Request,
    session: Db,
    now: Now,
    officer: Supervisor,
    person: Other,
    language: PageLanguageOf,
    roles: Roles = [],  # noqa: B006
) -> Response:
    """Gives somebody these roles in place of the former. They hold from the next click on."""
    before, given = roles_in(person.roles), frozenset(roles)
    if not given:
        return _edit(request, session, officer, person, language, "no_roles")
    person.roles = as_text(given)
    detail = {"before": as_text(before), "roles": as_text(given)}
    record(session, officer, Action.ROLES_CHANGED, person.name, now, detail)
    return RedirectResponse(PEOPLE, 303)


@router.post("/{person}/disabled", dependencies=[Confirmed])
def post_disabled(
    session: Db, now: Now, officer: Supervisor, person: Other, disabled: Annotated[bool, Form()]
) -> Response:
    """Lets somebody sign in no more, at once, or again."""
    person.disabled = disabled
    if disabled:
        sessions.end_all(session, person.name)
    record(session, officer, Action.OFFICER_DISABLED if disabled else Action.OFFICER_ENABLED, person.name, now)
    return RedirectResponse(PEOPLE, 303)


@router.post("/{person}/password", dependencies=[Confirmed])
def post_password(
    request: Request, session: Db, now: Now, officer: Supervisor, person: Other, language: PageLanguageOf
) -> Response:
    """A new start password for who forgot the own one, shown this once."""
    if person.subject:
        raise HTTPException(409, "an identity server holds this person's password")
    password = passwords.start_password()
    person.password_hash, person.must_change = passwords.hashed(password), True
    sessions.end_all(session, person.name)
    record(session, officer, Action.START_PASSWORD_GIVEN, person.name, now)
    context = {"name": person.name, "password": password}
    return staff_page(request, session, "people/start_password.html", "people", officer, language, context)


@router.post("/{person}/second-factor", dependencies=[Confirmed])
def post_second_factor(session: Db, now: Now, officer: Supervisor, person: Other) -> Response:
    """Takes the second factor from who lost the telephone."""
    second_factor.reset(session, person)
    sessions.end_all(session, person.name)
    record(session, officer, Action.SECOND_FACTOR_RESET, person.name, now)
    return RedirectResponse(PEOPLE, 303)


def _problem(session: Session, name: str, roles: frozenset[Role]) -> str:
    """Why nobody can be added under this name with these roles, by the key of its words; "" if it can be done."""
    if not is_name(name):
        return "bad_name"
    if session.get(OfficerRow, name):
        return "name_taken"
    return "" if roles else "no_roles"


def _new(
    request: Request,
    session: Session,
    officer: SignedIn,
    language: Language,
    name: str = "",
    given: frozenset[Role] = frozenset({Role.CLERK}),
    problem: str = "",
) -> Response:
    context = {"name": name, "given": given, "duties": words(language, "duties"), "problem": _words(language, problem)}
    return staff_page(
        request, session, "people/new_officer.html", "people", officer, language, context, 422 if problem else 200
    )


def _edit(
    request: Request, session: Session, officer: SignedIn, person: OfficerRow, language: Language, problem: str = ""
) -> Response:
    context = {
        "person": person,
        "given": roles_in(person.roles),
        "duties": words(language, "duties"),
        "own": person.name == officer.name,
        "problem": _words(language, problem),
    }
    return staff_page(
        request, session, "people/officer.html", "people", officer, language, context, 422 if problem else 200
    )


def _words(language: Language, problem: str) -> str:
    return words(language, "people")[problem] if problem else ""
