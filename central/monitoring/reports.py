"""The page of reports and exports, and the survey's report as PDF and XLSX."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from central.api import Db, Now
from central.languages import PageLanguageOf, words
from central.monitoring.exports import TABLES, Asked, Row, Table
from central.monitoring.pages import Reader
from central.monitoring.sheets import as_csv, write_xlsx
from central.monitoring.survey import questionnaires_of, survey_report
from central.monitoring.survey_head import Head
from central.monitoring.survey_pdf import SurveyPaper
from central.monitoring.survey_xlsx import SurveyBook
from central.people.audit import Action, record
from central.snapshot import office_snapshot, office_zone
from central.staff_page import staff_page

router = APIRouter(prefix="/officers/monitoring", include_in_schema=False)
MOST_DAYS = 366
"""So long a period of a report or an export may be."""
PIECE_BYTES = 64 * 1024
FREE = frozenset({"number", "service", "comment", "kiosk"})
"""Columns whose texts are the office's or people's, and are written as they are."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: dict[str, tuple[type[SurveyPaper | SurveyBook], str]] = {
    "pdf": (SurveyPaper, "application/pdf"),
    "xlsx": (SurveyBook, XLSX),
}


class Span(NamedTuple):
    """From the `first` to the `last` day, both of it."""

    first: date
    last: date


def span_of(first: Annotated[date, Form()], last: Annotated[date, Form()]) -> Span:
    """The days of a report; 422 where they are none or too many."""
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise HTTPException(422, f"a period has 1 to {MOST_DAYS} days")
    return Span(first, last)


SpanOf = Annotated[Span, Depends(span_of)]


@router.get("/reports")
def get_reports(request: Request, officer: Reader, session: Db, now: Now, language: PageLanguageOf) -> Response:
    """What can be had, for this month unless another period is chosen."""
    office = office_snapshot(session, officer.office)
    today = now.astimezone(office_zone(session, officer.office)).date()
    context = {
        "surveys": {name: each.title[language] for name, each in questionnaires_of(office).items()},
        "first": today.replace(day=1),
        "last": today,
        "most_days": MOST_DAYS,
    }
    return staff_page(request, session, "reports.html", "report", officer, language, context)


@router.post("/survey.{kind}")
def post_survey(
    kind: str,
    officer: Reader,
    session: Db,
    now: Now,
    language: PageLanguageOf,
    span: SpanOf,
    survey: Annotated[str, Form()],
) -> Response:
    """The report of a survey over a period."""
    office = office_snapshot(session, officer.office)
    asked = questionnaires_of(office).get(survey)
    if asked is None or kind not in KINDS:
        raise HTTPException(404, "there is no such report")
    made = survey_report(session, officer.office, asked, span.first, span.last, office_zone(session, officer.office))
    writer, media_type = KINDS[kind]
    services = {each.id: each.name[language] for each in office.services} if office else {}
    head = Head(office.office.name if office else officer.office, span.first, span.last, services)
    content = writer(made, head, words(language, "report"), language).written()
    name = f"{survey}-{span.first}-{span.last}.{kind}"
    record(session, officer, Action.DATA_EXPORTED, name, now)
    return Response(content, media_type=media_type, headers=as_file(name))


@router.post("/export.{kind}")
def post_export(
    kind: str,
    request: Request,
    officer: Reader,
    session: Db,
    now: Now,
    language: PageLanguageOf,
    span: SpanOf,
    table: Annotated[str, Form()],
) -> Response:
    """A table of these days as CSV, written as it is read, or as XLSX."""
    if table not in TABLES or kind not in ("csv", "xlsx"):
        raise HTTPException(404, "there is no such table")
    office, named = office_snapshot(session, officer.office), words(language, "export")
    services = {each.id: each.name[language] for each in office.services} if office else {}
    asked = Asked(officer.office, office_zone(session, officer.office), span.first, span.last, services)
    rows = _rows(request, TABLES[table], asked, named)
    heads = [named[each] for each in TABLES[table].heads]
    name = f"{table}-{span.first}-{span.last}.{kind}"
    record(session, officer, Action.DATA_EXPORTED, name, now)
    if kind == "csv":
        return StreamingResponse(as_csv(heads, rows), media_type="text/csv; charset=utf-8", headers=as_file(name))
    return StreamingResponse(_in_pieces(table, heads, rows), media_type=XLSX, headers=as_file(name))


def _rows(request: Request, table: Table, asked: Asked, named: dict[str, str]) -> Iterator[Row]:
    """The rows with what they say in words, read in a session of their own: the request's is over by then."""
    with request.app.state.reports() as session:
        for row in table.rows(session, asked):
            cells = zip(table.heads, row, strict=True)
            yield tuple(cell if head in FREE else named.get(str(cell), cell) for head, cell in cells)


def _in_pieces(name: str, heads: list[str], rows: Iterator[Row]) -> Iterator[bytes]:
    with TemporaryFile() as out:
        write_xlsx(out, name, heads, rows)
        out.seek(0)
        yield from iter(partial(out.read, PIECE_BYTES), b"")


def as_file(name: str) -> dict[str, str]:
    """Headers by which browsers keep an answer as a file of that (ASCII) name."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
