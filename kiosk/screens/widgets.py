"""The few widgets that every screen is made of; sized when they are made, so that what fits is known at once.

Words are painted once and kept: a screen is made anew for each view, and most of its words were there before.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from time import time

from kivy.core.image import Image
from kivy.core.text import Label as Painter
from kivy.graphics import Color, Rectangle, SmoothEllipse, SmoothLine
from kivy.graphics.texture import Texture
from kivy.input import MotionEvent
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.icons import FONT, Icon
from kiosk.screens.pane import Pane
from kiosk.theme import Palette

KEPT_WORDS = 400
TEXT_FONT = "Roboto"
LINE = 1.17
"""The height of a line of words, in font sizes (Roboto's ascent and descent)."""
LONGEST_TOUCH_SECONDS = 3.0
"""A finger that is down for longer leans on the screen: it chooses nothing, and keeps no other finger away."""

HOLD_SECONDS = (5.0, 10.0)
"""From when on a held finger is meant, and until when."""


def leans(touch: MotionEvent) -> bool:
    """Whether the finger is down for too long to be choosing; so is one that has no time, for the clock was set."""
    return bool(abs(time() - touch.time_start) > LONGEST_TOUCH_SECONDS)


@lru_cache(maxsize=KEPT_WORDS)
def painted(text: str, size: float, wide: float | None, bold: bool, halign: str, font: str = TEXT_FONT) -> Texture:
    """White words on nothing, wrapped to `wide` px; to be shown as large as they are, on whole pixels."""
    painter = Painter(text=text, font_size=size, text_size=(wide, None), bold=bold, halign=halign, font_name=font)
    painter.refresh()
    painter.texture.mag_filter = painter.texture.min_filter = "nearest"
    return painter.texture


def wrapped(text: str, size: float, wide: float, bold: bool, halign: str) -> Texture:
    """Words wrapped to `wide` px; no wider than they are where they need one line only, for empty pixels cost as much
    to paint.
    """
    in_a_line = text.strip() and "\n" not in text and _word_width(text, bold) * size / 98 <= wide
    return painted(text, size, None if in_a_line else wide, bold, halign)


def compact(text: str, size: float, room: float) -> Texture:
    """Bold words, no wider than they need, wrapped where the room is narrower."""
    in_lines = painted(text, size, None, True, "center")
    if in_lines.width <= room:
        return in_lines
    return painted(text, size, min(room, _longest_line(text, size, room) * 1.03), True, "center")


def _longest_line(text: str, size: float, room: float) -> float:
    longest = line = 0.0
    space = _word_width("n", True) * size / 200
    for word in words_of(text):
        wide = _word_width(word, True) * size / 100
        line = line + space + wide if line and line + space + wide <= room else wide
        longest = max(longest, line)
    return longest


def words_of(text: str) -> list[str]:
    """Where Kivy may end a line: not at a no-break space, as str.split would."""
    return [word for line in text.splitlines() for word in line.split(" ") if word]


@lru_cache(maxsize=KEPT_WORDS * 4)
def _word_width(word: str, bold: bool) -> float:
    """The width of a word, or of words in a line, in px of a font of 100 px."""
    return float(Painter(font_size=100, bold=bold, font_name=TEXT_FONT).get_extents(word)[0])


def fitting(text: str, size: float, wide: float, bold: bool) -> float:
    """The font size, `size` px at most, at which no word is wider than `wide` px, so that none is broken."""
    longest = max((_word_width(word, bold) for word in words_of(text)), default=0)
    return min(size, 98 * wide / longest) if longest else size


def forget_words() -> None:
    """Drops every picture of words and the words themselves, so that the screen remembers nothing of a visit."""
    painted.cache_clear()
    _word_width.cache_clear()
    _qr_texture.cache_clear()


class Ground(FloatLayout):
    """A coloured ground."""

    def __init__(self, colour: theme.Colour = theme.AS_DESIGNED.paper) -> None:
        super().__init__(size_hint=(None, None))
        with self.canvas.before:
            Color(*colour)
            self._area = Rectangle()
        self.bind(pos=lambda *_: self._lie(), size=lambda *_: self._lie())

    def _lie(self) -> None:
        self._area.pos, self._area.size = self.pos, self.size


class Words(Widget):
    """Text wrapped to `wide` px, as high as it needs; its font is smaller than asked for where a word is wider."""

    def __init__(self, text: str, wide: float, size: float, colour: theme.Colour, bold: bool, halign: str) -> None:
        self.text, self.colour = text, colour
        self.font_size = fitting(text, size, wide, bold)
        texture = wrapped(text, round(self.font_size, 1), wide, bold, halign)
        self.texture_size = texture.size
        super().__init__(size_hint=(None, None), size=(wide, texture.height))
        with self.canvas:
            Color(*colour)
            area = Rectangle(texture=texture, size=texture.size)
        before = (wide - texture.width) * {"left": 0.0, "center": 0.5, "right": 1.0}[halign]
        self.bind(pos=lambda *_: setattr(area, "pos", (round(self.x + before), round(self.y))))


class Bullet(Widget):
    """A dot before a point of a list, in the middle of a line `high` px high; nobody needs to hear it."""

    def __init__(self, high: float, colour: theme.Colour) -> None:
        super().__init__(size_hint=(None, None), size=(high, high))
        side = high * 0.22
        with self.canvas:
            Color(*colour)
            dot = SmoothEllipse(size=(side, side))
        self.bind(pos=lambda *_: setattr(dot, "pos", (self.x + side / 2, self.center_y - side / 2)))


class Sign(Widget):
    """An icon `high` px high: what the screen is about, before a word is read."""

    def __init__(self, icon: Icon, wide: float, high: float, colour: theme.Colour) -> None:
        super().__init__(size_hint=(None, None), size=(wide, high))
        texture = painted(icon, round(high, 1), None, False, "left", FONT)
        with self.canvas:
            Color(*colour)
            area = Rectangle(texture=texture, size=texture.size)

        def lie(*_: object) -> None:
            area.pos = _middle(self.x, self.width, texture.width), _middle(self.y, self.height, texture.height)

        self.bind(pos=lie)


class Target(ButtonBehavior, Widget):
    """Something to touch. It is chosen when the finger leaves it, not where the finger slid off or leans on it.

    `text` are its words, `said` what it is called for whoever listens, `kind` as for Choice.
    """

    text: str
    said: str
    kind: str

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is self and leans(touch):
            touch.ungrab(self)
            self.state = "normal"
            return True
        return bool(super().on_touch_up(touch))


class Held(Widget):
    """Something that is held for HOLD_SECONDS and let go, to get at what nobody shall find by chance. A finger that
    stays for longer leans there, and means nothing.

    It is made once and shows one widget after the other, since a screen is made anew while a finger is on it.
    """

    def __init__(self, released: Callable[[], None]) -> None:
        super().__init__(size_hint=(None, None))
        self._released = released
        self._shown: Widget | None = None
        self.bind(pos=lambda *_: self._lie())

    def showing(self, shown: Widget) -> "Held":
        """The same, with another widget."""
        self.clear_widgets()
        if self.parent:
            self.parent.remove_widget(self)
        self._shown, self.size = shown, shown.size
        self.add_widget(shown)
        self._lie()
        return self

    def _lie(self) -> None:
        if self._shown:
            self._shown.pos = self.pos

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if self.collide_point(*touch.pos) and HOLD_SECONDS[0] <= time() - touch.time_start <= HOLD_SECONDS[1]:
            self._released()
        return True


class Choice(Target):
    """A button as wide as `wide` px, as high as its words and `least` ask for; an icon stands left of the words, or
    `above` them.
    """

    def __init__(
        self, text: str, wide: float, least: float, size: float, corner: float, released: Callable[[], None],
        icon: Icon | None = None, above: bool = False,
    ) -> None:  # fmt: skip
        self.text = self.said = text
        self._corner, self._above = corner, above
        # A narrow key keeps its letter: the pad shrinks with it.
        pad = min(corner, 0.06 * wide)
        beside = size * 1.8 if icon and not above else 0.0
        room = wide - 2 * pad - beside
        self.font_size = fitting(text, size, room, bold=True)
        words = compact(text, round(self.font_size, 1), room)
        glyph = (
            painted(icon, round(self.font_size * (1.6 if above else 1.35), 1), None, False, "left", FONT)
            if icon
            else None
        )
        self.texture_size = words.size
        high = words.height + (glyph.height * 0.85 if glyph and above else 0)
        super().__init__(size_hint=(None, None), size=(wide, max(least, high + 1.4 * pad)))
        self._draw(words, glyph)
        self.bind(
            pos=lambda *_: self._lie(), size=lambda *_: self._lie(), state=lambda *_: self._colour(),
            on_release=lambda _: released(),
        )  # fmt: skip

    def paint(self, kind: str, palette: Palette) -> "Choice":
        """`main` is the one main action of a screen, `plain` another, `chosen` one that is taken already, `off` one
        that cannot be taken now.
        """
        self.kind = kind
        self.disabled = kind == "off"
        self.ground, self.ink, self._edge, self._pressed = {
            "main": (palette.main, palette.on_main, palette.main, palette.ink),
            "plain": (palette.card, palette.ink, palette.quiet, palette.line),
            "chosen": (palette.ink, palette.paper, palette.ink, palette.quiet),
            "off": (palette.paper, palette.quiet, palette.line, palette.paper),
        }[kind]
        self._colour()
        return self

    def stretch(self, high: float) -> None:
        self.height = high

    def _draw(self, words: Texture, glyph: Texture | None) -> None:
        with self.canvas:
            self._pane = Pane(self._corner)
            self._ink_colour = Color()
            self._words = Rectangle(texture=words, size=words.size)
            self._glyph = Rectangle(texture=glyph, size=glyph.size) if glyph else None

    def _colour(self) -> None:
        is_down = self.state == "down"
        self._pane.paint(self._edge, self._pressed if is_down else self.ground)
        # What is pressed turns over only where its words stay to be read.
        self._ink_colour.rgba = self.ink

    def _lie(self) -> None:
        x, y, wide, high = self.x, self.y, self.width, self.height
        self._pane.lie(x, y, wide, high)
        words, glyph = self._words, self._glyph
        if glyph is None:
            words.pos = _middle(x, wide, words.size[0]), _middle(y, high, words.size[1])
        elif self._above:
            both = words.size[1] + glyph.size[1] * 0.85
            low = _middle(y, high, both)
            words.pos = _middle(x, wide, words.size[0]), low
            glyph.pos = _middle(x, wide, glyph.size[0]), low + words.size[1] - glyph.size[1] * 0.1
        else:
            gap = glyph.size[0] * 0.3
            left = _middle(x, wide, glyph.size[0] + gap + words.size[0])
            glyph.pos = left, _middle(y, high, glyph.size[1])
            words.pos = left + glyph.size[0] + gap, _middle(y, high, words.size[1])


def _middle(start: float, room: float, length: float) -> float:
    return round(start + (room - length) / 2)


class Card(Widget):
    """Words on a card."""

    def __init__(self, words: Widget, pad: float, corner: float, ground: theme.Colour, edge: theme.Colour) -> None:
        super().__init__(size_hint=(None, None), size=(words.width + 2 * pad, words.height + 2 * pad))
        with self.canvas:
            pane = Pane(corner)
        pane.paint(edge, ground)
        self.add_widget(words)

        def lie(*_: object) -> None:
            pane.lie(self.x, self.y, self.width, self.height)
            words.pos = self.x + pad, self.y + pad

        self.bind(pos=lie)


class QrCode(Widget):
    """A QR code of `side` px, its quiet zone included."""

    def __init__(self, data: str, side: float) -> None:
        super().__init__(size_hint=(None, None), size=(side, side))
        with self.canvas:
            Color(1, 1, 1, 1)
            area = Rectangle(texture=qr_texture(data), size=self.size)
        self.bind(pos=lambda *_: setattr(area, "pos", self.pos))


def qr_texture(data: str) -> Texture:
    """A QR code, one texel a module."""
    return _qr_texture(data)


@lru_cache(maxsize=8)
def _qr_texture(data: str) -> Texture:
    # No page of the start has one, and what it is made by takes as long to load as many a page.
    import qrcode

    code = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(data)
    rows = code.get_matrix()
    texture = Texture.create(size=(len(rows), len(rows)), colorfmt="luminance", mipmap=False)
    texture.mag_filter = texture.min_filter = "nearest"
    pixels = bytes(0 if dark else 255 for row in reversed(rows) for dark in row)
    texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
    return texture


class Logo(Widget):
    """The office's picture, `high` px high."""

    def __init__(self, file: Path, high: float) -> None:
        texture = _picture(str(file))
        super().__init__(size_hint=(None, None), size=(high * texture.width / texture.height, high))
        with self.canvas:
            Color(1, 1, 1, 1)
            area = Rectangle(texture=texture, size=self.size)
        self.bind(pos=lambda *_: setattr(area, "pos", self.pos))


@lru_cache(maxsize=1)
def _picture(file: str) -> Texture:
    return Image(file).texture


class Face(Target):
    """A face from very sad (1) to very glad (5), to be touched; `text` is its word, which stands below it."""

    COLOURS = ("8A1515", "8A4A00", "4E5A1F", "2A6136", "07524A")

    def __init__(self, score: int, text: str, side: float, palette: Palette, released: Callable[[], None]) -> None:
        super().__init__(size_hint=(None, None), size=(side, side))
        self.text = self.said = text
        self.kind = "plain"
        own = theme.colour(self.COLOURS[score - 1])
        is_plain = palette is theme.HIGH_CONTRAST
        self._ground, self._ink = (palette.main, palette.on_main) if is_plain else (own, palette.card)
        self._bend = (score - 3) * 0.11 * side
        self.bind(pos=lambda *_: self._draw(), on_release=lambda _: released())

    def _draw(self) -> None:
        x, y, side, bend = self.x, self.y, self.width, self._bend
        self.canvas.clear()
        with self.canvas:
            Color(*self._ground)
            SmoothEllipse(pos=self.pos, size=self.size)
            Color(*self._ink)
            for eye in (0.28, 0.6):
                SmoothEllipse(pos=(x + eye * side, y + 0.56 * side), size=(0.12 * side, 0.15 * side))
            level = y + 0.32 * side
            mouth = [x + 0.25 * side, level + bend / 2, x + 0.5 * side, level - bend, x + 0.75 * side, level + bend / 2]
            SmoothLine(bezier=mouth, width=max(2, side * 0.03))


class Group(Widget):
    """Widgets at fixed places within it: `parts` are each with its place from the lower left corner, px."""

    def __init__(self, parts: Sequence[tuple[Widget, float, float]], wide: float, high: float) -> None:
        super().__init__(size_hint=(None, None), size=(wide, high))
        for each, _, _ in parts:
            self.add_widget(each)

        def lie(*_: object) -> None:
            for each, right, up in parts:
                each.pos = self.x + right, self.y + up

        self.bind(pos=lie)
        lie()


def row(widgets: Sequence[Widget], gap: float) -> Group:
    """Widgets side by side, buttons as high as the highest, others in the middle of the height."""
    high = max((each.height for each in widgets), default=0)
    parts, left = [], 0.0
    for each in widgets:
        if isinstance(each, Choice):
            each.stretch(high)
        parts.append((each, left, (high - each.height) / 2))
        left += each.width + gap
    return Group(parts, max(0.0, left - gap), high)


def column(widgets: Sequence[Widget], wide: float, gap: float) -> Group:
    """Widgets below one another, each in the middle of `wide` px."""
    high = sum(each.height for each in widgets) + gap * max(0, len(widgets) - 1)
    parts, top = [], high
    for each in widgets:
        top -= each.height
        parts.append((each, (wide - each.width) / 2, top))
        top -= gap
    return Group(parts, wide, high)
