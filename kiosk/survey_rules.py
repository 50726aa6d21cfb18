"""Who may take the survey, and how a response is kept from telling whose it is (pure)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from kiosk.model import QueueEntry, QueueState
from kiosk.numbering import plain
from kiosk.protocol import SurveyGiven
from kiosk.questionnaire import Survey, SurveyReason, TimeBand

LEAST_TOGETHER = 5
"""So many responses at least stand together, so that none of them can be told from the others."""
AFTERNOON_FROM = 13
_OCCASION = ("service", "day", "time_band")
_DETAILS = (_OCCASION, ("service", "day"), ("service",), ())
"""What is kept of the occasion, the finest first."""


def ticket_meant(queue: Sequence[QueueEntry], ticket: UUID | None, number: str) -> QueueEntry | None:
    """The queue's entry of a ticket's id or, without one, of a number as a person types it."""
    found = [each for each in queue if (each.ticket == ticket if ticket else plain(each.number) == plain(number))]
    # Two kiosks without a network can have given one number twice; whoever was served is here to answer.
    return next((each for each in found if each.state is QueueState.SERVED), found[0] if found else None)


def no_survey(entry: QueueEntry | None, today: date | None) -> SurveyReason | None:
    """Why this ticket's person cannot be asked; `today` at the office is None where the clock cannot be trusted."""
    if entry is None or entry.ticket is None or entry.day is None:
        return SurveyReason.UNKNOWN
    if today is not None and entry.day != today:
        return SurveyReason.NOT_TODAY
    if entry.state is not QueueState.SERVED:
        return SurveyReason.NOT_SERVED
    return SurveyReason.TAKEN if entry.surveyed else None


def response_of(survey: Survey, now: datetime | None) -> SurveyGiven:
    """The answers with their occasion, but without the ticket. `now` is office time, None if it is not known."""
    band = TimeBand.MORNING if now and now.hour < AFTERNOON_FROM else TimeBand.AFTERNOON
    return SurveyGiven(
        questionnaire=survey.questionnaire.id,
        version=survey.questionnaire.version,
        day=survey.ticket.day,
        time_band=band if now else None,
        service=survey.ticket.service,
        header=dict(survey.header),
        scores=dict(survey.scores),
    )


def without_the_telling(responses: Sequence[SurveyGiven]) -> list[SurveyGiven]:
    """The responses with as much of the occasion as at least LEAST_TOGETHER of them share, the same for all.

    Which tickets were surveyed is known, and so are their services and days: of the only one surveyed for a service,
    the response would tell who gave it. So a detail is kept only where each of its values is that of LEAST_TOGETHER
    responses (k-anonymity by generalisation: Sweeney, IJUFKS 10 (5), 2002).
    """
    for kept in _DETAILS:
        gone = {name: None for name in _OCCASION if name not in kept}
        coarse = [each.model_copy(update=gone) for each in responses]
        groups = Counter((each.service, each.day, each.time_band) for each in coarse)
        if min(groups.values(), default=0) >= LEAST_TOGETHER:
            break
    return coarse
