"""What personal data and keys look like in a text (pure)."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What was found. NAME: one that should be masked, or that was looked for. READABLE: a file that others can read.
    KEY: a private key where none belongs.
    """

    NIK = "nik"
    PASSPORT = "passport"
    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    KEY = "key"
    READABLE = "readable"


_OPAQUE = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"  # a UUID
    r"|ANJ1:[0-9A-Z $%*+\-./:]{40,}"  # a booking pass (RFC 9285)
    r"|s1\.[0-9a-f]{8}\.[\w-]+=*"  # what is sealed
    r"|(?<![0-9a-fA-F])[0-9a-f]{32,}(?![0-9a-fA-F])"  # a digest
    r"|\$argon2\w*\$[^\s\"']+"  # a password's hash
    r"|(?<![\w/+-])(?=[\w/+-]*[A-Za-z])[\w/+-]{40,}={0,2}"  # base64
    r"|\"(?:epoch|seq|up_to)\":\s*\d+"  # numbers drawn at random
)
"""What is random by nature, and may hold any digits: it is taken out before anything is looked for."""
# Digits may be grouped; no letter, digit or part of a longer number stands beside them.
_BEFORE, _AFTER = r"(?<![\w+-])(?<!\d\.)", r"(?!\w|-\w)"
_NIK = re.compile(_BEFORE + r"\d{4}[ .-]?\d{2}[ .-]?\d{6}[ .-]?\d{4}" + _AFTER)
_PASSPORT = re.compile(_BEFORE + r"[A-Z] ?\d{7}" + _AFTER)
_PHONE = re.compile(r"(?<![\w-])(?<!\d\.)(?:\+?62[ .-]?|0)8\d{1,2}[ .-]?\d{3,4}[ .-]?\d{3,5}" + _AFTER)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_MASKED = re.compile(r"\"masked_name\":\s*\"((?:[^\"\\]|\\.)*)\"")
PROVINCES = frozenset(
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95"
    " 96 97".split()
)
"""The first two digits of a NIK: the code of a province."""


def found_in(text: str, names: tuple[str, ...] = ()) -> Iterator[tuple[Kind, str]]:
    """What is found, with its words. `names` are looked for besides, in any letters."""
    for match in _MASKED.finditer(text):
        if not is_masked(match[1]):
            yield Kind.NAME, match[1]
    for match in _KEY.finditer(text):
        yield Kind.KEY, match[0]
    plain = _OPAQUE.sub("\n", text)
    for kind, pattern in ((Kind.PASSPORT, _PASSPORT), (Kind.EMAIL, _EMAIL)):
        yield from ((kind, match[0]) for match in pattern.finditer(plain))
    yield from ((Kind.NIK, match[0]) for match in _NIK.finditer(plain) if is_nik(match[0]))
    yield from ((Kind.PHONE, match[0]) for match in _PHONE.finditer(plain) if is_phone(match[0]))
    folded = plain.casefold()
    yield from ((Kind.NAME, each) for each in names if each.casefold() in folded)


def is_nik(text: str) -> bool:
    """Whether 16 digits can be a NIK: province, regency, district, day of birth (a woman's plus 40), a number that is
    not 0000.
    """
    digits = "".join(each for each in text if each.isdecimal())
    if len(digits) != 16 or digits[:2] not in PROVINCES or "00" in (digits[2:4], digits[4:6]) or digits[12:] == "0000":
        return False
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    try:
        date(2000 + year if year % 4 == 0 else 1900 + year, month, day - 40 if day > 40 else day)
    except ValueError:
        return False
    return True


def is_phone(text: str) -> bool:
    """Whether it has as many digits as an Indonesian mobile number: 10 to 13 with its leading 0."""
    digits = re.sub(r"\D", "", text)
    return 10 <= len(digits if digits.startswith("0") else "0" + digits[2:]) <= 13


def is_masked(name: str) -> bool:
    """Whether of each word of a name only the first letter is left."""
    return all(not any(letter.isalnum() for letter in word[1:]) for word in name.split())


def shortened(kind: Kind, value: str) -> str:
    """So much of a value that whoever finds it knows which one is meant, and nobody else learns it."""
    if kind in (Kind.KEY, Kind.READABLE):
        return value
    letters = re.sub(r"\s+", "", value)
    return f"{letters[:2]}…({len(letters)})"
