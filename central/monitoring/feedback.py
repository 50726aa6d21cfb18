"""What people said of the office at its kiosks and on their phones: one-tap ratings and suggestions."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.booking.ratings import phone_ratings
from central.database import FactRow
from kiosk.comment import without_numbers


@dataclass(frozen=True)
class Opinion:
    """A rating with the suggestion that came with it, either alone too."""

    at: datetime
    score: int | None
    text: str


def facts_since(
    session: Session, kind: str, since: datetime, kiosks: Iterable[str], until: datetime | None = None
) -> list[FactRow]:
    """The facts of a kind from these kiosks that were understood, the latest first; `until` is not of them."""
    wanted = select(FactRow).where(
        FactRow.kind == kind, FactRow.at >= since, FactRow.problem.is_(None), FactRow.kiosk.in_(list(kiosks))
    )
    wanted = wanted.where(FactRow.at < until) if until else wanted
    return list(session.scalars(wanted.order_by(FactRow.at.desc())))


def opinions(
    session: Session, office: str, since: datetime, kiosks: Iterable[str], until: datetime | None = None
) -> list[Opinion]:
    """What was said from an instant to before another (UTC) at these kiosks and on phones, each rating with its
    suggestion, the latest first.
    """
    said = {
        row.ticket: Opinion(row.at, row.score, row.comment or "")
        for row in phone_ratings(session, office, since, until)
    }
    held = list(kiosks)
    rated, commented = (facts_since(session, kind, since, held, until) for kind in ("rated", "commented"))
    for row in (*rated, *commented):
        body = json.loads(row.body)
        # A suggestion without a rating stands alone.
        key = body.get("rating") or row.id
        found = said.get(key, Opinion(row.at, None, ""))
        said[key] = Opinion(
            at=max(found.at, row.at), score=body.get("score", found.score), text=body.get("text", found.text)
        )
    # Kiosks and phones blot numbers out before they record; an earlier version may not have.
    clean = (replace(each, text=without_numbers(each.text)) for each in said.values())
    return sorted(clean, key=lambda each: each.at, reverse=True)


def scores_of(said: Iterable[Opinion]) -> Counter[int]:
    """How often each score was given."""
    return Counter(each.score for each in said if each.score is not None)


def mean_of(scores: Counter[int]) -> float | None:
    """The mean score, None without any."""
    count = scores.total()
    return sum(score * times for score, times in scores.items()) / count if count else None


def scores_by_hour(said: Iterable[Opinion], zone: ZoneInfo) -> dict[int, Counter[int]]:
    """How often each score was given in each hour of the office's day that has any."""
    hours: dict[int, Counter[int]] = defaultdict(Counter)
    for each in said:
        if each.score is not None:
            hours[each.at.astimezone(zone).hour][each.score] += 1
    return dict(sorted(hours.items()))
