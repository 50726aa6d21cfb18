"""The ticket on the phone: the number and its place in the queue, nothing personal; after being served, a rating."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.booking import ratings
from central.booking.ratings import LONGEST_COMMENT
from central.booking.rows import PhoneRatingRow
from central.counters.expected import call_expected
from central.database import TicketRow
from central.explained import in_words
from central.languages import LANGUAGES, first_known
from central.page import page
from central.places import places
from central.queue.place import Place
from central.service_day import ServiceDay, service_day
from central.snapshot import office_snapshot
from kiosk.model import Language

router = APIRouter(prefix="/t/{ticket}", include_in_schema=False)
PART = "ticket"
SCORES = {5: "score_5", 4: "score_4", 3: "score_3", 2: "score_2", 1: "score_1"}
ROUNDED = timedelta(minutes=5)


@dataclass(frozen=True)
class Shown:
    """A ticket as its page shows it: `between` are the times of day of the expected call, None where it cannot be said
    yet; `why` explains the place; `rated`: this ticket's rating was given, `commented`: a comment too.
    """

    office_id: str
    office: str
    place: Place
    service: str
    stage: str
    between: tuple[str, str] | None
    why: str
    rated: bool
    commented: bool

    @property
    def seen(self) -> str:
        """Another one when there is something new to see; that the same wait grew longer is not."""
        place = self.place
        told = (
            place.state,
            place.held,
            place.counter,
            place.ahead,
            self.stage,
            self.between,
            self.rated,
            self.commented,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


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
    if shown is None or shown.seen == seen:
        return Response(status_code=204)
    return page(request, "ticket_part.html", PART, language, _context(ticket, language, shown))


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
    return {
        "id": ticket.lower(),
        "shown": shown,
        "seen": shown.seen if shown else "",
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
        office_id=row.office,
        office=office.office.name,
        place=place,
        service=service.name[language] if service else "",
        stage=stage[language] if stage and place.stands_in.stage else "",
        between=_between(session, place, found, language),
        why=in_words(place.why, language, found.zone) if place.waits and place.why else "",
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
