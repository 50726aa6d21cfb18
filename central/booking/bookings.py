"""Bookings are made, changed and cancelled, each in one transaction of its own."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from central.booking.draft import Draft
from central.booking.keyed import Keyed
from central.booking.limits import LIMITS, NotBooked, Unbookable, check_limits, is_burst
from central.booking.office import BookingOffice
from central.booking.places import give_back, take_places
from central.booking.rows import BookerRow, PlaceRow, RefusedRow
from central.booking.rules import Slot
from central.database import BookingRow, TicketRow
from central.names import masked
from central.passes import Declined, Signer, revoke
from kiosk.booking_code import make_code, second_factor_hash
from kiosk.model import Applicant, Booking, BookingStatus, Service

TRIES = 25
"""Each time that a transaction meets another one's place, that one got through; no slot has room for so many."""
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)
_Done = TypeVar("_Done")


@dataclass(frozen=True)
class Held:
    """A booking of the site, with what its page shows."""

    booking: Booking
    row: BookerRow

    @property
    def is_cancelled(self) -> bool:
        return self.row.cancelled_at is not None


class Bookings:
    """The bookings of an office's site. `sessions` make transactions that write, `folder` holds the keys."""

    def __init__(self, sessions: sessionmaker[Session], folder: Path, office: BookingOffice) -> None:
        self._sessions, self._folder, self._office = sessions, folder, office
        self._keyed = Keyed(folder)

    def make(self, draft: Draft, address: str, now: datetime) -> UUID:
        """Books; the same draft again is the same booking. Raises NotBooked. `now` is UTC."""
        try:
            return self._through(lambda session: self._make(session, draft, address, now))
        except NotBooked as error:
            if error.reason in LIMITS:
                with self._sessions.begin() as session:
                    session.add(RefusedRow(office=self._office.id, at=now, reason=error.reason, who=error.who))
            raise

    def change(self, booking: UUID, digits: str, day: date, start: time, now: datetime) -> UUID:
        """Moves a booking to another slot; its places are freed, its pass is revoked, its code stays. Returns the new
        booking's id. Raises NotBooked.
        """
        return self._through(lambda session: self._change(session, booking, digits, day, start, now))

    def cancel(self, booking: UUID, now: datetime) -> None:
        """Frees the places and revokes the pass. Raises NotBooked."""
        self._through(lambda session: self._cancel(session, booking, now))

    def _through(self, work: Callable[[Session], _Done]) -> _Done:
        for _ in range(TRIES):
            with suppress(IntegrityError), self._sessions.begin() as session:
                return work(session)
        raise NotBooked(Unbookable.SLOT_FULL)

    def _make(self, session: Session, draft: Draft, address: str, now: datetime) -> UUID:
        office, hashed = self._office, self._hash
        phone, from_address = hashed("phone", draft.phone), hashed("address", address)
        known = session.get(BookerRow, str(draft.id))
        if known and known.phone == phone:
            return draft.id
        service = office.service(draft.service)
        slot = office.slot_ahead(draft.day, draft.start, now)
        if service is None or slot is None:
            raise NotBooked(Unbookable.SLOT_OVER)
        names = [hashed("name", each.name.casefold()) for each in draft.people]
        niks = [hashed("nik", each.nik) if each.nik else None for each in draft.people]
        check_limits(session, office, phone, from_address, filter(None, niks), service.id, now)
        booking = Booking(
            id=draft.id,
            office=office.id,
            day=slot.day,
            slot=slot.start,
            service=service.id,
            applicants=tuple(Applicant(masked(each.name), "") for each in draft.people),
            code=make_code(secrets.SystemRandom()),
            second_factor=second_factor_hash(draft.id, draft.digits),
            asks_priority=any(each.needs_priority for each in draft.people),
        )
        row = BookerRow(office=office.id, code=booking.code, phone=phone, address=from_address, made_at=now)
        self._put(session, row, booking, service, slot, list(zip(names, niks, strict=True)), now)
        row.flagged = is_burst(session, office.id, names, now)
        return draft.id

    def _change(self, session: Session, id_: UUID, digits: str, day: date, start: time, now: datetime) -> UUID:
        office, today = self._office, self._office.today(now).isoformat()
        held = self._standing(session, id_, now)
        row, former = held.row, held.booking
        if office.begins(former.day, former.slot) - now < timedelta(hours=office.rules.change_hours):
            raise NotBooked(Unbookable.TOO_LATE)
        changes = row.changes if row.changed_on == today else 0
        if changes >= office.rules.changes_a_day:
            raise NotBooked(Unbookable.CHANGED_TODAY)
        if not compare_digest(second_factor_hash(former.id, digits), former.second_factor or ""):
            raise NotBooked(Unbookable.WRONG_DIGITS)
        slot, service = office.slot_ahead(day, start, now), office.service(former.service)
        if slot is None or service is None:
            raise NotBooked(Unbookable.SLOT_OVER)
        if (slot.day, slot.start) == (former.day, former.slot):
            raise NotBooked(Unbookable.SAME_SLOT)
        people = [(each.name, each.nik) for each in self._places(session, former.id)]
        give_back(session, str(former.id))
        self._take_back_pass(session, former.id, now)
        session.execute(delete(BookingRow).where(BookingRow.id == str(former.id)))
        moved = replace(former, id=uuid4(), day=slot.day, slot=slot.start)
        moved = replace(moved, second_factor=second_factor_hash(moved.id, digits))
        row.changed_on, row.changes = today, changes + 1
        self._put(session, row, moved, service, slot, people, now)
        return moved.id

    def _cancel(self, session: Session, id_: UUID, now: datetime) -> None:
        held = self._standing(session, id_, now)
        give_back(session, str(id_))
        self._take_back_pass(session, id_, now)
        held.row.cancelled_at, held.row.pass_text = now, ""
        self._keep(session, replace(held.booking, status=BookingStatus.CANCELLED))

    def _put(
        self,
        session: Session,
        row: BookerRow,
        booking: Booking,
        service: Service,
        slot: Slot,
        people: list[tuple[str | None, str | None]],
        now: datetime,
    ) -> None:
        """Gives the booking its places and numbers, signs its pass and keeps all of it."""
        office = self._office
        places = take_places(session, office.id, office.rules, service, slot, str(booking.id), len(people))
        if places is None:
            raise NotBooked(Unbookable.SLOT_FULL)
        for place, (name, nik) in zip(places, people, strict=True):
            place.name, place.nik = name, nik
        numbered = zip(booking.applicants, places, strict=True)
        booking = replace(booking, applicants=tuple(replace(one, number=place.number) for one, place in numbered))
        row.booking, row.day = str(booking.id), booking.day.isoformat()
        self._keep(session, booking)
        # Last, as it may touch the key's row, which all who book share.
        row.pass_text = Signer(session, self._folder, now).sign(booking, self._expires(booking.day))
        session.add(row)
        session.flush()

    def _expires(self, day: date) -> datetime:
        """The end of the booked day."""
        return datetime.combine(day + timedelta(days=1), time(), self._office.zone).astimezone(UTC)

    def _standing(self, session: Session, id_: UUID, now: datetime) -> Held:
        """The booking, if it is still to come. Raises NotBooked."""
        held = held_booking(session, self._office.id, id_)
        if held is None or held.is_cancelled:
            raise NotBooked(Unbookable.CANCELLED)
        booking = held.booking
        if is_checked_in(session, booking):
            raise NotBooked(Unbookable.CHECKED_IN)
        if self._office.begins(booking.day, booking.slot) <= now:
            raise NotBooked(Unbookable.TOO_LATE)
        return held

    def _keep(self, session: Session, booking: Booking) -> None:
        body, day = _BOOKING.dump_json(booking).decode(), booking.day.isoformat()
        session.merge(BookingRow(id=str(booking.id), office=booking.office, day=day, body=body))

    def _take_back_pass(self, session: Session, booking: UUID, now: datetime) -> None:
        # Where every key was retired no pass of anybody is alive.
        with suppress(Declined):
            revoke(session, booking, now)

    def _places(self, session: Session, booking: UUID) -> list[PlaceRow]:
        wanted = select(PlaceRow).where(PlaceRow.booking == str(booking)).order_by(PlaceRow.count)
        return list(session.scalars(wanted))

    def _hash(self, kind: str, text: str) -> str:
        return self._keyed.hash(kind, self._office.id, text)


def held_booking(session: Session, office: str, booking: UUID) -> Held | None:
    """A booking that was made on the office's site, None if there is none."""
    row, kept = session.get(BookerRow, str(booking)), session.get(BookingRow, str(booking))
    if row is None or kept is None or row.office != office:
        return None
    return Held(_BOOKING.validate_json(kept.body), row)


def is_checked_in(session: Session, booking: Booking) -> bool:
    """Whether one of its applicants has a ticket."""
    ids = [str(booking.ticket_id(each.number)) for each in booking.applicants]
    return session.scalar(select(TicketRow.id).where(TicketRow.id.in_(ids)).limit(1)) is not None


def found_by_code(session: Session, office: str, code: str, digits: str) -> Held | None:
    """The booking of a typing code (normalised) and the last four digits of its telephone. The answer takes as long for
    a code that nobody has as for wrong digits.
    """
    wanted = select(BookerRow.booking).where(BookerRow.office == office, BookerRow.code == code)
    name = session.scalar(wanted)
    held = held_booking(session, office, UUID(name)) if name else None
    salt = held.booking.id if held else UUID(int=0)
    right = compare_digest(second_factor_hash(salt, digits), (held.booking.second_factor if held else None) or "")
    return held if right else None
