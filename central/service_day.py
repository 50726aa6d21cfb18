"""An office's day: what its queue is reckoned with."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import OfficeRow
from kiosk.model import Period, QueueRules, Service
from kiosk.opening import rules_on
from kiosk.protocol import Snapshot


@dataclass(frozen=True)
class ServiceDay:
    """A `day` of an office as of `now` (UTC), with its services, rules and `hours` (none on a holiday). Who comes more
    than `grace_minutes` after the slot is late.
    """

    office: str
    day: date
    now: datetime
    zone: ZoneInfo
    services: tuple[Service, ...]
    grace_minutes: int
    rules: QueueRules
    hours: tuple[Period, ...]


def service_day(session: Session, office: str, now: datetime, day: date | None = None) -> ServiceDay | None:
    """The office's day (today there where none is named), None before the office is loaded."""
    row = session.get(OfficeRow, office)
    if row is None:
        return None
    found = Snapshot.model_validate_json(row.body)
    zone = ZoneInfo(found.office.time_zone)
    day = day or now.astimezone(zone).date()
    rules = rules_on(found.rules, day)
    hours = () if any(each.day == day for each in found.holidays) else rules.hours[day.weekday()]
    return ServiceDay(office, day, now, zone, found.services, rules.grace_minutes, rules.queue, hours)


def lock_queue(session: Session, office: str) -> None:
    """From here to the end of the transaction nobody else moves anybody in the office's queue: two counters that call
    at once call one after the other. PostgreSQL locks the office's row; SQLite has one writer anyway.
    """
    session.execute(select(OfficeRow.id).where(OfficeRow.id == office).with_for_update())
