"""The booking pass: what an office signs into a booking's QR code, and what a kiosk believes of it (pure).

A pass is a COSE_Sign1 (RFC 9052) with EdDSA around a CWT claims set (RFC 8392), as base45 (RFC 9285) behind `PREFIX`.
Its claims are `exp`, `cti` (the booking's id) and one private claim `[office, start, number, party]`, `start` in
minutes of office time since 1970: nothing personal, under 200 characters, so that it fits a QR code of version 8-M and
a keyboard-mode scanner. A service is named by its numbers' letter; `number` leaves the hyphen out.

Everything is in the deterministic encoding of RFC 8949 (4.2), the claims in the order above, so that **a pass has one
form**. A message is held against that form byte by byte first: no other shape reaches a decoder, and no claim is
decoded that no known key has signed.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cwt import COSE, COSEKey, VerifyError
from cwt.cose_key_interface import COSEKeyInterface

from kiosk.model import Booking, PassKey, Reason, Refusal
from kiosk.numbering import NUMBER, following

PREFIX = "ANJ1:"
KEY_ID_BYTES = 3
LONGEST_PASS = 199
"""Characters. Three digits in a number always fit; more of them need a shorter office id."""
PARTY = 5
"""The most applicants of one booking."""

_Kind = TypeVar("_Kind")
_EXP, _CTI, _OURS = 4, 7, -65537
_ENVELOPE = re.compile(
    rb"\xd2\x84"  # tag 18, an array of four:
    rb"\x43\xa1\x01\x27"  # the protected header {1: -8}, which is EdDSA
    rb"\xa1\x04\x43(?P<key_id>.{3})"  # the unprotected header {4: key id}
    rb"\x58[\x28-\x3c](?P<claims>.{40,60})"
    rb"\x58\x40.{64}",  # the signature
    re.DOTALL,
)
_OFFICE = re.compile(r"[A-Z0-9]{1,6}")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - office time has no zone in a pass
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No pass was or will be for a time outside of these."""

Keys = Mapping[bytes, COSEKeyInterface]
"""What signatures are verified with, by key id."""


@dataclass(frozen=True)
class BookingPass:
    """A verified pass. `numbers` are its applicants' ticket numbers, the first one's letter names the service."""

    booking: UUID
    office: str
    day: date
    slot: time
    numbers: tuple[str, ...]


def verifying_keys(keys: Iterable[PassKey]) -> Keys:
    """The keys of a snapshot, made ready. One that is not 32 bytes of Ed25519 with an id of `KEY_ID_BYTES` verifies
    nothing, and leaves the others as they are.
    """
    ready: dict[bytes, COSEKeyInterface] = {}
    for key in keys:
        try:
            key_id, public = bytes.fromhex(key.key_id), b64decode(key.public_key, validate=True)
            ready[key_id] = COSEKey.new({1: 1, -1: 6, 2: key_id, 3: -8, -2: public})
        except ValueError:
            continue
    return ready


def key_id_of(key: Ed25519PublicKey) -> str:
    """The id of a pass key: the first three bytes of its public half, in hex."""
    return key.public_bytes_raw()[:KEY_ID_BYTES].hex()


def read_pass(body: str, keys: Keys, now: datetime | None) -> BookingPass | Refusal:
    """What the base45 after the prefix says. `now` is UTC, None where the clock is not trusted: then no pass is refused
    for its expiry. Never raises.
    """
    try:
        claims = _verified(base45.b45decode(body), keys)
        return Refusal(Reason.FORGED) if claims is None else _believed(claims, now)
    except VerifyError:
        return Refusal(Reason.FORGED)
    except Exception:  # noqa: BLE001 - hostile bytes may raise anything; law: any exception while reading is a refusal
        return Refusal(Reason.UNREADABLE)


def _verified(signed: bytes, keys: Keys) -> bytes | None:
    """The claims' bytes, None if no key here has such an id. Raises VerifyError, and ValueError for another form."""
    envelope = _ENVELOPE.fullmatch(signed)
    if not envelope:
        raise ValueError("not in the one form of a pass")
    key = keys.get(envelope["key_id"])
    return None if key is None else COSE.new().decode(signed, key)


def _believed(encoded: bytes, now: datetime | None) -> BookingPass | Refusal:
    claims = cbor2.loads(encoded)
    expires, booking, (office, start, short, party) = claims[_EXP], claims[_CTI], claims[_OURS]
    if cbor2.dumps(_claims(expires, booking, office, start, short, party)) != encoded:
        raise ValueError("not in the one form of the claims")
    begins = _EPOCH + timedelta(minutes=_exactly(int, start))
    until = datetime.fromtimestamp(_exactly(int, expires), UTC)
    size = min(_exactly(int, party), PARTY + 1)
    numbers = tuple(following(f"{short[0]}-{short[1:]}", step) for step in range(size))
    if numbers and numbers[0].replace("-", "") != short:
        raise ValueError("not in the one form of a number")
    _check(office, begins, until, numbers)
    found = BookingPass(UUID(bytes=_exactly(bytes, booking)), office, begins.date(), begins.time(), numbers)
    return found if now is None or now < until else Refusal(Reason.EXPIRED)


def _claims(expires: Any, booking: Any, office: Any, start: Any, short: Any, party: Any) -> dict[int, Any]:
    return {_EXP: expires, _CTI: booking, _OURS: [office, start, short, party]}


def _exactly(kind: type[_Kind], value: Any) -> _Kind:
    if type(value) is not kind:  # bool is an int to Python, and not to CBOR
        raise ValueError(f"not {kind.__name__}")
    return value


def _check(office: Any, begins: datetime, until: datetime, numbers: tuple[str, ...]) -> None:
    """Raises ValueError unless an office can have meant this."""
    sound = (
        bool(_OFFICE.fullmatch(office))
        and 1 <= len(numbers) <= PARTY
        and all(NUMBER.fullmatch(each) for each in numbers)
        and _FIRST <= begins.replace(tzinfo=UTC) < _LAST
        and _FIRST <= until < _LAST
    )
    if not sound:
        raise ValueError("no office can have meant this pass")


def sign_pass(booking: Booking, key: Ed25519PrivateKey, key_id: str, expires: datetime) -> str:
    """The text of a pass that a kiosk believes until `expires` (UTC); `key_id` is the hex id of the key's public half.

    Raises ValueError for a booking that no pass can hold.
    """
    begins = datetime.combine(booking.day, booking.slot)
    numbers = tuple(each.number for each in booking.applicants)
    _check(booking.office, begins, expires, numbers)
    if numbers != tuple(following(numbers[0], step) for step in range(len(numbers))) or numbers[0][1] != "-":
        raise ValueError("a pass holds numbers that follow each other in a service's series")
    start, short = (begins - _EPOCH) // timedelta(minutes=1), numbers[0].replace("-", "")
    expiry = int(expires.timestamp())
    claims = cbor2.dumps(_claims(expiry, booking.id.bytes, booking.office, start, short, len(numbers)))
    public, private = key.public_key().public_bytes_raw(), key.private_bytes_raw()
    signing = COSEKey.new({1: 1, -1: 6, 2: bytes.fromhex(key_id), 3: -8, -2: public, -4: private})
    signed = COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True).encode(claims, signing)
    text = PREFIX + str(base45.b45encode(signed), "ascii")
    if len(text) > LONGEST_PASS:
        raise ValueError(f"the pass would have {len(text)} characters; at most {LONGEST_PASS} are read everywhere")
    return text
