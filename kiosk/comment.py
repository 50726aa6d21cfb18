"""A comment as it may be kept (pure): plain words, without the numbers that name a person. The screen asks for no
personal data, people write it.
"""

import re
import unicodedata

BLANK = "…"
_LONG_NUMBER = re.compile(r"\+?\d(?:[^\w\n]{0,3}\d){8,}")
"""Nine digits or more, however they are grouped: a NIK has 16, a telephone number 9 to 13; a date has 8, a fee in
rupiah 7. A date and a time together are taken for one, too."""
_PASSPORT = re.compile(r"(?<![A-Za-z])[A-Za-z][^\w\n]?\d(?:[^\w\n]?\d){6}(?!\d)")
"""An Indonesian passport: a letter and seven digits."""


def cleaned(text: str) -> str:
    """The text without control and format characters (Unicode's category C: also those that turn the direction of
    writing, and half characters), its lines in one.
    """
    return " ".join("".join(each for each in text if each.isspace() or unicodedata.category(each)[0] != "C").split())


def without_numbers(text: str) -> str:
    """The text with what looks like a NIK, a telephone or a passport number blotted out. Names stay: no rule knows
    them.
    """
    return _PASSPORT.sub(BLANK, _LONG_NUMBER.sub(BLANK, text))
