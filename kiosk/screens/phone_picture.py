"""What to do with a phone, without words: it comes down to the scanner, and the ticket comes out."""

from collections.abc import Callable

from kivy.graphics import Color, Rectangle, SmoothLine, SmoothRoundedRectangle
from kivy.graphics.texture import Texture

from kiosk.screens.icons import FONT, Icon
from kiosk.screens.widgets import Target, painted, qr_texture
from kiosk.theme import Palette

STEPS = 4
"""Away, nearer, read, done: each stands for a step of the stage, which is calm and costs the machine little."""
LIFTS = (0.36, 0.24, 0.12, 0.12)


class PhonePicture(Target):
    """A phone with a QR code over a scanner's light; `step` (0 to 3) is how far it has come. It can be touched, and is
    called `said`, where something is to happen then.
    """

    def __init__(
        self, wide: float, high: float, palette: Palette, step: int, said: str = "",
        released: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(size_hint=(None, None), size=(wide, high))
        self._palette, self._step = palette, step
        self.text = self.said = said
        self.kind = "plain" if released else "off"
        self.disabled = released is None
        self.bind(pos=lambda *_: self._draw(), on_release=lambda _: released() if released else None)

    def take_step(self, step: int) -> None:
        self._step = step
        self._draw()

    def _draw(self) -> None:
        self.canvas.clear()
        is_read = self._step >= 2
        with self.canvas:
            self._draw_beam(is_read)
            Color(*self._palette.main)
            high = self.height
            SmoothRoundedRectangle(
                pos=(self.center_x - high * 0.4, self.y), size=(high * 0.8, high * 0.1), radius=[high * 0.04]
            )
            self._draw_phone(is_read)

    def _draw_beam(self, is_read: bool) -> None:
        high, lifted = self.height, self.y + self.height * LIFTS[self._step]
        Color(*self._palette.main[:3], 0.75 if is_read else 0.3)
        for side in (-1, 1):
            for part in (0.1, 0.2, 0.3):
                ends = (
                    self.center_x + side * high * part * 0.6,
                    lifted,
                    self.center_x + side * high * part,
                    self.y + high * 0.1,
                )
                SmoothLine(points=ends, width=3)

    def _draw_phone(self, is_read: bool) -> None:
        palette, high = self._palette, self.height
        wide, tall = high * 0.34, high * 0.62
        left, bottom = self.center_x - wide / 2, self.y + high * LIFTS[self._step]
        Color(*palette.ink)
        SmoothRoundedRectangle(pos=(left, bottom), size=(wide, tall), radius=[high * 0.05])
        Color(*palette.card)
        inset = wide * 0.08
        Rectangle(pos=(left + inset, bottom + tall * 0.08), size=(wide - 2 * inset, tall * 0.84))
        if self._step == STEPS - 1:
            Color(*palette.main)
            _in_the_middle(painted(Icon.YES, round(wide * 0.7), None, False, "left", FONT), left, bottom, wide, tall)
        else:
            Color(1, 1, 1, 1)
            side = wide - 4 * inset
            Rectangle(
                pos=(left + 2 * inset, bottom + (tall - side) / 2), size=(side, side), texture=qr_texture("ANJUNGAN")
            )


def _in_the_middle(texture: Texture, left: float, bottom: float, wide: float, tall: float) -> None:
    x, y = round(left + (wide - texture.width) / 2), round(bottom + (tall - texture.height) / 2)
    Rectangle(pos=(x, y), size=texture.size, texture=texture)
