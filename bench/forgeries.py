"""Hostile codes: changed, misused and invented passes, and what else may be held to a scanner.

Each kind takes a random source and gives one text. What a kind could give by accident, a pass that the office's key did
sign, is for the campaign to set apart.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hostile_site import BOOKINGS, KEYS, PASSES, REPLAYS, STRANGER, TICKET_URL

from kiosk.booking_code import CODE_ALPHABET
from kiosk.booking_pass import PREFIX, key_id_of

_EDDSA = cbor2.dumps({1: -8})
_KEY_IDS = tuple(bytes.fromhex(key_id_of(key.public_key())) for key in KEYS)
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_EC_KEY = derive_private_key(7, SECP256R1())


@dataclass(frozen=True)
class _Parts:
    key_id: bytes
    claims: bytes
    signature: bytes
    whole: bytes

    def built(self, protected: bytes = _EDDSA, unprotected: Any = None, tag: int = 18) -> bytes:
        headers = {4: self.key_id} if unprotected is None else unprotected
        return cbor2.dumps(cbor2.CBORTag(tag, [protected, headers, self.claims, self.signature]))


def _parts(text: str) -> _Parts:
    whole = base45.b45decode(text.removeprefix(PREFIX))
    _, unprotected, claims, signature = cbor2.loads(whole).value
    return _Parts(unprotected[4], claims, signature, whole)


_GOOD = tuple(_parts(each) for each in PASSES)


def as_text(signed: bytes) -> str:
    """Bytes as a pass would carry them."""
    return PREFIX + str(base45.b45encode(signed), "ascii")


def _to_sign(protected: bytes, claims: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", claims])


def _with(good: _Parts, **changes: bytes) -> _Parts:
    return _Parts(**{**vars(good), **changes})


def _flipped(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def flipped_claims(random: Random) -> str:
    """Bits of the claims are changed, the signature stays."""
    good = random.choice(_GOOD)
    return as_text(_with(good, claims=_flipped(random, good.claims)).built())


def flipped_signature(random: Random) -> str:
    good = random.choice(_GOOD)
    return as_text(_with(good, signature=_flipped(random, good.signature)).built())


def flipped_anywhere(random: Random) -> str:
    return as_text(_flipped(random, random.choice(_GOOD).whole))


def better_claims(random: Random) -> str:
    """Claims that somebody would like to have, behind the signature of others."""
    good = random.choice(_GOOD)
    claims = cbor2.loads(good.claims)
    wish = random.choice(("expiry", "booking", "party", "number", "office"))
    if wish == "expiry":
        claims[4] += random.randrange(1, 10**8)
    elif wish == "booking":
        claims[7] = random.choice(BOOKINGS).id.bytes[:15] + random.randbytes(1)
    elif wish == "party":
        claims[-65537][3] = claims[-65537][3] % 5 + 1
    elif wish == "number":
        claims[-65537][2] = f"A{random.randrange(1000):03}"
    else:
        claims[-65537][0] = random.choice(("AGM", "PYKX", ""))
    return as_text(_with(good, claims=cbor2.dumps(claims)).built())


def spliced(random: Random) -> str:
    """Parts of two passes, joined as bytes or as texts."""
    one, other = random.sample(_GOOD, 2)
    if random.random() < 0.7:
        return as_text(_with(one, signature=other.signature).built())
    left, right = as_text(one.whole), as_text(other.whole)
    place = random.randrange(len(PREFIX), len(left))
    return left[:place] + right[place:]


def other_key_id(random: Random) -> str:
    good = random.choice(_GOOD)
    swapped = next(each for each in _KEY_IDS if each != good.key_id)
    return as_text(_with(good, key_id=random.choice((swapped, swapped, random.randbytes(3)))).built())


def strangers_key(random: Random) -> str:
    """Good claims in the right form, signed by a key that is not the office's."""
    good = random.choice(_GOOD)
    claims = cbor2.loads(good.claims)
    claims[7] = random.randbytes(16)
    encoded = cbor2.dumps(claims)
    return as_text(_with(good, claims=encoded, signature=STRANGER.sign(_to_sign(_EDDSA, encoded))).built())


def other_algorithm(random: Random) -> str:
    """No signature, HMAC with the public key, ES256, or an algorithm in name only."""
    good = random.choice(_GOOD)
    algorithm = random.choice((None, 0, 5, -7, -35, -37, -19, "EdDSA", "none"))
    protected = b"" if algorithm is None else cbor2.dumps({1: algorithm})
    to_sign = _to_sign(protected, good.claims)
    signature = good.signature
    if algorithm in (None, 0, "none"):
        signature = b""
    elif algorithm == 5:
        signature = hmac.digest(KEYS[_KEY_IDS.index(good.key_id)].public_key().public_bytes_raw(), to_sign, "sha256")
    elif algorithm == -7:
        signature = b"".join(
            n.to_bytes(32)
            for n in decode_dss_signature(_EC_KEY.sign(to_sign, ECDSA(SHA256(), deterministic_signing=True)))
        )
    return as_text(_with(good, signature=signature).built(protected, tag=random.choice((17, 18, 18))))


