"""Pictures of every screen in every language and orientation."""

from dataclasses import replace
from pathlib import Path

from kivy.clock import Clock
from kivy.lang import Builder

from kiosk.screens.sample_views import sample_views
from kiosk.screens.stage import Stage
from kiosk.texts import Texts

ORIENTATIONS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
PIXELS_PER_MM = 4.0


def write_gallery(out: Path) -> list[Path]:
    """Writes `NAME.LANGUAGE.ORIENTATION.png` for each view, and returns the files."""
    out.mkdir(parents=True, exist_ok=True)
    written, texts = [], Texts.load()
    for orientation, size in ORIENTATIONS.items():
        stage = Stage(texts, PIXELS_PER_MM, lambda event: None)
        stage.size = size
        for name, view in sample_views().items():
            for language in texts.languages:
                stage.show(replace(view, visit=replace(view.visit, language=language)))
                settle()
                written.append(out / f"{name}.{language}.{orientation}.png")
                stage.export_to_png(str(written[-1]))
    return written


def settle() -> None:
    """Lets Kivy place and paint what was shown, without a window's loop."""
    for _ in range(3):
        Clock.tick()
        Builder.sync()
