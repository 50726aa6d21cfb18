"""What all screens share: a head that tells, a question, the answers, a foot that leads away, and the tools (languages,
accessibility), always in the same places. All is made anew for each view, smaller or on more pages where it would not
fit.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from kivy.graphics import ClearBuffers, ClearColor
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import AccessChosen, Back, Event, HelpChosen, Home, LanguageChosen, TechnicianChosen
from kiosk.model import Access, ClockState, Language, Sound, TextSize
from kiosk.screens.icons import Icon
from kiosk.screens.layout import Parts, Room, filled
from kiosk.screens.widgets import LINE, Bullet, Choice, Ground, Group, Held, Logo, Sign, Words, column, row
from kiosk.texts import Texts
from kiosk.theme import Palette, Panel
from kiosk.view import View
from kiosk.visit import TRANSITIONS

Post = Callable[[Event], None]
SMALLER = (1.0, 0.92, 0.85)
"""Steps by which a screen gets smaller before it is spread over pages, and after."""
LARGER = {TextSize.NORMAL: TextSize.LARGE, TextSize.LARGE: TextSize.LARGEST, TextSize.LARGEST: TextSize.NORMAL}
LOUDER = {Sound.OFF: Sound.ON, Sound.ON: Sound.LOUD, Sound.LOUD: Sound.OFF}
TOOL_MM = (36.0, 32.0)
"""Widths of a language's button and of an accessibility button."""


class Way(NamedTuple):
    """A button that leads away."""

    text: str
    event: Event | Callable[[], None]
    icon: Icon


