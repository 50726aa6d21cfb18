"""Places in slots: which are held, and how a party takes some."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.booking.rows import PlaceRow
from central.booking.rules import BookingRules, Slot, next_places
from kiosk.model import Booking, BookingStatus, Service
from kiosk.numbering import slot_numbers

Held = Mapping[tuple[str, str], Sequence[tuple[int, int | None]]]
"""By day and slot (as in PlaceRow): the numbers given so far, each with its place."""


def text_of(start: time) -> str:
    """A slot's beginning as its rows have it."""
    return start.isoformat("minutes")


def held_places(session: Session, office: str, service: str, first: date, last: date) -> Held:
    """What was given of a service's slots from the first to the last day."""
    wanted = select(PlaceRow.day, PlaceRow.slot, PlaceRow.count, PlaceRow.place).where(
        PlaceRow.office == office,
        PlaceRow.service == service,
        PlaceRow.day.between(first.isoformat(), last.isoformat()),
    )
    held: dict[tuple[str, str], list[tuple[int, int | None]]] = defaultdict(list)
    for day, slot, count, place in session.execute(wanted):
        held[day, slot].append((count, place))
    return held


def take_places(
    session: Session, office: str, rules: BookingRules, service: Service, slot: Slot, booking: str, party: int
) -> tuple[PlaceRow, ...] | None:
    """The party's places, with numbers that follow each other; None if it does not fit. They are flushed, so
    IntegrityError says that somebody else took one of them at the same moment.
    """
    held = held_places(session, office, service.id, slot.day, slot.day).get((slot.day.isoformat(), text_of(slot.start)))
    found = next_places(rules.numbers, rules.services[service.id].quota, held or (), party)
    if found is None:
        return None
    range_of_slot = slot_numbers(service.letter, slot.place, rules.numbers)
    rows = tuple(
        _row(office, service.id, slot.day, slot.start, count, place, range_of_slot[count - 1], booking)
        for count, place in found
    )
    session.add_all(rows)
    session.flush()
    return rows


def give_back(session: Session, booking: str) -> None:
    """The booking's places are free again, and nothing is held of who had them; their numbers stay used."""
    given = {"place": None, "name": None, "nik": None}
    session.execute(update(PlaceRow).where(PlaceRow.booking == booking).values(given))


def move_given_back(session: Session, former: str, booking: str) -> None:
    """The numbers that a booking used before it was changed stay with who made it."""
    session.execute(update(PlaceRow).where(PlaceRow.booking == former).values(booking=booking))


def places_of(bookings: Iterable[Booking], rules: BookingRules) -> Iterator[PlaceRow]:
    """The places of bookings that came from elsewhere with numbers of their slots' ranges, which may be beyond the
    quota: each has the lowest place that is free.
    """
    given: Counter[tuple[str, date, time]] = Counter()
    for booking in bookings:
        of_slot = (booking.service, booking.day, booking.slot)
        for number in (each.number for each in booking.applicants):
            count = (int(number.rpartition("-")[2]) - 1) % rules.numbers + 1
            place = None
            if booking.status is not BookingStatus.CANCELLED:
                given[of_slot] += 1
                place = given[of_slot]
            yield _row(booking.office, *of_slot, count, place, number, str(booking.id))


def _row(
    office: str, service: str, day: date, start: time, count: int, place: int | None, number: str, booking: str
) -> PlaceRow:
    return PlaceRow(
        office=office,
        service=service,
        day=day.isoformat(),
        slot=text_of(start),
        count=count,
        place=place,
        number=number,
        booking=booking,
    )
