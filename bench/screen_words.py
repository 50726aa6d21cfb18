"""Words on a picture of a kiosk's set-up: where they stand, by how the kiosk's own window draws them.

Kivy's window is opened in this process, so `SDL_VIDEODRIVER=offscreen` where there is no screen.
"""

import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from emulator import SIZE
from PIL import Image

from kiosk.__main__ import prepare_kivy
from kiosk.model import Language

LEAST = 0.9
"""How alike a place of a picture has to be to the words (normed correlation)."""


class ScreenWords:
    """In one language. `letters` are those that the page of the approval shall show."""

    def __init__(self, language: Language) -> None:
        prepare_kivy((320, 320), False)
        from kivy.core.window import Window  # noqa: F401 - opens the window that textures need

        from kiosk.model import Access
        from kiosk.screens.gallery import PANELS
        from kiosk.screens.set_up_stage import SetUpStage
        from kiosk.texts import Texts

        self._texts = Texts.load()
        self._stage = SetUpStage(self._texts, PANELS["portrait"], lambda answer: None)
        self._stage.size = SIZE
        self._language, self._access = language, Access()
        self._drawn: dict[str, np.ndarray[Any, Any]] = {}

    def of_text(self, key: str) -> str:
        """The words that the kiosk's texts have for a key."""
        return self._texts(key, self._language)

    def place(self, words: str, picture: Image.Image) -> tuple[float, float] | None:
        """Where the words' middle is, in shares of the picture; None where they are not on it. Raises ValueError where
        no page of the set-up has them.
        """
        if picture.size != SIZE:
            return None
        likeness, place = _found(self._words(words), picture)
        return place if likeness >= LEAST else None

    def shows_letters(self, letters: str, picture: Image.Image) -> bool:
        """Whether the page of the approval shows these, rather than others of which one alone is another."""
        true, _ = _found(self._letters(letters), picture)
        others = (_found(self._letters(each), picture)[0] for each in _nearly(letters))
        return true >= LEAST and all(true > each for each in others)

    def _words(self, words: str) -> "np.ndarray[Any, Any]":
        from kiosk.screens.sample_set_up import sample_pages

        if words not in self._drawn:
            pages = (self._widget(words, shown) for shown in sample_pages().values())
            drawn = next((each for each in pages if each is not None), None)
            if drawn is None:
                raise ValueError(f"no page of the set-up says {words!r}")
            self._drawn[words] = drawn
        return self._drawn[words]

    def _letters(self, letters: str) -> "np.ndarray[Any, Any]":
        from kiosk.screens.sample_set_up import APPROVAL

        drawn = self._widget(letters, APPROVAL.model_copy(update={"check_text": letters}))
        assert drawn is not None
        return drawn

    def _widget(self, words: str, shown: Any) -> "np.ndarray[Any, Any] | None":
        """How a page draws a widget that says these words; None where it has none."""
        from kiosk.screens.gallery import settle

        self._stage.use(self._language, self._access)
        self._stage.show(shown)
        settle()
        widget = next((each for each in self._stage.walk() if getattr(each, "text", "") == words), None)
        if widget is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            self._stage.export_to_png(f"{folder}/page.png")
            with Image.open(Path(folder, "page.png")) as page:
                (left, below), (wide, high) = widget.to_window(*widget.pos), widget.size
                box = (left, SIZE[1] - below - high, left + wide, SIZE[1] - below)
                return _grey(page.convert("RGB").crop(tuple(map(round, box))))


def _found(words: "np.ndarray[Any, Any]", picture: Image.Image) -> tuple[float, tuple[float, float]]:
    _, likeness, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(_grey(picture), words, cv2.TM_CCOEFF_NORMED))
    high, wide = words.shape
    return likeness, ((left + wide / 2) / SIZE[0], (top + high / 2) / SIZE[1])


def _nearly(letters: str) -> list[str]:
    """The same with one letter changed."""
    return [
        letters[:place] + ("7" if each != "7" else "8") + letters[place + 1 :]
        for place, each in enumerate(letters)
        if each != "-"
    ]


def _grey(picture: Image.Image) -> "np.ndarray[Any, Any]":
    return np.asarray(picture.convert("L"))
