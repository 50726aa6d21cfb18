"""A workbook as a reader of ours sees it: its cells, and what its formulas come to."""

import re
import zipfile
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TERM = re.compile(r'("[^"]*")|(?:\'([^\']+)\'!)?\b([A-Z]{1,2}\d+)(?::([A-Z]{1,2}\d+))?')
Value = float | str


def _round(value: float, places: int) -> float:
    # As spreadsheets do: fifteen figures are all that a number has.
    return float(Decimal(f"{value:.14g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


class Workbook:
    """Formulas are reckoned anew from the cells that they name; the results that the file keeps are not used."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(BytesIO(content)) as book:
            shared = "xl/sharedStrings.xml"
            strings = ElementTree.fromstring(book.read(shared)) if shared in book.namelist() else ()
            self._strings = ["".join(each.itertext()) for each in strings]
            listed = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SPACE}sheet")
            self.names = [each.attrib["name"] for each in listed]
            self._cells = {
                name: dict(self._read(book.read(f"xl/worksheets/sheet{place}.xml")))
                for place, name in enumerate(self.names, 1)
            }

    def _read(self, sheet: bytes) -> Iterator[tuple[str, tuple[str, Value]]]:
        for cell in ElementTree.fromstring(sheet).iter(f"{SPACE}c"):
            formula = cell.findtext(f"{SPACE}f") or ""
            text = cell.findtext(f"{SPACE}v") or cell.findtext(f"{SPACE}is/{SPACE}t") or ""
            kind = cell.get("t", "n")
            is_number = kind == "n" and text
            value: Value = self._strings[int(text)] if kind == "s" else float(text) if is_number else text
            yield cell.attrib["r"], (formula, value)

    def row_of(self, sheet: str, first: str) -> int:
        """The row whose first cell says this."""
        return next(int(at[1:]) for at, (_, value) in self._cells[sheet].items() if at[0] == "A" and value == first)

    def formulas(self, sheet: str) -> dict[str, Value]:
        """The cells that have a formula, with the result that the file keeps."""
        return {at: value for at, (formula, value) in self._cells[sheet].items() if formula}

    def kept(self, sheet: str, at: str) -> Value:
        """What stands in a cell, "" for nothing."""
        return self._cells[sheet].get(at, ("", ""))[1]

    def value(self, sheet: str, at: str) -> Value:
        """What a cell comes to."""
        formula, value = self._cells[sheet].get(at, ("", ""))
        return self._reckoned(sheet, formula) if formula else value

    def _span(self, sheet: str, first: str, last: str) -> list[float]:
        columns, rows = (
            re.findall(r"[A-Z]+", first + last),
            [int(each) for each in re.findall(r"\d+", first + " " + last)],
        )
        assert columns[0] == columns[1]
        held = [self.value(sheet, f"{columns[0]}{row}") for row in range(rows[0], rows[1] + 1)]
        return [each for each in held if isinstance(each, float | int)]

    def _reckoned(self, sheet: str, formula: str) -> Any:
        def term(found: re.Match[str]) -> str:
            text, other, first, last = found.groups()
            place = other or sheet
            return text or (f"span({place!r},{first!r},{last!r})" if last else f"cell({place!r},{first!r})")

        code = re.sub(r"(?<![<>=])=(?!=)", "==", TERM.sub(term, formula))
        functions: dict[str, Callable[..., Any]] = {
            "SUM": sum, "COUNT": len, "ROUND": _round, "cell": self.value, "span": self._span,
            "AVERAGE": lambda values: sum(values) / len(values),
            "ISNUMBER": lambda value: isinstance(value, float | int),
        }  # fmt: skip
        return eval(_lazily(code), functions)


def _lazily(code: str) -> str:
    """IF(test, yes, no) as Python has it, so that the branch that is not taken is not reckoned."""
    begins = code.rfind("IF(")
    while begins >= 0:
        parts, depth, part = [], 0, begins + 3
        for place in range(begins + 3, len(code)):
            each = code[place]
            if each in ")," and depth == 0:
                parts.append(code[part:place])
                part = place + 1
                if each == ")":
                    break
            depth += (each == "(") - (each == ")")
        code = f"{code[:begins]}(({parts[1]}) if ({parts[0]}) else ({parts[2]})){code[place + 1 :]}"
        begins = code.rfind("IF(")
    return code
