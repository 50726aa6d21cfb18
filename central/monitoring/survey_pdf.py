"""A survey's report as a PDF to be signed and filed, in the form of PermenPANRB 14/2017."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from central.monitoring.survey import ElementReport, SurveyReport
from central.monitoring.survey_head import Head, respondents_by
from central.monitoring.wording import decimal
from kiosk.model import Language

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # a frame pads by 6 pt on both sides
INK, LINE, PALE = HexColor("#14213a"), HexColor("#b8c1d3"), HexColor("#e8edf6")
TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=9, leading=12, textColor=INK)
SMALL = ParagraphStyle("small", TEXT, fontSize=8, leading=10)
BOLD = ParagraphStyle("bold", TEXT, fontName="Helvetica-Bold")
HEADING = ParagraphStyle("heading", BOLD, fontSize=11, leading=14, spaceBefore=10, spaceAfter=4)
TITLE = ParagraphStyle("title", BOLD, fontSize=14, leading=18, alignment=TA_CENTER)
CENTRED = ParagraphStyle("centred", TEXT, alignment=TA_CENTER)
INDEX = ParagraphStyle("index", BOLD, fontSize=30, leading=36, alignment=TA_CENTER)


class SurveyPaper:
    """Writes one report; `words` are those of the part `report`."""

    def __init__(self, report: SurveyReport, head: Head, words: Mapping[str, str], language: Language) -> None:
        self._report, self._head, self._words, self._language = report, head, words, language
        self._number = partial(decimal, language=language)

    def written(self) -> bytes:
        """The document's bytes, the same ones for the same report."""
        out = BytesIO()
        title = self._report.questionnaire.title[self._language]
        paper = SimpleDocTemplate(
            out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
            title=f"{title}, {self._head.office}", author=self._head.office, lang=self._language, invariant=1,
        )  # fmt: skip
        paper.build([*self._summary(), *self._details(), *self._answers()], self._foot, self._foot)
        return out.getvalue()

    def _summary(self) -> list[Flowable]:
        words, head = self._words, self._head
        period = f"{words['period']}: {head.first:%d/%m/%Y} – {head.last:%d/%m/%Y}"
        return [
            Paragraph(f"{words['report_on']} {escape(self._report.questionnaire.title[self._language])}", TITLE),
            Paragraph(escape(head.office), CENTRED),
            Paragraph(period, CENTRED),
            Spacer(0, 4 * mm),
            self._result(),
            Spacer(0, 2 * mm),
            Paragraph(words["by_element"], HEADING),
            self._elements(),
            Paragraph(words["method" if self._report.is_skm else "method_other"], SMALL),
            Paragraph(words["follow_up"], HEADING),
            *(self._to_follow_up(place, each) for place, each in enumerate(self._report.lowest, 1)),
        ]

    def _to_follow_up(self, place: int, element: ElementReport) -> Flowable:
        name, mean = escape(element.name[self._language]), self._number(element.mean, places=4)
        return Paragraph(f"{place}. {element.key} ({mean}): {name}", TEXT)

    def _result(self) -> Flowable:
        """What it comes to, large: the index with its letter, or the means of the parts."""
        words, report = self._words, self._report
        if report.is_skm:
            value, letter = (report.ikm.value, report.ikm.quality) if report.ikm else (None, "–")
            boxes = [
                (words["ikm"], self._number(value), ""),
                (words["quality"], letter, words.get(letter, "")),
            ]
        else:
            boxes = [(f"{words['mean_of']} {name}", self._number(mean), "") for name, mean in report.parts.items()]
        boxes.append((words["respondents"], str(report.respondents), ""))
        styles = (CENTRED, INDEX, CENTRED)
        cells = [[Paragraph(box[row], style) for box in boxes] for row, style in enumerate(styles)]
        return Table(cells, [WIDTH / len(boxes)] * len(boxes), style=[("BOX", (0, 0), (-1, -1), 1, INK)])

    def _elements(self) -> Flowable:
        words, report = self._words, self._report
        heads = ["element", "name", "answered", "nrr", *(("weighed", "quality") if report.is_skm else ())]
        rows: list[list[Any]] = [[Paragraph(words[each], BOLD) for each in heads]]
        for each in report.elements:
            name = Paragraph(escape(each.name[self._language]), TEXT)
            weighed = [self._number(each.weighed, places=4), each.quality] if report.is_skm else []
            rows.append([each.key, name, each.answered, self._number(each.mean, places=4), *weighed])
        if report.is_skm:
            rows.append(["", Paragraph(words["index"], BOLD), "", "", self._number(report.index, places=4), ""])
        others = [22 * mm, 22 * mm, *((24 * mm, 20 * mm) if report.is_skm else ())]
        return _table(rows, [18 * mm, WIDTH - 18 * mm - sum(others), *others])

    def _details(self) -> list[Flowable]:
        """How often each score was given, and who the respondents were."""
        words, elements = self._words, self._report.elements
        options = max(len(each.counts) for each in elements)
        heads = [words["element"], *(str(score) for score in range(1, options + 1)), words["answered"], words["sum"]]
        rows: list[list[Any]] = [[Paragraph(each, BOLD) for each in heads]]
        rows += [[each.key, *each.counts, each.answered, each.total] for each in elements]
        people = respondents_by(self._report, self._head, words, self._language)
        wide = 24 * mm
        return [
            KeepTogether(
                [
                    Paragraph(words["answers_by_element"], HEADING),
                    _table(rows, [wide, *[(WIDTH - 3 * wide) / options] * options, wide, wide]),
                ]
            ),
            PageBreak(),
            Paragraph(words["respondents_by"], HEADING),
            *(self._people(question, counts) for question, counts in people),
        ]

    def _people(self, question: str, counts: Iterable[tuple[str, int]]) -> Flowable:
        """How many respondents are of each kind."""
        of = max(self._report.respondents, 1)
        rows: list[list[Any]] = [[Paragraph(escape(question), BOLD), Paragraph(self._words["people"], BOLD), "%"]]
        for name, count in counts:
            rows.append([Paragraph(escape(name), TEXT), count, self._number(100 * count / of, places=1)])
        return KeepTogether([_table(rows, [WIDTH - 50 * mm, 28 * mm, 22 * mm]), Spacer(0, 3 * mm)])

    def _answers(self) -> list[Flowable]:
        words, report = self._words, self._report
        rows: list[list[Any]] = [[words["number"], *(each.key for each in report.elements)]]
        for place, scores in enumerate(report.answers, 1):
            rows.append([place, *("" if each is None else each for each in scores)])
        rows.append([words["sum"], *(each.total for each in report.elements)])
        rows.append([words["nrr"], *(self._number(each.mean, places=3) for each in report.elements)])
        if report.is_skm:
            rows.append([words["weighed"], *(self._number(each.weighed, places=3) for each in report.elements)])
        first = 34 * mm
        widths = [first] + [(WIDTH - first) / len(report.elements)] * len(report.elements)
        made = [PageBreak(), Paragraph(words["responses"], HEADING), _table(rows, widths, size=7)]
        if report.ikm:
            index, value = self._number(report.index, places=4), self._number(report.ikm.value)
            made.append(Paragraph(f"{words['index']}: {index} × 25 = {words['ikm']}: {value}", HEADING))
        return made

    def _foot(self, canvas: Canvas, paper: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(INK)
        canvas.drawString(MARGIN, 10 * mm, self._head.office)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"{self._words['page']} {canvas.getPageNumber()}")


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float], size: int = 9) -> Table:
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), "Helvetica", size),
            ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", size),
            ("TEXTCOLOR", (0, 0), (-1, -1), INK),
            ("BACKGROUND", (0, 0), (-1, 0), PALE),
            ("GRID", (0, 0), (-1, -1), 0.4, LINE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return Table(rows, widths, style=style, repeatRows=1)
