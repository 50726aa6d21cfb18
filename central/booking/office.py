"""An office as its booking site knows it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from central.booking.rows import BookingRulesRow
from central.booking.rules import BookingRules, Slot, days_ahead, slots_of
from central.snapshot import office_snapshot
from kiosk.model import Service
from kiosk.protocol import Snapshot


@dataclass(frozen=True)
class BookingOffice:
    """An office's data and its rules of booking."""

    data: Snapshot
    rules: BookingRules
    zone: ZoneInfo

    @property
    def id(self) -> str:
        return self.data.office.id

    @property
    def services(self) -> tuple[Service, ...]:
        """The services that can be booked."""
        return tuple(each for each in self.data.services if each.id in self.rules.services)

    def service(self, name: str) -> Service | None:
        """The service of that id, None where it cannot be booked."""
        return next((each for each in self.services if each.id == name), None)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def days(self, now: datetime) -> tuple[date, ...]:
        """The days that can be booked, today the first."""
        return days_ahead(self.rules, self.today(now))

    def slots(self, day: date) -> tuple[Slot, ...]:
        """All slots of a day."""
        return slots_of(self.rules, self.data.rules, self.data.holidays, day)

    def begins(self, day: date, start: time) -> datetime:
        """The instant at which a slot begins."""
        return datetime.combine(day, start, self.zone)

    def slot_ahead(self, day: date, start: time, now: datetime) -> Slot | None:
        """The slot if it can be booked at `now` (UTC), whether or not it has places left."""
        found = next((each for each in self.slots(day) if each.start == start), None) if day in self.days(now) else None
        return found if found and self.is_ahead(found, now) else None

    def is_ahead(self, slot: Slot, now: datetime) -> bool:
        """Whether there is still the office's lead time until the slot begins."""
        return self.begins(slot.day, slot.start) - now >= timedelta(minutes=self.rules.lead_minutes)


def booking_office(session: Session, office: str) -> BookingOffice | None:
    """The office, None where it is not known or takes no bookings here."""
    data, row = office_snapshot(session, office), session.get(BookingRulesRow, office)
    if data is None or row is None:
        return None
    return BookingOffice(data, BookingRules.model_validate_json(row.body), ZoneInfo(data.office.time_zone))
