"""The slip that tries the printer, with a code on it that tries the scanner (pure)."""

from collections.abc import Iterator
from textwrap import wrap

from kiosk.ticket_layout import COLUMNS, Code, Cut, Feed, Line, Rule, Text
from provisioning.finding import words

TRIED = "ANJUNGAN-TRIAL"
"""No enrolment code, no booking: it only shows that the scanner reads."""


def slip_lines(width_mm: int) -> tuple[Line, ...]:
    """In both languages, for paper of 58 or 80 mm."""
    return (*_said("id", width_mm), Rule(), *_said("en", width_mm), Feed(), Code(TRIED), Cut())


def _said(language: str, width_mm: int) -> Iterator[Line]:
    title, text = (words("slip", key, language) for key in ("title", "text"))
    yield from (Text(row, width=2, height=2, bold=True) for row in wrap(title, COLUMNS[width_mm] // 2))
    yield from (Text(row) for row in wrap(text, COLUMNS[width_mm]))
