"""Four targets, one after the other: where the touches come shows how the panel is mounted."""

from collections.abc import Sequence

from kivy.graphics import Color, SmoothEllipse
from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.screens.screen import Way
from kiosk.screens.set_up_page import SetUpScreen
from kiosk.screens.widgets import Group
from kiosk.set_up_lines import TARGETS, Touched

MARK_MM = 22.0


class Mark(Widget):
    """A ring with a dot in it, to be touched."""

    def __init__(self, side: float, colour: theme.Colour, ground: theme.Colour) -> None:
        super().__init__(size_hint=(None, None), size=(side, side))
        with self.canvas:
            rings = []
            for share, shade in ((1.0, colour), (0.8, ground), (0.3, colour)):
                Color(*shade)
                rings.append((SmoothEllipse(size=(side * share, side * share)), side * (1 - share) / 2))

        def lie(*_: object) -> None:
            for ring, inset in rings:
                ring.pos = self.x + inset, self.y + inset

        self.bind(pos=lie)


class TargetsScreen(SetUpScreen):
    """A touch is taken wherever it comes, for it may come elsewhere than the finger is; so there is nothing else to
    touch.
    """

    def wipe(self) -> None:
        super().wipe()
        self._places: list[tuple[float, float]] = []

    def ask(self, wide: float) -> Sequence[Widget]:
        if len(self._places) == len(TARGETS):
            return self.waits("set_up.targets.waiting", wide)
        key = "set_up.targets.misfit" if self.shown.misfits and not self._places else "set_up.targets.hint"
        count = self.words(f"{len(self._places) + 1} / {len(TARGETS)}", wide, theme.LARGE_MM, bold=True)
        return [self.title("set_up.targets.title", wide), self.hint(key, wide), count]

    def ways(self) -> Sequence[Way | None]:
        return ()

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if len(self._places) < len(TARGETS):
            self._places.append((_share(touch.x, self.width), _share(self.height - touch.y, self.height)))
            self.show(self.view)
            if len(self._places) == len(TARGETS):
                self.say(Touched(number=self.shown.number, places=tuple(self._places)))
        return True

    def _foot(self, wide: float) -> Widget:
        return Group([], wide, 0)

    def _fill(self, in_pages: bool) -> bool:
        fits = super()._fill(in_pages)
        if len(self._places) < len(TARGETS):
            x, y = TARGETS[len(self._places)]
            mark = Mark(self.mm(MARK_MM), self.palette.main, self.palette.paper)
            mark.center = x * self.width, (1 - y) * self.height
            self.add_widget(mark)
        return fits


def _share(place: float, whole: float) -> float:
    return min(1.0, max(0.0, place / whole))
