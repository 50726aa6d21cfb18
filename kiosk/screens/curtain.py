"""The privacy curtain: a black panel for whoever listens, so that nobody reads along."""

from collections.abc import Callable
from typing import Any

from kiosk import theme
from kiosk.screens.widgets import Ground, Words
from kiosk.theme import Panel


class Curtain(Ground):
    """Covers `size` px with black and one line of words; a touch lifts it, and does nothing else."""

    def __init__(self, text: str, size: tuple[float, float], panel: Panel, lift: Callable[[], None]) -> None:
        super().__init__(theme.HIGH_CONTRAST.paper)
        self.size = size
        self._lift = lift
        font = theme.LARGE_MM * panel.pixels_per_mm
        words = Words(text, size[0], font, theme.HIGH_CONTRAST.ink, True, "center")
        words.pos = 0, (size[1] - words.height) / 2
        self.add_widget(words)

    def on_touch_down(self, touch: Any) -> bool:
        self._lift()
        return True
