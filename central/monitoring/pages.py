"""The monitoring pages: how the day goes, live; alarms are taken note of here."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from central.api import Db, Now
from central.languages import LANGUAGES, PageLanguageOf, words
from central.monitoring.dashboard import dashboard
from central.monitoring.offered_updates import FOLDER
from central.monitoring.rows import SeenAlarmRow
from central.monitoring.wording import decimal, duration
from central.page import page
from central.people.audit import Action, record
from central.people.login import needs
from central.people.roles import Role, SignedIn

router = APIRouter(prefix="/officers/monitoring", include_in_schema=False)
Reader = Annotated[SignedIn, needs(Role.SUPERVISOR, Role.AUDITOR)]
Supervisor = Annotated[SignedIn, needs(Role.SUPERVISOR)]


@router.get("")
def get_page(request: Request, officer: Reader, session: Db, now: Now, language: PageLanguageOf) -> Response:
    return _dashboard("monitoring.html", request, officer, session, now, language)


@router.get("/live")
def get_live(request: Request, officer: Reader, session: Db, now: Now, language: PageLanguageOf) -> Response:
    """The changing part of the page."""
    return _dashboard("monitoring_live.html", request, officer, session, now, language)


@router.post("/alarms")
def post_alarm(officer: Supervisor, session: Db, now: Now, key: Annotated[str, Form(max_length=32)]) -> Response:
    """Somebody has taken note of an alarm; it stays in the list, with their name, until it is over."""
    if session.get(SeenAlarmRow, (officer.office, key)) is None:
        session.add(SeenAlarmRow(office=officer.office, key=key, officer=officer.name, seen_at=now))
        record(session, officer, Action.ALARM_NOTED, key, now)
    return RedirectResponse("/officers/monitoring", 303)


def _dashboard(
    template: str, request: Request, officer: SignedIn, session: Db, now: Now, language: PageLanguageOf
) -> Response:
    board = dashboard(session, officer.office, language, now, request.app.state.data / FOLDER)
    context = {
        "officer": officer,
        "office_name": board.office,
        "board": board,
        "titles": words(language, "alarms"),
        "advice": words(language, "advice"),
        "clock": partial(board.clock, LANGUAGES[language].time),
        "duration": partial(duration, words=words(language, "monitoring")),
        "decimal": partial(decimal, language=language),
        "may_take_note": officer.may(Role.SUPERVISOR),
    }
    return page(request, template, "monitoring", language, context)
