"""A comment without the numbers that name a person (pure): the screen asks for no personal data, people write it."""

import re

BLANK = "…"
_LONG_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){8,}")
"""Nine digits or more, however they are grouped: a NIK has 16, a telephone number 9 to 13; a date has 8, a fee in
rupiah 7."""
_PASSPORT = re.compile(r"(?<![A-Za-z])[A-Za-z] ?\d{7}(?!\d)")
"""An Indonesian passport: a letter and seven digits."""


def without_numbers(text: str) -> str:
    """The text with what looks like a NIK, a telephone or a passport number blotted out. Names stay: no rule knows
    them.
    """
    return _PASSPORT.sub(BLANK, _LONG_NUMBER.sub(BLANK, text))
