"""The few widgets that every screen is made of; sized when they are made, so that what fits is known at once."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import qrcode
from kivy.graphics import Color, Ellipse, Line, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.properties import ColorProperty, NumericProperty, ObjectProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.button import Button
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk import theme


class Ground(FloatLayout):
    """A screen's ground."""

    ground = ColorProperty(theme.PAPER)


class Words(Label):
    """Text wrapped to `wide` px, as high as it needs."""

    def __init__(self, text: str, wide: float, size: float, colour: theme.Colour, bold: bool, halign: str) -> None:
        super().__init__(text=text, font_size=size, color=colour, bold=bold, halign=halign, text_size=(wide, None))
        self.texture_update()
        self.size = (wide, self.texture_size[1])


class Choice(Button):
    """A button as wide as `wide` px, as high as its words and `least` ask for."""

    ground = ColorProperty(theme.CARD)
    pressed_ground = ColorProperty(theme.LINE)
    edge = ColorProperty(theme.LINE)
    corner = NumericProperty(16)
    rim = NumericProperty(3)

    def __init__(
        self, text: str, wide: float, least: float, size: float, corner: float, released: Callable[[], None]
    ) -> None:
        super().__init__(text=text, font_size=size, bold=True, corner=corner)
        pad = corner
        self.text_size = (wide - 2 * pad, None)
        self.texture_update()
        self.size = (wide, max(least, self.texture_size[1] + 1.4 * pad))
        self.bind(on_release=lambda _: released())

    def paint(self, kind: str) -> "Choice":
        """`main` is the one main action of a screen, `plain` another, `off` one that cannot be taken now."""
        if kind == "main":
            self.ground = self.edge = theme.MAIN
            self.color, self.pressed_ground = theme.CARD, theme.INK
        elif kind == "off":
            self.ground, self.color, self.disabled = theme.PAPER, theme.QUIET, True
            self.disabled_color = theme.QUIET
        else:
            self.color, self.edge = theme.INK, theme.QUIET
        return self


class Box(BoxLayout):
    """A coloured card around widgets."""

    ground = ColorProperty(theme.CARD)
    corner = NumericProperty(16)


class QrCode(Widget):
    """A QR code of `side` px, its quiet zone included."""

    texture = ObjectProperty(None, allownone=True)

    def __init__(self, data: str, side: float) -> None:
        super().__init__(size=(side, side))
        self.texture = _qr_texture(data)


@lru_cache(maxsize=8)
def _qr_texture(data: str) -> Texture:
    code = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(data)
    rows = code.get_matrix()
    texture = Texture.create(size=(len(rows), len(rows)), colorfmt="luminance", mipmap=False)
    texture.mag_filter = texture.min_filter = "nearest"
    pixels = bytes(0 if dark else 255 for row in reversed(rows) for dark in row)
    texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
    return texture


class Face(ButtonBehavior, Widget):
    """A face from very sad (1) to very glad (5), to be touched."""

    COLOURS = ("8A1515", "8A4A00", "4E5A1F", "2A6136", "07524A")

    def __init__(self, score: int, side: float, released: Callable[[], None]) -> None:
        super().__init__(size_hint=(None, None), size=(side, side))
        self._score = score
        self.bind(pos=lambda *_: self._draw(), on_release=lambda _: released())
        self._draw()

    def _draw(self) -> None:
        x, y, side = self.x, self.y, self.width
        bend = (self._score - 3) * 0.11 * side
        self.canvas.clear()
        with self.canvas:
            Color(*theme.colour(self.COLOURS[self._score - 1]))
            Ellipse(pos=self.pos, size=self.size)
            Color(*theme.CARD)
            for eye in (0.28, 0.6):
                Ellipse(pos=(x + eye * side, y + 0.56 * side), size=(0.12 * side, 0.15 * side))
            level = y + 0.32 * side
            mouth = [x + 0.25 * side, level + bend / 2, x + 0.5 * side, level - bend, x + 0.75 * side, level + bend / 2]
            Line(bezier=mouth, width=max(2, side * 0.03))


class PhonePicture(Widget):
    """A phone with a QR code over a scanner's light: what to do, without words."""

    def __init__(self, wide: float, high: float) -> None:
        super().__init__(size_hint=(None, None), size=(wide, high))
        self.bind(pos=lambda *_: self._draw())

    def _draw(self) -> None:
        high = self.height
        phone_w, phone_h = high * 0.42, high * 0.72
        left, bottom = self.center_x - phone_w / 2, self.y + high * 0.28
        self.canvas.clear()
        with self.canvas:
            Color(*theme.MAIN)
            RoundedRectangle(
                pos=(self.center_x - high * 0.42, self.y), size=(high * 0.84, high * 0.13), radius=[high * 0.05]
            )
            Color(0.03, 0.32, 0.29, 0.28)
            for half in (0.14, 0.24, 0.34):
                Line(points=[self.center_x - high * half * 0.6, bottom - high * 0.01, self.center_x - high * half, self.y + high * 0.14], width=3)  # fmt: skip  # noqa: E501
                Line(points=[self.center_x + high * half * 0.6, bottom - high * 0.01, self.center_x + high * half, self.y + high * 0.14], width=3)  # fmt: skip  # noqa: E501
            Color(*theme.INK)
            RoundedRectangle(pos=(left, bottom), size=(phone_w, phone_h), radius=[high * 0.06])
            Color(*theme.CARD)
            inset = phone_w * 0.08
            Rectangle(pos=(left + inset, bottom + phone_h * 0.1), size=(phone_w - 2 * inset, phone_h * 0.8))
            side = phone_w - 4 * inset
            Color(1, 1, 1, 1)
            Rectangle(
                pos=(left + 2 * inset, bottom + (phone_h - side) / 2),
                size=(side, side),
                texture=_qr_texture("ANJUNGAN"),
            )


def row(widgets: Sequence[Widget], gap: float) -> BoxLayout:
    """Widgets side by side, all as high as the highest."""
    high = max(each.height for each in widgets)
    line = BoxLayout(spacing=gap, size_hint=(None, None), height=high)
    line.width = sum(each.width for each in widgets) + gap * (len(widgets) - 1)
    for each in widgets:
        if isinstance(each, Choice):
            each.height = high
        line.add_widget(each)
    return line


def column(widgets: Sequence[Widget], wide: float, gap: float) -> BoxLayout:
    """Widgets below one another, each in the middle of `wide` px."""
    stack = BoxLayout(orientation="vertical", spacing=gap, size_hint=(None, None), width=wide)
    for each in widgets:
        each.pos_hint = {"center_x": 0.5}
        stack.add_widget(each)
    stack.height = sum(each.height for each in widgets) + gap * max(0, len(widgets) - 1)
    return stack
