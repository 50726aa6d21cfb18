"""Leaving: a rating by one touch, a comment, thanks, the way to the official survey."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import CommentWritten, Rated, SurveyChosen
from kiosk.screens.icons import Icon
from kiosk.screens.keys import KEY_MM, delete_key, key_row, typed_box
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import Face, QrCode, column, row

KEYS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm,.?")
LONGEST = 200
SHOWN = 90
"""Of a comment being written, so many of the last characters are shown."""


class RatingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("rating.title", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        each = (wide - 4 * self.gap) / 5
        faces = [self._face(score, each) for score in (1, 2, 3, 4, 5)]
        words = [self._below(score, each) for score in (1, 2, 3, 4, 5)]
        return [row(faces, self.gap), row(words, self.gap)]

    def _face(self, score: int, wide: float) -> Widget:
        text = self.word(f"rating.score{score}")
        face = Face(score, text, min(wide, self.mm(60)), self.palette, lambda: self.post(Rated(score)))
        return column([face], wide, 0)

    def _below(self, score: int, wide: float) -> Widget:
        return self.words(self.word(f"rating.score{score}"), wide, theme.SMALL_MM, bold=True)


class CommentScreen(KioskScreen):
    home, home_icon = "comment.skip", Icon.SKIP

    def ask(self, wide: float) -> Sequence[Widget]:
        shown = typed_box(self, self.typed[-SHOWN:] + "_", wide, theme.BODY_MM, "left")
        made: list[Widget] = [self.title("comment.title", wide), self.hint("comment.hint", wide), shown]
        if self.view.data:
            side = self.mm(48) * self._scale
            official = self.words(self.word("comment.complaint"), wide - side - self.gap, theme.SMALL_MM, halign="left")
            made.append(row([QrCode(self.view.data.office.complaint_url, side), official], self.gap))
        return made

    def answer(self, wide: float) -> Sequence[Widget]:
        made: list[Widget] = [key_row(self, each, 10, wide, LONGEST) for each in KEYS]
        gap = self.gap / 2
        space = self.choice(self.word("button.space"), (wide - gap) * 0.6, self._space, least=KEY_MM)
        delete = delete_key(self, (wide - gap) * 0.4)
        full = bool(self.typed.strip())
        send = self.choice(self.word("comment.send"), wide, self._send, "main" if full else "off", icon=Icon.SEND)
        return [*made, row([space, delete], gap), send]

    def _space(self) -> None:
        if len(self.typed) < LONGEST:
            self.typed += " "
            self.show(self.view)

    def _send(self) -> None:
        self.post(CommentWritten(self.typed))


class ThanksScreen(KioskScreen):
    home, home_icon = "button.done", Icon.YES

    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.sign(Icon.GLAD, wide), self.title("thanks.title", wide), self.hint("thanks.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        asked = self.view.data.questionnaire if self.view.data else None
        if asked is None or self.view.visit.survey:
            return []
        text = self.word("survey.offer", title=asked.title[self.view.visit.language])
        return [self.choice(text, wide, SurveyChosen(), "main", 30, icon=Icon.RATE)]
