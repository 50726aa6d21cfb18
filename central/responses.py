"""The survey's responses: taken in once a ticket, of nobody in particular, and added up for the officers."""

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import FactRow, ResponseRow, TicketRow
from central.ikm import Ikm, rounded
from central.monitoring.survey import report_of, response_of
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


def mark_surveyed(session: Session, office: str, body: SurveyTaken) -> Unapplied | None:
    """Notes that a ticket's person was asked; once only."""
    row = session.get(TicketRow, str(body.ticket))
    if row is None or row.office != office:
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
    wanted = select(ResponseRow).where(
        ResponseRow.office == office,
        ResponseRow.questionnaire == questionnaire.id,
        ResponseRow.version == questionnaire.version,
    )
    report = report_of(questionnaire, [response_of(each) for each in session.scalars(wanted)])
    asked = zip(questionnaire.elements, report.elements, strict=True)
    return SurveyResult(
        title=questionnaire.title.id,
        respondents=report.respondents,
        ikm=report.ikm,
        parts=report.parts,
        elements={each.key: (each.words.id, _shown(found.mean)) for each, found in asked},
        best=max(len(each.options) for each in questionnaire.elements),
    )


def _shown(mean: Fraction | None) -> Decimal | None:
    return None if mean is None else rounded(mean)
