"""Loads the demo office from its data file, and the invented bookings of one day."""

import json
import os
import tomllib
from base64 import b64encode
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pydantic import TypeAdapter
from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.database import BookingRow, OfficeRow
from central.demo_bookings import DemoBooking, demo_bookings
from kiosk.booking_pass import sign_pass
from kiosk.model import Booking
from kiosk.protocol import Snapshot

PASS_VALID = timedelta(days=10)
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
    hours = office.rules[0].hours
    # Bookings of a day off have a Monday's slots, so that a demo on a Sunday has some to refuse.
    made = demo_bookings(office.office, office.services, hours[today.weekday()] or hours[0], today)
    session.execute(delete(OfficeRow))
    session.execute(delete(BookingRow))
    session.add(OfficeRow(id=office.office.id, body=office.model_dump_json()))
    for booking in (each.booking for each in made):
        if booking.office == office.office.id:
            body = _BOOKING.dump_json(booking).decode()
            session.add(BookingRow(id=str(booking.id), day=booking.day.isoformat(), body=body))
    (folder / "demo").mkdir(exist_ok=True)
    listed = [_listed(each, key, key_id, now) for each in made]
    (folder / "demo" / "bookings.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")
    return len(made)


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
    return key, key.public_key().public_bytes_raw()[:3].hex()


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


def _listed(each: DemoBooking, key: Ed25519PrivateKey, key_id: str, now: datetime) -> dict[str, Any]:
    booking = each.booking
    expires = now - timedelta(hours=1) if each.label == "expired_pass" else now + PASS_VALID
    return {
        "label": each.label,
        "pass": sign_pass(booking, key, key_id, expires),
        "code": booking.code,
        "reference": booking.reference,
        "numbers": [applicant.number for applicant in booking.applicants],
        "slot": booking.slot.isoformat(timespec="minutes"),
        "service": booking.service,
        "digits": each.digits,
    }
