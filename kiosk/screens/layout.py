"""Where a screen's parts stand: the question above its answers on an upright panel, left of them on a wide one.

Everything that is touched may have to stay in a band of the panel (`reach`, px from its lower edge); what is only read
may stand anywhere. Rows that do not fit are spread over pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kivy.uix.widget import Widget

from kiosk.screens.widgets import column


@dataclass(frozen=True)
class Parts:
    """What a screen shows, made for a width: `ask` stays at the top and `answer` at the bottom; `body` may need pages,
    and is read with the question where `reads`, else touched with the answers.
    """

    ask: Sequence[Widget]
    body: Sequence[Widget]
    answer: Sequence[Widget]
    reads: bool


@dataclass(frozen=True)
class Room:
    """What is free between head and foot, and up to where touches reach; px."""

    left: float
    bottom: float
    wide: float
    top: float
    reach: float
    gap: float
    margin: float


@dataclass(frozen=True)
class Filled:
    """The columns with their places, how many pages the body has, and whether all of it fits."""

    columns: tuple[Widget, ...]
    pages: int
    fits: bool


MOST_APART = 8
"""A question stands no further above its answers than so many gaps more than it has to."""

Pager = Callable[[float, int, int], Widget]
"""Makes the row that turns pages, of a width, for a page of so many."""


def pages_of(rows: Sequence[Widget], room: float, gap: float) -> list[list[Widget]] | None:
    """The rows spread over as few pages as hold them, each at most `room` px high; None if one row alone is higher."""
    pages: list[list[Widget]] = [[]]
    used = 0.0
    for each in rows:
        if each.height > room:
            return None
        if pages[-1] and used + gap + each.height > room:
            pages.append([])
            used = 0.0
        used += each.height + (gap if pages[-1] else 0.0)
        pages[-1].append(each)
    return pages


def filled(room: Room, make: Callable[[float], Parts], is_wide: bool, page: int, pager: Pager | None) -> Filled:
    """The parts in their places; where `pager` is given, the body is cut into pages and `page` of them is shown."""
    wide = (room.wide - room.margin) / 2 if is_wide else room.wide
    parts = make(wide)
    touches = parts.answer or (parts.body and not parts.reads)
    if is_wide and not touches and not pager:
        return _alone(room, make(room.wide))
    if is_wide and pager and parts.reads and len(parts.answer) < 2:
        return _in_columns(room, make(room.wide).ask, make(wide), page, pager)
    shown, turn, pages = list(parts.body), [], 1
    if pager:
        cut = pages_of(parts.body, _room_for_body(room, parts, is_wide, pager(wide, 0, 9)), room.gap)
        if cut is None:
            return Filled((), 1, False)
        pages = len(cut)
        shown = cut[min(page, pages - 1)]
        turn = [pager(wide, min(page, pages - 1), pages)] if pages > 1 else []
    question = column([*parts.ask, *(shown if parts.reads else [])], wide, room.gap)
    controls = column([*([] if parts.reads else shown), *turn, *parts.answer], wide, room.gap)
    fits = _side_by_side(room, question, controls) if is_wide else _stacked(room, question, controls)
    return Filled((question, controls), pages, fits)


def _room_for_body(room: Room, parts: Parts, is_wide: bool, turner: Widget) -> float:
    whole, controls = room.top - room.bottom, min(room.top, room.reach) - room.bottom
    asked, answered = _high(parts.ask, room.gap), _high([turner, *parts.answer], room.gap)
    if is_wide:
        return whole - asked - room.gap if parts.reads else controls - answered - room.gap
    free = whole - asked - answered - 3 * room.gap
    return free if parts.reads else min(free, controls - answered - room.gap)


def _alone(room: Room, parts: Parts) -> Filled:
    question = column([*parts.ask, *parts.body], room.wide, room.gap)
    question.pos = room.left, room.bottom + (room.top - room.bottom - question.height) / 2
    return Filled((question,), 1, question.height <= room.top - room.bottom)


def _in_columns(room: Room, asked: Sequence[Widget], parts: Parts, page: int, pager: Pager) -> Filled:
    """What is read on a wide panel: two columns of it below the question, the pager below the left one, and what can be
    done below the right one.
    """
    wide = (room.wide - room.margin) / 2
    question, answers = column(asked, room.wide, room.gap), column(parts.answer, wide, room.gap)
    low = max(pager(wide, 0, 9).height, answers.height)
    top = room.top - question.height - 2 * room.gap
    cut = pages_of(parts.body, top - room.bottom - low - 2 * room.gap, room.gap)
    if cut is None or low > room.reach - room.bottom:
        return Filled((), 1, False)
    pages = (len(cut) + 1) // 2
    page = min(page, pages - 1)
    turn = pager(wide, page, pages) if pages > 1 else column([], wide, 0)
    texts = [column(rows, wide, room.gap) for rows in cut[2 * page : 2 * page + 2]]
    question.pos = room.left, room.top - question.height
    for place, each in enumerate(texts):
        each.pos = room.left + place * (wide + room.margin), top - each.height
    turn.pos, answers.pos = (room.left, room.bottom), (room.left + wide + room.margin, room.bottom)
    return Filled((question, *texts, turn, answers), pages, True)


def _side_by_side(room: Room, question: Widget, controls: Widget) -> bool:
    whole, within = room.top - room.bottom, min(room.top, room.reach) - room.bottom
    question.pos = room.left, room.bottom + (whole - question.height) / 2
    controls.pos = room.left + question.width + room.margin, room.bottom + (within - controls.height) / 2
    return bool(question.height <= whole and controls.height <= within)


def _stacked(room: Room, question: Widget, controls: Widget) -> bool:
    """What is touched is within reach, what is read closely above it, or in the middle where nothing is touched."""
    within = min(room.top, room.reach) - room.bottom
    between = 2 * room.gap if controls.height else 0
    left = room.top - room.bottom - question.height - controls.height - between
    free = max(0.0, left)
    if controls.height:
        controls.pos = room.left, room.bottom + max(0.0, min(0.35 * free, within - controls.height))
        question.pos = room.left, controls.top + between + min(0.3 * free, MOST_APART * room.gap)
    else:
        question.pos = room.left, room.bottom + 0.55 * free
    return bool(left >= 0 and controls.height <= within)


def _high(widgets: Sequence[Widget], gap: float) -> float:
    return float(sum(each.height for each in widgets) + gap * max(0, len(widgets) - 1))
