"""No, and what to do next."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import TypeChosen, WalkInChosen
from kiosk.model import Reason
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen

TYPE_HELPS = (Reason.UNKNOWN, Reason.UNREADABLE, Reason.REVOKED)
WALK_IN_HELPS = (Reason.EXPIRED, Reason.TOO_LATE, Reason.CANCELLED)
LATER_HELPS = (
    Reason.PAUSE, Reason.TOO_EARLY, Reason.WRONG_DAY, Reason.WRONG_OFFICE, Reason.QUOTA_FULL, Reason.CLOSED,
)  # fmt: skip
"""Nothing is wrong but the time or the place: no warning is shown."""


class RefusedScreen(KioskScreen):
    home, home_icon = "button.home", Icon.HOME

    def ask(self, wide: float) -> Sequence[Widget]:
        refusal = self.view.visit.refusal
        if refusal is None:
            return []
        reason = refusal.reason
        when = self.texts.moment(refusal.when, self.view.visit.language) if refusal.when else "–"
        is_mild = reason in LATER_HELPS
        icon, colour = (Icon.CLOCK, self.palette.ink) if is_mild else (Icon.WARNING, self.palette.warning)
        return [
            self.sign(icon, wide, colour),
            self.words(self.word(f"refused.{reason}.title"), wide, theme.TITLE_MM * 1.15, colour, bold=True),
            self.words(self.word(f"refused.{reason}.text", when=when, office=refusal.office), wide, theme.LARGE_MM),
            self.words(self.word(f"refused.{reason}.next"), wide, theme.LARGE_MM * 1.15, bold=True),
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        reason = self.view.visit.refusal.reason if self.view.visit.refusal else None
        made: list[Widget] = []
        if reason in TYPE_HELPS:
            made.append(self.choice(self.word("button.type"), wide, TypeChosen(), "main", 34, icon=Icon.TYPE))
        if reason in WALK_IN_HELPS:
            made.append(self.choice(self.word("button.walk_in"), wide, WalkInChosen(), "main", 34, icon=Icon.TICKET))
        if reason is Reason.PAUSE:
            made.append(self.choice(self.word("button.again"), wide, WalkInChosen(), "main", 34, icon=Icon.TICKET))
        return made
