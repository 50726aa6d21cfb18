"""A call as it is said (pure): "Nomor antrean A nol-nol-satu, silakan menuju loket dua"."""

import re

from central.languages import words
from kiosk.model import INDONESIAN, Language

_PARTS = re.compile(r"([A-Z]+)(\d*)-(\d+)")
_LONE_DIGIT = re.compile(r"\b\d\b")
_SILENT = re.compile(r"[^\w\s-]|_")


def spoken_number(number: str, language: Language = INDONESIAN, zero: str = "") -> str:
    """A ticket's number, digit by digit: "A-001" is "A nol-nol-satu", "W1-023" is "W satu, nol-dua-tiga".

    `zero` is said for a 0 where the office likes another word for it ("kosong"). What is no ticket's number is left as
    it is, without marks.
    """
    found = _PARTS.fullmatch(number)
    if not found:
        return _SILENT.sub(" ", number)
    letters, series, count = found.groups()
    # A pause keeps an English voice from reading the letter A as the article.
    pause = " " if language == INDONESIAN else ", "
    start = f"{letters}{pause}{_digits(series, language, zero)}," if series else letters + pause.rstrip()
    return f"{start} {_digits(count, language, zero)}"


def call_sentence(number: str, counter: str, language: Language = INDONESIAN, zero: str = "") -> str:
    """What is said when a number is called to a counter, which goes by its name."""
    name = _LONE_DIGIT.sub(lambda digit: _digits(digit[0], language, zero), _SILENT.sub(" ", counter))
    spoken = {"number": spoken_number(number, language, zero), "counter": " ".join(name.split())}
    return words(language, "display")["spoken_call"].format(**spoken)


def _digits(digits: str, language: Language, zero: str) -> str:
    names = words(language, "display")["digits"].split()
    if zero:
        names[0] = zero
    return "-".join(names[int(each)] for each in digits)
