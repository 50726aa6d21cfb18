"""A stage in real Kivy, without a window on a desk."""

from collections.abc import Callable

import pytest
from kivy.core.window import Window  # noqa: F401 - opens the window that textures need

from kiosk.events import Event
from kiosk.reader import Reader
from kiosk.screens.gallery import ORIENTATIONS, PANELS
from kiosk.screens.stage import Stage
from kiosk.texts import Texts

StageMaker = Callable[..., Stage]


@pytest.fixture
def posted() -> list[Event]:
    return []


@pytest.fixture
def stage_of(posted: list[Event]) -> StageMaker:
    """A stage of an orientation, with somebody who reads it aloud or not."""
    texts = Texts.load()

    def make(orientation: str, reader: Reader | None = None) -> Stage:
        made = Stage(texts, PANELS[orientation], posted.append, reader)
        made.size = ORIENTATIONS[orientation]
        return made

    return make


@pytest.fixture(params=ORIENTATIONS)
def stage(request: pytest.FixtureRequest, stage_of: StageMaker) -> Stage:
    return stage_of(request.param)
