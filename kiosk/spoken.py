"""What is written, as it is to be said: numbers, codes, amounts and times in words that a voice reads rightly (pure).

Words of dates, and numbers that count something, are left as they are: espeak-ng reads them in its language.
"""

import re

from kiosk.model import Language
from kiosk.texts import Texts

LONGEST = 3000
"""No text is said beyond so many characters: some three minutes, longer than any screen waits."""

_TICKET = re.compile(r"\b([A-Z])(\d?)-(\d{3,})\b")
_RUPIAH = re.compile(r"\bRp\s?(\d{1,3}(?:\.\d{3})*)")
_TIME = re.compile(r"(\b\w+\s)?(?<![\d.:])([01]\d|2[0-3])[.:]([0-5]\d)(?![\d.:]\d|\d)")
_CODE = re.compile(r"\b(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{2,}\b|\b0\d{3,}\b")
_ABBREVIATION = re.compile(r"\b[B-DF-HJ-NP-TV-Z]{2,5}\b|\b[a-zA-Z]-(?=[B-DF-HJ-NP-TV-Z]{2,5}\b)")
_RANGE = re.compile(r"(?<=\d)\s?–\s?(?=\d)")
_PAUSE = re.compile(r"\s[-–—·•|/]+\s|[–—·•|;/]|…")
_SILENT = re.compile(r"[^\w\s.,:?!'’()%&+-]|_")


def spoken(text: str, language: Language, texts: Texts) -> str:
    """One line of words, at most LONGEST characters, of a text of any kind; never an asterisk."""
    said = text[:LONGEST].replace("*", "")
    said = _RANGE.sub(f" {texts('spoken.to', language)} ", said)
    said = _TICKET.sub(lambda found: _ticket(found, language, texts), said)
    said = _RUPIAH.sub(lambda found: texts("spoken.rupiah", language, amount=found[1].replace(".", "")), said)
    said = _TIME.sub(lambda found: _time(found, language, texts), said)
    said = _CODE.sub(lambda found: spelled(found[0], language, texts), said)
    said = _ABBREVIATION.sub(lambda found: " ".join(found[0].rstrip("-")) + " " * found[0].endswith("-"), said)
    said = _SILENT.sub(" ", _PAUSE.sub(", ", said))
    return _tidy(said)[:LONGEST].strip()


def spelled(text: str, language: Language, texts: Texts) -> str:
    """A code or what was typed, character by character; marks and spaces are named.

    A pause behind each letter keeps a voice from reading A as the English article.
    """
    digits = texts("spoken.digits", language).split()
    names = dict(zip("0123456789", digits, strict=True)) | {
        "-": texts("spoken.hyphen", language),
        ".": texts("spoken.full_stop", language),
        ",": texts("spoken.comma", language),
        "?": texts("spoken.question_mark", language),
        " ": texts("button.space", language),
    }
    return " ".join(names.get(each, f"{each},") for each in text).rstrip(",")


def _ticket(found: re.Match[str], language: Language, texts: Texts) -> str:
    letter, series, number = found.groups()
    start = f"{letter}, {spelled(series, language, texts)}" if series else letter
    return f"{start}, {spelled(number, language, texts)}"


def _time(found: re.Match[str], language: Language, texts: Texts) -> str:
    before, hour, minute = found[1] or "", int(found[2]), int(found[3])
    key = "spoken.time" if minute else "spoken.hour"
    said = texts(key, language, hour=hour, minute=minute)
    # "pukul 08.30" has the word that a spoken time begins with already.
    return said if said.startswith(before) else before + said


def _tidy(text: str) -> str:
    """Single spaces, and no comma after another mark or at the start."""
    one_line = " ".join(text.split())
    no_space = re.sub(r"\s+([.,:?!])", r"\1", one_line)
    return re.sub(r"([.,:?!(])(?:\s*,)+", r"\1", no_space).strip(" ,")
