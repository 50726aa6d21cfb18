"""What an office tells the public of itself: waits, satisfaction, ratings, and where complaints go. Nobody signs in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.database import KioskRow
from central.ikm import Ikm
from central.languages import PageLanguageOf, words
from central.monitoring.feedback import mean_of, opinions, scores_of
from central.monitoring.figures import Spread, spread
from central.monitoring.journeys import journeys
from central.monitoring.survey import survey_report
from central.monitoring.wording import decimal, duration
from central.page import page
from central.snapshot import office_snapshot
from kiosk.protocol import Snapshot

DAYS = 30
SURVEY_DAYS = 365
FEWEST = 5
"""Of fewer people nothing is told, so that nobody is recognised in a figure."""
FRESH_FOR = timedelta(minutes=5)

router = APIRouter()


@dataclass(frozen=True)
class PublicFigures:
    """Of the whole days before `today` and of today so far. Where fewer than FEWEST people are behind a figure it is
    None; `waits` are by service, `all_waits` of all together. The survey's figures are of SURVEY_DAYS.
    """

    made_at: datetime
    first: date
    last: date
    waits: dict[str, Spread | None]
    all_waits: Spread | None
    ratings: int | None
    rating: float | None
    suggestions: int | None
    survey_first: date
    respondents: int | None
    ikm: Ikm | None


@router.get("/o/{office}/transparency", include_in_schema=False)
def get_transparency(office: str, request: Request, session: Db, now: Now, language: PageLanguageOf) -> Response:
    """The page; its figures are made anew every few minutes."""
    found = office_snapshot(session, office)
    if found is None:
        raise HTTPException(404, "there is no such office")
    held: dict[str, PublicFigures] = request.app.state.public_figures
    figures = held.get(office)
    if figures is None or not timedelta() <= now - figures.made_at < FRESH_FOR:
        figures = held[office] = public_figures(session, found, now)
    context = {
        "office": found.office,
        "names": {each.id: each.name[language] for each in found.services},
        "figures": figures,
        "made_at": figures.made_at.astimezone(ZoneInfo(found.office.time_zone)),
        "duration": partial(duration, words=words(language, "monitoring")),
        "decimal": partial(decimal, language=language),
        "qualities": words(language, "report"),
        "fewest": FEWEST,
    }
    return page(request, "transparency.html", "transparency", language, context)


def public_figures(session: Session, office: Snapshot, now: datetime) -> PublicFigures:
    """An office's public figures as of `now` (UTC)."""
    zone, name = ZoneInfo(office.office.time_zone), office.office.id
    today = now.astimezone(zone).date()
    first, survey_first = today - timedelta(days=DAYS - 1), today - timedelta(days=SURVEY_DAYS - 1)
    waits: dict[str, list[timedelta | None]] = defaultdict(list)
    for each in journeys(session, name, first, today, zone):
        waits[each.service].append(each.waited)
    kiosks = list(session.scalars(select(KioskRow.id).where(KioskRow.office == name)))
    since = datetime.combine(first, time(), zone)
    said = opinions(session, name, since, kiosks)
    scores = scores_of(said)
    asked = office.questionnaire
    survey = survey_report(session, name, asked, survey_first, today, zone) if asked else None
    respondents = _enough(survey.respondents) if survey else None
    return PublicFigures(
        made_at=now,
        first=first,
        last=today,
        waits={service: _of_enough(spread(each)) for service, each in sorted(waits.items())},
        all_waits=_of_enough(spread(one for each in waits.values() for one in each)),
        ratings=_enough(scores.total()),
        rating=mean_of(scores) if _enough(scores.total()) else None,
        suggestions=_enough(sum(bool(each.text) for each in said)),
        survey_first=survey_first,
        respondents=respondents,
        ikm=survey.ikm if survey and respondents else None,
    )


def _enough(count: int) -> int | None:
    return count if count >= FEWEST else None


def _of_enough(found: Spread | None) -> Spread | None:
    return found if found and _enough(found.count) else None
