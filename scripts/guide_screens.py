"""The kiosk's screens as the technician's guide shows them: drawn by the kiosk's own window."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kivy.core.window import Window  # noqa: F401 - opens the window that textures need
from kivy.uix.widget import Widget

from kiosk.model import Access, EnrolmentProblem, Language
from kiosk.screens.alone import AloneScreen
from kiosk.screens.gallery import ORIENTATIONS, PANELS, settle
from kiosk.screens.sample_set_up import sample_pages
from kiosk.screens.sample_views import sample_views
from kiosk.screens.set_up_stage import SetUpStage
from kiosk.screens.stage import Stage
from kiosk.texts import Texts
from kiosk.view import Alone, View

SIZE, PANEL = ORIENTATIONS["portrait"], PANELS["portrait"]
SHOWN = {
    "welcome": "welcome",
    "practice": "welcome-practice",
    "on-screen": "ticket_on_screen",
    "uncertain": "ticket_uncertain",
    "fault": "out_of_service-disk_full",
    "technician-pin": "technician_pin",
    "technician-code": "technician_code",
    "technician": "technician",
}
"""Names of pictures, and the views (kiosk.screens.sample_views) that they show."""
SET_UP = {
    "code": "set_up-code",
    "code-refused": f"set_up-code-{EnrolmentProblem.REFUSED}",
    "approval": "set_up-approval",
    "upright": "set_up-upright",
    "found": "set_up-found-two-missing",
    "usb": "set_up-found-list",
    "targets": "set_up-targets",
    "slip": "set_up-slip",
    "scan": "set_up-scan",
    "not-ready": "set_up-not-ready",
}
"""The same of the set-up's pages (kiosk.screens.sample_set_up)."""


def draw_screens(out: Path, language: Language) -> Iterator[Path]:
    """Writes the screens in a language; returns the files."""
    texts, views = Texts.load(), sample_views()
    stage = Stage(texts, PANEL, lambda event: None)
    for name, view in SHOWN.items():
        stage.size = SIZE
        stage.show(_in(language, views[view]))
        yield _drawn(stage, out / f"screen-{name}.{language}.png")
    set_up, pages = SetUpStage(texts, PANEL, lambda answer: None), sample_pages()
    set_up.size = SIZE
    for name, page in SET_UP.items():
        set_up.use(language, Access())
        set_up.show(pages[page])
        yield _drawn(set_up, out / f"screen-{name}.{language}.png")


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
