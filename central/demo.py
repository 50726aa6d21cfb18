"""The demo office from its data file, and some 200 invented bookings of one day."""

import json
import os
import tomllib
from base64 import b64encode
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pydantic import TypeAdapter
from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.database import BookingRow, OfficeRow
from kiosk.booking_code import make_code, second_factor_hash, sign_pass
from kiosk.model import Applicant, Booking, BookingStatus
from kiosk.numbering import following
from kiosk.protocol import Snapshot

SLOTS = tuple(time(hour, minute) for hour in (8, 9, 10, 11, 13, 14) for minute in (0, 30))
PER_SLOT = 6
"""How many numbers each slot owns in a service's series."""
FIRST_NAMES = ("Budi", "Siti", "Rahmat", "Dewi", "Yusuf", "Aisyah", "Hendra", "Fitri", "Zulkifli", "Nurhayati")
LAST_NAMES = ("Sikumbang", "Chaniago", "Piliang", "Koto", "Tanjung", "Jambak", "Guci", "Caniago")
DIGITS = "4321"
"""The last four digits of the invented phone number of every demo booking that asks for them."""

KINDS = (
    "family",
    "second_factor",
    "priority",
    "cancelled",
    "unpaid",
    "served",
    "wrong_office",
    "wrong_day",
    "expired_pass",
)
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def load_demo(
    session: Session, folder: Path, day: date | None, now: datetime, at_any_hour: bool, public_url: str
) -> int:
    """Puts the demo office and the bookings of `day` (default: today there) in place of what was; returns how many.

    Writes `demo/bookings.json` with each booking's pass and codes, and keeps the passes' key in `pass-key.pem` (0600).
    `now` is UTC. Kiosks and facts stay.
    """
    raw = tomllib.loads((Path(__file__).parent / "demo_office" / "office.toml").read_text(encoding="utf-8"))
    key, key_id = _key(folder)
    office = _office(raw, key, key_id, at_any_hour, public_url)
    today = day or now.astimezone(ZoneInfo(office.office.time_zone)).date()
    bookings = _bookings(office, today, Random(f"{office.office.id} {today}"))
    session.execute(delete(OfficeRow))
    session.execute(delete(BookingRow))
    session.add(OfficeRow(id=office.office.id, body=office.model_dump_json()))
    for kind, booking in bookings:
        if kind != "wrong_office":
            body = _BOOKING.dump_json(booking).decode()
            session.add(BookingRow(id=str(booking.id), day=booking.day.isoformat(), body=body))
    expires = now + timedelta(days=10)
    listed = [_listed(kind, each, key, key_id, now if kind == "expired_pass" else expires) for kind, each in bookings]
    (folder / "demo").mkdir(exist_ok=True)
    (folder / "demo" / "bookings.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")
    return len(bookings)


def write_private(file: Path, text: str) -> None:
    """Writes a file that its owner alone may read, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    new.replace(file)


def _key(folder: Path) -> tuple[Ed25519PrivateKey, str]:
    file = folder / "pass-key.pem"
    if not file.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_private(file, made.decode())
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise OSError(f"{file} is not an Ed25519 key; put it aside and load the demo again")
    return key, key.public_key().public_bytes_raw()[:4].hex()


def _office(raw: dict[str, Any], key: Ed25519PrivateKey, key_id: str, at_any_hour: bool, public_url: str) -> Snapshot:
    rules = raw["rules"]
    weekdays = [rules.pop("monday_to_thursday")] * 4 + [rules.pop("friday")]
    hours = [[{"opens": opens, "closes": closes} for opens, closes in periods] for periods in weekdays] + [[], []]
    if at_any_hour:
        hours = [[{"opens": "00:00", "closes": "23:59:59.999999"}]] * 7
        rules |= {"early_minutes": 1440, "late_minutes": None}
    services = [
        each | {"fees": raw["fees"].get(each["fees"], []), "stages": raw["stages"].get(each["stages"], [])}
        for each in raw["service"]
    ]
    announcements = [each | {"words": {"id": each["id_words"], "en": each["en_words"]}} for each in raw["announcement"]]
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    return Snapshot.model_validate(
        {
            "office": raw["office"] | {"ticket_url": f"{public_url.rstrip('/')}/t/{{ticket}}"},
            "rules": [rules | {"hours": hours}],
            "holidays": [] if at_any_hour else raw["holiday"],
            "services": services,
            "bookings": [],
            "pass_keys": [{"key_id": key_id, "public_key": public}],
            "announcements": announcements,
        }
    )


def _bookings(office: Snapshot, today: date, random: Random) -> list[tuple[str, Booking]]:
    made: list[tuple[str, Booking]] = []
    for service in (each for each in office.services if each.letter in "ABC"):
        for place, slot in enumerate(SLOTS):
            number, left = f"{service.letter}-{place * PER_SLOT + 1:03}", PER_SLOT
            while left:
                kind = KINDS[len(made) % 40] if len(made) % 40 < len(KINDS) else "single"
                size = min(left, random.randint(2, 5)) if kind == "family" else 1
                kind = "single" if kind == "family" and size == 1 else kind
                made.append((kind, _booking(office.office.id, kind, today, slot, service.id, number, size, random)))
                number, left = following(number, size), left - size
    return made


def _booking(
    office: str, kind: str, today: date, slot: time, service: str, number: str, size: int, random: Random
) -> Booking:
    booking_id = UUID(int=random.getrandbits(128), version=4)
    last = random.choice(LAST_NAMES)
    names = [f"{_masked(random.choice(FIRST_NAMES))} {_masked(last)}" for _ in range(size)]
    statuses = {"cancelled": BookingStatus.CANCELLED, "unpaid": BookingStatus.UNPAID, "served": BookingStatus.SERVED}
    return Booking(
        id=booking_id,
        office="AGM" if kind == "wrong_office" else office,
        day=today + timedelta(days=1) if kind == "wrong_day" else today,
        slot=slot,
        service=service,
        applicants=tuple(Applicant(name, following(number, step)) for step, name in enumerate(names)),
        code=make_code(random),
        reference=f"MPASPOR-{random.randrange(10**9):09}",
        status=statuses.get(kind, BookingStatus.BOOKED),
        second_factor=second_factor_hash(booking_id, DIGITS) if kind == "second_factor" else None,
        asks_priority=kind == "priority",
    )


def _masked(name: str) -> str:
    return name[0] + "*" * (len(name) - 1)


def _listed(kind: str, booking: Booking, key: Ed25519PrivateKey, key_id: str, expires: datetime) -> dict[str, Any]:
    return {
        "label": kind,
        "pass": sign_pass(booking, key, key_id, expires),
        "code": booking.code,
        "reference": booking.reference,
        "numbers": [each.number for each in booking.applicants],
        "slot": booking.slot.isoformat(timespec="minutes"),
        "service": booking.service,
        "digits": DIGITS if booking.second_factor else "",
    }