def other_headers(random: Random) -> str:
    """A good signature: what is not under it is changed."""
    good = random.choice(_GOOD)
    more = random.choice(({1: -7}, {1: -8}, {2: [99]}, {3: 0}, {5: b""}, {33: b"x"}, {"a": 1}, {-1: None}))
    unprotected: Any = random.choice(({4: good.key_id} | more, more | {4: good.key_id}, {}, [], {4: [good.key_id]}))
    return as_text(good.built(unprotected=unprotected))


def other_type(random: Random) -> str:
    """A good signature in another COSE type, behind another tag, or without one."""
    good = random.choice(_GOOD)
    if random.random() < 0.3:
        return as_text(random.choice((b"\xd8\x3d", b"\xd9\xd9\xf7", b"\xd8\x1c")) + good.whole)
    if random.random() < 0.3:
        return as_text(good.whole[1:])
    return as_text(good.built(tag=random.choice((16, 17, 61, 96, 97, 98, 24, 2, 10**6))))


def other_encoding(random: Random) -> str:
    """A good signature, its message encoded in another way than the shortest."""
    good = random.choice(_GOOD)
    long = b"\x59\x00" + bytes([len(good.claims)]) + good.claims
    head, claims = good.whole[:12], b"\x58" + bytes([len(good.claims)]) + good.claims
    end = b"\x58\x40" + good.signature
    return as_text(
        random.choice(
            (
                b"\xd2\x9f" + good.whole[2:] + b"\xff",
                b"\xd8\x12" + good.whole[1:],
                head + long + end,
                head + b"\x5f" + claims + b"\xff" + end,
                head + claims + b"\x59\x00\x40" + good.signature,
                b"\xd2\x84\x43\xa1\x01\x27\xbf\x04\x43" + good.key_id + b"\xff" + claims + end,
                b"\xd2\x84\x43\xa1\x01\x27\xa2\x04\x43" + good.key_id + b"\x04\x43" + good.key_id + claims + end,
                b"\xd2\x84\x44\xa1\x01\x38\x07\xa1\x04\x43" + good.key_id + claims + end,
            )
        )
    )


def cut_or_longer(random: Random) -> str:
    good = random.choice(_GOOD)
    if random.random() < 0.5:
        return as_text(good.whole[: random.randrange(len(good.whole))])
    return as_text(good.whole + random.randbytes(random.randrange(1, 60)))


def noise(random: Random) -> str:
    """Characters of a good text are changed."""
    text = list(random.choice(PASSES))
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        text[random.randrange(len(PREFIX), len(text))] = random.choice(_BASE45)
    return "".join(text)


def signed_nonsense(random: Random) -> str:
    """The office's own key has signed what no office can mean."""
    good = random.choice(_GOOD)
    if random.random() < 0.2:
        encoded = random.choice(_NO_CLAIMS)
    else:
        claims = cbor2.loads(good.claims)
        place, value = random.choice(_NONSENSE)
        if isinstance(place, str):
            claims[-65537][int(place)] = value
        else:
            claims[place] = value
        encoded = cbor2.dumps(claims)
    key = KEYS[_KEY_IDS.index(good.key_id)]
    return as_text(_with(good, claims=encoded, signature=key.sign(_to_sign(_EDDSA, encoded))).built())


_NONSENSE: tuple[tuple[str | int, Any], ...] = (
    (4, 1.8e9), (4, True), (4, -1), (4, 2**63), (4, 2**80), (4, None), (4, "1795510000"), (4, float("nan")), (4, 0),
    (7, b""), (7, bytes(15)), (7, bytes(17)), (7, "0123456789abcdef"), (7, UUID(int=5)), (7, None), (7, [0] * 16),
    ("0", ""), ("0", "PYKPYKP"), ("0", 7), ("0", "P\u202eK"), ("0", "pyk"), ("0", b"PYK"), ("0", "P K"),
    ("1", 3e7), ("1", True), ("1", -1), ("1", 2**40), ("1", None), ("1", 0), ("1", [1]),
    ("2", "A1"), ("2", "A"), ("2", ""), ("2", "a001"), ("2", "A-001"), ("2", "A9999999"), ("2", 7),
    ("3", True), ("3", False), ("3", 0), ("3", 6), ("3", 2.0), ("3", -1), ("3", 2**64), ("3", None),
    (1, "x"), (5, 1795510000), (6, 0), (99, None),
)  # fmt: skip
"""Claims (by label) and parts of the private claim (by place) that no office can mean."""
_IN_OTHER_ORDER = tuple(cbor2.dumps(dict(reversed(cbor2.loads(each.claims).items()))) for each in _GOOD)
_NO_CLAIMS = (
    cbor2.dumps(7), cbor2.dumps({}), cbor2.dumps(cbor2.CBORTag(61, cbor2.loads(_GOOD[0].claims))), b"", b"\x81" * 50,
    b"\xbf" * 50, b"\xa3\x04\x1a" + b"\xff" * 45, b"\xd8\x1c\x81\xd8\x1d\x00" * 8, _GOOD[0].claims + b"\x00",
    b"\xa4" + _GOOD[0].claims[1:] + b"\x04\x00", b"\xbf" + _GOOD[0].claims[1:] + b"\xff", *_IN_OTHER_ORDER[:3],
)  # fmt: skip


