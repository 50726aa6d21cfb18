"""A survey's report as a workbook whose figures are formulas over the responses, so that anybody can check them."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from central.ikm import ELEMENTS, TO_HUNDRED
from central.monitoring.survey import SurveyReport
from central.monitoring.survey_head import Head, respondents_by
from kiosk.model import Language

TOP = 4
"""The row of the responses' heads; the title, the office and the period stand above."""


class SurveyBook:
    """Writes one report; `words` are those of the part `report`."""

    def __init__(self, report: SurveyReport, head: Head, words: Mapping[str, str], language: Language) -> None:
        self._report, self._head, self._words, self._language = report, head, words, language
        self._out = BytesIO()
        self._book = Workbook(self._out, {"in_memory": True})
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._day = self._book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        self._places: dict[int, Format] = {}

    def written(self) -> bytes:
        """The workbook's bytes."""
        summary, answers, respondents = (
            self._sheet(self._words[name]) for name in ("summary", "responses", "respondents_by")
        )
        self._write_answers(answers)
        self._write_summary(summary)
        self._write_shares(respondents)
        self._book.close()
        return self._out.getvalue()

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name[:31])
        sheet.write_string(0, 0, self._report.questionnaire.title[self._language], self._title)
        sheet.write_string(1, 0, self._head.office, self._bold)
        sheet.write_string(2, 0, self._words["period"])
        sheet.write_datetime(2, 1, self._head.first, self._day)
        sheet.write_datetime(2, 2, self._head.last, self._day)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _write_answers(self, sheet: Worksheet) -> None:
        """The form of the regulation: a row a response, then sums, means, weighed means and the index."""
        elements, rows = self._report.elements, self._report.answers
        sheet.write_row(TOP, 0, [self._words["number"], *(each.key for each in elements)], self._bold)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(elements), 12)
        sheet.freeze_panes(TOP + 1, 1)
        for place, scores in enumerate(rows, 1):
            sheet.write_number(TOP + place, 0, place)
            for column, score in enumerate(scores, 1):
                if score is not None:
                    sheet.write_number(TOP + place, column, score)
        for offset, name in enumerate(("sum", "answered", "nrr", *(("weighed",) if self._report.is_skm else ()))):
            sheet.write_string(self._row(offset), 0, self._words[name], self._bold)
        for column, each in enumerate(elements, 1):
            above = f"{xl_col_to_name(column)}{TOP + 2}:{xl_col_to_name(column)}{TOP + 1 + max(len(rows), 1)}"
            total, count, mean = (xl_rowcol_to_cell(self._row(offset), column) for offset in range(3))
            sheet.write_formula(self._row(0), column, f"=SUM({above})", None, each.total)
            sheet.write_formula(self._row(1), column, f"=COUNT({above})", None, each.answered)
            self._figure(sheet, self._row(2), column, f'=IF({count}=0,"",{total}/{count})', each.mean, 4)
            if self._report.is_skm:
                weighed = f'=IF({count}=0,"",{mean}/{ELEMENTS})'
                self._figure(sheet, self._row(3), column, weighed, each.weighed, 4)

    def _row(self, offset: int) -> int:
        """The row of a sum, count, mean or weighed mean below the responses."""
        return TOP + 1 + max(len(self._report.answers), 1) + offset

    def _write_summary(self, sheet: Worksheet) -> None:
        words, responses = self._words, f"'{self._words['responses'][:31]}'!"
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 46)
        sheet.set_column(2, 9, 13)
        sheet.write_row(3, 0, [words["respondents"], self._report.respondents], self._bold)
        heads = [
            words[each] for each in ("element", "name", "nrr", *(("weighed", "quality") if self._report.is_skm else ()))
        ]
        sheet.write_row(TOP + 1, 0, heads, self._bold)
        first = TOP + 2
        for place, each in enumerate(self._report.elements):
            row = first + place
            sheet.write_string(row, 0, each.key)
            sheet.write_string(row, 1, each.name[self._language])
            mean = responses + xl_rowcol_to_cell(self._row(2), place + 1)
            self._figure(sheet, row, 2, f"={mean}", each.mean, 4)
            if self._report.is_skm:
                weighed = responses + xl_rowcol_to_cell(self._row(3), place + 1)
                self._figure(sheet, row, 3, f"={weighed}", each.weighed, 4)
                own = xl_rowcol_to_cell(row, 2)
                sheet.write_formula(row, 4, _letter(f"ROUND({own}*{TO_HUNDRED},2)", own), None, each.quality)
        self._write_results(sheet, first, first + len(self._report.elements))

    def _write_results(self, sheet: Worksheet, first: int, row: int) -> None:
        words, report = self._words, self._report
        if report.is_skm:
            column = f"D{first + 1}:D{row}"
            sheet.write_string(row, 1, words["index"], self._bold)
            complete = f"COUNT({column})={ELEMENTS}"
            self._figure(sheet, row, 3, f'=IF({complete},SUM({column}),"")', report.index, 4)
            sheet.write_string(row + 1, 1, words["ikm"], self._bold)
            index = xl_rowcol_to_cell(row, 3)
            value = report.ikm.value if report.ikm else None
            self._figure(sheet, row + 1, 3, f'=IF({complete},ROUND({index}*{TO_HUNDRED},2),"")', value, 2)
            sheet.write_string(row + 2, 1, words["quality"], self._bold)
            own = xl_rowcol_to_cell(row + 1, 3)
            sheet.write_formula(row + 2, 3, _letter(own, own), None, report.ikm.quality if report.ikm else "")
        row += 3
        for name, mean in report.parts.items():
            keys = [place for place, each in enumerate(report.elements) if each.key.rstrip("0123456789") == name]
            sheet.write_string(row, 1, f"{words['mean_of']} {name}", self._bold)
            span = f"C{first + keys[0] + 1}:C{first + keys[-1] + 1}"
            self._figure(sheet, row, 2, f"=ROUND(AVERAGE({span}),2)", mean, 2)
            row += 1
        sheet.write_string(row + 1, 0, words["follow_up"], self._bold)
        for place, each in enumerate(report.lowest):
            sheet.write_row(row + 2 + place, 0, [each.key, each.name[self._language]])

    def _write_shares(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, 46)
        sheet.set_column(1, 2, 13)
        row = TOP
        for question, counts in respondents_by(self._report, self._head, self._words, self._language):
            sheet.write_row(row, 0, [question, self._words["people"]], self._bold)
            for name, count in counts:
                row += 1
                sheet.write_string(row, 0, name)
                sheet.write_number(row, 1, count)
            row += 2

    def _figure(
        self, sheet: Worksheet, row: int, column: int, formula: str, value: Fraction | Decimal | None, places: int
    ) -> None:
        """A formula with what it comes to, for readers that do not reckon themselves."""
        if places not in self._places:
            self._places[places] = self._book.add_format({"num_format": "0." + "0" * places})
        sheet.write_formula(row, column, formula, self._places[places], "" if value is None else float(value))


def _letter(value: str, known: str) -> str:
    bands = f'IF({value}>=88.31,"A",IF({value}>=76.61,"B",IF({value}>=65,"C","D")))'
    return f'=IF(ISNUMBER({known}),{bands},"")'
