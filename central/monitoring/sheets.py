"""Writes tables as CSV and as XLSX."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import BinaryIO

from xlsxwriter import Workbook

from central.monitoring.exports import Cell, Row

BOM = "\ufeff"
"""By it Excel knows that a CSV is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be reckoned by a spreadsheet that opens the CSV (OWASP, CSV injection)."""
WIDEST = 60


def as_csv(heads: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The table by RFC 4180, a row at a time."""
    line = StringIO()
    writer = csv.writer(line)
    writer.writerow([_as_text(each) for each in heads])
    yield (BOM + line.getvalue()).encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([_as_text(each) for each in row])
        yield line.getvalue().encode()


def write_xlsx(out: BinaryIO, name: str, heads: Sequence[str], rows: Iterable[Row]) -> None:
    """The table as a workbook of one sheet; numbers are numbers, days and instants are dates, texts are never formulas.
    Rows go to a temporary file as they come, so that memory stays bounded.
    """
    book = Workbook(out, {"constant_memory": True})
    head = book.add_format({"bold": True, "bottom": 1})
    day, instant = (book.add_format({"num_format": each}) for each in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"))
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    # Widths stand before the rows in the file, so they go by the heads.
    for column, text in enumerate(heads):
        sheet.set_column(column, column, min(max(len(text) + 3, 19), WIDEST))
        sheet.write_string(0, column, text, head)
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            match cell:
                case datetime():
                    sheet.write_datetime(place, column, cell, instant)
                case date():
                    sheet.write_datetime(place, column, cell, day)
                case int() | float():
                    sheet.write_number(place, column, cell)
                case str():
                    sheet.write_string(place, column, cell)
    book.close()


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)
