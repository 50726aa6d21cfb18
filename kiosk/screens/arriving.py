"""Arriving with a booking: welcome, scanning, typing, waiting, who came, the second factor."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.booking_code import CODE_ALPHABET, CODE_LENGTH
from kiosk.events import (
    ApplicantsChosen,
    ApplicantToggled,
    CodeTyped,
    DigitsTyped,
    InformationChosen,
    QueueStatusChosen,
    RateChosen,
    TypeChosen,
    WalkInChosen,
)
from kiosk.model import PrinterStatus
from kiosk.screens.keys import keypad, typed_box
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets import PhonePicture
from kiosk.visit import DIGIT_TRIES, State

NO_PAPER = (PrinterStatus.PAPER_OUT, PrinterStatus.COVER_OPEN, PrinterStatus.OFFLINE, PrinterStatus.SILENT, PrinterStatus.DISCONNECTED)  # fmt: skip  # noqa: E501
DIGITS = 4


class WelcomeScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        view = self.view
        picture = self.mm(150 if not self.is_wide else 105) * self._scale
        hint = "welcome.hint" if view.scanner_ready else "welcome.no_scanner"
        made: list[Widget] = [self.title("welcome.title", wide), PhonePicture(wide, picture), self.hint(hint, wide)]
        if view.printer in NO_PAPER:
            made.append(self.words(self.word("welcome.no_printer"), wide, theme.BODY_MM, theme.WARNING, bold=True))
        return made

    def answer(self, wide: float) -> Sequence[Widget]:
        made: list[Widget] = [
            self.pair(
                wide,
                [
                    lambda each: self.choice(self.word("welcome.type"), each, TypeChosen(), "main", 42),
                    lambda each: self.choice(self.word("welcome.walk_in"), each, WalkInChosen(), "main", 42),
                ],
            ),
            self.pair(
                wide,
                [
                    lambda each: self.choice(self.word("welcome.information"), each, InformationChosen(), size=8.5),
                    lambda each: self.choice(self.word("welcome.queue"), each, QueueStatusChosen(), size=8.5),
                    lambda each: self.choice(self.word("welcome.rate"), each, RateChosen(), size=8.5),
                ],
            ),
        ]
        data = self.view.data
        if data and data.announcements:
            made.append(self.words(data.announcements[0].words[self.view.visit.language], wide, theme.SMALL_MM))
        return made


class ScanningScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("scanning.title", wide), PhonePicture(wide, self.mm(110)), self.hint("scanning.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [self.choice(self.word("button.type"), wide, TypeChosen())]


class TypingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        shown = self.typed.ljust(CODE_LENGTH, "·")
        return [
            self.title("typing.title", wide),
            self.hint("typing.hint", wide),
            typed_box(self, f"{shown[:5]} {shown[5:]}", wide, theme.TITLE_MM * 1.2),
        ]

    def answer(self, wide: float) -> Sequence[Widget]:
        full = len(self.typed) == CODE_LENGTH
        send = self.choice(
            self.word("button.next"), wide, lambda: self.post(CodeTyped(self.typed)), "main" if full else "off"
        )
        return [*keypad(self, CODE_ALPHABET, 8, wide, CODE_LENGTH), send]


class WaitingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title(f"waiting.{self.view.visit.state}", wide), self.hint("waiting.hint", wide)]


class ApplicantsScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("applicants.title", wide), self.hint("applicants.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        made: list[Widget] = []
        for place, applicant in enumerate(visit.booking.applicants if visit.booking else ()):
            here = place in visit.chosen
            name = applicant.masked_name or self.word("applicants.unnamed", place=place + 1)
            told = self.word("applicants.here" if here else "applicants.absent")
            text = f"{applicant.number}   {name}   ({told})"
            made.append(self.choice(text, wide, ApplicantToggled(place), "main" if here else "plain"))
        count = len(visit.chosen)
        words = self.word("applicants.next", count=count) if count else self.word("applicants.nobody")
        last = self.choice(words, wide, ApplicantsChosen(), "main" if count else "off", 30, theme.TITLE_MM * 0.85)
        last.ground = last.edge = theme.INK if count else theme.PAPER
        return [*made, last]


class VerifyingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        made: list[Widget] = [self.title("verifying.title", wide), self.hint("verifying.hint", wide)]
        if visit.wrong_digits:
            told = self.word("verifying.wrong", left=DIGIT_TRIES - visit.wrong_digits)
            made.append(self.words(told, wide, theme.LARGE_MM, theme.WARNING, bold=True))
        return [*made, typed_box(self, " ".join(self.typed.ljust(DIGITS, "·")), wide, theme.TITLE_MM * 1.4)]

    def answer(self, wide: float) -> Sequence[Widget]:
        full = len(self.typed) == DIGITS
        send = self.choice(self.word("button.next"), wide, self._send, "main" if full else "off")
        return [*keypad(self, "1234567890", 5, wide, DIGITS), send]

    def _send(self) -> None:
        digits, self.typed = self.typed, ""
        self.post(DigitsTyped(digits))
        if self.view.visit.state is State.VERIFYING:
            self.show(self.view)
