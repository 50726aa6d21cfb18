"""The official survey: what is asked, and one person's answers as they are given (pure).

Questions are known by their keys, never by their places: PermenPANRB 14/2017 lists the complaints element eighth and
the facilities ninth, but its own form asks for the facilities as U8 and for the complaints as U9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.model import QueueEntry, Words

LONGEST_ID = 20
MOST_QUESTIONS = 50
MOST_OPTIONS = 10


@dataclass(frozen=True)
class SurveyOption:
    """One answer that may be chosen. In the header `value` is a word, in an element its score."""

    value: str | int
    words: Words


@dataclass(frozen=True)
class SurveyQuestion:
    key: str
    words: Words
    options: tuple[SurveyOption, ...]


@dataclass(frozen=True)
class Questionnaire:
    """What a survey asks: a `header` about the respondent, then its scored `elements`.

    Responses to two versions are never added up. Scores run from 1 (worst) to the number of an element's options.
    """

    id: str
    version: int
    title: Words
    header: tuple[SurveyQuestion, ...]
    elements: tuple[SurveyQuestion, ...]

    @property
    def questions(self) -> tuple[SurveyQuestion, ...]:
        """All, in the order in which they are asked."""
        return self.header + self.elements

    def problem(self) -> str | None:
        """Why it cannot be asked, None if it can."""
        if not 1 <= len(self.id) <= LONGEST_ID or self.version < 1:
            return f"a questionnaire needs an id of at most {LONGEST_ID} characters, and its version is 1 or more"
        if len(self.questions) > MOST_QUESTIONS or any(len(each.options) > MOST_OPTIONS for each in self.questions):
            return f"a questionnaire has at most {MOST_QUESTIONS} questions of {MOST_OPTIONS} options"
        keys = [each.key for each in self.questions]
        if not self.elements or len(set(keys)) < len(keys):
            return "a questionnaire needs elements, and each question a key of its own"
        if any(not each.options or any(isinstance(one.value, int) for one in each.options) for each in self.header):
            return "a question of the header needs options, and their values are words"
        scores = [[one.value for one in each.options] for each in self.elements]
        if any(not each or each != [*range(1, len(each) + 1)] for each in scores):
            return "an element needs options, and their values are 1, 2, 3 and so on"
        return None


class TimeBand(StrEnum):
    """When a person was asked, as coarsely as the form of PermenPANRB 14/2017 has it."""

    MORNING = "08-12"
    AFTERNOON = "13-17"


class SurveyReason(StrEnum):
    """Why no survey can be begun with a ticket; each has its words and a next step in the languages' files."""

    UNKNOWN = "unknown"
    NOT_TODAY = "not_today"
    NOT_SERVED = "not_served"
    TAKEN = "taken"


@dataclass(frozen=True)
class Survey:
    """One person's survey under way. `answers` stand in the order of the questions, None for a skipped one."""

    ticket: QueueEntry
    questionnaire: Questionnaire
    answers: tuple[str | int | None, ...] = ()

    @property
    def question(self) -> SurveyQuestion | None:
        """What is asked now, None at the end."""
        asked = self.questionnaire.questions
        return asked[len(self.answers)] if len(self.answers) < len(asked) else None

    def answered(self, key: str, value: str | int | None) -> "Survey":
        """With one more answer; the same where that question is not the one asked or has no such option."""
        asked = self.question
        if asked is None or asked.key != key:
            return self
        known = value is None or value in [each.value for each in asked.options]
        return replace(self, answers=(*self.answers, value)) if known else self

    def one_back(self) -> "Survey | None":
        """As it was before the last answer, None before the first."""
        return replace(self, answers=self.answers[:-1]) if self.answers else None

    @property
    def header(self) -> Mapping[str, str]:
        """What was said of the respondent, by key."""
        return {key: value for key, value in self._given() if isinstance(value, str)}

    @property
    def scores(self) -> Mapping[str, int]:
        """The elements that were not skipped, by key."""
        return {key: value for key, value in self._given() if isinstance(value, int)}

    def _given(self) -> list[tuple[str, str | int | None]]:
        asked = [each.key for each in self.questionnaire.questions]
        return list(zip(asked, self.answers, strict=False))
