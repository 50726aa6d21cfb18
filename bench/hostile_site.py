"""An office for hostile codes: its keys, bookings and passes, all of them the same in every run."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.booking_code import make_code
from kiosk.booking_pass import key_id_of, sign_pass
from kiosk.clock import Clock, Uptime
from kiosk.database import KEY_BYTES
from kiosk.model import Applicant, Booking, Office, PassKey, Period, Reason, Rules, Service, Words
from kiosk.protocol import Snapshot
from kiosk.records import Records
from kiosk.store import Store

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""09.00 at the office, a Tuesday."""
KEYS = tuple(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
"""The two keys that are valid while one takes the other's place."""
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
TICKET_URL = "https://antrean.example/t/{ticket}"
_TODAY = date(2026, 11, 24)
_WORDS = Words("Paspor baru", "New passport")
_EXPIRES = NOW + timedelta(days=10)


def _booking(random: Random, place: int) -> Booking:
    numbers = range(5 * place + 1, 5 * place + 1 + random.randint(1, 5))
    return Booking(
        id=UUID(int=random.getrandbits(128)),
        office="PYK",
        day=_TODAY,
        slot=time(9),
        service="a",
        applicants=tuple(Applicant("S*** N***", f"A-{number:03}") for number in numbers),
        code=make_code(random),
        reference=f"MPASPOR-{random.randrange(10**9):09}",
    )


BOOKINGS = tuple(_booking(Random(place), place) for place in range(150))
REVOKED = BOOKINGS[100:]
"""Their codes are good, their passes are not."""


def _signed(booking: Booking, expires: datetime = _EXPIRES) -> str:
    key = KEYS[booking.id.int % 2]
    return sign_pass(booking, key, key_id_of(key.public_key()), expires)


PASSES = tuple(_signed(each) for each in BOOKINGS[:100])
REPLAYS = {
    Reason.REVOKED: tuple(_signed(each) for each in REVOKED),
    Reason.EXPIRED: tuple(_signed(each, NOW - timedelta(seconds=1)) for each in BOOKINGS[:50]),
    Reason.WRONG_OFFICE: tuple(_signed(replace(each, id=UUID(int=each.id.int ^ 1), office="AGM")) for each in BOOKINGS),
    Reason.WRONG_DAY: tuple(
        _signed(replace(each, id=UUID(int=each.id.int ^ 2), day=_TODAY + timedelta(days=1))) for each in BOOKINGS
    ),
}
"""Passes that were signed by the office's key, by the reason for which they must be refused."""


def _snapshot() -> Snapshot:
    hours = ((Period(time(0), time(23, 59, 59, 999999)),),) * 7
    keys = [key.public_key() for key in KEYS]
    return Snapshot(
        office=Office(
            "PYK", "Layanan Imigrasi", "Jalan 1", "0752", "Asia/Jakarta", TICKET_URL, "", {"AGM": "Kantor Agam"},
            ("nusantara",),
        ),
        rules=(Rules(date(2024, 1, 1), hours, 60, 120, ()),),
        holidays=(),
        services=(Service("a", "A", _WORDS, _WORDS, (_WORDS,), (), ()),),
        bookings=BOOKINGS,
        pass_keys=tuple(PassKey(key_id_of(key), b64encode(key.public_bytes_raw()).decode()) for key in keys),
        announcements=(),
        revoked=tuple(each.id for each in REVOKED),
    )  # fmt: skip


@contextmanager
def desk() -> Iterator[Records]:
    """The kiosk's own desk with this office's snapshot and an empty store."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "kiosk.sqlite", bytes(KEY_BYTES), lambda: NOW)
        clock = Clock(lambda: NOW, Uptime("this boot", lambda: 0.0), lambda: True)
        clock.recall(None, NOW)
        records = Records(store, clock, lambda: 0.0)
        records.take_snapshot(_snapshot())
        yield records
        store.close()
