"""A ticket and its words, as lines for a printer (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True)
class Text:
    """One line of text; `width` and `height` are multiples (1 to 8) of the printer's font A (12 × 24 dots)."""

    text: str
    align: Align = Align.CENTRE
    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Code:
    """A QR code, centred; the driver chooses the largest module that fits the paper, up to `module` dots."""

    data: str
    module: int = 6


@dataclass(frozen=True)
class Picture:
    """A picture (PNG bytes), centred, printed in black and white; wider than the paper is scaled down."""

    png: bytes


@dataclass(frozen=True)
class Feed:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True)
class Cut:
    """Feeds past the cutter and cuts."""


Line = Text | Rule | Code | Picture | Feed | Cut

COLUMNS = {80: 48, 58: 32}
"""Characters of font A in a line, by paper width in mm (576 and 384 dots at 203 dpi)."""


@dataclass(frozen=True)
class Printable:
    """A ticket with the words for it, in the language of the visit; empty words are left out.

    `number` is the ticket's number; each of `marks` stands on both sides of it: a paper that may not be the first
    (`CETAK ULANG`), one of the practice office; `code` is the phone page's address.
    """

    letterhead: tuple[str, ...]
    heading: str
    number: str
    service: str
    person: str
    times: tuple[str, ...]
    notes: tuple[str, ...]
    documents_heading: str
    documents: tuple[str, ...]
    code: str
    code_hint: str
    closing: str
    marks: tuple[str, ...] = ()
    logo: bytes | None = None


def ticket_lines(ticket: Printable, width_mm: int) -> tuple[Line, ...]:
    """The lines of one ticket, cut at its end, for paper of 58 or 80 mm."""
    columns = COLUMNS[width_mm]
    number_size = max(1, min(6, columns // (len(ticket.number) + 1)))
    lines: list[Line] = [Picture(ticket.logo)] if ticket.logo else []
    name, *address = ticket.letterhead
    lines += [Text(row, bold=True) for row in wrap(name, columns)]
    lines += [Text(row) for part in address for row in wrap(part, columns)]
    lines.append(Rule())
    # On both sides of the number: a roll that ends between two lines must not part the number from every mark.
    told = [row for each in ticket.marks for row in wrap(each, columns // 2 - 2)]
    marks = [Text(f" {row} ", width=2, height=2, inverse=True) for row in told]
    lines += [*marks, Feed()] if marks else []
    lines += [Text(row) for row in wrap(ticket.heading, columns)]
    lines.append(Text(ticket.number, width=number_size, height=number_size, bold=True))
    lines += marks
    lines += [Text(row, height=2, bold=True) for row in wrap(ticket.service, columns)]
    lines += [Text(row) for part in (ticket.person, *ticket.times) if part for row in wrap(part, columns)]
    lines += [Text(row, bold=True) for note in ticket.notes for row in wrap(note, columns)]
    if ticket.documents:
        lines += [Rule(), *(Text(row, Align.LEFT, bold=True) for row in wrap(ticket.documents_heading, columns))]
        lines += [Text(row, Align.LEFT) for each in ticket.documents for row in _item(each, columns)]
    lines += [Rule(), Code(ticket.code), *(Text(row) for row in wrap(ticket.code_hint, columns))]
    lines += [Feed(), *(Text(row) for row in wrap(ticket.closing, columns)), Cut()]
    return tuple(lines)


def _item(text: str, columns: int) -> list[str]:
    return wrap(text, columns, initial_indent="- ", subsequent_indent="  ")
