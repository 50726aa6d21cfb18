"""The set-up on the screen: which page comes, and what an answer changes (pure).

All that was found and a screen that follows the finger: the code, nothing else. Typing it proves the touch panel, the
trial slip comes out meanwhile, and the last page passes by itself. Every other page comes because something is missing
or in doubt, or because the technician asks for it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from kiosk.set_up_lines import Again, Answer, Asked, GaveUp, OnlyThese, Page, Part, WentOn

AT_THE_BOX = frozenset(
    "configuration identity machine printer scanner screen store certificate central clock time-zone disk disk-health"
    " memory keyboard".split()
)
"""Requirements that somebody who stands before the box can see to. Of the others, which are the image's, the morning's
report tells the office.
"""
MOST_TRIES = 3
"""So often touches may miss their targets; then the set-up goes on without."""
READY_SECONDS = 5


class Slip(StrEnum):
    """The trial slip. SENT: the printer cannot prove that it came out; GIVEN_UP: it did not, and none is wanted."""

    WANTED = "wanted"
    SENT = "sent"
    SEEN = "seen"
    GIVEN_UP = "given_up"


class Progress(BaseModel):
    """What the technician and the devices have said so far: all that outlives a power cut. `went_on` with what was
    missing, `unlisted` without a list of the USB devices; `asked` is a page that the technician wanted; `touched` once
    the touch panel was proven, `upright` once the picture was; `approved` once the central server serves this kiosk.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    went_on: bool = False
    unlisted: bool = False
    asked: Page | None = None
    slip: Slip = Slip.WANTED
    scanned: bool = False
    touched: bool = False
    upright: bool = False
    approved: bool = False


@dataclass(frozen=True)
class Situation:
    """How the box is; `is_list_due` where the list of its own USB devices has to be made;
    `is_wide` where its panel is by itself wider than high, and may be mounted upright.
    """

    missing: frozenset[Part]
    enrolled: bool
    is_list_due: bool = False
    is_wide: bool = False


PAGES: tuple[tuple[Page, Callable[[Progress, Situation], bool]], ...] = (
    (Page.UPRIGHT, lambda so_far, box: so_far.asked is Page.UPRIGHT or (box.is_wide and not so_far.upright)),
    (Page.TARGETS, lambda so_far, box: so_far.asked is Page.TARGETS),
    (Page.FOUND, lambda so_far, box: so_far.asked is Page.FOUND),
    (Page.SCAN, lambda so_far, box: so_far.asked is Page.SCAN),
    (Page.FOUND, lambda so_far, box: not box.enrolled and bool(box.missing) and not so_far.went_on),
    (Page.CODE, lambda so_far, box: not box.enrolled),
    (Page.SLIP, lambda so_far, box: so_far.slip is Slip.SENT),
    (Page.FOUND, lambda so_far, box: box.is_list_due and not so_far.unlisted),
    (Page.APPROVAL, lambda so_far, box: not so_far.approved),
    (Page.READY, lambda so_far, box: True),
)
"""The first page whose condition holds is shown."""


def page_of(so_far: Progress, box: Situation) -> Page:
    return next(page for page, is_due in PAGES if is_due(so_far, box))


STEPS: dict[tuple[Page, type[Answer]], dict[str, object]] = {
    (Page.UPRIGHT, WentOn): {"upright": True, "asked": None},
    (Page.FOUND, WentOn): {"went_on": True, "asked": None, "touched": True},
    (Page.FOUND, OnlyThese): {"went_on": True, "asked": None, "touched": True},
    (Page.FOUND, GaveUp): {"went_on": True, "asked": None, "touched": True, "unlisted": True},
    (Page.SCAN, WentOn): {"asked": None, "touched": True},
    (Page.SLIP, WentOn): {"slip": Slip.SEEN, "touched": True},
    (Page.SLIP, Again): {"slip": Slip.WANTED, "touched": True},
    (Page.SLIP, GaveUp): {"slip": Slip.GIVEN_UP, "touched": True},
    (Page.READY, WentOn): {"touched": True},
    (Page.READY, Again): {"touched": True},
}
"""What an answer to a page changes; others change nothing, or need the box (a code, touches)."""


def after(so_far: Progress, page: Page, answer: Answer) -> Progress:
    """The progress once a page was answered."""
    if isinstance(answer, Asked):
        # The slip is printed, and asked about only where it is in doubt.
        change: dict[str, object] = {"slip": Slip.WANTED} if answer.page is Page.SLIP else {"asked": answer.page}
        return so_far.model_copy(update=change)
    return so_far.model_copy(update=STEPS.get((page, type(answer)), {}))


def after_touches(so_far: Progress, rotation: int | None, tries: int) -> Progress:
    """The progress once the targets were touched: `rotation` is how the touches have to be turned, None where no turn
    helps; they did not come to their targets for the `tries`-th time. A panel that was turned is to be proven by the
    targets again.
    """
    if rotation == 0:
        return so_far.model_copy(update={"asked": None, "touched": True})
    return so_far.model_copy(update={"asked": None}) if tries >= MOST_TRIES else so_far


def is_ready(broken: Collection[str]) -> bool:
    """Whether nothing of what is broken can be mended before the box."""
    return not AT_THE_BOX & {*broken}


def passes_by_itself(so_far: Progress, box: Situation, broken: Collection[str]) -> bool:
    """Whether the last page waits for nobody: it is ready, and whoever comes can use the screen; or there is nothing to
    touch it with.
    """
    return is_ready(broken) and (so_far.touched or Part.TOUCH in box.missing)
