"""What the set-up's two sides say to each other: root, who changes the box, and a window without a network (pure).

Lines of JSON, read strictly. Root says all that the screen shows; the window says what the technician does, with the
`number` of the page that was shown, so that nothing is taken for an answer to another question.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kiosk.booking_code import CODE_ALPHABET, CODE_LENGTH
from kiosk.errors import MessageError
from kiosk.model import DeviceKind, EnrolmentProblem

T = TypeVar("T")

LONGEST_ANSWER = 1024
"""In bytes."""
EDGE = 0.14
TARGETS = ((EDGE, EDGE), (1 - EDGE, EDGE), (1 - EDGE, 1 - EDGE), (EDGE, 1 - EDGE))
"""Where the four targets stand, in the order in which they are touched: shares of the picture's width and height, from
its upper left corner.
"""


class Part(StrEnum):
    """What a kiosk is made of, as far as it is looked for."""

    PRINTER = "printer"
    SCANNER = "scanner"
    TOUCH = "touch"
    NETWORK = "network"
    CLOCK = "clock"


class Page(StrEnum):
    """What is asked: one question a page."""

    UPRIGHT = "upright"
    TARGETS = "targets"
    FOUND = "found"
    CODE = "code"
    SLIP = "slip"
    APPROVAL = "approval"
    SCAN = "scan"
    READY = "ready"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Looked(_Said):
    """A part, and whether it is there; `name` is its own, or its address."""

    part: Part
    is_found: bool
    name: str = ""


class Plugged(_Said):
    """A USB device that is plugged in: `kind` is what it is for the kiosk, None where it is of no use to it."""

    kind: DeviceKind | None
    name: str


class Judged(_Said):
    """A requirement that is not kept: broken, or else not measured; `is_mended_here` where somebody before the box can
    see to it. Both words by language.
    """

    is_broken: bool
    is_mended_here: bool = False
    requirement: dict[str, str]
    remedy: dict[str, str]


class Shown(_Said):
    """All that a page shows. `is_list_due` where one of the `plugged` has to be put on the list of the box's own, or
    there is no list; `waiting` while it is worked on; `problem` is why the last code did not do; `is_scanned`
    once a code was read; `misfits` counts how often four touches fitted no turn; `is_ready` where nothing that is
    broken can be mended before the box; `passes` where the page is about to pass by itself; `check_text` is what an
    officer compares before the kiosk is approved.
    """

    page: Page
    number: int
    looked: tuple[Looked, ...] = ()
    plugged: tuple[Plugged, ...] = ()
    is_list_due: bool = False
    waiting: bool = False
    problem: EnrolmentProblem | None = None
    is_scanned: bool = False
    misfits: int = 0
    judged: tuple[Judged, ...] = ()
    kept: int = 0
    is_ready: bool = False
    passes: bool = False
    check_text: str = ""

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(each.part for each in self.looked if not each.is_found)


class _Answer(_Said):
    number: int


class CodeGiven(_Answer):
    """The code was typed."""

    kind: Literal["code"] = "code"
    code: Annotated[str, Field(pattern=f"^[{CODE_ALPHABET}]{{{CODE_LENGTH}}}$", repr=False)]


class WentOn(_Answer):
    """The page's main action: go on, with what is missing; the slip came out; the picture stands upright, for nobody
    touched it; open the lobby.
    """

    kind: Literal["on"] = "on"


class Again(_Answer):
    """Print, or check, once more."""

    kind: Literal["again"] = "again"


class OnlyThese(_Answer):
    """Of all USB devices only those that are shown and of use are let in from now on."""

    kind: Literal["only_these"] = "only_these"


class Turned(_Answer):
    """The screen was touched, anywhere: the picture does not stand upright."""

    kind: Literal["turned"] = "turned"


class GaveUp(_Answer):
    """Go on without: no slip will come out; no list is made of the USB devices."""

    kind: Literal["gave_up"] = "gave_up"


class Asked(_Answer):
    """The technician wants another page: what was found, the picture's turn, the targets, the slip, the scanner."""

    kind: Literal["asked"] = "asked"
    page: Literal[Page.FOUND, Page.UPRIGHT, Page.TARGETS, Page.SLIP, Page.SCAN]


Share = Annotated[float, Field(ge=0, le=1)]


class Touched(_Answer):
    """Where the touches of the four TARGETS came, as shares like theirs."""

    kind: Literal["touched"] = "touched"
    places: Annotated[tuple[tuple[Share, Share], ...], Field(min_length=len(TARGETS), max_length=len(TARGETS))]


Answer = CodeGiven | WentOn | Again | OnlyThese | Turned | GaveUp | Asked | Touched
_ANSWERS: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Field(discriminator="kind")])
_SHOWN = TypeAdapter(Shown)


def line_of(said: Shown | Answer) -> str:
    """A message as it goes over the pipe, without the line's end."""
    return said.model_dump_json()


def shown_in(line: str) -> Shown:
    """What root says. Raises MessageError."""
    return _read(_SHOWN, line)


def answer_in(line: bytes) -> Answer:
    """What the window says. Raises MessageError."""
    return _read(_ANSWERS, line)


def _read(adapter: TypeAdapter[T], line: str | bytes) -> T:
    try:
        return adapter.validate_json(line, strict=True)
    except ValidationError as error:
        # Its words may quote the code.
        raise MessageError(f"{error.error_count()} problems") from None
