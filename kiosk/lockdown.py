"""What Kivy and SDL offer beyond showing the stage is out of a person's reach: shortcuts, closing, a second finger."""

from typing import Any

from kivy.core.window import WindowBase
from kivy.input import MotionEvent

from kiosk.screens.widgets import leans


def lock(window: WindowBase) -> None:
    """Keeps from the window what the stage does not need; to be called after Kivy's own bindings, for the last one
    bound hears first.
    """
    finger = _OneFinger()
    window.bind(
        on_request_close=_taken, on_key_down=_taken, on_key_up=_taken, on_keyboard=_taken, on_textinput=_taken,
        on_drop_file=_taken, on_drop_text=_taken,
        on_touch_down=finger.down, on_touch_move=finger.moves, on_touch_up=finger.up,
    )  # fmt: skip


def _taken(*_: object, **__: object) -> bool:
    return True


class _OneFinger:
    """Lets one finger through at a time: the first that comes. Wheels and other buttons of a mouse are no fingers."""

    def __init__(self) -> None:
        self._first: MotionEvent | None = None

    def down(self, _: Any, touch: MotionEvent) -> bool:
        if getattr(touch, "button", "left") != "left" or (self._first and not leans(self._first)):
            return True
        self._first = touch
        return False

    def moves(self, _: Any, touch: MotionEvent) -> bool:
        return touch is not self._first

    def up(self, _: Any, touch: MotionEvent) -> bool:
        if touch is not self._first:
            return True
        self._first = None
        return False
