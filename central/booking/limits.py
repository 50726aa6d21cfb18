"""Limits against those who book to sell: how many bookings a telephone and a network address may make, how many numbers
of a slot they may use up, and which names stand in many bookings.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import distinct, func, or_, select, update
from sqlalchemy.orm import Session

from central.booking.office import BookingOffice
from central.booking.places import text_of
from central.booking.rows import BookerRow, PlaceRow, RefusedRow
from central.booking.rules import Slot
from central.booking.unbookable import NotBooked, Unbookable
from kiosk.model import Service

BURST = timedelta(hours=1)
BURST_NAMES = 3
"""So many bookings with one name within BURST are shown to the staff; they are not refused, names may be equal."""
BURST_REFUSALS = 5


@dataclass(frozen=True)
class Burst:
    """What looks like somebody who books to sell: `bookings` with one name, or tries that a limit refused, `since` the
    first of them (UTC).
    """

    reason: str
    bookings: int
    since: datetime


def check_limits(
    session: Session, office: BookingOffice, phone: str, address: str, niks: Iterable[str], service: str, now: datetime
) -> None:
    """Raises NotBooked where a limit is reached; `phone`, `address` and `niks` are hashes."""
    of_phone = select(func.count()).where(
        BookerRow.office == office.id,
        BookerRow.phone == phone,
        BookerRow.day >= office.today(now).isoformat(),
        BookerRow.cancelled_at.is_(None),
    )
    if (session.scalar(of_phone) or 0) >= office.rules.most_of_phone:
        raise NotBooked(Unbookable.MANY_OF_PHONE, phone)
    midnight = now.astimezone(office.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    of_address = select(func.count()).where(
        BookerRow.office == office.id, BookerRow.address == address, BookerRow.made_at >= midnight
    )
    if (session.scalar(of_address) or 0) >= office.rules.most_of_address:
        raise NotBooked(Unbookable.MANY_OF_ADDRESS, address)
    of_nik = (PlaceRow.office == office.id, PlaceRow.service == service, PlaceRow.nik.in_(list(niks)))
    # Whoever was served or missed the day books again; the table's key has no day, so a past one would refuse them.
    session.execute(update(PlaceRow).where(*of_nik, PlaceRow.day < office.today(now).isoformat()).values(nik=None))
    if session.scalar(select(PlaceRow.number).where(*of_nik).limit(1)):
        raise NotBooked(Unbookable.SAME_NIK, phone)


def check_given_back(
    session: Session, office: BookingOffice, phone: str, address: str, service: Service, slot: Slot, party: int
) -> None:
    """Raises NotBooked where a telephone or address that has given numbers of the slot back would use up more than it
    has beyond its quota: numbers are never given twice, so to book and cancel again and again would close the slot.
    """
    given_back = (
        select(func.count())
        .select_from(PlaceRow)
        .join(BookerRow, BookerRow.booking == PlaceRow.booking)
        .where(
            PlaceRow.office == office.id,
            PlaceRow.service == service.id,
            PlaceRow.day == slot.day.isoformat(),
            PlaceRow.slot == text_of(slot.start),
            PlaceRow.place.is_(None),
            or_(BookerRow.phone == phone, BookerRow.address == address),
        )
    )
    found = session.scalar(given_back) or 0
    if found and found + party > office.rules.numbers - office.rules.services[service.id].quota:
        raise NotBooked(Unbookable.GAVE_BACK, phone)


def is_burst(session: Session, office: str, names: Iterable[str], now: datetime) -> bool:
    """Whether one of the names (hashes) stands in so many bookings made lately, this one among them."""
    wanted = (
        select(func.count(distinct(PlaceRow.booking)))
        .join(BookerRow, BookerRow.booking == PlaceRow.booking)
        .where(PlaceRow.office == office, PlaceRow.name.in_(list(names)), BookerRow.made_at > now - BURST)
        .group_by(PlaceRow.name)
    )
    return max(session.scalars(wanted), default=0) >= BURST_NAMES


def bursts(session: Session, office: str, now: datetime) -> tuple[Burst, ...]:
    """What the staff should know of the last BURST: bookings that were flagged, and limits met again and again."""
    flagged = select(BookerRow.made_at).where(
        BookerRow.office == office, BookerRow.flagged, BookerRow.made_at > now - BURST
    )
    refused = select(RefusedRow.reason, RefusedRow.who, RefusedRow.at).where(
        RefusedRow.office == office, RefusedRow.at > now - BURST
    )
    found: dict[str, list[datetime]] = {"name": list(session.scalars(flagged))}
    tries = session.execute(refused).all()
    often = Counter((reason, who) for reason, who, _ in tries)
    for reason, who, at in tries:
        if often[reason, who] >= BURST_REFUSALS:
            found.setdefault(reason, []).append(at)
    return tuple(Burst(reason, len(times), min(times)) for reason, times in found.items() if times)
