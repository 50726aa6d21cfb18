"""What was scanned or typed: a booking pass, a ten-character code, a reference, or a refusal (pure).

A booking pass is a COSE_Sign1 (RFC 9052) with EdDSA around a CWT claims set (RFC 8392), as base45 (RFC 9285) behind
`PREFIX`. Its claims are `exp`, `cti` (the booking's id) and one private claim `[office, start, number, party]`,
`start` in minutes of office time since 1970: nothing personal, under 200 characters for an office id of up to six
characters and a key id of three bytes, so that it fits a QR code of version 8-M and a keyboard-mode scanner. A
service is named by its numbers' letter; `number` leaves the hyphen out.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey, VerifyError

from kiosk.model import Booking, PassKey, Reason, Refusal
from kiosk.numbering import NUMBER, following

PREFIX = "ANJ1:"
LONGEST = 400
"""Characters beyond which nothing that an office hands out can be meant; longer input is not even parsed."""
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which hands and eyes mix up."""
CODE_LENGTH = 10
PARTY = 5
"""The most applicants of one booking."""

_EXP, _CTI, _OURS = 4, 7, -65537
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - office time has no zone in a pass
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{5,39}")
_MISREAD = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class BookingPass:
    """A verified pass. `numbers` are its applicants' ticket numbers, the first one's letter names the service."""

    booking: UUID
    office: str
    day: date
    slot: time
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """A ten-character code, in capitals, without separators."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Reference:
    """Another system's opaque text, as scanned."""

    text: str = field(repr=False)


def read(text: str, keys: Iterable[PassKey], now: datetime) -> BookingPass | Code | Reference | Refusal:
    """What `text` is at the instant `now`. Never raises: whatever cannot be read or believed is a refusal.

    >>> read("7kq2m-9x4td", (), datetime(2026, 1, 1, tzinfo=UTC))
    Code()
    """
    text = text.strip("\r\n")
    if len(text) > LONGEST or not text.isascii() or not text.isprintable():
        return Refusal(Reason.UNREADABLE)
    if text.upper().startswith(PREFIX):
        return _read_pass(text[len(PREFIX) :].upper(), keys, now)
    code = normalised_code(text)
    if code is not None:
        return Code(code)
    if _REFERENCE.fullmatch(text.strip().upper()):
        return Reference(text.strip())
    return Refusal(Reason.UNREADABLE)


def normalised_code(text: str) -> str | None:
    """The ten characters meant by what a hand typed (small letters, O for 0, I or L for 1, spaces, hyphens), else
    None.
    """
    code = text.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None


def _read_pass(body: str, keys: Iterable[PassKey], now: datetime) -> BookingPass | Refusal:
    try:
        signed = base45.b45decode(body)
        known = [_verifying_key(key) for key in keys]
        claims = _verified_claims(signed, known)
    except VerifyError:
        return Refusal(Reason.FORGED)
    except Exception:  # noqa: BLE001 - hostile bytes may raise anything; law: any exception while reading is a refusal
        return Refusal(Reason.UNREADABLE)
    if claims is None:
        return Refusal(Reason.FORGED)
    return _pass_of(claims, now)


def _verified_claims(signed: bytes, keys: list[Any]) -> Any:
    key_id = cbor2.loads(signed).value[1].get(4)
    key = next((key for key in keys if key.kid == key_id), None)
    return None if key is None else cbor2.loads(COSE.new().decode(signed, key))


def _pass_of(claims: Any, now: datetime) -> BookingPass | Refusal:
    try:
        office, start, short, party = claims[_OURS]
        begins = _EPOCH + timedelta(minutes=start)
        number = f"{short[0]}-{short[1:]}"
        if not (NUMBER.fullmatch(number) and 1 <= party <= PARTY):
            return Refusal(Reason.UNREADABLE)
        booked = BookingPass(
            booking=UUID(bytes=claims[_CTI]),
            office=office,
            day=begins.date(),
            slot=begins.time(),
            numbers=tuple(following(number, step) for step in range(party)),
        )
        expires = datetime.fromtimestamp(claims[_EXP], UTC)
    except (LookupError, TypeError, ValueError, OverflowError, OSError):
        return Refusal(Reason.UNREADABLE)
    return Refusal(Reason.EXPIRED) if now >= expires else booked


def _verifying_key(key: PassKey) -> Any:
    return COSEKey.new({1: 1, -1: 6, 2: bytes.fromhex(key.key_id), 3: -8, -2: b64decode(key.public_key)})


def sign_pass(booking: Booking, key: Ed25519PrivateKey, key_id: str, expires: datetime) -> str:
    """The text of a pass that a kiosk believes until `expires`; `key_id` is the hex id of the key's public half."""
    start = (datetime.combine(booking.day, booking.slot) - _EPOCH) // timedelta(minutes=1)
    ours = [booking.office, start, booking.applicants[0].number.replace("-", ""), len(booking.applicants)]
    claims = cbor2.dumps({_EXP: int(expires.timestamp()), _CTI: booking.id.bytes, _OURS: ours})
    signing = COSEKey.new(
        {
            1: 1,
            -1: 6,
            2: bytes.fromhex(key_id),
            3: -8,
            -2: key.public_key().public_bytes_raw(),
            -4: key.private_bytes_raw(),
        }
    )
    signed = COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True).encode(claims, signing)
    return PREFIX + str(base45.b45encode(signed), "ascii")


def make_code(random: Random) -> str:
    """A new ten-character code (50 random bits)."""
    return "".join(random.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def second_factor_hash(booking: UUID, digits: str) -> str:
    """What stands in a booking for the last four digits of the applicant's phone number (scrypt, salted with the
    booking's id, hex).
    """
    return hashlib.scrypt(digits.encode(), salt=booking.bytes, n=4096, r=8, p=1, dklen=16).hex()
