"""The kiosk's screens as the technician's guide shows them: drawn by the kiosk's own window."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kivy.core.window import Window  # noqa: F401 - opens the window that textures need
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.code_window import first_view
from kiosk.model import EnrolmentProblem, Language
from kiosk.screens.alone import AloneScreen
from kiosk.screens.enrolling import EnrollingScreen
from kiosk.screens.gallery import ORIENTATIONS, PANELS, settle
from kiosk.screens.sample_views import sample_views
from kiosk.screens.stage import Stage
from kiosk.texts import Texts
from kiosk.view import Alone, View

SIZE, PANEL = ORIENTATIONS["portrait"], PANELS["portrait"]
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SHOWN = {
    "welcome": "welcome",
    "practice": "welcome-practice",
    "on-screen": "ticket_on_screen",
    "uncertain": "ticket_uncertain",
    "fault": "out_of_service-disk_full",
}
"""Names of pictures, and the views (kiosk.screens.sample_views) that they show."""
TYPED = "7KQ2M"


def draw_screens(out: Path, language: Language) -> Iterator[Path]:
    """Writes the screens in a language; returns the files."""
    texts, views = Texts.load(), sample_views()
    stage = Stage(texts, PANEL, lambda event: None)
    for name, view in SHOWN.items():
        stage.size = SIZE
        stage.show(_in(language, views[view]))
        yield _drawn(stage, out / f"screen-{name}.{language}.png")
    for name, typed, problem in (("code", TYPED, None), ("code-refused", "", EnrolmentProblem.REFUSED)):
        screen = EnrollingScreen(texts, PANEL, lambda event: None)
        screen.size, screen.typed, screen.problem = SIZE, typed, problem
        FloatLayout().add_widget(screen)
        screen.show(_in(language, first_view(AT)))
        yield _drawn(screen, out / f"screen-{name}.{language}.png")


def _in(language: Language, view: View) -> View:
    return replace(view, visit=replace(view.visit, language=language))


def draw_out_of_order(out: Path) -> Path:
    """Writes the fallback screen, which speaks two languages at once."""
    screen = AloneScreen(Texts.load(), PANEL, Alone.OUT_OF_ORDER)
    screen.size = SIZE
    return _drawn(screen, out / "screen-out-of-order.png")


def _drawn(widget: Widget, file: Path) -> Path:
    settle()
    widget.export_to_png(str(file))
    return file
