"""What the core and a window of another process say to each other: one definition, used by both (pure).

Each message is a frame: four bytes of its length, the most significant first, then JSON. A window may tell what a
person does on the screen, and nothing else: no scan, no answer of a worker, no time.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from kiosk.errors import MessageError
from kiosk.events import SCREEN_EVENTS, Event
from kiosk.model import Key
from kiosk.theme import Panel
from kiosk.view import OfficeData, View

T = TypeVar("T")

LENGTH_BYTES = 4
LONGEST_OF_A_WINDOW = 16 * 1024
"""In bytes: a comment of the longest is a tenth of it."""
LONGEST_OF_THE_CORE = 16 * 1024 * 1024
"""In bytes: as much as a snapshot may have."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PanelSaid(_Said):
    """How the touch panel is set up; the first message to a window."""

    kind: Literal["panel"] = "panel"
    panel: Panel


class OfficeSaid(_Said):
    """The office's data of the views from now on. It is much, and changes seldom."""

    kind: Literal["office"] = "office"
    data: OfficeData | None


class ViewSaid(_Said):
    """What the screen shows now; its `data` is what was said last."""

    kind: Literal["view"] = "view"
    view: View


class KeySaid(_Said):
    """A key of the keypad was pressed."""

    kind: Literal["key"] = "key"
    key: Key


class Touched(_Said):
    """A person touched the screen somewhere."""

    kind: Literal["touched"] = "touched"


class Tapped(_Said):
    """A person did something on the screen: `event`, by its name `kind`, while the view with this number of `screen`
    was shown.
    """

    kind: str
    screen: int
    event: Event


OfCore = PanelSaid | OfficeSaid | ViewSaid | KeySaid
OfWindow = Tapped | Touched

_make: Any = create_model
"""Untyped, for it is given fields that are made of a table."""
_TAPPED: dict[type[Event], Any] = {
    each: _make(each.__name__, __base__=Tapped, kind=(Literal[each.__name__], each.__name__), event=(each, ...))
    for each in SCREEN_EVENTS
}
_OF_CORE: TypeAdapter[OfCore] = TypeAdapter(Annotated[OfCore, Field(discriminator="kind")])
_ANY_OF_WINDOW: Any = Union[(Touched, *_TAPPED.values())]
_OF_WINDOW: TypeAdapter[OfWindow] = TypeAdapter(Annotated[_ANY_OF_WINDOW, Field(discriminator="kind")])


def tapped(event: Event, screen: int) -> Tapped:
    """What tells of an event of SCREEN_EVENTS; KeyError for another."""
    said: Tapped = _TAPPED[type(event)](screen=screen, event=event)
    return said


def view_said(view: View) -> ViewSaid:
    """The view for a window that was told of the office's data; what only the core is to compare is left out."""
    visit = view.visit
    booking = replace(visit.booking, second_factor=None) if visit.booking else None
    return ViewSaid(view=replace(view, data=None, visit=replace(visit, booking=booking)))


def frame(message: OfCore | OfWindow) -> bytes:
    """A message as it goes over the line."""
    body = message.model_dump_json().encode()
    return len(body).to_bytes(LENGTH_BYTES) + body


def of_core(body: bytes) -> OfCore:
    """What the core said. Raises MessageError."""
    return _read(_OF_CORE, body)


def of_window(body: bytes) -> OfWindow:
    """What a window said. Raises MessageError."""
    return _read(_OF_WINDOW, body)


def _read(adapter: TypeAdapter[T], body: bytes) -> T:
    try:
        return adapter.validate_json(body, strict=True)
    except ValidationError as error:
        # Its words may quote what a person typed.
        raise MessageError(f"{error.error_count()} problems") from None


class Frames:
    """Puts pieces of a line together to bodies of at most `longest` bytes."""

    def __init__(self, longest: int) -> None:
        self._longest, self._held = longest, bytearray()

    def take(self, piece: bytes) -> list[bytes]:
        """The bodies that this piece completes. Raises MessageError for one that is announced as too long."""
        self._held += piece
        whole = []
        while len(self._held) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._held[:LENGTH_BYTES])
            if end > LENGTH_BYTES + self._longest:
                raise MessageError("it is too long")
            if len(self._held) < end:
                break
            whole.append(bytes(self._held[LENGTH_BYTES:end]))
            del self._held[:end]
        return whole
