"""The exports: every figure as it was put in, nothing personal, and nothing that a spreadsheet would reckon."""

import csv
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from busy_day import Lobby
from fastapi.testclient import TestClient
from sqlalchemy import select
from wire import DAY, slot
from workbook import Workbook

from central.counters.rows import Outcome
from central.monitoring.sheets import as_csv, write_xlsx
from central.people.rows import AuditRow

PATH = "/officers/monitoring/export."
ENGLISH = {"Accept-Language": "en"}


def a_day(http: TestClient) -> None:
    """Three served after 4, 10 and 15 minutes, one who did not come, one who waits, and a day before with one."""
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session)
        kiosk, counter = lobby.kiosk(), lobby.counter()
        for arrived, called, ended in ((0, 4, 10), (2, 12, 22), (5, 20, 32)):
            lobby.call(lobby.ticket(kiosk, arrived, slot=slot("08:00")), counter, called, ended)
        lobby.call(lobby.ticket(kiosk, 30), counter, 33, 34, Outcome.NO_SHOW)
        lobby.ticket(kiosk, 40, "collection")
        lobby.rates(kiosk, 11, 5)
        lobby.rates(kiosk, 23, 2, '=HYPERLINK("http://example.org"), kursi kurang\nsekali')
        lobby.day = DAY - timedelta(days=1)
        lobby.ticket(kiosk, 5, "collection")
        lobby.office = "AGM"
        lobby.ticket(lobby.kiosk(9), 5)


def export(officer: TestClient, kind: str, name: str, first: str = "2026-11-23", last: str = "2026-11-24"):
    return officer.post(PATH + kind, data={"table": name, "first": first, "last": last}, headers=ENGLISH)


def table(officer: TestClient, name: str) -> list[list[str]]:
    answer = export(officer, "csv", name)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{name}-2026-11-23-2026-11-24.csv"' in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_tickets_have_their_times_and_no_name(http: TestClient, officer: TestClient) -> None:
    a_day(http)
    heads, *rows = table(officer, "tickets")
    assert heads[:4] == ["Day", "Number", "Service", "Booking"]
    assert [row[1] for row in rows] == ["W1-009", "A-001", "A-002", "A-003", "W1-004", "W1-005"]
    assert rows[1] == [
        "2026-11-24", "A-001", "New passport (adult)", "with a booking", "2026-11-24 08:00:00", "2026-11-24 08:04:00",
        "2026-11-24 08:10:00", "4.0", "6.0", "Served",
    ]  # fmt: skip
    assert rows[4][5:] == ["2026-11-24 08:33:00", "", "3.0", "", "No-show"]
    assert rows[5][5:] == ["", "", "", "", "Waiting"]
    assert not any("B***" in cell for row in rows for cell in row)


def test_waits_by_day_and_service_are_those_counted_by_hand(http: TestClient, officer: TestClient) -> None:
    """Of 4, 10, 15 and 3 minutes: median 7, p90 15; of 6, 10 and 12 minutes: 10 and 12."""
    a_day(http)
    _, *rows = table(officer, "waits")
    assert rows == [
        ["2026-11-23", "Passport collection", "1", "0", "0", "0", "", "", "0", "", ""],
        ["2026-11-24", "Passport collection", "1", "0", "0", "0", "", "", "0", "", ""],
        ["2026-11-24", "New passport (adult)", "4", "3", "1", "4", "7.0", "15.0", "3", "10.0", "12.0"],
    ]


def test_a_suggestion_that_looks_like_a_formula_is_text(http: TestClient, officer: TestClient) -> None:
    a_day(http)
    _, *rows = table(officer, "ratings")
    assert rows[0][1:] == ["5", ""]
    assert rows[1][1:] == ["2", '\'=HYPERLINK("http://example.org"), kursi kurang\nsekali']
    book = Workbook(export(officer, "xlsx", "ratings").content)
    assert book.formulas("ratings") == {}
    assert book.kept("ratings", "C3") == '=HYPERLINK("http://example.org"), kursi kurang\nsekali'
    assert book.kept("ratings", "B3") == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_of_a_csv_begins_as_a_formula_does(text: str) -> None:
    made = b"".join(as_csv(["a"], [(text,)])).decode("utf-8-sig")
    assert list(csv.reader(StringIO(made, newline="")))[1] == [f"'{text}"]


def test_numbers_stay_numbers_and_days_dates() -> None:
    out = BytesIO()
    write_xlsx(out, "t", ["a", "b", "c", "d"], [(-5, 1.5, date(2026, 11, 24), datetime(2026, 11, 24, 12))])  # noqa: DTZ001
    book = Workbook(out.getvalue())
    assert [book.kept("t", f"{column}2") for column in "ABCD"] == [-5, 1.5, 46350, 46350.5]
    assert b"".join(as_csv(["a"], [(-5,), (None,)])).decode("utf-8-sig") == 'a\r\n-5\r\n""\r\n'


def test_the_kiosks_conditions_are_those_that_heartbeats_told(kiosk, officer: TestClient, clock) -> None:
    def beat(**said: object) -> None:
        body = {"version": "1", "screen": "welcome", "printer": "ready", "scanner_ready": True, "owed": 0}
        kiosk.post("/api/v1/heartbeats", body | {"at": clock.now().isoformat()} | said)

    for minute, said in ((0, {}), (1, {}), (2, {"printer": "paper_low"}), (10, {"printer": "ready"})):
        clock.at = clock.at.replace(minute=minute)
        beat(**said)
    _, *rows = table(officer, "kiosks")
    assert [[cell[-8:] for cell in row[1:5]] for row in rows] == [
        ["08:00:00", "08:02:00", "yes", "ready"],
        ["08:02:00", "08:03:30", "yes", "r is low"],
        ["08:03:30", "08:10:00", "no", "r is low"],
        ["08:10:00", "", "yes", "ready"],
    ]


@pytest.mark.parametrize(("first", "last"), [("2026-01-01", "2027-01-02"), ("2026-01-02", "2026-01-01"), ("x", "y")])
def test_a_period_that_is_none_is_refused(officer: TestClient, first: str, last: str) -> None:
    assert export(officer, "csv", "tickets", first, last).status_code == 422


def test_what_is_not_there_is_not_found_and_who_is_not_signed_in_gets_nothing(officer: TestClient) -> None:
    assert export(officer, "csv", "people").status_code == 404
    assert export(officer, "pdf", "tickets").status_code == 404
    officer.post("/officers/logout")
    assert export(officer, "csv", "tickets").status_code == 303


def test_that_data_was_taken_away_stands_on_the_audit_trail(http: TestClient, officer: TestClient) -> None:
    export(officer, "csv", "tickets")
    export(officer, "csv", "nothing")
    with http.app.state.reading() as session:
        acts = select(AuditRow.who, AuditRow.subject).where(AuditRow.action == "data_exported")
        assert session.execute(acts).all() == [("petugas", "tickets-2026-11-23-2026-11-24.csv")]
