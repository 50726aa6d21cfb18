import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.comment import cleaned, without_numbers


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("NIK saya 1375014711470047, tolong", "NIK saya …, tolong"),
        ("1375 0147 1147 0047", "…"),
        ("wa 0812-4711-4711 ya", "wa … ya"),
        ("+62 812.4711.4711", "…"),
        ("paspor X4711471 hilang", "paspor … hilang"),
        ("paspor x 4711471.", "paspor …."),
        ("0812, 3456, 7890", "…"),
        ("0812  3456  7890", "…"),
        ("081,234,567,890", "…"),
        ("b 1234 567", "…"),
    ],
)
def test_what_names_a_person_is_blotted_out(written: str, kept: str) -> None:
    assert without_numbers(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "A-014 menunggu 2 jam",
        "24-11-2026 pukul 08.30",
        "antre 1, 2, 3 jam\n2024 2025",
        "bayar Rp 1.000.000",
        "rp650000",
        "loket 3, 4 dan 5",
        "12345678",
    ],
)
def test_dates_fees_times_and_tickets_stay(text: str) -> None:
    assert without_numbers(text) == text


WRITTEN = st.text(st.one_of(st.characters(), st.sampled_from("\x00\x1b\n\t\u202e\u2066\u200b\u2028\ud800 ab.")))


@given(WRITTEN)
def test_nothing_that_is_not_seen_is_kept_and_nothing_that_is_seen_is_lost(written: str) -> None:
    kept = cleaned(written)
    assert not [each for each in kept if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    seen = [each for each in written if unicodedata.category(each)[0] not in "CZ"]
    assert [each for each in kept if each != " "] == seen
    assert cleaned(kept) == kept
    kept.encode()


def test_the_direction_of_writing_cannot_be_turned_and_lines_become_one() -> None:
    assert cleaned("bagus\u202etidak\u202c \x1b[31m\r\nsekali\tini ") == "bagustidak [31m sekali ini"


def test_a_number_with_hidden_characters_in_it_is_blotted_out_all_the_same() -> None:
    assert without_numbers(cleaned("nik 1375\u200b0147\u202e1147\n0047")) == "nik …"
