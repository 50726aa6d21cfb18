"""What is written, as it is said."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from kiosk.model import ENGLISH, INDONESIAN, Language
from kiosk.spoken import LONGEST, spelled, spoken
from kiosk.texts import Texts

ID, EN = INDONESIAN, ENGLISH
TEXTS = Texts.load()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A-014", "A, nol satu empat"),
        ("W1-001", "W, satu, nol nol satu"),
        ("A-001   Siti N***   (hadir)", "A, nol nol satu Siti N (hadir)"),
        ("B*** S******", "B S"),
        ("Paspor biasa: Rp650.000", "Paspor biasa: 650000 rupiah"),
        ("Rp1.250.000", "1250000 rupiah"),
        ("Buka: 08.00–12.00, 13.00–16.00", "Buka: pukul 8 sampai pukul 12, pukul 13 sampai pukul 16"),
        ("Senin, 5 Januari 2026, pukul 09.30", "Senin, 5 Januari 2026, pukul 9 lewat 30 menit"),
        ("Selasa, 24 November 2026  ·  08.05", "Selasa, 24 November 2026, pukul 8 lewat 5 menit"),
        ("•  e-KTP dan KK asli", "e K T P dan K K asli"),
        ("Dekatkan kode QR", "Dekatkan kode Q R"),
        ("SP4N-LAPOR!", "S, P, empat N-LAPOR!"),
        ("Ketik kode\npendaftaran", "Ketik kode pendaftaran"),
        ("Mencari data Anda…", "Mencari data Anda"),
        ("Telepon 0752123", "Telepon nol tujuh lima dua satu dua tiga"),
        ("1. Foto, 10 huruf", "1. Foto, 10 huruf"),
        ("Kode 7K4M", "Kode tujuh K, empat M"),
    ],
)
def test_what_is_written_is_said_in_indonesian(written: str, said: str) -> None:
    assert spoken(written, ID, TEXTS) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A-014", "A, zero one four"),
        ("W1-001", "W, one, zero zero one"),
        ("Open: 08:00–12:00", "Open: 8 o'clock to 12 o'clock"),
        ("Monday, 5 January 2026, 09:30", "Monday, 5 January 2026, 30 minutes past 9"),
        ("Fee: Rp650.000", "Fee: 650000 rupiah"),
        ("Show your QR code", "Show your Q R code"),
    ],
)
def test_what_is_written_is_said_in_english(written: str, said: str) -> None:
    assert spoken(written, EN, TEXTS) == said


def test_what_was_typed_is_said_character_by_character() -> None:
    assert spelled("A0-9 B", ID, TEXTS) == "A, nol strip sembilan spasi B"
    assert spelled("A", EN, TEXTS) == "A"


@pytest.mark.parametrize("language", TEXTS.languages)
@given(text=some.text(max_size=4 * LONGEST) | some.text("A*-0:.Rp–\n W", max_size=300))
@example(text="0123" * LONGEST)
def test_nothing_that_is_said_has_asterisks_line_breaks_or_no_end(language: Language, text: str) -> None:
    said = spoken(text, language, TEXTS)
    assert "*" not in said
    assert said == " ".join(said.split())
    assert len(said) <= LONGEST


@pytest.mark.parametrize("language", TEXTS.languages)
def test_no_words_of_the_kiosk_are_said_with_a_sign_that_a_voice_would_name(language: Language) -> None:
    for text in TEXTS.words[language].values():
        assert not set(spoken(text, language, TEXTS)) & set("/|·•–—…_*#@\\"), text
