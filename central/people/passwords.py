"""Officers' passwords: kept as argon2id, and what a new one must be."""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from kiosk.booking_code import CODE_ALPHABET

SHORTEST, LONGEST = 12, 200
"""NIST SP 800-63B asks for 8 characters beside a second factor and 15 without; clerks may have none."""
LIKELY = ("password", "katasandi", "rahasia", "anjungan", "imigrasi", "petugas", "indonesia", "qwerty", "asdfgh", "abc")
"""What is guessed first (SP 800-63B, 3.1.1.2): words of the place, and rows of keys."""
UNLIKELY_LEFT = 6
"""So many characters must be left of a password without its likely words, its officer's name and its digits."""
_hasher = PasswordHasher()
# Verified where no officer has the name, so that the answer takes as long.
_NOBODY = _hasher.hash(secrets.token_hex())


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether it is the password of which this is kept; "" is nobody's. Takes some 50 ms: hold no lock meanwhile."""
    try:
        return _hasher.verify(kept or _NOBODY, password[:LONGEST])
    except VerifyMismatchError:
        return False


def is_weak(password: str, name: str) -> bool:
    """Whether a new password is too short, or is soon guessed by who knows the place and the officer's name."""
    left = re.sub(r"[\W\d_]", "", password.lower())
    for each in (*LIKELY, re.sub(r"[\W\d_]", "", name.lower())):
        left = left.replace(each, "") if each else left
    return not SHORTEST <= len(password) <= LONGEST or len(set(left)) < UNLIKELY_LEFT


def start_password() -> str:
    """A password to be read out once and changed at the first sign-in: 80 bits, without letters that look alike."""
    return grouped("".join(secrets.choice(CODE_ALPHABET) for _ in range(16)))


def grouped(text: str) -> str:
    """A long code in groups of four, as people read and type it.

    >>> grouped("ABCDEFGH")
    'ABCD-EFGH'
    """
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))
