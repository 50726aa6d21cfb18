"""Bookings are made, changed and cancelled, each in one transaction of its own."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from central.booking.draft import Draft
from central.booking.held import Held, changes_on, held_booking, keep, refused_cancel, refused_change
from central.booking.keyed import Keyed
from central.booking.limits import check_given_back, check_limits, is_burst
from central.booking.office import BookingOffice
from central.booking.places import give_back, move_given_back, take_places
from central.booking.rows import BookerRow, PlaceRow, RefusedRow
from central.booking.rules import Slot
from central.booking.unbookable import LIMITS, NotBooked, Unbookable
from central.conflicts import UNDONE
from central.database import BookingRow
from central.names import masked
from central.passes import Declined, Signer, revoke
from central.tries import network_of
from kiosk.booking_code import make_code, second_factor_hash
from kiosk.model import Applicant, Booking, BookingStatus, Service

TRIES = 25
"""Each time that a transaction meets another one's place, that one got through; no slot has room for so many."""
_Done = TypeVar("_Done")


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
            try:
                with self._sessions.begin() as session:
                    return work(session)
            except DBAPIError as error:
                if not _was_overtaken(error):
                    raise
        raise NotBooked(Unbookable.SLOT_FULL)

    def _make(self, session: Session, draft: Draft, address: str, now: datetime) -> UUID:
        office, hashed = self._office, self._hash
        phone, from_address = hashed("phone", draft.phone), hashed("address", network_of(address))
        # Of all that was entered, so that the same again is known, and nobody chooses a booking.
        entered = hashed("draft", repr(draft))
        made = session.scalar(select(BookerRow.booking).where(BookerRow.draft == entered))
        if made:
            return UUID(made)
        id_ = uuid4()
        service, slot = self._service_and_slot(draft.service, draft.day, draft.start, now)
        names = [hashed("name", each.name.casefold()) for each in draft.people]
        niks = [hashed("nik", each.nik) if each.nik else None for each in draft.people]
        check_limits(session, office, phone, from_address, filter(None, niks), service.id, now)
        check_given_back(session, office, phone, from_address, service, slot, len(draft.people))
        booking = Booking(
            id=id_,
            office=office.id,
            day=slot.day,
            slot=slot.start,
            service=service.id,
            applicants=tuple(Applicant(masked(each.name), "") for each in draft.people),
            code=make_code(secrets.SystemRandom()),
            second_factor=second_factor_hash(id_, draft.digits),
            asks_priority=any(each.needs_priority for each in draft.people),
        )
        row = BookerRow(
            office=office.id, code=booking.code, draft=entered, phone=phone, address=from_address, made_at=now
        )
        self._put(session, row, booking, service, slot, list(zip(names, niks, strict=True)), now)
        row.flagged = is_burst(session, office.id, names, now)
        return id_

    def _change(self, session: Session, id_: UUID, digits: str, day: date, start: time, now: datetime) -> UUID:
        office, today = self._office, self._office.today(now).isoformat()
        held = self._held(session, id_)
        row, former = held.row, held.booking
        refused = refused_change(session, office, held, now)
        if refused or not held.has_digits(digits):
            raise NotBooked(refused or Unbookable.WRONG_DIGITS)
        if (day, start) == (former.day, former.slot):
            raise NotBooked(Unbookable.SAME_SLOT)
        service, slot = self._service_and_slot(former.service, day, start, now)
        people = [(each.name, each.nik) for each in self._places(session, former.id)]
        check_given_back(session, office, row.phone, row.address, service, slot, len(people))
        self._let_go(session, former.id, now)
        session.delete(session.get_one(BookingRow, str(former.id)))
        row.changed_on, row.changes = today, changes_on(row, today) + 1
        moved = replace(former, id=uuid4(), day=slot.day, slot=slot.start)
        moved = replace(moved, second_factor=second_factor_hash(moved.id, digits))
        move_given_back(session, str(former.id), str(moved.id))
        self._put(session, row, moved, service, slot, people, now)
        return moved.id

    def _cancel(self, session: Session, id_: UUID, now: datetime) -> None:
        held = self._held(session, id_)
        refused = refused_cancel(session, self._office, held, now)
        if refused:
            raise NotBooked(refused)
        self._let_go(session, id_, now)
        held.row.cancelled_at, held.row.pass_text = now, ""
        keep(session, replace(held.booking, status=BookingStatus.CANCELLED))

    def _held(self, session: Session, id_: UUID) -> Held:
        held = held_booking(session, self._office.id, id_)
        if held is None:
            raise NotBooked(Unbookable.CANCELLED)
        return held

    def _service_and_slot(self, name: str, day: date, start: time, now: datetime) -> tuple[Service, Slot]:
        service, slot = self._office.service(name), self._office.slot_ahead(day, start, now)
        if service is None or slot is None:
            raise NotBooked(Unbookable.SLOT_OVER)
        return service, slot

    def _let_go(self, session: Session, booking: UUID, now: datetime) -> None:
        """The booking's places are free, and its pass is not believed any more."""
        give_back(session, str(booking))
        # Where every key was retired no pass of anybody is alive.
        with suppress(Declined):
            revoke(session, booking, now, self._office.id)

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
        keep(session, booking)
        # Last, as it may touch the key's row, which all who book share.
        row.pass_text = Signer(session, self._folder, now).sign(booking, self._expires(booking.day))
        session.add(row)
        session.flush()

    def _expires(self, day: date) -> datetime:
        """The end of the booked day."""
        return datetime.combine(day + timedelta(days=1), time(), self._office.zone).astimezone(UTC)

    def _places(self, session: Session, booking: UUID) -> list[PlaceRow]:
        wanted = (
            select(PlaceRow)
            .where(PlaceRow.booking == str(booking), PlaceRow.place.is_not(None))
            .order_by(PlaceRow.count)
        )
        return list(session.scalars(wanted))

    def _hash(self, kind: str, text: str) -> str:
        return self._keyed.hash(kind, self._office.id, text)


def _was_overtaken(error: DBAPIError) -> bool:
    """Whether somebody who booked at the same moment was first, so that doing it again makes sense."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in UNDONE
