"""The ticket on the phone: the number and its place in the queue, nothing personal; after being served, a rating."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.booking import ratings
from central.booking.ratings import LONGEST_COMMENT
from central.booking.rows import PhoneRatingRow
from central.counters.expected import call_expected
from central.database import TicketRow
from central.languages import LANGUAGES, first_known, words
from central.page import page
from central.people.login import same_site
from central.places import places
from central.queue.explanation import Explanation, Ground
from central.queue.place import Place
from central.queue.turn import TurnKind
from central.service_day import ServiceDay, service_day
from central.snapshot import office_snapshot
from kiosk.model import Language

router = APIRouter(prefix="/t/{ticket}", include_in_schema=False, dependencies=[Depends(same_site)])
PART = "ticket"
SCORES = {5: "score_5", 4: "score_4", 3: "score_3", 2: "score_2", 1: "score_1"}
ROUNDED = timedelta(minutes=5)
WHY = {
    Ground.WAITED: "why_waited",
    Ground.PRIORITY: "why_priority",
    Ground.QUOTA: "why_quota",
    Ground.EARLY: "why_early",
    Ground.IDLE: "why_idle",
}
"""What is said of a place besides the turn. The group is not: whoever looks over a shoulder would read it."""
TURNS = {
    TurnKind.BOOKED: "turn_booked",
    TurnKind.ARRIVED: "turn_arrived",
    TurnKind.LATE: "turn_late",
    TurnKind.NEXT_STAGE: "turn_next_stage",
    TurnKind.TRANSFERRED: "turn_transferred",
    TurnKind.RETURNED: "turn_returned",
}


@dataclass(frozen=True)
class Shown:
    """A ticket as its page shows it: `between` are the times of day of the expected call, None where it cannot be said
    yet; `why` explains the place; `rated`: this ticket's rating was given, `commented`: a comment too.
    """

    office: str
    place: Place
    service: str
    stage: str
    between: tuple[str, str] | None
    why: tuple[str, ...]
    rated: bool
    commented: bool


@router.get("")
def get_ticket(ticket: str, request: Request, session: Db, now: Now, lang: str = "") -> Response:
    """The phone's page of one ticket; 404, in kind words, where its kiosk has not told of it yet.

    It speaks the language that was chosen on it, else the ticket's own, else the browser's.
    """
    language, shown = _shown(ticket, request, session, now, lang)
    return page(request, "ticket.html", PART, language, _context(ticket, language, shown), 200 if shown else 404)


@router.get("/part")
def get_part(ticket: str, request: Request, session: Db, now: Now, lang: str = "", seen: str = "") -> Response:
    """What changes of the page; 204 where it is as it was `seen`, so that nothing is read aloud twice."""
    language, shown = _shown(ticket, request, session, now, lang)
    context = _context(ticket, language, shown)
    if context["seen"] == seen:
        return Response(status_code=204)
    return page(request, "ticket_part.html", PART, language, context)


@router.post("/rating")
def post_rating(
    ticket: str, request: Request, session: Db, now: Now, score: Annotated[str, Form()] = "", lang: str = ""
) -> Response:
    """Keeps the rating of a served ticket, once."""
    row = _row(session, ticket)
    if row and score in map(str, SCORES):
        ratings.rate(session, row, int(score), first_known(request.headers.get("accept-language", ""), lang), now)
    return _back(ticket, lang)


@router.post("/comment")
def post_comment(ticket: str, session: Db, comment: Annotated[str, Form()] = "", lang: str = "") -> Response:
    """Keeps the comment that goes with the rating, once."""
    row = _row(session, ticket)
    if row:
        ratings.add_comment(session, row, comment)
    return _back(ticket, lang)


def _row(session: Session, ticket: str) -> TicketRow | None:
    return session.get(TicketRow, ticket.lower())


def _back(ticket: str, lang: str) -> Response:
    query = f"?lang={lang}" if lang in LANGUAGES else ""
    return RedirectResponse(f"/t/{ticket.lower()}{query}", 303)


def _context(ticket: str, language: Language, shown: Shown | None) -> dict[str, Any]:
    seen = hashlib.sha256(repr((language, shown)).encode()).hexdigest()[:16]
    return {
        "id": ticket.lower(),
        "shown": shown,
        "seen": seen,
        "scores": SCORES,
        "longest_comment": LONGEST_COMMENT,
    }


def _shown(ticket: str, request: Request, session: Session, now: Now, lang: str) -> tuple[Language, Shown | None]:
    row = _row(session, ticket)
    office = office_snapshot(session, row.office) if row else None
    accepted = request.headers.get("accept-language", "")
    found = service_day(session, row.office, now, date.fromisoformat(row.day)) if row else None
    if row is None or office is None or found is None:
        return first_known(accepted, lang), None
    place = next(each for each in places(session, row.office, found.day, now) if str(each.ticket.id) == row.id)
    language = first_known(accepted, lang, place.ticket.language)
    service = next((each for each in office.services if each.id == place.stands_in.service), None)
    stage = next((each for each in service.stages if each.key == place.stands_in.stage), None) if service else None
    rating = session.get(PhoneRatingRow, row.id)
    return language, Shown(
        office=office.office.name,
        place=place,
        service=service.name[language] if service else "",
        stage=stage[language] if stage and place.stands_in.stage else "",
        between=_between(session, place, found, language),
        why=_why(place.why, found.zone, language) if place.waits and place.why else (),
        rated=rating is not None,
        commented=rating is not None and rating.comment is not None,
    )


def _between(session: Session, place: Place, day: ServiceDay, language: Language) -> tuple[str, str] | None:
    """From when until when the call is expected, in whole five minutes: more exact it is not."""
    expected = call_expected(session, place, day)
    if expected is None:
        return None
    earliest, latest = _floor(expected.earliest, day.zone), _floor(expected.latest, day.zone) + ROUNDED
    time = LANGUAGES[language].time
    return earliest.strftime(time), latest.strftime(time)


def _floor(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    return local - timedelta(minutes=local.minute % 5, seconds=local.second, microseconds=local.microsecond)


def _why(why: Explanation, zone: ZoneInfo, language: Language) -> tuple[str, ...]:
    """Why the place is as it is, a sentence each."""
    said, time = words(language, PART), LANGUAGES[language].time
    turn = said[TURNS[why.turn]].format(at=why.turn_at.astimezone(zone).strftime(time))
    if why.ground not in WHY:
        return (turn,)
    at = why.callable_from.astimezone(zone).strftime(time) if why.callable_from else ""
    return (said[WHY[why.ground]].format(at=at, minutes=round(why.waited)), turn)
