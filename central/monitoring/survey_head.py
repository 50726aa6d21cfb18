"""What every form of a survey's report says besides its figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from central.monitoring.survey import SurveyReport
from kiosk.model import Language


@dataclass(frozen=True)
class Head:
    """The unit and the period; `services` are the names of its services by id."""

    office: str
    first: date
    last: date
    services: Mapping[str, str] = field(default_factory=dict)


def respondents_by(
    report: SurveyReport, head: Head, words: Mapping[str, str], language: Language
) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Each question of the header, and the service, with how many gave each answer; `words` are of the part report."""
    for share in report.shares:
        yield share.question[language], share.rows(language, words["unsaid"])
    named = [(head.services.get(each, each) or words["unsaid"], count) for each, count in report.services]
    yield words["service"], named
