"""The survey's responses: taken in once a ticket, of nobody in particular, and added up for the officers."""

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import FactRow, ResponseRow, TicketRow
from central.ikm import ELEMENTS, SCORES, Ikm, ikm, means, rounded
from central.tickets import Unapplied
from kiosk.protocol import SurveyGiven, SurveyTaken
from kiosk.questionnaire import Questionnaire


@dataclass(frozen=True)
class SurveyResult:
    """What a questionnaire's responses add up to: the mean of each element out of `best`, with its words; where nine
    elements have four options each the IKM (None while one of them has no answer), else the mean of each part: SPKP1
    and SPKP2 are of the part SPKP.
    """

    title: str
    respondents: int
    ikm: Ikm | None
    parts: dict[str, Decimal]
    elements: dict[str, tuple[str, Decimal | None]]
    best: int


def mark_surveyed(session: Session, body: SurveyTaken) -> Unapplied | None:
    """Notes that a ticket's person was asked; once only."""
    row = session.get(TicketRow, str(body.ticket))
    if row is None:
        return Unapplied.NO_TICKET
    if row.surveyed:
        return Unapplied.SURVEYED_TWICE
    row.surveyed = True
    return None


def add_response(session: Session, office: str, fact: FactRow, body: SurveyGiven) -> None:
    """Keeps a response, without the kiosk and the time."""
    session.add(
        ResponseRow(
            fact=fact.id,
            office=office,
            questionnaire=body.questionnaire,
            version=body.version,
            day=body.day.isoformat() if body.day else None,
            time_band=body.time_band,
            service=body.service,
            header=json.dumps(body.header),
            scores=json.dumps(body.scores),
        )
    )


def survey_result(session: Session, office: str, questionnaire: Questionnaire) -> SurveyResult:
    """What all of an office's responses to this version of a questionnaire add up to."""
    wanted = select(ResponseRow.scores).where(
        ResponseRow.office == office,
        ResponseRow.questionnaire == questionnaire.id,
        ResponseRow.version == questionnaire.version,
    )
    responses = [json.loads(each) for each in session.scalars(wanted)]
    best = max(len(each.options) for each in questionnaire.elements)
    found = means(responses, [each.key for each in questionnaire.elements], range(1, best + 1))
    is_skm = len(found) == ELEMENTS and all(len(each.options) == len(SCORES) for each in questionnaire.elements)
    return SurveyResult(
        title=questionnaire.title.id,
        respondents=len(responses),
        ikm=ikm(found) if is_skm else None,
        parts={} if is_skm else _parts(found),
        elements={each.key: (each.words.id, _shown(found[each.key])) for each in questionnaire.elements},
        best=best,
    )


def _parts(by_element: dict[str, Fraction | None]) -> dict[str, Decimal]:
    """The mean of each part's elements, as far as they have answers."""
    parts: dict[str, list[Fraction]] = {}
    for key, mean in by_element.items():
        if mean is not None:
            parts.setdefault(key.rstrip("0123456789"), []).append(mean)
    return {name: rounded(sum(each, Fraction()) / len(each)) for name, each in parts.items()}


def _shown(mean: Fraction | None) -> Decimal | None:
    return None if mean is None else rounded(mean)
