"""A survey's report over a period, in the form of PermenPANRB 14/2017 (pure but for reading the responses).

The regulation's form lists each response by the nine elements, then for each element the sum of its scores, their mean
(NRR), and the mean weighed by a ninth; the sum of these times 25 is the IKM. What central.ikm says of exact weights and
skipped answers holds here.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from central.database import FactRow, ResponseRow
from central.ikm import ELEMENTS, SCORES, TO_HUNDRED, Ikm, ikm, quality, rounded
from central.questionnaires import element_names, known_questionnaires, questionnaire
from kiosk.model import Language, Words
from kiosk.protocol import Snapshot
from kiosk.questionnaire import Questionnaire, SurveyQuestion

TO_FOLLOW_UP = 3
"""So many elements, those with the lowest means, are named for the follow-up."""


@dataclass(frozen=True)
class Response:
    """One person's answers, of nobody in particular; a skipped element is absent."""

    scores: Mapping[str, int]
    header: Mapping[str, str]
    service: str | None = None


@dataclass(frozen=True)
class ElementReport:
    """An element: how often each score was given, from 1 on."""

    key: str
    name: Words
    counts: tuple[int, ...]

    @property
    def answered(self) -> int:
        return sum(self.counts)

    @property
    def total(self) -> int:
        """The sum of the scores."""
        return sum(score * count for score, count in enumerate(self.counts, 1))

    @property
    def mean(self) -> Fraction | None:
        """The NRR, None without an answer."""
        return Fraction(self.total, self.answered) if self.answered else None

    @property
    def weighed(self) -> Fraction | None:
        """The NRR weighed by a ninth."""
        return self.mean / ELEMENTS if self.mean is not None else None

    @property
    def quality(self) -> str:
        """The letter of the mean times 25, "" without an answer."""
        return quality(rounded(self.mean * TO_HUNDRED)) if self.mean is not None else ""


@dataclass(frozen=True)
class Share:
    """Who the respondents were by one question: the words of each answer and how many gave it, and who gave none."""

    question: Words
    counts: tuple[tuple[Words, int], ...]
    unsaid: int

    def rows(self, language: Language, unsaid: str) -> list[tuple[str, int]]:
        """The answers in a language and how many gave them; the last row is of those who gave none."""
        return [*((name[language], count) for name, count in self.counts), (unsaid, self.unsaid)]


@dataclass(frozen=True)
class SurveyReport:
    """Of one version of a questionnaire. `answers` are the scores of each response by element, None for a skipped one.
    `ikm` is None where it is not an SKM, or an element has no answer; `parts` are the means of the parts of another
    questionnaire.
    """

    questionnaire: Questionnaire
    elements: tuple[ElementReport, ...]
    shares: tuple[Share, ...]
    services: tuple[tuple[str, int], ...]
    answers: tuple[tuple[int | None, ...], ...]

    @property
    def is_skm(self) -> bool:
        """Whether an IKM can be made of it: nine elements of four options each."""
        return len(self.elements) == ELEMENTS and all(len(each.counts) == len(SCORES) for each in self.elements)

    @property
    def respondents(self) -> int:
        return len(self.answers)

    @property
    def index(self) -> Fraction | None:
        """The sum of the weighed means, None while one is missing."""
        known = [each.weighed for each in self.elements if each.weighed is not None]
        return sum(known, Fraction()) if self.is_skm and len(known) == ELEMENTS else None

    @property
    def ikm(self) -> Ikm | None:
        return ikm({each.key: each.mean for each in self.elements}) if self.is_skm else None

    @property
    def parts(self) -> dict[str, Decimal]:
        """The mean of each part's elements (SPKP1 and SPKP2 are of the part SPKP), as far as they have answers."""
        held: dict[str, list[Fraction]] = {}
        for each in self.elements:
            if each.mean is not None:
                held.setdefault(each.key.rstrip("0123456789"), []).append(each.mean)
        return {} if self.is_skm else {name: rounded(sum(each, Fraction()) / len(each)) for name, each in held.items()}

    @property
    def lowest(self) -> tuple[ElementReport, ...]:
        """The elements to follow up: those with the lowest means, the lowest first."""
        known = [(each.mean, place) for place, each in enumerate(self.elements) if each.mean is not None]
        return tuple(self.elements[place] for _, place in sorted(known)[:TO_FOLLOW_UP])


def report_of(
    asked: Questionnaire, responses: Sequence[Response], names: Mapping[str, Words] | None = None
) -> SurveyReport:
    """What the responses to a questionnaire add up to; elements without a name are called by their question."""
    named = names or {}
    return SurveyReport(
        questionnaire=asked,
        elements=tuple(_element(each, responses, named.get(each.key, each.words)) for each in asked.elements),
        shares=tuple(_share(each, responses) for each in asked.header),
        services=tuple(sorted(Counter(each.service or "" for each in responses).items())),
        answers=tuple(tuple(each.scores.get(one.key) for one in asked.elements) for each in responses),
    )


def survey_report(
    session: Session, office: str, asked: Questionnaire, first: date, last: date, zone: ZoneInfo
) -> SurveyReport:
    """The report of an office's responses of these days. A response of which the day is not told, as too few shared it,
    counts on the day on which it came, which is within a week.
    """
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    received = and_(ResponseRow.day.is_(None), FactRow.received_at >= begins, FactRow.received_at < ends)
    wanted = (
        select(ResponseRow)
        .outerjoin(FactRow, FactRow.id == ResponseRow.fact)
        .where(
            ResponseRow.office == office,
            ResponseRow.questionnaire == asked.id,
            ResponseRow.version == asked.version,
            or_(ResponseRow.day.between(first.isoformat(), last.isoformat()), received),
        )
        # Ids are drawn at random, so the order tells nothing of who came when.
        .order_by(ResponseRow.fact)
    )
    return report_of(asked, [response_of(each) for each in session.scalars(wanted)], element_names(asked.id))


def response_of(row: ResponseRow) -> Response:
    """A response as it is held."""
    return Response(json.loads(row.scores), json.loads(row.header), row.service)


def questionnaires_of(office: Snapshot | None) -> dict[str, Questionnaire]:
    """What may have been asked, by id: the office's own questionnaire, and the others that come with the server."""
    held = {name: questionnaire(name) for name in known_questionnaires()}
    own = office.questionnaire if office else None
    return ({own.id: own} if own else {}) | {name: each for name, each in held.items() if not own or name != own.id}


def _element(asked: SurveyQuestion, responses: Sequence[Response], name: Words) -> ElementReport:
    given = Counter(each.scores.get(asked.key) for each in responses)
    return ElementReport(asked.key, name, tuple(given[option.value] for option in asked.options))  # type: ignore[index]


def _share(asked: SurveyQuestion, responses: Sequence[Response]) -> Share:
    given = Counter(each.header.get(asked.key) for each in responses)
    counts = tuple((option.words, given[str(option.value)]) for option in asked.options)
    return Share(asked.words, counts, len(responses) - sum(count for _, count in counts))
