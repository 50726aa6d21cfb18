"""Leaving: a rating by one touch, a comment, thanks, the way to the official survey."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import CommentWritten, Rated, SurveyChosen
from kiosk.screens.icons import Icon
from kiosk.screens.keys import KEY_MM, delete_key, key_row, typed_box
from kiosk.screens.screen import KioskScreen, Post
from kiosk.screens.widgets import Face, QrCode, column, row
from kiosk.texts import Texts
from kiosk.theme import Panel

KEYS = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm,.?")
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

    def __init__(self, texts: Texts, panel: Panel, post: Post) -> None:
        super().__init__(texts, panel, post)
        self._in_capitals = False

    def wipe(self) -> None:
        super().wipe()
        self._in_capitals = False

    def ask(self, wide: float) -> Sequence[Widget]:
        length = f"{len(self.typed)} / {LONGEST}"
        shown = typed_box(self, self.typed[-SHOWN:] + "|", wide, theme.BODY_MM, "left", length)
        made: list[Widget] = [self.title("comment.title", wide), self.hint("comment.hint", wide), shown]
        if self.view.data:
            side = self.mm(48) * self._scale
            official = self.words(self.word("comment.complaint"), wide - side - self.gap, theme.SMALL_MM, halign="left")
            made.append(row([QrCode(self.view.data.office.complaint_url, side), official], self.gap))
        return made

    def answer(self, wide: float) -> Sequence[Widget]:
        keys = [each.upper() if self._in_capitals else each for each in KEYS]
        made: list[Widget] = [key_row(self, each, 10, wide, LONGEST) for each in keys]
        gap = self.gap / 2
        room = wide - 2 * gap
        kind = "chosen" if self._in_capitals else "plain"
        capitals = self.choice(self.word("comment.capitals"), room * 0.3, self._capitals, kind, KEY_MM, theme.BODY_MM)
        space = self.choice(self.word("button.space"), room * 0.4, self._space, least=KEY_MM)
        delete = delete_key(self, room * 0.3)
        full = bool(self.typed.strip())
        send = self.choice(self.word("comment.send"), wide, self._send, "main" if full else "off", icon=Icon.SEND)
        return [*made, row([capitals, space, delete], gap), send]

    def _capitals(self) -> None:
        self._in_capitals = not self._in_capitals
        self.show(self.view)

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
        """The survey, of a person whose service is over: not of who just took a number, or has answered it."""
        visit, data = self.view.visit, self.view.data
        if data is None or data.questionnaire is None or visit.survey or visit.tickets:
            return []
        return [self.choice(self.word("survey.offer"), wide, SurveyChosen(), "main", 30, icon=Icon.DOCUMENT)]
