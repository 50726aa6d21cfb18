"""Draws the pictures of the technician's guide, each by the true program that shows it: docs/pictures/guide/.

scripts/guide does it before it makes the PDF; tests hold the kept pictures against what is drawn now.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from kiosk.model import ENGLISH, INDONESIAN

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent.parent / "docs" / "pictures" / "guide"
LANGUAGES = (ENGLISH, INDONESIAN)
WIDTHS = {"screen": 432, "paper": 432, "page": 1200}
"""In dots, by what a picture's name begins with."""
COLOURS = 64


def draw(out: Path, browser: "Browser") -> list[Path]:
    """Draws them all; returns the files."""
    from guide_fleet import draw_pages, fleet_site
    from guide_papers import draw_papers, draw_reports
    from guide_screens import draw_out_of_order, draw_screens

    out.mkdir(parents=True, exist_ok=True)
    made = [draw_out_of_order(out), *draw_reports(out)]
    for language in LANGUAGES:
        made += [*draw_screens(out, language), *draw_papers(out, language)]
    with tempfile.TemporaryDirectory() as folder, fleet_site(Path(folder)) as url:
        for language in LANGUAGES:
            made += draw_pages(out, browser, url, language)
    _make_small(made)
    return made


def _make_small(files: Iterable[Path]) -> None:
    for file in files:
        with Image.open(file) as drawn:
            picture = drawn.convert("RGB")
        width = min(picture.width, WIDTHS[file.name.partition("-")[0]])
        small = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        small.quantize(COLOURS).save(file, optimize=True)


if __name__ == "__main__":
    from scripted_pages import real_browser

    from kiosk.__main__ import prepare_kivy

    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    prepare_kivy((320, 320), False)
    with real_browser() as browser:
        for file in draw(FOLDER, browser):
            print(f"{file.stat().st_size // 1000:3} kB  {file}")
