"""No, and what to do next."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import TypeChosen, WalkInChosen
from kiosk.model import Reason
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen

TYPE_HELPS = (Reason.UNKNOWN, Reason.UNREADABLE, Reason.REVOKED, Reason.NO_ANSWER)
WALK_IN_HELPS = (Reason.EXPIRED, Reason.TOO_LATE, Reason.CANCELLED, Reason.PAUSE)


class RefusedScreen(KioskScreen):
    home, home_icon = "button.home", Icon.HOME

    def ask(self, wide: float) -> Sequence[Widget]:
        refusal = self.view.visit.refusal
        if refusal is None:
            return []
        reason = refusal.reason
        when = self.texts.moment(refusal.when, self.view.visit.language) if refusal.when else "–"
        return [
            self.sign(Icon.WARNING, wide, self.palette.warning),
            self.words(
                self.word(f"refused.{reason}.title"), wide, theme.TITLE_MM * 1.15, self.palette.warning, bold=True
            ),
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
        return made
