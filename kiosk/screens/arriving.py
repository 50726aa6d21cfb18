"""Arriving with a booking: welcome, scanning, typing, waiting, who came, the second factor."""

import re
from collections.abc import Callable, Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.booking_code import CODE_ALPHABET, CODE_LENGTH
from kiosk.events import (
    ApplicantsChosen,
    ApplicantToggled,
    CodeTyped,
    DigitsTyped,
    Event,
    InformationChosen,
    LanguageChosen,
    QueueStatusChosen,
    RateChosen,
    ScanChosen,
    TypeChosen,
    WalkInChosen,
)
from kiosk.model import PrinterStatus
from kiosk.screens.icons import Icon
from kiosk.screens.keys import keypad, phone_keys, typed_box
from kiosk.screens.phone_picture import STEPS, PhonePicture
from kiosk.screens.screen import KioskScreen, Post, Way
from kiosk.texts import Texts
from kiosk.theme import Panel
from kiosk.visit import DIGIT_TRIES, State

NO_PAPER = (PrinterStatus.PAPER_OUT, PrinterStatus.COVER_OPEN, PrinterStatus.OFFLINE, PrinterStatus.SILENT, PrinterStatus.DISCONNECTED)  # fmt: skip  # noqa: E501
DIGITS = 4
CODE_KEYS = [CODE_ALPHABET[start : start + 8] for start in range(0, len(CODE_ALPHABET), 8)]
PLACES = 2
"""Of other languages there is room for so many beside the call for staff; all are among the tools."""
LONG_MASK = re.compile(r"\*{4,}")


class ShowingScreen(KioskScreen):
    """A screen with the moving picture of what to do with a phone."""

    def __init__(self, texts: Texts, panel: Panel, post: Post) -> None:
        super().__init__(texts, panel, post)
        self._step = 0
        self._shown: PhonePicture | None = None

    def take_step(self, step: int) -> None:
        self._step = step % STEPS
        if self._shown:
            self._shown.take_step(self._step)

    def _picture(self, wide: float, said: str = "", released: Callable[[], None] | None = None) -> PhonePicture:
        """Smaller where words are larger and need the room."""
        high = self.mm(self.picture_mm(105 if self.is_wide else 150))
        self._shown = PhonePicture(wide, high, self.palette, self._step, said, released)
        return self._shown


class WelcomeScreen(ShowingScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        view = self.view
        if view.scanner_ready:
            made: list[Widget] = [self.title("welcome.title", wide), self._how_to_scan(wide)]
            made.append(self.hint("welcome.hint", wide))
        else:
            made = [self.title("welcome.title_typing", wide), self.hint("welcome.no_scanner", wide)]
        if view.printer in NO_PAPER:
            told = self.word("welcome.no_printer")
            made.append(self.words(told, wide, theme.BODY_MM, self.palette.warning, bold=True))
        return made

    def answer(self, wide: float) -> Sequence[Widget]:
        made: list[Widget] = [
            self.pair(
                wide,
                [
                    lambda each: self._main("welcome.type", each, TypeChosen(), Icon.TYPE),
                    lambda each: self._main("welcome.walk_in", each, WalkInChosen(), Icon.TICKET),
                ],
            ),
            self.pair(
                wide,
                [
                    lambda each: self._side("welcome.information", each, InformationChosen(), Icon.INFORMATION),
                    lambda each: self._side("welcome.queue", each, QueueStatusChosen(), Icon.QUEUE),
                    lambda each: self._side("welcome.rate", each, RateChosen(), Icon.RATE),
                ],
            ),
        ]
        if self.view.announcements:
            made.append(self.words(self.view.announcements[0].words[self.view.visit.language], wide, theme.SMALL_MM))
        return made

    def ways(self) -> Sequence[Way | None]:
        """Nothing leads away from here but to other languages, each in its own words."""
        others = [each for each in self.texts.languages if each != self.view.visit.language]
        return [
            Way(self.texts("welcome.in_language", each), LanguageChosen(each), Icon.LANGUAGE)
            for each in others[:PLACES]
        ]

    def _how_to_scan(self, wide: float) -> Widget:
        """The picture; where all that is touched has to lie low, it is above that, and only looked at."""
        if self.view.visit.access.low_reach:
            return self._picture(wide)
        return self._picture(wide, self.word("welcome.scan"), lambda: self.post(ScanChosen()))

    def _main(self, key: str, wide: float, event: Event, icon: Icon) -> Widget:
        return self.choice(self.word(key), wide, event, "main", 42, icon=icon)

    def _side(self, key: str, wide: float, event: Event, icon: Icon) -> Widget:
        return self.choice(self.word(key), wide, event, size=theme.SMALL_MM, icon=icon, above=True)


class ScanningScreen(ShowingScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("scanning.title", wide), self._picture(wide), self.hint("scanning.hint", wide)]

    def answer(self, wide: float) -> Sequence[Widget]:
        return [self.choice(self.word("button.type"), wide, TypeChosen(), icon=Icon.TYPE)]


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
        return [*keypad(self, CODE_KEYS, wide, CODE_LENGTH), send]


class WaitingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        icon = {State.LOOKING_UP: Icon.SEARCH, State.ISSUING: Icon.TICKET}.get(self.view.visit.state, Icon.PRINT)
        title = self.title(f"waiting.{self.view.visit.state}", wide)
        return [self.sign(icon, wide), title, self.hint("waiting.hint", wide)]


class ApplicantsScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        return [self.title("applicants.title", wide), self.hint("applicants.hint", wide)]

    def body(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        made: list[Widget] = []
        for place, applicant in enumerate(visit.booking.applicants if visit.booking else ()):
            here = place in visit.chosen
            name = applicant.masked_name or self.word("applicants.unnamed", place=place + 1)
            told = self.word("applicants.here" if here else "applicants.absent")
            text = f"{applicant.number}  {LONG_MASK.sub('***', name)}: {told}"
            icon = Icon.HERE if here else Icon.CLOSE
            made.append(self.choice(text, wide, ApplicantToggled(place), "chosen" if here else "plain", icon=icon))
        return made

    def answer(self, wide: float) -> Sequence[Widget]:
        count = len(self.view.visit.chosen)
        words = self.word("applicants.next", count=count) if count else self.word("applicants.nobody")
        kind = "main" if count else "off"
        return [self.choice(words, wide, ApplicantsChosen(), kind, 30, theme.TITLE_MM * 0.85, Icon.NEXT)]


class VerifyingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        visit = self.view.visit
        made: list[Widget] = [self.title("verifying.title", wide), self.hint("verifying.hint", wide)]
        if visit.wrong_digits:
            told = self.word("verifying.wrong", left=DIGIT_TRIES - visit.wrong_digits)
            made.append(self.words(told, wide, theme.LARGE_MM, self.palette.warning, bold=True))
        return [*made, typed_box(self, " ".join(self.typed.ljust(DIGITS, "·")), wide, theme.TITLE_MM * 1.4)]

    def answer(self, wide: float) -> Sequence[Widget]:
        full = len(self.typed) == DIGITS
        send = self.choice(self.word("button.next"), wide, self._send, "main" if full else "off")
        return [phone_keys(self, wide, DIGITS), send]

    def _send(self) -> None:
        digits, self.typed = self.typed, ""
        self.post(DigitsTyped(digits))
        if self.view.visit.state is State.VERIFYING:
            self.show(self.view)
