"""What an office decides about its bookings: slots, quotas, how far ahead, how often (pure).

Times of day and days are the office's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pydantic import Field, model_validator

from central.passes import PASS_VALID
from kiosk.booking_pass import PARTY
from kiosk.model import Holiday, Rules
from kiosk.opening import opening
from kiosk.protocol import Message


class BookedService(Message):
    """How many applicants of a service a slot takes, and whether the site asks for the NIK to prevent doubles."""

    quota: int = Field(ge=1, le=99)
    asks_nik: bool = False


class BookingRules(Message):
    """An office's rules of booking.

    `slots` are all times of day at which a slot may begin; those in a break or outside the hours are left out day by
    day, and a slot's place in the list stays. Each slot owns `numbers` of its service's series, more than any quota: a
    number is never given twice, so a place that was given back gets a new one. Services that are not named come
    without a booking.

    A slot can be booked until `lead_minutes` before, on any of `horizon_days` from today, and changed until
    `change_hours` before, `changes_a_day` times a day. `most_of_phone` bookings of one telephone may lie ahead;
    `most_of_address` are taken from one network address a day. What is held of who booked is forgotten
    `retention_days` after the booked day.
    """

    slots: tuple[time, ...] = Field(min_length=1)
    numbers: int = Field(ge=1, le=99)
    services: dict[str, BookedService]
    lead_minutes: int = Field(ge=0)
    # A pass lives until the end of its day, and no longer than PASS_VALID.
    horizon_days: int = Field(ge=0, lt=PASS_VALID.days)
    change_hours: int = Field(ge=0)
    changes_a_day: int = Field(default=1, ge=1)
    most_of_phone: int = Field(ge=1)
    most_of_address: int = Field(ge=1)
    retention_days: int = Field(ge=0)

    @model_validator(mode="after")
    def _is_sound(self) -> "BookingRules":
        if list(self.slots) != sorted(set(self.slots)):
            raise ValueError("the slots must be in order, each once")
        if any(each.quota > self.numbers for each in self.services.values()):
            raise ValueError("a slot must own at least as many numbers as its quota")
        return self

    def most_applicants(self, service: str) -> int:
        """The largest party that can book the service together."""
        return min(PARTY, self.services[service].quota)


@dataclass(frozen=True)
class Slot:
    """A day's slot that begins at `start`; `place` is its place in the office's list (from 0)."""

    day: date
    start: time
    place: int


def slots_of(rules: BookingRules, hours: Sequence[Rules], holidays: Sequence[Holiday], day: date) -> tuple[Slot, ...]:
    """The slots of a day: those that begin while the office is open."""
    held = [Slot(day, start, place) for place, start in enumerate(rules.slots)]
    return tuple(each for each in held if opening(hours, holidays, datetime.combine(day, each.start)).closed is None)


def days_ahead(rules: BookingRules, today: date) -> tuple[date, ...]:
    """The days that can be booked, today the first."""
    return tuple(today + timedelta(days=ahead) for ahead in range(rules.horizon_days + 1))


def places_left(numbers: int, quota: int, held: Sequence[tuple[int, int | None]]) -> int:
    """How many people can still book the slot together; `held` as in `next_places`."""
    left = quota
    while left and next_places(numbers, quota, held, left) is None:
        left -= 1
    return left


def next_places(
    numbers: int, quota: int, held: Sequence[tuple[int, int | None]], party: int
) -> tuple[tuple[int, int], ...] | None:
    """The numbers (from 1 within the slot's range, following each other) and places (1 to `quota`) of a party, None
    where it does not fit. `held` are those given so far; the place of one that was given back is None.
    """
    used, taken = {number for number, _ in held}, {place for _, place in held}
    free = [place for place in range(1, quota + 1) if place not in taken]
    for first in range(1, numbers - party + 2):
        run = range(first, first + party)
        if used.isdisjoint(run):
            return tuple(zip(run, free, strict=False)) if len(free) >= party else None
    return None