def replay(random: Random) -> str:
    """A pass of the office's own key that is revoked, expired, or for another office or day."""
    return random.choice(REPLAYS[random.choice(tuple(REPLAYS))])


def _item(random: Random, depth: int = 0) -> Any:
    simple = (None, True, 0, -8, 18, 2**64, 1.5, "", "kid", b"", b"\xa1\x01\x27", random.randbytes(3))
    if depth > 3 or random.random() < 0.5:
        return random.choice((*simple, random.choice(_KEY_IDS)))
    inner = [_item(random, depth + 1) for _ in range(random.randrange(5))]
    if random.random() < 0.3:
        return cbor2.CBORTag(random.choice((2, 4, 18, 24, 28, 29, 30, 35, 61, 98, 256)), inner)
    hashable = [each if isinstance(each, int | str | bytes) else 4 for each in inner]
    return dict(zip(hashable, inner, strict=True)) if random.random() < 0.4 else inner


def cbor(random: Random) -> str:
    """Any CBOR, or what is nearly the message of a pass."""
    if random.random() < 0.4:
        return as_text(cbor2.dumps(_item(random)))
    good = random.choice(_GOOD)
    parts: list[Any] = [_EDDSA, {4: good.key_id}, good.claims, good.signature]
    parts[random.randrange(4)] = _item(random)
    return as_text(cbor2.dumps(cbor2.CBORTag(18, parts)))


def wrong_lengths(random: Random) -> str:
    """A message that promises more than it holds."""
    head = bytes([random.choice((0x5B, 0x7B, 0x9B, 0xBB, 0xDB))]) + random.randbytes(8)
    good = random.choice(_GOOD)
    place = random.randrange(len(good.whole))
    return as_text(good.whole[:place] + head + good.whole[place:])


def bytes_alone(random: Random) -> str:
    return as_text(random.randbytes(random.randrange(250)))


def plain_text(random: Random) -> str:
    """Letters of any script, control characters, and once in a while a megabyte."""
    if random.random() < 0.001:
        return random.choice(("A", "ANJ1:", "\n", "9", "https://")) * 200_000
    ranges = ((32, 127), (0, 32), (127, 1024), (0x2000, 0x2070), (0xFF00, 0xFF60), (0x1F300, 0x1F600), (0xD800, 0xD900))
    first, last = random.choice(ranges)
    text = "".join(chr(random.randrange(first, last)) for _ in range(random.randrange(60)))
    return random.choice(("", "", PREFIX)) + text


def typed_code(random: Random) -> str:
    """Ten characters that are nobody's code, often all but one of somebody's."""
    if random.random() < 0.5:
        return "".join(random.choice(CODE_ALPHABET) for _ in range(10))
    code = list(random.choice(BOOKINGS).code)
    code[random.randrange(10)] = random.choice(CODE_ALPHABET)
    return "".join(code)


def foreign(random: Random) -> str:
    """Tickets' addresses, other systems' codes and references, near to the true ones."""
    digits = f"{random.randrange(10**15):015}"
    return random.choice(
        (
            TICKET_URL.replace("{ticket}", str(UUID(int=random.getrandbits(128)))),
            TICKET_URL.replace("{ticket}", "../" * random.randrange(9)),
            f"https://daftar.example/r?no={digits}",
            f"https://daftar.example/r?no={digits}&no={digits}",
            f"https://daftar.example.evil.example/r?no={digits}",
            f"HTTPS://DAFTAR.EXAMPLE/R?NO={digits}",
            f"MPASPOR-{random.randrange(10**12):012}",
            digits,
            f"HC1:{as_text(random.randbytes(60))[5:]}",
        )
    )


KINDS: dict[Callable[[Random], str], int] = {
    flipped_claims: 18, flipped_signature: 10, flipped_anywhere: 8, better_claims: 10, spliced: 8, other_key_id: 5,
    strangers_key: 5, other_algorithm: 6, other_headers: 5, other_type: 3, other_encoding: 4, cut_or_longer: 3,
    noise: 5, signed_nonsense: 4, replay: 5, cbor: 3, wrong_lengths: 2, bytes_alone: 1,
    plain_text: 4, typed_code: 3, foreign: 3,
}  # fmt: skip
"""Each kind, and of a hundred and some codes how many are of it."""
