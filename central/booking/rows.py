"""The tables of the booking site. Of a person they hold keyed hashes only (`keyed.py`)."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from central.database import ALL_COLUMNS, Base
from central.privacy.sealed import Sealed


class BookingRulesRow(Base):
    """An office's BookingRules as JSON; an office without them has no booking site."""

    __tablename__ = "booking_rules"
    quiet = ALL_COLUMNS
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    body: Mapped[str]


class PlaceRow(Base):
    """One applicant's place in a slot. The keys are what keeps a slot within its quota and a number from being given
    twice, whoever books at the same time.

    `count` is the number's place in the slot's range, `place` that in its quota, None once it was given back; the
    number stays used. `name` and `nik` are hashes.
    """

    __tablename__ = "booked_places"
    quiet = ALL_COLUMNS
    __table_args__ = (
        UniqueConstraint("office", "service", "day", "slot", "place", name="booked_places_place_key"),
        UniqueConstraint("office", "day", "number", name="booked_places_number_key"),
        UniqueConstraint("office", "service", "nik", name="booked_places_nik_key"),
        Index("ix_booked_places_name", "office", "name"),
    )
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    service: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    slot: Mapped[str] = mapped_column(String(5), primary_key=True)
    count: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(12))
    booking: Mapped[str] = mapped_column(String(36), index=True)
    name: Mapped[str | None] = mapped_column(String(32))
    nik: Mapped[str | None] = mapped_column(String(32))


class BookerRow(Base):
    """Who made a booking, by hashes of telephone and network address, and what became of it. `draft` is the hash of all
    that was entered, so that the same again is the same booking, also when it was changed since. `changed_on` is the
    office's day of the last change, `changes` how many there were on it; `flagged`: its names stand in many bookings.
    """

    __tablename__ = "bookers"
    quiet = ALL_COLUMNS
    __table_args__ = (
        Index("ix_bookers_phone", "office", "phone"),
        Index("ix_bookers_address", "office", "address", "made_at"),
    )
    booking: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(10), unique=True)
    day: Mapped[str] = mapped_column(String(10))
    draft: Mapped[str] = mapped_column(String(32), unique=True)
    phone: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    pass_text: Mapped[str]
    flagged: Mapped[bool] = mapped_column(default=False)
    changed_on: Mapped[str | None] = mapped_column(String(10))
    changes: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]


class RefusedRow(Base):
    """A booking that a limit refused; `who` is the hash of the telephone or address that met it."""

    __tablename__ = "refused_bookings"
    quiet = ALL_COLUMNS
    __table_args__ = (Index("ix_refused_bookings_at", "office", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(12))
    who: Mapped[str] = mapped_column(String(32))


class PhoneRatingRow(Base):
    """A rating given on the phone's page of a served ticket, once; it means what a kiosk's Rated fact means."""

    __tablename__ = "phone_ratings"
    __table_args__ = (Index("ix_phone_ratings_at", "office", "at"),)
    ticket: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime]
    score: Mapped[int]
    language: Mapped[str] = mapped_column(String(35))
    comment: Mapped[str | None] = mapped_column(Sealed)
