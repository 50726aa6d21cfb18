"""The supervisors' page of announcements: now, later, over; and the emergency."""

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from central.api import Db, Now
from central.languages import PageLanguageOf, words
from central.monitoring.announcements import (
    HIGHEST,
    LONGEST,
    UNTIL_WITHDRAWN,
    BadAnnouncement,
    announce,
    standing,
    withdraw,
)
from central.people.audit import Action, record
from central.people.login import needs
from central.people.roles import Role, SignedIn
from central.snapshot import office_zone
from central.staff_page import staff_page
from kiosk.model import Announcement, Language, Words

router = APIRouter(prefix="/officers/announcements", include_in_schema=False)
Supervisor = Annotated[SignedIn, needs(Role.SUPERVISOR)]
Line = Annotated[str, Form(max_length=LONGEST * 2)]


@router.get("")
def get_page(request: Request, officer: Supervisor, session: Db, now: Now, language: PageLanguageOf) -> Response:
    return _page(request, officer, session, now, language)


@router.post("")
def post_announcement(
    request: Request, officer: Supervisor, session: Db, now: Now, language: PageLanguageOf,
    words_id: Line, words_en: Line, first_day: Annotated[date, Form()], last_day: Annotated[date, Form()],
    starts: Annotated[str, Form()] = "", ends: Annotated[str, Form()] = "",
    priority: Annotated[int, Form(ge=0, le=HIGHEST)] = 1,
) -> Response:  # fmt: skip
    """Announces something, from its first day on."""
    entered = {"words_id": words_id, "words_en": words_en, "first_day": first_day, "last_day": last_day}
    entered |= {"starts": starts, "ends": ends, "priority": priority}
    try:
        made = Announcement(
            str(uuid4()), Words(words_id, words_en), first_day, last_day, priority, _time(starts) or time(), _time(ends)
        )
        announce(session, officer.office, made, officer.name, now)
    except BadAnnouncement as error:
        return _page(request, officer, session, now, language, error.key, entered)
    record(session, officer, Action.ANNOUNCED, made.id, now)
    return RedirectResponse("/officers/announcements", 303)


@router.post("/emergency")
def post_emergency(
    request: Request, officer: Supervisor, session: Db, now: Now, language: PageLanguageOf,
    words_id: Line, words_en: Line, sure: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Puts an emergency on every kiosk and display, until it is withdrawn."""
    entered = {"emergency_id": words_id, "emergency_en": words_en}
    if not sure:
        return _page(request, officer, session, now, language, "not_sure", entered)
    today = now.astimezone(office_zone(session, officer.office)).date()
    made = Announcement(str(uuid4()), Words(words_id, words_en), today, UNTIL_WITHDRAWN, HIGHEST, emergency=True)
    try:
        announce(session, officer.office, made, officer.name, now)
    except BadAnnouncement as error:
        return _page(request, officer, session, now, language, error.key, entered)
    record(session, officer, Action.EMERGENCY_ANNOUNCED, made.id, now)
    return RedirectResponse("/officers/announcements", 303)


@router.post("/{announcement}/withdraw")
def post_withdrawal(announcement: str, officer: Supervisor, session: Db, now: Now) -> Response:
    """Takes one back."""
    if not withdraw(session, officer.office, announcement, now):
        raise HTTPException(404, "this announcement is not known")
    record(session, officer, Action.ANNOUNCEMENT_WITHDRAWN, announcement, now)
    return RedirectResponse("/officers/announcements", 303)


def _time(text: str) -> time | None:
    try:
        found = time.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadAnnouncement("no_time") from error
    if found and found.tzinfo:
        raise BadAnnouncement("no_time")
    return found


def _page(
    request: Request, officer: SignedIn, session: Db, now: datetime, language: Language, problem: str = "",
    entered: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    local = now.astimezone(office_zone(session, officer.office))
    told = standing(session, officer.office, local.date())
    context = {
        "now": [each for each in told if each.is_in_force(local)],
        "later": [each for each in told if not each.is_in_force(local)],
        "problem": words(language, "announcements")[problem] if problem else "",
        "entered": {"first_day": local.date(), "last_day": local.date(), "priority": 1} | (entered or {}),
        "longest": LONGEST,
        "forever": UNTIL_WITHDRAWN,
    }
    status = 422 if problem else 200
    return staff_page(request, session, "announcing.html", "announcements", officer, language, context, status)
