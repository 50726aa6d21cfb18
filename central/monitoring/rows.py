"""What supervisors announce."""

from datetime import date, datetime, time

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from central.database import Base


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
