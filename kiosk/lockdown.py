"""What Kivy and SDL offer beyond showing the stage is out of a person's reach: shortcuts, closing, a second finger."""

from typing import Any

from kivy.input import MotionEvent

from kiosk.screens.widgets import leans


def lock(window: Any) -> None:
    """Keeps from the window what the stage does not need; to be called after Kivy's own bindings, for the last one
    bound hears first.
    """
    finger = _OneFinger()
    window.bind(
        on_request_close=_taken, on_key_down=_taken, on_key_up=_taken, on_keyboard=_taken, on_textinput=_taken,
        on_drop_file=_taken, on_drop_text=_taken,
        # Kivy holds a bound method weakly, a function strongly: the finger has to live as long as the window.
        on_touch_down=lambda _, touch: finger.down(touch),
        on_touch_move=lambda _, touch: finger.moves(touch),
        on_touch_up=lambda _, touch: finger.up(touch),
    )  # fmt: skip


def _taken(*_: object, **__: object) -> bool:
    return True


class _OneFinger:
    """Lets one finger through at a time: the first that comes. Wheels and other buttons of a mouse are no fingers."""

    def __init__(self) -> None:
        self._first: MotionEvent | None = None

    def down(self, touch: MotionEvent) -> bool:
        # A mouse names its button; a finger has none.
        if getattr(touch, "button", None) not in (None, "left") or (self._first and not leans(self._first)):
            return True
        self._first = touch
        return False

    def moves(self, touch: MotionEvent) -> bool:
        return touch is not self._first

    def up(self, touch: MotionEvent) -> bool:
        if touch is not self._first:
            return True
        self._first = None
        return False
