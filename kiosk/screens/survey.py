"""The official survey: the ticket it is taken with, then one question a screen."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import QueueNumberTyped, SurveyAnswered
from kiosk.questionnaire import SurveyReason
from kiosk.screens.asking import LONGEST_NUMBER, NUMBER_KEYS
from kiosk.screens.icons import Icon
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.screen import KioskScreen


class SurveyTicketScreen(KioskScreen):
    goes_back = True

    def ask(self, wide: float) -> Sequence[Widget]:
        refused = self.view.visit.survey_refused
        made: list[Widget] = [self.title("survey.title", wide)]
        if refused:
            # Taken already is no fault: it is thanked for.
            colour = self.palette.ink if refused is SurveyReason.TAKEN else self.palette.warning
            made.append(self.words(self.word(f"survey.{refused}"), wide, theme.LARGE_MM, colour, bold=True))
        else:
            made.append(self.hint("survey.hint", wide))
        return [*made, typed_box(self, self.typed, wide, theme.TITLE_MM * 1.2)]

    def answer(self, wide: float) -> Sequence[Widget]:
        kind = "main" if self.typed else "off"
        begin = self.choice(self.word("survey.begin"), wide, self._begin, kind, icon=Icon.NEXT)
        return [*keypad(self, NUMBER_KEYS, wide, LONGEST_NUMBER), begin]

    def _begin(self) -> None:
        number, self.typed = self.typed, ""
        self.post(QueueNumberTyped(number))


class SurveyScreen(KioskScreen):
    """One question. No answer is chosen beforehand, also where the person came back to it."""

    goes_back = True
    pages_last = True

    def ask(self, wide: float) -> Sequence[Widget]:
        survey = self.view.visit.survey
        if survey is None or survey.question is None:
            return []
        count = len(survey.questionnaire.questions)
        progress = self.word("survey.progress", place=len(survey.answers) + 1, count=count)
        return [
            self.words(progress, wide, theme.LARGE_MM, self.palette.quiet, bold=True),
            self.words(survey.question.words[self.view.visit.language], wide, theme.TITLE_MM, bold=True),
        ]

    def body(self, wide: float) -> Sequence[Widget]:
        survey = self.view.visit.survey
        if survey is None or survey.question is None:
            return []
        key, language = survey.question.key, self.view.visit.language
        return [
            self.choice(each.words[language], wide, SurveyAnswered(key, each.value), least=26)
            for each in survey.question.options
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        survey = self.view.visit.survey
        if survey is None or survey.question is None:
            return []
        skip = SurveyAnswered(survey.question.key, None)
        return [self.choice(self.word("survey.skip"), wide, skip, least=20, icon=Icon.SKIP)]
