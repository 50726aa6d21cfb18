"""The leak scan finds what is planted, each kind of it, repeats none of it whole, and cries no wolf."""

import gzip
import json
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from wire import Kiosk

from central.__main__ import main
from central.database import BookingRow
from central.privacy.leaks import PIECE, Scan
from central.privacy.patterns import Kind, found_in, is_nik
from kiosk.protocol import Commented

NIK, PASSPORT, PHONE, EMAIL, NAME = "1376014508900003", "C1234567", "081234567890", "budi@contoh.id", "Quirinus Zain"
KEY = "-----BEGIN PRIVATE KEY-----"
PLANTED = {
    Kind.NIK: f"NIK {NIK} tercatat",
    Kind.PASSPORT: f"paspor: {PASSPORT}.",
    Kind.PHONE: f"hp=+62 812-3456-7890, {PHONE}",
    Kind.EMAIL: f"surel <{EMAIL}>",
    Kind.NAME: '{"masked_name": "Quirinus Zain"}',
    Kind.KEY: KEY,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "logs"
    made.mkdir(mode=0o700)
    return made


def kinds(folder: Path, *names: str) -> set[str]:
    scan = Scan(names)
    scan.path(folder)
    assert scan.looked_at["files"]
    return {each.kind for each in scan.findings}


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_a_log(folder: Path, kind: Kind) -> None:
    (folder / "server.log").write_text(f"INFO all is well\nINFO {PLANTED[kind]}\n")
    scan = Scan()
    scan.path(folder)
    assert {(each.kind, each.place) for each in scan.findings} == {(kind, "server.log:2")}


@pytest.mark.parametrize(
    "line", [f"A-001,{NIK},08:00", f'"nik":"{NIK}"', f"nik={NIK}&x", "1376 01 450890 0003", "1376.01.450890.0003"]
)
def test_a_nik_is_found_however_it_is_written(line: str) -> None:
    assert Kind.NIK in {kind for kind, _ in found_in(line)}


def test_names_that_are_looked_for_are_found_in_any_letters(folder: Path) -> None:
    (folder / "a.txt").write_text("calling QUIRINUS ZAIN to counter 2")
    assert kinds(folder) == set()
    assert kinds(folder, NAME) == {Kind.NAME}


def test_packed_files_are_opened(folder: Path) -> None:
    with gzip.open(folder / "server.log.1.gz", "wt") as stream:
        stream.write(f"{NIK}\n")
    with zipfile.ZipFile(folder / "report.xlsx", "w") as packed:
        packed.writestr("xl/sharedStrings.xml", f"<t>{EMAIL}</t>")
    assert kinds(folder) == {Kind.NIK, Kind.EMAIL}


def test_what_lies_across_two_pieces_of_a_long_file_is_found(folder: Path) -> None:
    (folder / "long.log").write_text("x" * (PIECE - 8) + f"\n{NIK}\n")
    assert kinds(folder) == {Kind.NIK}


def test_a_file_that_everybody_can_read_is_found_only_where_everybody_can_come(folder: Path) -> None:
    (folder / "export.csv").write_text("number\nA-001\n")
    (folder / "export.csv").chmod(0o644)
    assert kinds(folder) == set()
    folder.chmod(0o755)
    assert kinds(folder) == {Kind.READABLE}


def test_the_database_is_looked_through_by_what_is_sealed_in_it(http: TestClient, kiosk: Kiosk, data: Path) -> None:
    kiosk.tells(Commented(text=f"hubungi {EMAIL}"))
    on_files, by_rows = Scan(), Scan()
    on_files.path(data)
    assert on_files.findings == [], "it is sealed"
    by_rows.database(http.app.state.engine)
    (found,) = by_rows.findings
    assert (found.kind, found.place.split(" ")[0]) == (Kind.EMAIL, "facts.body")


def test_an_unmasked_name_in_a_booking_is_found(http: TestClient, data: Path) -> None:
    with http.app.state.writing.begin() as session:
        body = json.dumps({"applicants": [{"masked_name": "Quirinus Z***", "number": "A-001"}]})
        session.add(BookingRow(id=str(UUID(int=1)), office="PYK", day="2026-11-24", body=body))
    scan = Scan()
    scan.database(http.app.state.engine)
    assert {each.kind for each in scan.findings} == {Kind.NAME}


def test_the_command_reports_kinds_and_places_never_whole_values(data: Path, folder: Path, capsys) -> None:
    assert main(["scan-leaks", "--data", str(data)]) == 0
    assert "0 found" in capsys.readouterr().out
    (folder / "server.log").write_text("\n".join(PLANTED.values()))
    names = folder.with_name("names.txt")
    names.write_text(f"{NAME}\n")
    for more in ([], ["--json"]):
        assert main(["scan-leaks", "--path", str(folder), "--names", str(names), *more]) == 1
        said = capsys.readouterr().out
        assert all(kind in said for kind in (*PLANTED, "server.log"))
        assert not any(value in said for value in (NIK, PASSPORT, PHONE, EMAIL, NAME))
    report = json.loads(said)
    assert report["looked_at"]["files"] == 1
    assert {each["kind"] for each in report["findings"]} == set(PLANTED)


def test_a_scan_of_nothing_is_no_clean_one(tmp_path: Path) -> None:
    assert main(["scan-leaks"]) == 1
    assert main(["scan-leaks", "--path", str(tmp_path / "absent")]) == 1


HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(
    st.uuids().map(str)
    | HEX
    | st.from_regex(r"[A-Z]{1,2}[0-9]?-[0-9]{3}", fullmatch=True)
    | st.from_regex(r"REG-2611[0-9]{2}-[0-9]{6}", fullmatch=True)
    | st.datetimes().map(lambda at: at.isoformat())
    | st.binary(min_size=32, max_size=200).map(lambda raw: "s1.0a1b2c3d." + urlsafe_b64encode(raw).decode())
    | st.integers(1, 2**53 - 1).map(lambda number: f'"epoch":{number}')
    | st.integers(0, 9_999_999).map(lambda rupiah: f"Rp{rupiah:,}".replace(",", "."))
)
def test_numbers_ids_and_digests_are_no_finding(text: str) -> None:
    assert list(found_in(f'{{"a":"{text}"}} {text},{text}\n')) == []


@pytest.mark.parametrize(
    "digits",
    [
        "0076014508900003",
        "1300014508900003",
        "1376013208900003",
        "1376014513900003",
        "1376013002900003",
        "1376014508900000",
        "137601450890000",
    ],
)
def test_sixteen_digits_that_can_be_no_nik_are_none(digits: str) -> None:
    assert is_nik(NIK)
    assert not is_nik(digits)
