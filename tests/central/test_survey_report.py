"""The survey's report: held against a published example, as PDF and as a workbook that recomputes to the same."""

import re
import zlib
from base64 import a85decode
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from busy_day import Lobby
from fastapi.testclient import TestClient
from wire import DAY
from workbook import Workbook

from central.database import ResponseRow
from central.languages import words
from central.monitoring.survey import Response, SurveyReport, report_of, survey_report
from central.monitoring.survey_head import Head, respondents_by
from central.monitoring.survey_pdf import SurveyPaper
from central.monitoring.survey_xlsx import SurveyBook
from central.questionnaires import element_names, questionnaire
from kiosk.model import ENGLISH, INDONESIAN, Language

SKM, SPKP_SPAK = questionnaire("skm"), questionnaire("spkp_spak")
ZONE = ZoneInfo("Asia/Jakarta")
HEAD = Head("Layanan Imigrasi Payakumbuh", date(2026, 7, 1), date(2026, 9, 30))
PUBLISHED = {
    "U1": {4: 18, 3: 11}, "U2": {4: 14, 3: 15}, "U3": {4: 15, 3: 12, 2: 2}, "U4": {4: 29}, "U5": {4: 15, 3: 14},
    "U6": {4: 18, 3: 11}, "U7": {4: 19, 3: 10}, "U8": {4: 18, 3: 11}, "U9": {4: 28, 3: 1},
}  # fmt: skip
"""The third quarter's survey of 29 respondents that `rumus_perhitungan_ikm_lengkap.md` of the public repository
rennn9/GASPUL_BACKEND (GitHub) works through: by element, how many gave each score."""
PRINTED = {
    "U1": "3.6207", "U2": "3.4828", "U3": "3.4483", "U4": "4.0000", "U5": "3.5172", "U6": "3.6207", "U7": "3.6552",
    "U8": "3.6207", "U9": "3.9655",
}  # fmt: skip
"""The NRR printed there; its IKM is 91.48, and 90.56 by weights that were rounded to 0.11."""


def published() -> SurveyReport:
    """The example's respondents, whose scores of different elements are put together as they come."""
    columns = {key: [score for score, count in each.items() for _ in range(count)] for key, each in PUBLISHED.items()}
    people = [{key: column[place] for key, column in columns.items()} for place in range(29)]
    return report_of(SKM, [Response(each, {"sex": "female"}) for each in people], element_names("skm"))


def some_skipped() -> SurveyReport:
    scores = [{"U1": 4, "U2": 1}, {each.key: 3 for each in SKM.elements}, {each.key: 2 for each in SKM.elements[:5]}]
    return report_of(SKM, [Response(each, {}) for each in scores])


def test_the_published_example_comes_to_what_is_printed_there() -> None:
    report = published()
    assert {each.key: f"{float(each.mean or 0):.4f}" for each in report.elements} == PRINTED
    assert [each.total for each in report.elements] == [105, 101, 100, 116, 102, 105, 106, 105, 115]
    assert report.ikm
    assert (report.ikm.value, report.ikm.quality) == (Decimal("91.48"), "A")
    assert report.index == Fraction(955, 29 * 9)
    assert [each.key for each in report.lowest] == ["U3", "U2", "U5"]
    by_its_weights = sum(round(float(each.mean or 0) * 0.11, 4) for each in report.elements) * 25
    assert round(by_its_weights, 2) == 90.56


def test_skipped_answers_count_nowhere() -> None:
    report = some_skipped()
    first, second, *_, last = report.elements
    assert (first.mean, first.answered, second.mean, last.mean) == (3, 3, 2, 3)
    assert report.answers[0] == (4, 1, *[None] * 7)
    assert report.shares[0].unsaid == 3


