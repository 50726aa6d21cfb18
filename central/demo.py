"""Loads the demo office from its data file, and the invented bookings of one day."""

import json
import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.booking.places import places_of
from central.booking.rows import BookerRow, BookingRulesRow, PlaceRow
from central.booking.rules import BookingRules
from central.database import BookingRow, OfficeRow
from central.demo_bookings import DemoBooking, demo_bookings
from central.monitoring.announcements import announce
from central.passes import PASS_VALID, Signer
from central.people.second_factor import set_policy
from central.questionnaires import questionnaire
from kiosk.model import Announcement, Booking, Words
from kiosk.protocol import Snapshot

DEMO_OFFICE = "PYK"
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


def load_demo(
    session: Session, folder: Path, day: date | None, now: datetime, at_any_hour: bool, public_url: str
) -> int:
    """Puts the demo office and its bookings of `day` (default: today there) in place of what was; returns how many.

    Writes `demo/bookings.json` with each booking's pass and codes, signed with the folder's pass key.
    `now` is UTC. Kiosks and facts stay.
    """
    raw = demo_data()
    office = _office(raw, at_any_hour, public_url)
    today = day or now.astimezone(ZoneInfo(office.office.time_zone)).date()
    hours = office.rules[0].hours
    # Bookings of a day off have a Monday's slots, so that a demo on a Sunday has some to refuse.
    rules = _booking_rules(raw["booking"], at_any_hour)
    made = demo_bookings(office.office, office.services, hours[today.weekday()] or hours[0], rules.numbers, today)
    for table in (BookingRow, PlaceRow, BookerRow):
        session.execute(delete(table).where(table.office == DEMO_OFFICE))
    # A demo is shown by whoever is there, without a telephone set up for it. An office's default is stricter.
    set_policy(session, DEMO_OFFICE, frozenset())
    session.merge(OfficeRow(id=DEMO_OFFICE, body=office.model_dump_json()))
    session.merge(BookingRulesRow(office=DEMO_OFFICE, body=rules.model_dump_json()))
    own = [each.booking for each in made if each.booking.office == office.office.id]
    for booking in own:
        body = _BOOKING.dump_json(booking).decode()
        session.add(BookingRow(id=str(booking.id), office=booking.office, day=booking.day.isoformat(), body=body))
    session.add_all(places_of(own, rules))
    for each in raw["announcement"]:
        words = Words(each["id_words"], each["en_words"])
        held = Announcement(f"{DEMO_OFFICE}-{each['id']}", words, each["first_day"], each["last_day"], each["priority"])
        announce(session, DEMO_OFFICE, held, "", now)
    (folder / "demo").mkdir(exist_ok=True)
    signer = Signer(session, folder, now)
    listed = [_listed(each, signer, now) for each in made]
    (folder / "demo" / "bookings.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")
    return len(made)


def demo_data() -> dict[str, Any]:
    """The demo office's data file."""
    return tomllib.loads((Path(__file__).parent / "demo_office" / "office.toml").read_text(encoding="utf-8"))


def _office(raw: dict[str, Any], at_any_hour: bool, public_url: str) -> Snapshot:
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
    return Snapshot.model_validate(
        {
            "office": raw["office"] | {"ticket_url": f"{public_url.rstrip('/')}/t/{{ticket}}"},
            "rules": [rules | {"hours": hours}],
            "holidays": [] if at_any_hour else raw["holiday"],
            "services": services,
            "bookings": [],
            "pass_keys": [],
            "announcements": [],
            "questionnaire": questionnaire(raw["survey"]["questionnaire"]),
        }
    )


def _booking_rules(raw: dict[str, Any], at_any_hour: bool) -> BookingRules:
    rules = BookingRules.model_validate(raw)
    if not at_any_hour:
        return rules
    # The evening's slots come behind the day's, so that those keep their numbers.
    later = [time(hour, minute) for hour in range(24) for minute in (0, 30) if time(hour, minute) > rules.slots[-1]]
    return rules.model_copy(update={"slots": rules.slots + tuple(later), "lead_minutes": 0, "change_hours": 0})


def _listed(each: DemoBooking, signer: Signer, now: datetime) -> dict[str, Any]:
    booking = each.booking
    expires = now - timedelta(hours=1) if each.label == "expired_pass" else now + PASS_VALID
    return {
        "label": each.label,
        "pass": signer.sign(booking, expires),
        "code": booking.code,
        "reference": booking.reference,
        "numbers": [applicant.number for applicant in booking.applicants],
        "slot": booking.slot.isoformat(timespec="minutes"),
        "service": booking.service,
        "digits": each.digits,
    }
