"""What was scanned or typed: a booking pass, a ten-character code, a reference, or a refusal (pure)."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from kiosk.model import Reason, Refusal

if TYPE_CHECKING:
    from kiosk.booking_pass import BookingPass, Keys

LONGEST = 400
"""Characters beyond which nothing that an office hands out can be meant; longer input is not even parsed."""
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which hands and eyes mix up."""
CODE_LENGTH = 10
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{5,39}")
_MISREAD = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class Code:
    """A ten-character code, in capitals, without separators."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Reference:
    """Another system's opaque text, as scanned."""

    text: str = field(repr=False)


def read(text: str, keys: "Keys", now: datetime | None) -> "BookingPass | Code | Reference | Refusal":
    """What `text` is at the instant `now` (UTC; None where the clock is not trusted). Never raises: whatever cannot be
    read or believed is a refusal.

    >>> read("7kq2m-9x4td", {}, None)
    Code()
    """
    # Who only types or checks the letters of a code, as the window does, does without cryptography.
    from kiosk.booking_pass import PREFIX, read_pass

    meant = plain(text)
    if meant is None:
        return Refusal(Reason.UNREADABLE)
    # A scanner in keyboard mode with caps lock on exchanges the cases; base45 has capitals only.
    if meant[: len(PREFIX)].upper() == PREFIX:
        return read_pass(meant[len(PREFIX) :].upper(), keys, now)
    code = normalised_code(meant)
    if code is not None:
        return Code(code)
    if _REFERENCE.fullmatch(meant.strip().upper()):
        return Reference(meant.strip())
    return Refusal(Reason.UNREADABLE)


def plain(text: str) -> str | None:
    """The text without its line's end, None if it is nothing that an office hands out: too long, or not printable
    ASCII.
    """
    text = text.strip("\r\n")
    return text if len(text) <= LONGEST and text.isascii() and text.isprintable() else None


def normalised_letters(text: str) -> str:
    """What a hand meant by small letters, O for 0, I or L for 1, spaces and hyphens."""
    return text.upper().replace("-", "").replace(" ", "").translate(_MISREAD)


def normalised_code(text: str) -> str | None:
    """The ten characters of a code meant by what a hand typed, else None."""
    code = normalised_letters(text)
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None


def make_code(random: Random) -> str:
    """A new ten-character code (50 random bits)."""
    return "".join(random.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def second_factor_hash(booking: UUID, digits: str) -> str:
    """What stands in a booking for the last four digits of the applicant's phone number (scrypt, salted with the
    booking's id, hex).
    """
    return hashlib.scrypt(digits.encode(), salt=booking.bytes, n=4096, r=8, p=1, dklen=16).hex()