def test_respondents_are_counted_by_each_answer_of_the_header() -> None:
    header = {"sex": "female", "age": "26_35", "education": "s1", "job": "private"}
    report = report_of(
        SKM, [Response({"U1": 4}, header), Response({"U1": 4}, header | {"sex": "male"}), Response({}, {})]
    )
    sex, age, *_ = report.shares
    assert [count for _, count in sex.counts] == [1, 1]
    assert sex.unsaid == 1
    assert [count for _, count in age.counts] == [0, 0, 2, 0, 0, 0]


def test_respondents_are_counted_by_service_and_those_of_whom_it_is_not_told() -> None:
    people = [Response({"U1": 4}, {}, service) for service in ("collection", None, "collection", "visa")]
    head = replace(HEAD, services={"collection": "Pengambilan paspor"})
    *_, last = respondents_by(report_of(SKM, people), head, words(INDONESIAN, "report"), INDONESIAN)
    assert last == ("Jenis layanan", [("Tidak menjawab", 1), ("Pengambilan paspor", 2), ("visa", 1)])


def test_spkp_and_spak_have_means_of_their_parts_and_no_ikm() -> None:
    """SPKP: seven statements at 6 and one at 3: 5.625, half up 5.63; SPAK: all at 5."""
    scores = {each.key: 6 if each.key.startswith("SPKP") else 5 for each in SPKP_SPAK.elements} | {"SPKP1": 3}
    report = report_of(SPKP_SPAK, [Response(scores, {})])
    assert (report.ikm, report.index) == (None, None)
    assert report.parts == {"SPKP": Decimal("5.63"), "SPAK": Decimal("5.00")}


# ------------------------------------------------------------ the workbook


def workbook(report: SurveyReport, language: Language = INDONESIAN) -> Workbook:
    return Workbook(SurveyBook(report, HEAD, words(language, "report"), language).written())


@pytest.mark.parametrize(
    "report", [published(), some_skipped(), report_of(SKM, [])], ids=["published", "skipped", "none"]
)
def test_every_formula_of_the_workbook_comes_to_what_is_kept_in_it(report: SurveyReport) -> None:
    book = workbook(report)
    formulas = [(sheet, at, kept) for sheet in book.names for at, kept in book.formulas(sheet).items()]
    assert len(formulas) > 60
    for sheet, at, kept in formulas:
        assert book.value(sheet, at) == (kept if kept == "" or isinstance(kept, str) else pytest.approx(kept)), (
            sheet,
            at,
        )


def test_the_workbook_of_the_published_example_reckons_its_index() -> None:
    book = workbook(published())
    row = next(
        int(at[1:]) for at in book.formulas("Ringkasan") if at[0] == "D" and book.value("Ringkasan", at) == 91.48
    )
    assert book.kept("Ringkasan", f"B{row}") == "IKM unit pelayanan"
    assert book.value("Ringkasan", f"D{row + 1}") == "A"
    assert book.value("Jawaban per responden", f"D{book.row_of('Jawaban per responden', 'Jumlah nilai')}") == 100
    assert [book.kept("Jawaban per responden", f"{column}6") for column in "ABCJ"] == [1, 4, 4, 4]


def test_another_answer_typed_into_the_workbook_moves_its_index() -> None:
    """The reckoner is no parrot: one more score of 1 instead of 4 for U4 takes 3 / 29 / 9 * 25 = 0.29 off."""
    book = workbook(published())
    book._cells["Jawaban per responden"]["E6"] = ("", 1.0)
    found = [book.value("Ringkasan", at) for at in book.formulas("Ringkasan") if at[0] == "D"]
    assert 91.19 in found
    assert 91.48 not in found


def test_the_workbook_of_spkp_and_spak_has_the_means_of_the_parts() -> None:
    scores = {each.key: 6 if each.key.startswith("SPKP") else 5 for each in SPKP_SPAK.elements} | {"SPKP1": 3}
    book = workbook(report_of(SPKP_SPAK, [Response(scores, {})]), ENGLISH)
    values = [book.value("Summary", at) for at in book.formulas("Summary")]
    assert {5.63, 5.0} <= set(values)
    for at, kept in book.formulas("Summary").items():
        assert book.value("Summary", at) == pytest.approx(kept)


