"""The practice office, where staff try everything: the office's own services, open at any hour, with invented bookings
(pure).

Nothing that it issues is valid, and each screen and ticket says so.
"""

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.booking_code import make_code, second_factor_hash
from kiosk.booking_pass import key_id_of, sign_pass
from kiosk.model import Applicant, Booking, BookingStatus, PassKey, Period
from kiosk.numbering import following
from kiosk.protocol import Snapshot

DIGITS = "1234"
"""The answer to the question for the last digits of the phone number."""
FIRST_NUMBER = 901
DAY_MINUTES = 24 * 60
_SPACE = UUID(int=0x9CA7_0000_0000_4000_8000_0000_0000_0000)
_PEOPLE = ("Budi S******", "Siti A*****", "Rahmat S******")
_ALL_DAY = ((Period(time(0), time(23, 59, 59)),),) * 7


@dataclass(frozen=True)
class Lesson:
    """A booking to try: its name, and the text of its QR code; its code for typing is in the booking."""

    name: str
    booking: Booking
    code: str


@dataclass(frozen=True)
class Practice:
    """What a practising kiosk decides from, and the codes to hold to its scanner."""

    snapshot: Snapshot
    lessons: tuple[Lesson, ...]


def practice(held: Snapshot, now: datetime, key: Ed25519PrivateKey) -> Practice:
    """A practice office after the office's last snapshot, at `now` (office time); its passes are signed with `key`."""
    bookings = _bookings(held, now)
    key_id = key_id_of(key.public_key())
    expires = now + timedelta(days=2)
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    rules = replace(
        held.rules[0],
        valid_from=date.min,
        hours=_ALL_DAY,
        late_minutes=None,
        grace_minutes=DAY_MINUTES,
        walk_in_pause_seconds=0,
    )
    snapshot = held.model_copy(
        update={
            "rules": (rules,),
            "holidays": (),
            "bookings": tuple(bookings.values()),
            "pass_keys": (PassKey(key_id, public),),
            "queue": (),
            "revoked": (),
        }
    )
    lessons = tuple(Lesson(name, each, sign_pass(each, key, key_id, expires)) for name, each in bookings.items())
    return Practice(snapshot, lessons)


def _bookings(held: Snapshot, now: datetime) -> dict[str, Booking]:
    slot = now.replace(second=0, microsecond=0)
    alone = _booking(held, 0, slot, 1)
    return {
        "booking": alone,
        "family": _booking(held, 1, slot, 3),
        "second-factor": replace(_booking(held, 2, slot, 1), second_factor=second_factor_hash(_id(2), DIGITS)),
        "another-day": _booking(held, 3, slot + timedelta(days=1), 1),
        "cancelled": replace(_booking(held, 4, slot, 1), status=BookingStatus.CANCELLED),
        "unpaid": replace(_booking(held, 5, slot, 1), status=BookingStatus.UNPAID),
    }


def _id(place: int) -> UUID:
    return UUID(int=_SPACE.int + place)


def _booking(held: Snapshot, place: int, slot: datetime, party: int) -> Booking:
    service = held.services[0]
    first = f"{service.letter}-{FIRST_NUMBER + 10 * place}"
    return Booking(
        _id(place), held.office.id, slot.date(), slot.time(), service.id,
        tuple(Applicant(_PEOPLE[each], following(first, each)) for each in range(party)),
        code=make_code(Random(place)),
    )  # fmt: skip
