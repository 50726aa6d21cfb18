"""The pages of the set-up but the code's and the targets': what was found, the trial slip, the approval, the scanner,
readiness.
"""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.enrolling import EnrollingScreen
from kiosk.screens.icons import Icon
from kiosk.screens.keys import typed_box
from kiosk.screens.set_up_page import SetUpScreen
from kiosk.screens.targets import TargetsScreen
from kiosk.screens.upright import UprightScreen
from kiosk.set_up_lines import Again, GaveUp, Judged, OnlyThese, Page, Plugged, WentOn


class FoundScreen(SetUpScreen):
    """Each part, there or not; what is missing says what that means. Then what is at USB, and the list of it."""

    reads_body = True
    leads = (Page.UPRIGHT, Page.SCAN)

    def ask(self, wide: float) -> Sequence[Widget]:
        hints = ["set_up.found.hint"] if self.shown.missing else []
        hints += ["set_up.usb.hint"] if self.shown.is_list_due else []
        hints = hints or ["set_up.found.all"]
        return [self.title("set_up.found.title", wide), *(self.hint(each, wide) for each in hints)]

    def body(self, wide: float) -> Sequence[Widget]:
        return [
            self.marked(
                each.is_found,
                self.word(f"set_up.part.{each.part}"),
                each.name if each.is_found else self.word(f"set_up.missing.{each.part}"),
                wide,
            )
            for each in self.shown.looked
        ] + [self._at_usb(each, wide) for each in self.shown.plugged]

    def _at_usb(self, plugged: Plugged, wide: float) -> Widget:
        kind = self.word(f"device.{plugged.kind}") if plugged.kind else self.word("device.none")
        return self.point(f"USB, {kind}: {plugged.name}", wide, theme.SMALL_MM)

    def answer(self, wide: float) -> Sequence[Widget]:
        if not self.shown.is_list_due:
            return [self.choice(self.word("button.next"), wide, self.tells(WentOn), "main")]
        return [
            self.choice(self.word("set_up.usb.only_these"), wide, self.tells(OnlyThese), "main"),
            self.choice(self.word("set_up.usb.without"), wide, self.tells(GaveUp)),
        ]


class SlipScreen(SetUpScreen):
    """A printer that cannot prove it: did the slip come out?"""

    def ask(self, wide: float) -> Sequence[Widget]:
        sign = self.sign(Icon.PRINT, wide)
        return [sign, self.title("set_up.slip.title", wide), self.hint("set_up.slip.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [
            self.choice(self.word("set_up.slip.yes"), wide, self.tells(WentOn), "main"),
            self.choice(self.word("set_up.slip.again"), wide, self.tells(Again)),
            self.choice(self.word("set_up.slip.without"), wide, self.tells(GaveUp)),
        ]


class ApprovalScreen(SetUpScreen):
    """What an officer compares; it passes by itself."""

    leads = (Page.FOUND,)

    def ask(self, wide: float) -> Sequence[Widget]:
        return [
            self.sign(Icon.CLOCK, wide),
            self.title("set_up.approval.title", wide),
            typed_box(self, self.shown.check_text, wide, theme.TITLE_MM * 1.2),
            self.hint("set_up.approval.hint", wide),
            *self._problem(wide),
        ]

    def _problem(self, wide: float) -> Sequence[Widget]:
        if not self.shown.problem:
            return ()
        told = self.word(f"set_up.approval.{self.shown.problem}")
        return [self.words(told, wide, theme.BODY_MM, self.palette.warning, bold=True)]

    def answer(self, wide: float) -> Sequence[Widget]:
        return ()


class ScanScreen(SetUpScreen):
    """Any code, held to the scanner."""

    def ask(self, wide: float) -> Sequence[Widget]:
        if self.shown.is_scanned:
            return [self.sign(Icon.YES, wide), self.title("set_up.scanner.read", wide)]
        sign = self.sign(Icon.TICKET, wide)
        return [sign, self.title("set_up.scanner.title", wide), self.hint("set_up.scanner.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        key = "button.next" if self.shown.is_scanned else "set_up.scanner.skip"
        return [self.choice(self.word(key), wide, self.tells(WentOn), "main")]


class ReadyScreen(SetUpScreen):
    """What the box is held to: what is broken with what to do, then what could not be measured."""

    reads_body = True
    leads = (Page.SCAN, Page.SLIP)

    def ask(self, wide: float) -> Sequence[Widget]:
        if self.shown.waiting:
            return self.waits("set_up.ready.checking", wide)
        if not self.shown.is_ready:
            return [self.title("set_up.ready.not", wide), self.hint("set_up.ready.mend", wide)]
        hint = "set_up.ready.passes" if self.shown.passes else "set_up.ready.open_now"
        return [self.sign(Icon.YES, wide), self.title("set_up.ready.title", wide), self.hint(hint, wide)]

    def body(self, wide: float) -> Sequence[Widget]:
        if self.shown.waiting:
            return ()
        counted = self.word("set_up.ready.kept", kept=self.shown.kept)
        return [*(self._judged(each, wide) for each in self.shown.judged), self._quiet(counted, wide)]

    def _judged(self, judged: Judged, wide: float) -> Widget:
        """What is to be mended here with what to do; all else is only told."""
        requirement = self.own_words(judged.requirement)
        if judged.is_mended_here:
            return self.marked(False, requirement, self.own_words(judged.remedy), wide)
        return self._quiet(f"{'!' if judged.is_broken else '?'} {requirement}", wide)

    def _quiet(self, told: str, wide: float) -> Widget:
        return self.words(told, wide, theme.SMALL_MM, self.palette.quiet)

    def answer(self, wide: float) -> Sequence[Widget]:
        if self.shown.waiting:
            return ()
        key = "set_up.ready.open" if self.shown.is_ready else "set_up.ready.open_anyway"
        opens = self.choice(self.word(key), wide, self.tells(WentOn), "main")
        again = self.choice(self.word("set_up.ready.again"), wide, self.tells(Again))
        return [opens] if self.shown.is_ready else [opens, again]


PAGES: dict[Page, type[SetUpScreen]] = {
    Page.UPRIGHT: UprightScreen,
    Page.TARGETS: TargetsScreen,
    Page.FOUND: FoundScreen,
    Page.CODE: EnrollingScreen,
    Page.SLIP: SlipScreen,
    Page.APPROVAL: ApprovalScreen,
    Page.SCAN: ScanScreen,
    Page.READY: ReadyScreen,
}
