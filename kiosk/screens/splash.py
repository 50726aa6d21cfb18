"""The first frame: a clock, until the kiosk knows what it can serve. Without words, for it stands for a second only."""

from kivy.core.text import Label as Painter
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle

from kiosk import theme
from kiosk.screens.icons import FONT, Icon

SHARE = 0.25
"""Of the window's width."""


def show_splash() -> None:
    """Paints the frame at once, before there is a loop; the loop's first frame takes its place."""
    painter = Painter(text=Icon.CLOCK, font_size=Window.width * SHARE, font_name=FONT)
    painter.refresh()
    wide, high = painter.texture.size
    Window.clearcolor = theme.AS_DESIGNED.paper
    with Window.canvas:
        Color(*theme.AS_DESIGNED.main)
        Rectangle(
            texture=painter.texture, size=(wide, high), pos=((Window.width - wide) / 2, (Window.height - high) / 2)
        )
    Window.dispatch("on_draw")
    Window.dispatch("on_flip")
    Window.canvas.clear()
