"""Pictures of every screen, in every language, orientation and way to use the kiosk, with a page to leaf through."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

from kivy.clock import Clock

from kiosk.model import Language
from kiosk.screens.sample_set_up import sample_pages
from kiosk.screens.sample_views import MODES, sample_views
from kiosk.screens.set_up_stage import SetUpStage
from kiosk.screens.stage import Stage
from kiosk.texts import Texts
from kiosk.theme import Panel

ORIENTATIONS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
PANELS = {"portrait": Panel(bottom_mm=700), "landscape": Panel(bottom_mm=850)}


def orientation_of(size: tuple[int, int]) -> str:
    """How a panel of so many pixels, width first, stands."""
    return "portrait" if size[0] < size[1] else "landscape"


def write_gallery(
    out: Path,
    modes: Iterable[str] = tuple(MODES),
    languages: Iterable[Language] | None = None,
    orientations: Iterable[str] = tuple(ORIENTATIONS),
) -> list[Path]:
    """Writes `NAME.LANGUAGE.ORIENTATION.MODE.png` for each view, and `index.html`; returns the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    texts = Texts.load()
    for orientation in orientations:
        stage = Stage(texts, PANELS[orientation], lambda event: None)
        stage.size = ORIENTATIONS[orientation]
        for name, view in sample_views().items():
            for language in languages or texts.languages:
                for mode in modes:
                    stage.show(replace(view, visit=replace(view.visit, language=language, access=MODES[mode])))
                    settle()
                    written.append(out / f"{name}.{language}.{orientation}.{mode}.png")
                    stage.export_to_png(str(written[-1]))
        written += _set_up(out, texts, orientation, modes, languages or texts.languages)
    (out / "index.html").write_text(_page(written), encoding="utf-8")
    return written


def _set_up(
    out: Path, texts: Texts, orientation: str, modes: Iterable[str], languages: Iterable[Language]
) -> Iterator[Path]:
    """The pages of the set-up."""
    stage = SetUpStage(texts, PANELS[orientation], lambda answer: None)
    stage.size = ORIENTATIONS[orientation]
    for name, shown in sample_pages().items():
        for language in languages:
            for mode in modes:
                stage.use(language, MODES[mode])
                stage.show(shown)
                settle()
                file = out / f"{name}.{language}.{orientation}.{mode}.png"
                stage.export_to_png(str(file))
                yield file


def _page(pictures: list[Path]) -> str:
    shown = "\n".join(
        f'<figure><a href="{escape(each.name)}"><img loading="lazy" src="{escape(each.name)}" alt=""></a>'
        f"<figcaption>{escape(each.stem)}</figcaption></figure>"
        for each in sorted(pictures)
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Screens</title>
<style>
body {{ font: 14px sans-serif; display: flex; flex-wrap: wrap; gap: 12px; background: #ddd; }}
figure {{ margin: 0; }} img {{ height: 420px; display: block; }}
</style>
{shown}
</html>
"""


def settle() -> None:
    """Lets Kivy paint what was shown, without a window's loop."""
    Clock.tick()
