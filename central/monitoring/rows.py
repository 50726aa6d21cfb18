"""The tables of monitoring: how kiosks have been, which alarms somebody has seen, what supervisors announce."""

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from central.database import Base


class ConditionRow(Base):
    """How a kiosk was since an instant, until its next row. A kiosk that was not heard (`heard` is false) says nothing
    of its devices: they are as it said last.
    """

    __tablename__ = "conditions"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    heard: Mapped[bool]
    printer: Mapped[str] = mapped_column(String(12))
    scanner_ready: Mapped[bool]
    clock: Mapped[str] = mapped_column(String(12))
    held_back: Mapped[bool]


class SeenAlarmRow(Base):
    """An alarm that an officer has taken note of, by the alarm's key."""

    __tablename__ = "seen_alarms"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    officer: Mapped[str]
    seen_at: Mapped[datetime]


class AnnouncementRow(Base):
    """An announcement of an office; days and times are the office's. A withdrawn one is kept, and shown no more."""

    __tablename__ = "announcements"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    office: Mapped[str] = mapped_column(String(6), index=True)
    words_id: Mapped[str]
    words_en: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time | None]
    priority: Mapped[int]
    emergency: Mapped[bool]
    officer: Mapped[str]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