# ------------------------------------------------------------ the paper


def text_of(pdf: bytes) -> str:
    """The words of all pages, as they are drawn."""
    pages = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    drawn = b"".join(zlib.decompress(a85decode(b"<~" + each.strip(), adobe=True)) for each in pages)
    return " ".join(
        re.sub(rb"\\(.)", rb"\1", each).decode("latin-1") for each in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", drawn)
    )


def test_the_paper_shows_the_index_its_letter_and_what_it_was_made_of() -> None:
    pdf = SurveyPaper(published(), HEAD, words(INDONESIAN, "report"), INDONESIAN).written()
    text = text_of(pdf)
    for each in (
        "Laporan Survei Kepuasan Masyarakat", "Layanan Imigrasi Payakumbuh", "91,48", "Sangat baik", "3,6207", "0,4023",
        "3,6590", "01/07/2026", "1. U3 (3,4483): Waktu penyelesaian", "Halaman 3",
    ):  # fmt: skip
        assert each in text, each
    assert text.count("Pekerjaan Anda?") == text.count("Jenis layanan") == 1
    assert pdf == SurveyPaper(published(), HEAD, words(INDONESIAN, "report"), INDONESIAN).written()


def test_a_report_of_nobody_is_a_paper_too() -> None:
    for asked in (SKM, SPKP_SPAK):
        assert SurveyPaper(report_of(asked, []), HEAD, words(ENGLISH, "report"), ENGLISH).written().startswith(b"%PDF")


def test_control_an_office_with_signs_of_markup_in_its_name_is_drawn_as_it_is() -> None:
    head = Head("Kantor <b>A & B", HEAD.first, HEAD.last)
    assert "A & B" in text_of(SurveyPaper(published(), head, words(ENGLISH, "report"), ENGLISH).written())


# ------------------------------------------------------------ from the database


def test_a_period_has_its_days_responses_and_those_whose_day_is_not_told_by_their_receipt(http: TestClient) -> None:
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session)
        kiosk = lobby.kiosk()
        lobby.responds(kiosk, 0, {"U1": 4})
        lobby.responds(kiosk, 1, {"U1": 2})
        session.flush()
        session.query(ResponseRow).filter_by(scores='{"U1": 2}').update({"day": None})
        lobby.day = DAY - timedelta(days=1)
        lobby.responds(kiosk, 0, {"U1": 1})
        lobby.office = "AGM"
        lobby.responds(lobby.kiosk(2), 0, {"U1": 1})
    with http.app.state.reading() as session:
        today = survey_report(session, "PYK", SKM, DAY, DAY, ZONE)
        both = survey_report(session, "PYK", SKM, DAY - timedelta(days=1), DAY, ZONE)
        before = survey_report(session, "PYK", SKM, date(2026, 1, 1), DAY - timedelta(days=2), ZONE)
    assert [each.respondents for each in (today, both, before)] == [2, 3, 0]
    assert today.elements[0].mean == 3


def test_supervisors_get_both_files_and_others_none(officer: TestClient) -> None:
    def report(kind: str, survey: str = "skm", first: str = "2026-11-01", last: str = "2026-11-30"):
        return officer.post(
            f"/officers/monitoring/survey.{kind}", data={"survey": survey, "first": first, "last": last}
        )

    for kind, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = report(kind)
        assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
        assert f"skm-2026-11-01-2026-11-30.{kind}" in answer.headers["Content-Disposition"]
    assert report("pdf", "nothing").status_code == 404
    assert report("docx").status_code == 404
    assert report("pdf", first="2026-01-01", last="2027-01-02").status_code == 422
    officer.post("/officers/logout")
    assert report("pdf").status_code == 303
