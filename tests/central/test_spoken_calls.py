"""What is said in the lobby, and its sound."""

import io
import wave

import pytest

from central.counters.chime import RATE, SECONDS, chime
from central.counters.spoken import call_sentence, spoken_number
from central.counters.voice import KEPT_SOUNDS, sound_of
from kiosk.model import ENGLISH, INDONESIAN, Language

SENTENCE = ((INDONESIAN, "Nomor antrean A nol-nol-satu, silakan menuju loket dua."),)


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("A-001", "A nol-nol-satu"),
        ("W1-023", "W satu, nol-dua-tiga"),
        ("W12-407", "W satu-dua, empat-nol-tujuh"),
        ("B-1589", "B satu-lima-delapan-sembilan"),
        ("Kasir", "Kasir"),
    ],
)
def test_a_number_is_said_digit_by_digit(number: str, spoken: str) -> None:
    assert spoken_number(number) == spoken


def test_an_english_number_pauses_behind_its_letter() -> None:
    assert spoken_number("A-001", ENGLISH) == "A, zero-zero-one"
    assert spoken_number("W1-023", ENGLISH) == "W, one, zero-two-three"


def test_an_office_may_say_kosong_for_zero() -> None:
    assert spoken_number("A-100", zero="kosong") == "A satu-kosong-kosong"


@pytest.mark.parametrize(
    ("counter", "language", "sentence"),
    [
        ("2", INDONESIAN, "Nomor antrean A nol-nol-satu, silakan menuju loket dua."),
        ("Kasir", INDONESIAN, "Nomor antrean A nol-nol-satu, silakan menuju loket Kasir."),
        ("Foto 12", INDONESIAN, "Nomor antrean A nol-nol-satu, silakan menuju loket Foto 12."),
        ("2", ENGLISH, "Queue number A, zero-zero-one, please go to counter two."),
    ],
)
def test_a_call_names_the_counter(counter: str, language: Language, sentence: str) -> None:
    assert call_sentence("A-001", counter, language) == sentence


def test_a_counters_name_cannot_steer_the_voice() -> None:
    assert "[" not in call_sentence("A-001", "[[h@l'oU]] <break>")


def samples_of(sound: bytes) -> bytes:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return file.readframes(file.getnframes())


def test_a_call_sounds_as_a_chime_and_then_the_sentences() -> None:
    samples = samples_of(sound_of(SENTENCE))
    assert samples.startswith(chime())
    one_sentence = len(samples) / 2 / RATE - SECONDS
    assert 3 < one_sentence < 8
    both = samples_of(sound_of((*SENTENCE, (ENGLISH, "Queue number A, zero-zero-one."))))
    assert len(both) > len(samples) + 2 * RATE


def test_the_chime_is_heard_and_does_not_distort() -> None:
    values = memoryview(chime()).cast("h")
    assert 8_000 < max(values) < 30_000
    assert abs(values[-1]) < 400, "it ends with a click"


def test_the_same_call_is_made_once_and_the_number_kept_is_bounded() -> None:
    sound_of.cache_clear()
    assert sound_of(SENTENCE) is sound_of(SENTENCE)
    assert sound_of.cache_info().maxsize == KEPT_SOUNDS


@pytest.mark.parametrize("program", [("no-such-program",), ("false",)])
def test_without_a_voice_the_chime_is_still_there(program: tuple[str, ...]) -> None:
    assert len(samples_of(sound_of(SENTENCE, program))) < len(chime()) + 2 * RATE