class KioskScreen(FloatLayout):
    """One screen, over all of the window. `ask`, `body` and `answer` say what stands in its parts; `home` is the
    leaving button's key, None where the answer leads home.
    """

    home: str | None = "button.cancel"
    home_icon = Icon.CLOSE
    goes_back = False
    reads_body = False
    """The body is read, not touched: it stands with the question."""
    hides_typed = False
    """What is typed is not read aloud."""
    pages_last = False
    """The rows are compared with one another: words get as small as usual before the rows are spread over pages."""

    def __init__(self, texts: Texts, panel: Panel, post: Post) -> None:
        super().__init__(size_hint=(None, None))
        with self.canvas.before:
            # Painted in software, a rectangle as large as the window costs ten times what clearing it does.
            self._ground = ClearColor(*theme.AS_DESIGNED.paper)
            ClearBuffers(clear_color=True)
        self.texts, self.panel, self.post = texts, panel, post
        self._scale = 1.0
        self.view: View
        self.palette: Palette = theme.AS_DESIGNED
        self.typed = ""
        self.page, self.pages = 0, 1
        self.told: Callable[[], None] = lambda: None
        """Is called whenever the screen shows something new."""
        self._kept: dict[Hashable, Widget] = {}
        self._office = Held(lambda: self.post(TechnicianChosen()))
        self._tried = 0
        """So many sizes, the larger ones, were too large for the view that is shown."""
        self.bind(size=lambda *_: self._begin_anew())

    def ask(self, wide: float) -> Sequence[Widget]:
        """The question: a title and what explains it."""
        raise AssertionError(f"{type(self).__name__} asks nothing")

    def body(self, wide: float) -> Sequence[Widget]:
        """Rows that may be spread over pages."""
        return ()

    def answer(self, wide: float) -> Sequence[Widget]:
        """What the person can do, on every page."""
        return ()

    def ways(self) -> Sequence[Way | None]:
        """What leads away, left of what calls staff: home and back, None where there is none."""
        known = TRANSITIONS[self.view.visit.state]
        home = Way(self.word(self.home), Home(), self.home_icon) if Home in known and self.home else None
        back = Way(self.word("button.back"), Back(), Icon.BACK) if Back in known and self.goes_back else None
        return home, back

    def wipe(self) -> None:
        """Forgets what was shown and typed, and which page was open."""
        self.typed, self.page = "", 0
        self._begin_anew()
        for name in ("view", "_made", "_away"):
            self.__dict__.pop(name, None)

    def take_step(self, step: int) -> None:
        """Time went on by a step of what moves; most screens stand still."""

    # ------------------------------------------------------------ sizes and words

    def mm(self, millimetres: float) -> float:
        """Pixels of a length on the panel."""
        return millimetres * self.panel.pixels_per_mm

    @property
    def gap(self) -> float:
        return self.mm(theme.GAP_MM)

    @property
    def is_wide(self) -> bool:
        return bool(self.width > self.height)

    def word(self, key: str, **values: object) -> str:
        return self.texts(key, self.view.visit.language, **values)

    def font(self, size: float) -> float:
        """Pixels of a font of `size` mm at the present scale; never less than what can be read."""
        return max(self.mm(theme.LEAST_MM), self.mm(size) * self._scale)

    def words(
        self, text: str, wide: float, size: float = theme.BODY_MM, colour: theme.Colour | None = None,
        bold: bool = False, halign: str = "center",
    ) -> Words:  # fmt: skip
        """Text of a size in mm."""
        return Words(text, wide, self.font(size), colour or self.palette.ink, bold, halign)

    def title(self, key: str, wide: float, **values: object) -> Words:
        return self.words(self.word(key, **values), wide, theme.TITLE_MM, bold=True)

    def hint(self, key: str, wide: float, **values: object) -> Words:
        return self.words(self.word(key, **values), wide, theme.LARGE_MM, self.palette.quiet)

    def point(self, text: str, wide: float, size: float = theme.BODY_MM) -> Widget:
        """A point of a list: its further lines begin below its first word, not below the bullet."""
        indent = self.font(size)
        words = self.words(text, wide - indent, size, halign="left")
        bullet = Bullet(self.font(size) * LINE, self.palette.ink)
        return Group([(bullet, 0, words.height - bullet.height), (words, indent, 0)], wide, words.height)

    def number(self, text: str, wide: float, size: float = theme.NUMBER_MM, longest: int = 1) -> Words:
        """A ticket's number, as large as the width allows for so many characters."""
        fitting = min(self.mm(size) * min(1.0, self._scale), wide / (0.62 * max(longest, len(text))))
        return Words(text, wide, max(self.mm(theme.LEAST_MM), fitting), self.palette.ink, True, "center")

    def sign(self, icon: Icon, wide: float, colour: theme.Colour | None = None) -> Sign:
        """A large icon above a title; it gives way to larger words."""
        high = theme.SIGN_MM * min(1.0, self._scale) / theme.TEXT_SCALES[self.view.visit.access.text_size]
        return Sign(icon, wide, self.mm(high), colour or self.palette.main)

    def picture_mm(self, high: float) -> float:
        """The height of a picture that is `high` mm high among words of the normal size."""
        return high * theme.PICTURE_SCALES[self.view.visit.access.text_size] * min(1.0, self._scale)

    def choice(
        self, text: str, wide: float, event: Event | Callable[[], None], kind: str = "plain",
        least: float = theme.BUTTON_MM, size: float = theme.LARGE_MM, icon: Icon | None = None, above: bool = False,
    ) -> Choice:  # fmt: skip
        """A button that posts an event, or does something on this screen only."""

        def released() -> None:
            if isinstance(event, Event):
                self.post(event)
            elif self.parent:
                # Not of a screen that went while a finger was on it.
                event()

        least_high = max(self.mm(theme.TARGET_MM), self.mm(least) * min(1.0, self._scale))
        corner = self.mm(theme.CORNER_MM)
        return Choice(text, wide, least_high, self.font(size), corner, released, icon, above).paint(kind, self.palette)

    def pair(self, wide: float, makers: Sequence[Callable[[float], Widget]]) -> Widget:
        """Widgets side by side, equally wide."""
        each = (wide - self.gap * (len(makers) - 1)) / len(makers)
        return row([make(each) for make in makers], self.gap)

    def kept(self, name: Hashable, make: Callable[[], Widget]) -> Widget:
        """A widget that shows nothing but the view, and stays as it is while that does: who types a letter need not
        wait for all the keys anew. `name` tells it from all others of the screen, and its width.
        """
        key = name, self._scale
        if key not in self._kept:
            self._kept[key] = make()
        found = self._kept[key]
        if found.parent:
            found.parent.remove_widget(found)
        return found

    # ------------------------------------------------------------ the whole

    def show(self, view: View) -> None:
        """Shows the view; nothing on the screen is older than it."""
        if view is not self.__dict__.get("view"):
            self._begin_anew()
        self.view = view
        office_colour = view.data.office.colour if view.data else ""
        self.palette = theme.palette(view.visit.access.high_contrast, office_colour)
        self._ground.rgba = self.palette.paper
        self._draw()
        self.told()

    def _begin_anew(self) -> None:
        """Nothing that was made, or found too large, for what was shown is of use."""
        self._kept.clear()
        self._tried = 0

    def turn_to(self, page: int) -> None:
        """Shows another page of the same."""
        self.page = page
        self._draw()

    @property
    def rows(self) -> tuple[Widget, ...]:
        """All that the screen is made of below its head, from top to bottom, on all its pages."""
        return (*self._made.ask, *self._made.body, *self._made.answer, self._away)

    def _draw(self) -> None:
        for place, (scale, in_pages) in enumerate(self._tries()):
            if place < self._tried:
                continue
            self._scale, self._tried = scale, place
            if self._fill(in_pages):
                return

    def _tries(self) -> Iterator[tuple[float, bool]]:
        """From the size that was chosen down to the least, first on one page."""
        chosen = theme.TEXT_SCALES[self.view.visit.access.text_size]
        near = [chosen * each for each in SMALLER]
        yield from ((each, False) for each in near)
        if self.pages_last:
            yield from ((each, False) for each in _down(near[-1], 1.0))
        yield from ((each, True) for each in near)
        yield from ((each, True) for each in _down(near[-1], SMALLER[-1]))

    def _fill(self, in_pages: bool) -> bool:
        self.clear_widgets()
        margin, wide = self.mm(theme.MARGIN_MM), self.width - 2 * self.mm(theme.MARGIN_MM)
        low, reach = self.panel.band(self.height) if self.view.visit.access.low_reach else (0.0, self.height)
        head = self.kept(("head", wide), lambda: self._head(wide))
        foot = self.kept(("foot", wide), lambda: self._foot(wide))
        head.pos = 0, self.height - head.height
        foot.pos = margin, max(margin / 2, low)
        room = Room(margin, foot.top + margin, wide, head.y - margin / 2, reach, self.gap, margin)
        whole = filled(room, self._parts, self.is_wide, self.page, self._pager if in_pages else None)
        if whole.fits:
            # A try that does not fit, on one page, must not turn back to the first.
            self.page, self.pages = min(self.page, whole.pages - 1), whole.pages
        self._away = foot
        for each in (head, *whole.columns, foot):
            self.add_widget(each)
        return whole.fits

    def _parts(self, wide: float) -> Parts:
        self._made = Parts(self.ask(wide), self.body(wide), self.answer(wide), self.reads_body)
        return self._made

    def _pager(self, wide: float, page: int, pages: int) -> Widget:
        each = (wide - 2 * self.gap) / 3
        before = self._turn("button.previous", each, page - 1, page > 0, Icon.LESS)
        after = self._turn("button.more", each, page + 1, page < pages - 1, Icon.MORE)
        told = self.words(f"{page + 1} / {pages}", each, theme.BODY_MM, bold=True)
        return row([before, told, after], self.gap)

    def _turn(self, key: str, wide: float, page: int, can: bool, icon: Icon) -> Choice:
        def turn() -> None:
            self.turn_to(page)
            self.told()

        return self.choice(self.word(key), wide, turn, "plain" if can else "off", 18, theme.SMALL_MM, icon)

    # ------------------------------------------------------------ head, foot, tools

    def _head(self, wide: float) -> Widget:
        language, now = self.view.visit.language, self.view.now
        office = self.view.data.office.name if self.view.data else "Anjungan"
        is_known = self.view.clock is not ClockState.UNTRUSTED
        when = f"{self.texts.day(now, language)}  ·  {self.texts.time(now, language)}" if is_known else ""
        logo = [Logo(self.panel.logo, self.mm(15))] if self.panel.logo else []
        room = wide - sum(each.width + self.gap for each in logo)
        small, ink = self.mm(theme.SMALL_MM), self.palette.paper
        name = Words(office, room, small * 1.2, ink, True, "left")
        date = Words(when or " ", room, small, ink, False, "left")
        line = row([*logo, column([name, date], room, 0)], self.gap)
        is_held = TechnicianChosen in TRANSITIONS[self.view.visit.state]
        bar = self._bar(self._office.showing(line) if is_held else line, self.palette.ink)
        is_practice = self.view.data is not None and self.view.data.practice
        return column([bar, self._practice_mark(wide)], self.width, 0) if is_practice else bar

    def _bar(self, line: Widget, colour: theme.Colour) -> Group:
        """A line on a coloured ground across the screen."""
        bar = Ground(colour)
        bar.size = self.width, line.height + self.gap
        return Group([(bar, 0, 0), (line, (self.width - line.width) / 2, self.gap / 2)], self.width, bar.height)

    def _practice_mark(self, wide: float) -> Widget:
        told, size = self.word("practice.screen"), self.mm(theme.BODY_MM)
        return self._bar(Words(told, wide, size, self.palette.paper, True, "center"), self.palette.warning)

    def _foot(self, wide: float) -> Widget:
        """Ways out left, staff right, and the tools, below them where there is not room for all in a line."""
        tools = self._tools(wide)
        if self.is_wide and tools.width < wide * 0.6:
            away = self._ways(wide - tools.width - 2 * self.gap)
            places: list[tuple[Widget, float, float]] = [(away, 0, 0)] if away else []
            places.append((tools, wide - tools.width, 0))
            return Group(places, wide, max(each.height for each, _, _ in places))
        away = self._ways(wide)
        return column([*([away] if away else []), tools], wide, self.gap)

    def _ways(self, wide: float) -> Group | None:
        """Two ways out and staff, each at its own place whether the others are there or not."""
        each = min(self.mm(90), (wide - 2 * self.gap) / 3)
        places: list[tuple[Widget, float, float]] = []
        for place, way in enumerate(self.ways()):
            if way:
                places.append((self._way(*way, each), place * (each + self.gap), 0))
        if HelpChosen in TRANSITIONS[self.view.visit.state]:
            help_way = Way(self.word("button.help"), HelpChosen(), Icon.STAFF)
            places.append((self._way(*help_way, each), wide - each, 0))
        if not places:
            return None
        high = max(way.height for way, _, _ in places)
        for way, _, _ in places:
            way.height = high
        return Group(places, wide, high)

    def _way(self, text: str, event: Event | Callable[[], None], icon: Icon, wide: float) -> Choice:
        return self.choice(text, wide, event, least=20, size=theme.BODY_MM, icon=icon)

    def _tools(self, wide: float) -> Group:
        """Languages and accessibility: in one line, or two where they are too wide."""
        gap = self.gap / 2
        languages = row([self._language_choice(each) for each in self.texts.languages], gap)
        access = row(list(self._access_choices()), gap)
        narrow = languages.width + access.width + self.gap
        if narrow <= wide:
            room = narrow if self.is_wide else wide
            return Group([(languages, 0, 0), (access, room - access.width, 0)], room, access.height)
        return column([languages, access], max(languages.width, access.width), gap)

    def _tool(self, text: str, wide: float, event: Event, kind: str, icon: Icon) -> Choice:
        corner, least = self.mm(theme.CORNER_MM), self.mm(theme.TARGET_MM + 3)
        made = Choice(text, self.mm(wide), least, self.mm(theme.LEAST_MM), corner, lambda: self.post(event), icon, True)
        return made.paint(kind, self.palette)

    def _language_choice(self, language: Language) -> Choice:
        kind = "chosen" if language == self.view.visit.language else "plain"
        return self._tool(self.texts.name(language), TOOL_MM[0], LanguageChosen(language), kind, Icon.LANGUAGE)

    def _access_choices(self) -> Iterator[Choice]:
        now = self.view.visit.access
        is_larger, is_spoken = now.text_size is not TextSize.NORMAL, now.sound is not Sound.OFF
        size, sound = f"access.text.{now.text_size}", f"access.sound.{now.sound}"
        larger, louder = f"spoken.access.text.{now.text_size}", f"spoken.access.sound.{now.sound}"
        contrast, low = replace(now, high_contrast=not now.high_contrast), replace(now, low_reach=not now.low_reach)
        yield self._access(size, larger, Icon.TEXT_SIZE, is_larger, replace(now, text_size=LARGER[now.text_size]))
        yield self._access("access.contrast", "spoken.access.contrast", Icon.CONTRAST, now.high_contrast, contrast)
        yield self._access("access.reach", "spoken.access.reach", Icon.REACH, now.low_reach, low)
        yield self._access(sound, louder, Icon.SOUND, is_spoken, replace(now, sound=LOUDER[now.sound]))

    def _access(self, key: str, said: str, icon: Icon, is_chosen: bool, wanted: Access) -> Choice:
        kind = "chosen" if is_chosen else "plain"
        made = self._tool(self.word(key), TOOL_MM[1], AccessChosen(wanted), kind, icon)
        made.said = self.word(said)
        return made


def _down(scale: float, least: float) -> Iterator[float]:
    """Smaller scales than one, step by step, to the least."""
    while scale > least:
        scale = max(least, scale * SMALLER[1])
        yield scale
