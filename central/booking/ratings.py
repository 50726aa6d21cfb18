"""Ratings that are given on the phone's page of a served ticket, once. They mean what a kiosk's ratings mean, and are
counted with them.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.booking.rows import PhoneRatingRow
from central.database import TicketRow
from kiosk.comment import cleaned, without_numbers
from kiosk.model import Language, QueueState

SCORES = range(1, 6)
LONGEST_COMMENT = 500


def rate(session: Session, ticket: TicketRow, score: int, language: Language, now: datetime) -> None:
    """Keeps the rating (1, very bad, to 5, very good) of a served ticket, the first one that is given."""
    if ticket.state == QueueState.SERVED and score in SCORES and session.get(PhoneRatingRow, ticket.id) is None:
        session.add(PhoneRatingRow(ticket=ticket.id, office=ticket.office, at=now, score=score, language=language))


def add_comment(session: Session, ticket: TicketRow, text: str) -> None:
    """Keeps the comment that goes with a rating, the first one that is given, without what looks like numbers of a
    person.
    """
    rating = session.get(PhoneRatingRow, ticket.id)
    said = without_numbers(cleaned(text[: 2 * LONGEST_COMMENT]))[:LONGEST_COMMENT]
    if rating and rating.comment is None and said:
        rating.comment = said


def phone_ratings(
    session: Session, office: str, since: datetime, until: datetime | None = None
) -> Iterable[PhoneRatingRow]:
    """The office's ratings by phone from an instant to before another (UTC)."""
    wanted = select(PhoneRatingRow).where(PhoneRatingRow.office == office, PhoneRatingRow.at >= since)
    return session.scalars(wanted.where(PhoneRatingRow.at < until) if until else wanted)
