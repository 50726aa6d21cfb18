"""What comes out of the kiosk's printer, as the technician's guide shows it: the true bytes, made into a picture."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from kiosk.devices.escpos_encoding import encode
from kiosk.devices.ticket_picture import picture
from kiosk.model import Language
from kiosk.printing import printable_ticket
from kiosk.screens.sample_views import DATA, sample_views
from kiosk.texts import Texts
from kiosk.ticket_layout import Line, ticket_lines
from provisioning.finding import Finding, Requirement, Verdict, table
from provisioning.report import report_lines

WIDTH_MM = 80
AT = datetime(2026, 11, 24, 6, 30, tzinfo=timezone(timedelta(hours=7)))
KIOSK = "Lobi utara"
NOT_MEASURED = Requirement("disk-health").unknown("")
OUT_OF_PAPER = Requirement("printer").judged(False, "usb://04b8:0e15: paper_out")


def draw_papers(out: Path, language: Language) -> Iterator[Path]:
    """Writes the tickets in a language; returns the files."""
    ticket = sample_views()["ticket_printed"].visit.tickets[0]
    for name, data in (("ticket", DATA), ("practice", replace(DATA, practice=True))):
        printable = printable_ticket(ticket, data, Texts.load(), language)
        yield _printed(ticket_lines(printable, WIDTH_MM), out / f"paper-{name}.{language}.png")


def draw_reports(out: Path) -> Iterator[Path]:
    """Writes the readiness report as it comes out of its own accord, in Indonesian."""
    for name, told in (("ready", (NOT_MEASURED,)), ("not-ready", (NOT_MEASURED, OUT_OF_PAPER))):
        yield _printed(report_lines(_findings(told), KIOSK, AT, "id", WIDTH_MM), out / f"paper-{name}.png")


def _findings(told: Iterable[Finding]) -> list[Finding]:
    """These, and every other requirement kept."""
    by_name = {each.name: each for each in told}
    return [by_name.get(name) or Finding(name, "", Verdict.KEPT) for name in table()["requirement"]]


def _printed(lines: Sequence[Line], file: Path) -> Path:
    picture(encode(lines, WIDTH_MM), WIDTH_MM).save(file)
    return file
