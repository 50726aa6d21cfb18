"""Some 200 invented bookings of one day: the same ones each time for the same office and day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from uuid import UUID

from central.names import masked
from kiosk.booking_code import make_code, second_factor_hash
from kiosk.model import Applicant, Booking, BookingStatus, Office, Period, Service
from kiosk.numbering import following, slot_numbers

SLOTS = tuple(time(hour, minute) for hour in (8, 9, 10, 11, 13, 14) for minute in (0, 30))
PER_SLOT = 6
"""How many applicants each slot has."""
BOOKED_LETTERS = "ABC"
SINGLE = "single"
SPECIAL = (
    "family", "second_factor", "priority", "cancelled", "unpaid", "served", "wrong_office", "wrong_day", "expired_pass"
)  # fmt: skip
SPECIAL_EVERY = 40
"""Of so many bookings, the first ones are one of each special kind."""
STATUSES = {"cancelled": BookingStatus.CANCELLED, "unpaid": BookingStatus.UNPAID, "served": BookingStatus.SERVED}
FIRST_NAMES = ("Budi", "Siti", "Rahmat", "Dewi", "Yusuf", "Aisyah", "Hendra", "Fitri", "Zulkifli", "Nurhayati")
LAST_NAMES = ("Sikumbang", "Chaniago", "Piliang", "Koto", "Tanjung", "Jambak", "Guci", "Melayu")


@dataclass(frozen=True)
class DemoBooking:
    """A booking, what is special about it, and the phone's last four digits where it asks for them."""

    label: str
    booking: Booking
    digits: str = ""


def demo_bookings(
    office: Office, services: tuple[Service, ...], hours: tuple[Period, ...], numbers: int, day: date
) -> tuple[DemoBooking, ...]:
    """The bookings of `day`, in slots within `hours`; one a kind is of the first other office, one of the day after.
    Each slot owns so many `numbers` of its service's series.
    """
    random = Random(f"{office.id} {day}")
    made: list[DemoBooking] = []
    for service in services:
        if service.letter in BOOKED_LETTERS:
            for place, slot in enumerate(SLOTS):
                if any(period.opens <= slot < period.closes for period in hours):
                    first = slot_numbers(service.letter, place, numbers)[0]
                    made.extend(_slot_of(office, service, day, slot, first, len(made), random))
    return tuple(made)


def _slot_of(
    office: Office, service: Service, day: date, slot: time, number: str, made: int, random: Random
) -> Iterator[DemoBooking]:
    """A slot's bookings, until it is full."""
    left = PER_SLOT
    while left:
        place = made % SPECIAL_EVERY
        label = SPECIAL[place] if place < len(SPECIAL) else SINGLE
        size = 1
        if label == "family":
            size = min(left, random.randint(2, 5))
            label = label if size > 1 else SINGLE
        yield _booking(office, label, service.id, day, slot, number, size, random)
        number, left, made = following(number, size), left - size, made + 1


def _booking(
    office: Office, label: str, service: str, day: date, slot: time, number: str, size: int, random: Random
) -> DemoBooking:
    booking_id = UUID(int=random.getrandbits(128), version=4)
    digits = f"{random.randrange(10_000):04}" if label == "second_factor" else ""
    last = random.choice(LAST_NAMES)
    names = [masked(f"{random.choice(FIRST_NAMES)} {last}") for _ in range(size)]
    booking = Booking(
        id=booking_id,
        office=next(iter(office.other_offices)) if label == "wrong_office" else office.id,
        day=day + timedelta(days=1) if label == "wrong_day" else day,
        slot=slot,
        service=service,
        applicants=tuple(Applicant(name, following(number, step)) for step, name in enumerate(names)),
        code=make_code(random),
        reference=f"REG-{day:%y%m%d}-{random.randrange(10**6):06}" if random.random() < 0.5 else "",
        status=STATUSES.get(label, BookingStatus.BOOKED),
        second_factor=second_factor_hash(booking_id, digits) if digits else None,
        asks_priority=label == "priority",
    )
    return DemoBooking(label, booking, digits)
