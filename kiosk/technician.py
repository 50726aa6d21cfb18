"""How a technician is told: the office's PIN, and a one-time code that answers a number which the kiosk shows (pure).

The code is HOTP (RFC 4226) with the shown number as its counter: who has the kiosk's secret, and that is the central
server, answers it without a network at the kiosk and whatever its clock says.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode

import pyotp

from kiosk.model import CHALLENGE_DIGITS, CODE_DIGITS, PIN_DIGITS

FREE_TRIES = 5
"""So many wrong answers shut the way in."""
FIRST_SHUT, LONGEST_SHUT = 60.0, 3600.0
"""In s: with each further wrong answer twice as long, up to so long."""
SALT_BYTES = 16
COST, BLOCK, LANES, KEY_BYTES = 2**14, 8, 1, 32
"""Of scrypt (RFC 7914): 16 MiB and some 50 ms for each PIN that is tried."""
LIKELY = ("0123456789012345", "9876543210987654")
"""Rows of digits that are guessed first."""


def is_pin(text: str) -> bool:
    """Whether it can be a PIN: six to twelve digits, not one digit over and over, no row of digits."""
    has_form = re.fullmatch("[0-9]+", text) is not None and len(text) in PIN_DIGITS
    return has_form and len(set(text)) > 2 and not any(text in each for each in LIKELY)


def kept_of_pin(pin: str) -> str:
    """What is kept of a PIN."""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"scrypt${b64encode(salt).decode()}${b64encode(_scrypt(pin, salt)).decode()}"


def is_the_pin(kept: str, pin: str) -> bool:
    """Whether it is the PIN of which this is kept; what is not of `kept_of_pin` is no PIN's."""
    form, _, rest = kept.partition("$")
    salt, _, key = rest.partition("$")
    try:
        return form == "scrypt" and hmac.compare_digest(b64decode(key), _scrypt(pin, b64decode(salt)))
    except ValueError:
        return False


def code_for(secret: str, challenge: str) -> str:
    """The code that answers a challenge. Raises ValueError for one that is no number of CHALLENGE_DIGITS digits."""
    if re.fullmatch(f"[0-9]{{{CHALLENGE_DIGITS}}}", challenge) is None:
        raise ValueError(f"a challenge has {CHALLENGE_DIGITS} digits")
    return pyotp.HOTP(secret, digits=CODE_DIGITS).at(int(challenge))


def answers(secret: str, challenge: str, code: str) -> bool:
    """Whether a code answers a challenge."""
    return hmac.compare_digest(code_for(secret, challenge).encode(), code.encode())


def drawn_challenge() -> str:
    """A number to show."""
    return f"{secrets.randbelow(10**CHALLENGE_DIGITS):0{CHALLENGE_DIGITS}}"


def shut_seconds(wrong: int) -> float:
    """For how long the way in is shut after so many wrong answers, 0 for not at all."""
    over = wrong - FREE_TRIES
    return min(LONGEST_SHUT, FIRST_SHUT * 2 ** min(over, 10)) if over >= 0 else 0.0


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, dklen=KEY_BYTES)
