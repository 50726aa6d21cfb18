"""What all screens share: a head with office, time and languages, a question, the answers, a foot that leads away.

The question stands above the answers on an upright panel, left of them on a wide one. All is made anew for each view,
smaller where it would not fit.
"""

from collections.abc import Callable, Sequence

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import Back, Event, HelpChosen, Home, LanguageChosen
from kiosk.model import ClockState, Language
from kiosk.screens.widgets import Choice, Ground, Words, column, row
from kiosk.texts import Texts
from kiosk.view import View
from kiosk.visit import TRANSITIONS

Post = Callable[[Event], None]
SCALES = (1.0, 0.92, 0.85, 0.78, 0.72)


class KioskScreen(Ground):
    """One screen. `ask` and `answer` say what stands in its two parts; `home` is the leaving button's key."""

    home = "button.cancel"
    goes_back = False

    def __init__(self, texts: Texts, pixels_per_mm: float, post: Post) -> None:
        super().__init__(size_hint=(None, None))
        self.texts, self._pixels_per_mm, self.post = texts, pixels_per_mm, post
        self._scale = 1.0
        self.view: View
        self.typed = ""

    def ask(self, wide: float) -> Sequence[Widget]:
        """The question: a title and what explains it."""
        raise AssertionError(f"{type(self).__name__} asks nothing")

    def answer(self, wide: float) -> Sequence[Widget]:
        """What the person can do."""
        return ()

    def wipe(self) -> None:
        """Forgets what was typed."""
        self.typed = ""

    # ------------------------------------------------------------ sizes and words

    def mm(self, millimetres: float) -> float:
        """Pixels of a length on the panel."""
        return millimetres * self._pixels_per_mm

    @property
    def gap(self) -> float:
        return self.mm(theme.GAP_MM)

    @property
    def is_wide(self) -> bool:
        return bool(self.width > self.height)

    def word(self, key: str, **values: object) -> str:
        return self.texts(key, self.view.visit.language, **values)

    def words(
        self, text: str, wide: float, size: float = theme.BODY_MM, colour: theme.Colour = theme.INK,
        bold: bool = False, halign: str = "center",
    ) -> Words:  # fmt: skip
        """Text of a size in mm."""
        return Words(text, wide, self.mm(size) * self._scale, colour, bold, halign)

    def title(self, key: str, wide: float, **values: object) -> Words:
        return self.words(self.word(key, **values), wide, theme.TITLE_MM, bold=True)

    def hint(self, key: str, wide: float, **values: object) -> Words:
        return self.words(self.word(key, **values), wide, theme.LARGE_MM, theme.QUIET)

    def number(self, text: str, wide: float, size: float = theme.NUMBER_MM) -> Words:
        """A ticket's number, as large as the width allows."""
        fitting = min(self.mm(size) * self._scale, wide / (0.62 * max(1, len(text))))
        return Words(text, wide, fitting, theme.INK, True, "center")

    def choice(
        self, text: str, wide: float, event: Event | Callable[[], None], kind: str = "plain",
        least: float = theme.BUTTON_MM, size: float = theme.LARGE_MM,
    ) -> Choice:  # fmt: skip
        """A button that posts an event, or does something on this screen only."""

        def released() -> None:
            if isinstance(event, Event):
                self.post(event)
            else:
                event()

        least_high = max(self.mm(theme.TARGET_MM), self.mm(least) * self._scale)
        made = Choice(text, wide, least_high, self.mm(size) * self._scale, self.mm(theme.CORNER_MM), released)
        return made.paint(kind)

    def pair(self, wide: float, makers: Sequence[Callable[[float], Widget]]) -> Widget:
        """Widgets side by side, equally wide."""
        each = (wide - self.gap * (len(makers) - 1)) / len(makers)
        return row([make(each) for make in makers], self.gap)

    # ------------------------------------------------------------ the whole

    def show(self, view: View) -> None:
        """Shows the view; nothing on the screen is older than it."""
        self.view = view
        for self._scale in SCALES:
            if self._fill():
                return

    def _fill(self) -> bool:
        self.clear_widgets()
        margin = self.mm(theme.MARGIN_MM)
        head, foot = self._head(self.width - 2 * margin), self._foot(self.width - 2 * margin)
        head.pos = (margin, self.height - margin / 2 - head.height)
        foot.pos = (margin, margin)
        self.add_widget(head)
        self.add_widget(foot)
        top, bottom = head.y - margin / 2, foot.top + margin
        room = top - bottom
        fits = self._side_by_side(margin, bottom, room) if self.is_wide else self._stacked(margin, bottom, top)
        # Placed at once: a touch between this and the next frame must not find a button where it is not.
        for each in self.walk(restrict=True):
            if isinstance(each, BoxLayout):
                each.do_layout()
        return fits

    def _side_by_side(self, margin: float, bottom: float, room: float) -> bool:
        half = (self.width - 3 * margin) / 2
        answers = self.answer(half)
        wide = half if answers else self.width - 2 * margin
        parts = [column(list(self.ask(wide)), wide, self.gap)]
        if answers:
            parts.append(column(list(answers), half, self.gap))
        for place, part in enumerate(parts):
            part.pos = (margin + place * (half + margin), bottom + max(0, (room - part.height) / 2))
            self.add_widget(part)
        return all(part.height <= room for part in parts)

    def _stacked(self, margin: float, bottom: float, top: float) -> bool:
        wide = self.width - 2 * margin
        question = column(list(self.ask(wide)), wide, self.gap)
        answers = column(list(self.answer(wide)), wide, self.gap)
        left = top - bottom - question.height - answers.height - 2 * self.gap
        # What is touched stays low, within reach; what is read stands in the free room above it.
        answers.pos = (margin, bottom + max(0, left * 0.15 if question.height else left / 2))
        question.pos = (margin, answers.top + 2 * self.gap + max(0, left * 0.45))
        self.add_widget(question)
        self.add_widget(answers)
        return bool(left >= 0)

    def _head(self, wide: float) -> Widget:
        language = self.view.visit.language
        switch = [self._language_choice(each, each == language) for each in self.texts.languages]
        room = wide - sum(each.width for each in switch) - 2 * self.gap
        office = self.view.data.office.name if self.view.data else "Anjungan"
        now = self.view.now
        is_known = self.view.clock is not ClockState.UNTRUSTED
        when = f"{self.texts.day(now, language)}  ·  {self.texts.time(now, language)}" if is_known else ""
        small = self.mm(theme.SMALL_MM)
        name = Words(office, room, small * 1.15, theme.INK, True, "left")
        date = Words(when, room, small, theme.QUIET, False, "left")
        line = row([column([name, date], room, 0), *switch], self.gap)
        line.height = max(line.height, name.height + date.height)
        return line

    def _language_choice(self, language: Language, chosen: bool) -> Choice:
        made = Choice(
            self.texts.name(language), self.mm(44), self.mm(theme.TARGET_MM), self.mm(theme.SMALL_MM),
            self.mm(theme.CORNER_MM), lambda: self.post(LanguageChosen(language)),
        )  # fmt: skip
        return made.paint("main" if chosen else "plain")

    def _foot(self, wide: float) -> Widget:
        known = TRANSITIONS[self.view.visit.state]
        wanted: list[tuple[str, Event]] = []
        if Back in known and self.goes_back:
            wanted.append(("button.back", Back()))
        if Home in known:
            wanted.append((self.home, Home()))
        if HelpChosen in known:
            wanted.append(("button.help", HelpChosen()))
        if not wanted:
            return Label(size_hint=(None, None), size=(wide, 0))
        each = min(self.mm(90), (wide - self.gap * (len(wanted) - 1)) / len(wanted))
        made = [self.choice(self.word(key), each, event, least=20, size=theme.BODY_MM) for key, event in wanted]
        return row(made, self.gap)
