"""Draws docs/screens.png: six screens side by side, in several languages and ways to use the kiosk."""

import tempfile
from dataclasses import replace
from pathlib import Path

FILE = Path(__file__).parent.parent / "docs" / "screens.png"
SHOWN = (
    ("welcome", "id", "normal"),
    ("choosing_applicants", "min", "normal"),
    ("ticket_printed", "id", "normal"),
    ("refused-too_early", "en", "normal"),
    ("checking_documents", "id", "largest"),
    ("rating", "en", "low-largest"),
)
SIZE = (405, 720)
GAP = 18


def draw(file: Path) -> None:
    """Renders the six screens into one picture."""
    from kivy.core.window import Window  # noqa: F401 - opens the window that textures need
    from PIL import Image

    from kiosk.model import Language
    from kiosk.screens.gallery import ORIENTATIONS, PANELS, settle
    from kiosk.screens.sample_views import MODES, sample_views
    from kiosk.screens.stage import Stage
    from kiosk.texts import Texts

    views, stage = sample_views(), Stage(Texts.load(), PANELS["portrait"], lambda event: None)
    stage.size = ORIENTATIONS["portrait"]
    whole = Image.new("RGB", (len(SHOWN) * (SIZE[0] + GAP) - GAP, SIZE[1]), "white")
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "screen.png"
        for place, (name, language, mode) in enumerate(SHOWN):
            visit = replace(views[name].visit, language=Language(language), access=MODES[mode])
            stage.show(replace(views[name], visit=visit))
            settle()
            stage.export_to_png(str(one))
            whole.paste(Image.open(one).convert("RGB").resize(SIZE), (place * (SIZE[0] + GAP), 0))
    whole.quantize(255).save(file, optimize=True)


if __name__ == "__main__":
    import os

    from kiosk.__main__ import prepare_kivy

    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    prepare_kivy((320, 320), False)
    draw(FILE)
