"""The first start: the technician types the code that makes this box a kiosk of its office, or holds it to the scanner;
what was found of the box stands above.
"""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.booking_code import CODE_LENGTH
from kiosk.screens.arriving import CODE_KEYS
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.set_up_page import SetUpScreen
from kiosk.set_up_lines import CodeGiven, Page, Part


class EnrollingScreen(SetUpScreen):
    """Says what was typed."""

    leads = (Page.FOUND,)

    def ask(self, wide: float) -> Sequence[Widget]:
        if self.shown.waiting:
            return self.waits("enrolling.waiting", wide)
        typed = self.typed.ljust(CODE_LENGTH, "·")
        return [
            self._found(wide),
            self.title("enrolling.title", wide),
            self.hint("enrolling.scan" if self._scans else "enrolling.hint", wide),
            *self._problem(wide),
            typed_box(self, f"{typed[:5]} {typed[5:]}", wide, theme.TITLE_MM * 1.2),
        ]

    def _found(self, wide: float) -> Widget:
        missing = self.shown.missing
        if missing:
            told = self.word("set_up.some_missing", parts=self.names(missing))
            return self.words(told, wide, theme.BODY_MM, self.palette.warning, bold=True)
        return self.words(self.word("set_up.all_found"), wide, theme.BODY_MM, self.palette.main)

    def _problem(self, wide: float) -> Sequence[Widget]:
        if not self.shown.problem:
            return ()
        told = self.word(f"enrolling.{self.shown.problem}")
        return [self.words(told, wide, theme.LARGE_MM, self.palette.warning, bold=True)]

    @property
    def _scans(self) -> bool:
        return Part.SCANNER not in self.shown.missing

    def answer(self, wide: float) -> Sequence[Widget]:
        if self.shown.waiting:
            return ()
        kind = "main" if len(self.typed) == CODE_LENGTH else "off"
        send = self.choice(self.word("button.next"), wide, self._send, kind)
        held = self.words(self.word("set_up.hold"), wide, theme.SMALL_MM, self.palette.quiet)
        return [*keypad(self, CODE_KEYS, wide, CODE_LENGTH), send, held]

    def _send(self) -> None:
        self.say(CodeGiven(number=self.shown.number, code=self.typed))
