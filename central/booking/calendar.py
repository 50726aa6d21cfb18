"""Which days and times of a service have places left, as the slot page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from central.booking.dates import weeks
from central.booking.office import BookingOffice
from central.booking.places import held_places, text_of
from central.booking.rules import Slot, places_left
from kiosk.model import Service, Words


@dataclass(frozen=True)
class SlotLeft:
    """A slot and how many can still book it together, 0 also where it is too late for it (not `is_ahead`)."""

    slot: Slot
    left: int
    is_ahead: bool


@dataclass(frozen=True)
class DayLeft:
    """A day of the calendar. `is_ahead`: it is among the days that can be booked; `holiday` is its name, if it is
    one.
    """

    day: date
    is_ahead: bool
    slots: tuple[SlotLeft, ...]
    holiday: Words | None = None

    def left(self, party: int) -> int:
        """How many people can still come in slots that the party fits into."""
        return sum(each.left for each in self.slots if each.left >= party)


def calendar(session: Session, office: BookingOffice, service: Service, now: datetime) -> list[list[DayLeft]]:
    """The weeks around the days that can be booked at `now` (UTC)."""
    days = office.days(now)
    held = held_places(session, office.id, service.id, days[0], days[-1])
    quota, numbers = office.rules.services[service.id].quota, office.rules.numbers
    holidays = {each.day: each.name for each in office.data.holidays}

    def slot_left(slot: Slot) -> SlotLeft:
        taken: Sequence[tuple[int, int | None]] = held.get((slot.day.isoformat(), text_of(slot.start)), ())
        is_ahead = office.is_ahead(slot, now)
        return SlotLeft(slot, places_left(numbers, quota, taken) if is_ahead else 0, is_ahead)

    def day_left(day: date) -> DayLeft:
        ahead = day in days
        slots = tuple(slot_left(each) for each in office.slots(day)) if ahead else ()
        return DayLeft(day, ahead, slots, holidays.get(day))

    return [[day_left(day) for day in week] for week in weeks(days[0], days[-1])]
