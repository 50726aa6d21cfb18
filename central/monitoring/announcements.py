"""Announcements: said to kiosks, displays and the feed at once, from a day and time to another, or until withdrawn."""

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.monitoring.rows import AnnouncementRow
from kiosk.model import Announcement, Words

LONGEST = 200
"""Characters of an announcement in one language: what a kiosk's first screen has room for."""
HIGHEST = 9
UNTIL_WITHDRAWN = date(2099, 12, 31)


class BadAnnouncement(Exception):
    """It cannot be announced; `key` is that of the words for who wrote it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def announce(session: Session, office: str, announcement: Announcement, officer: str, now: datetime) -> None:
    """Announces from now on, or from its first day; one of the same id is replaced. Raises BadAnnouncement."""
    words = announcement.words
    if not words.id.strip() or not words.en.strip():
        raise BadAnnouncement("words_missing")
    if max(len(words.id), len(words.en)) > LONGEST:
        raise BadAnnouncement("words_too_long")
    last = (announcement.last_day, announcement.ends or time.max)
    if last <= (announcement.first_day, announcement.starts):
        raise BadAnnouncement("ends_before_it_starts")
    session.merge(
        AnnouncementRow(
            id=announcement.id or str(uuid4()),
            office=office,
            words_id=words.id.strip(),
            words_en=words.en.strip(),
            first_day=announcement.first_day,
            last_day=announcement.last_day,
            starts=announcement.starts,
            ends=announcement.ends,
            priority=min(max(announcement.priority, 0), HIGHEST),
            emergency=announcement.emergency,
            officer=officer,
            made_at=now,
            withdrawn_at=None,
        )
    )


def withdraw(session: Session, office: str, announcement: str, now: datetime) -> bool:
    """Takes an announcement back; False where the office has none of that id."""
    row = session.get(AnnouncementRow, announcement)
    if row is None or row.office != office:
        return False
    row.withdrawn_at = row.withdrawn_at or now
    return True


def standing(session: Session, office: str, today: date) -> tuple[Announcement, ...]:
    """Those that are in force now or will be, the most important first: kiosks tell by themselves when."""
    wanted = select(AnnouncementRow).where(
        AnnouncementRow.office == office, AnnouncementRow.withdrawn_at.is_(None), AnnouncementRow.last_day >= today
    )
    return _by_weight(_announcement(row) for row in session.scalars(wanted))


def in_force(session: Session, office: str, now: datetime) -> tuple[Announcement, ...]:
    """Those that are shown at a moment of office time, emergencies first, then the most important."""
    return tuple(each for each in standing(session, office, now.date()) if each.is_in_force(now))


def _by_weight(announcements: Iterable[Announcement]) -> tuple[Announcement, ...]:
    return tuple(sorted(announcements, key=lambda each: (not each.emergency, -each.priority, each.first_day, each.id)))


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        row.id, Words(row.words_id, row.words_en), row.first_day, row.last_day, row.priority, row.starts, row.ends,
        row.emergency,
    )  # fmt: skip
