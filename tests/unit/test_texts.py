import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

import kiosk.texts
from kiosk.model import ENGLISH, INDONESIAN, Language
from kiosk.texts import Texts

ID, EN = INDONESIAN, ENGLISH


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


@pytest.mark.parametrize("language", Texts.load().languages)
def test_a_text_is_found_by_the_place_of_its_words_in_the_languages_file(texts: Texts, language: Language) -> None:
    file = Path(kiosk.texts.__file__).parent / "languages" / f"{language}.toml"
    words = tomllib.loads(file.read_text("utf-8"))
    assert texts("ticket.closing", language) == words["ticket"]["closing"]


def test_a_text_of_a_nested_table_has_a_key_of_as_many_parts() -> None:
    assert kiosk.texts._flat({"a": "1", "b": {"c": "2", "d": {"e": "3"}}, "f": "4"}) == {
        "a": "1", "b.c": "2", "b.d.e": "3", "f": "4",
    }  # fmt: skip


def test_what_is_missing_is_named(texts: Texts) -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        texts("no.such", EN)
    with pytest.raises(KeyError, match="time"):
        texts("ticket.booked", EN)


def test_a_day_is_written_in_full_in_either_language(texts: Texts) -> None:
    monday = date(2026, 1, 5)
    assert (texts.day(monday, ID), texts.day(monday, EN)) == ("Senin, 5 Januari 2026", "Monday, 5 January 2026")
    sunday = date(2026, 12, 6)
    assert (texts.day(sunday, ID), texts.day(sunday, EN)) == ("Minggu, 6 Desember 2026", "Sunday, 6 December 2026")


def test_a_time_has_a_point_in_indonesian_and_a_colon_in_english(texts: Texts) -> None:
    assert (texts.time(time(8, 5), ID), texts.time(time(8, 5), EN)) == ("08.05", "08:05")


def test_a_moment_has_its_day_and_its_time_and_no_line_ends_within_either(texts: Texts) -> None:
    moment = datetime(2026, 1, 5, 17, 40, tzinfo=UTC)
    assert texts.moment(moment, EN).split(" ") == ["Monday,", "5\u00a0January\u00a02026,", "17:40"]
    assert texts.moment(moment, ID).split(" ") == ["Senin,", "5\u00a0Januari\u00a02026,", "pukul\u00a017.40"]


def test_rupiah_are_grouped_by_points(texts: Texts) -> None:
    assert [texts.rupiah(each) for each in (0, 650_000, 1_250_000)] == ["Rp0", "Rp650.000", "Rp1.250.000"]
