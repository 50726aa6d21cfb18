"""A compositor that starts beside the window's program."""

from pathlib import Path

import pytest

from kiosk.compositor import STARTS_SECONDS, await_display
from kiosk.errors import DeviceError


def test_the_display_and_how_it_is_drawn_on_are_what_the_compositor_says_once_it_is_there(tmp_path: Path) -> None:
    said = tmp_path / "display"
    environment = {"SHOWN": str(said)}

    def wait(seconds: float) -> None:
        said.write_text("DISPLAY=:7\nLIBGL_ALWAYS_SOFTWARE=1\n")

    await_display(environment, wait)
    assert environment == {"SHOWN": str(said), "DISPLAY": ":7", "LIBGL_ALWAYS_SOFTWARE": "1"}


def test_without_a_compositor_nothing_is_waited_for() -> None:
    environment = {"DISPLAY": ":0"}
    await_display(environment, lambda seconds: pytest.fail("waited"))
    assert environment == {"DISPLAY": ":0"}


def test_a_compositor_that_never_starts_is_given_up_and_named(tmp_path: Path) -> None:
    waited: list[float] = []
    with pytest.raises(DeviceError, match="compositor serves no display after 45 s"):
        await_display({"SHOWN": str(tmp_path / "display")}, waited.append)
    assert sum(waited) == pytest.approx(STARTS_SECONDS)
