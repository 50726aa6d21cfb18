"""The first start: the technician types the code that makes this box a kiosk of its office."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.booking_code import CODE_LENGTH
from kiosk.events import CodeTyped
from kiosk.model import EnrolmentProblem
from kiosk.screens.arriving import CODE_KEYS
from kiosk.screens.icons import Icon
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.screen import KioskScreen, Way


class EnrollingScreen(KioskScreen):
    """Posts what was typed as CodeTyped. `problem` is why the last code did not do; `waiting` while the server is
    asked.
    """

    problem: EnrolmentProblem | None = None
    waiting = False

    def ask(self, wide: float) -> Sequence[Widget]:
        if self.waiting:
            return [self.sign(Icon.CLOCK, wide), self.title("enrolling.waiting", wide)]
        shown = self.typed.ljust(CODE_LENGTH, "·")
        made = [self.title("enrolling.title", wide), self.hint("enrolling.hint", wide)]
        if self.problem:
            made.append(
                self.words(
                    self.word(f"enrolling.{self.problem}"), wide, theme.LARGE_MM, self.palette.warning, bold=True
                )
            )
        return [*made, typed_box(self, f"{shown[:5]} {shown[5:]}", wide, theme.TITLE_MM * 1.2)]

    def answer(self, wide: float) -> Sequence[Widget]:
        if self.waiting:
            return ()
        kind = "main" if len(self.typed) == CODE_LENGTH else "off"
        send = self.choice(self.word("button.next"), wide, lambda: self.post(CodeTyped(self.typed)), kind)
        return [*keypad(self, CODE_KEYS, wide, CODE_LENGTH), send]

    def ways(self) -> Sequence[Way | None]:
        """There is nothing else yet."""
        return ()
