"""What the officers' page shows: applicants, kiosks, what people said, what went wrong."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.alerts import Alert
from central.database import FactRow, KioskRow, TicketRow
from central.explained import in_words
from central.heartbeats import Heartbeat
from central.help_calls import HelpCall, help_calls
from central.lookout import alerts
from central.monitoring.conditions import SILENT_AFTER
from central.monitoring.feedback import Opinion, mean_of, opinions, scores_of
from central.places import places
from central.queue.place import Place
from central.responses import SurveyResult, survey_result
from central.snapshot import office_snapshot
from kiosk.model import Language, Office, QueueState, Words

LATEST = 20


@dataclass(frozen=True)
class KioskState:
    """A kiosk, what it last said of itself, and whether that is recent; or whether it `waits` for its approval."""

    id: str
    name: str
    digit: int
    revoked: bool
    waits: bool
    online: bool
    heard_at: datetime | None
    said: Heartbeat | None


@dataclass(frozen=True)
class DeadLetter:
    """A fact that could not be applied, and why."""

    at: datetime
    kiosk: str
    kind: str
    problem: str


@dataclass(frozen=True)
class Board:
    """All of the page.

    `services` and `groups` are names by id, `papers` is by ticket id, `scores` counts today's ratings by score, `calls`
    are today's that no officer has seen to; instants are UTC.
    """

    office: Office | None
    zone: ZoneInfo
    now: datetime
    services: dict[str, Words]
    groups: dict[str, Words]
    places: tuple[Place, ...]
    papers: dict[str, str]
    kiosks: tuple[KioskState, ...]
    opinions: tuple[Opinion, ...]
    scores: Counter[int]
    calls: tuple[HelpCall, ...]
    dead_letters: tuple[DeadLetter, ...]
    alerts: tuple[Alert, ...]
    survey: SurveyResult | None

    def in_state(self, state: str) -> list[Place]:
        return [place for place in self.places if place.state == QueueState(state)]

    @property
    def average(self) -> float | None:
        """The mean of today's ratings, None without any."""
        return mean_of(self.scores)

    def why(self, place: Place, language: Language) -> str:
        """What decided the place of somebody who waits, in words."""
        return in_words(place.why, language, self.zone) if place.why else ""


def board_of(session: Session, office: str, now: datetime) -> Board:
    """An office's board as of `now` (UTC)."""
    found = office_snapshot(session, office)
    zone = ZoneInfo(found.office.time_zone if found else "UTC")
    today = now.astimezone(zone).date()
    midnight = datetime.combine(today, time(), zone)
    kiosks = tuple(
        _kiosk(row, now)
        for row in session.scalars(select(KioskRow).where(KioskRow.office == office).order_by(KioskRow.digit))
    )
    names = {kiosk.id: kiosk.name for kiosk in kiosks}
    said = opinions(session, office, midnight, names)
    return Board(
        office=found.office if found else None,
        zone=zone,
        now=now,
        services={each.id: each.name for each in found.services} if found else {},
        groups={group.id: group.name for rules in found.rules for group in rules.priority_groups} if found else {},
        places=places(session, office, today, now),
        papers=_papers(session, office, today),
        kiosks=kiosks,
        opinions=tuple(said[:LATEST]),
        scores=scores_of(said),
        calls=help_calls(session, office, now, zone),
        dead_letters=_dead_letters(session, names),
        alerts=alerts(session, office, now, zone),
        survey=survey_result(session, office, found.questionnaire) if found and found.questionnaire else None,
    )


def _kiosk(row: KioskRow, now: datetime) -> KioskState:
    return KioskState(
        id=row.id,
        name=row.name,
        digit=row.digit,
        revoked=row.revoked,
        waits=row.waits,
        online=row.heard_at is not None and now - row.heard_at < SILENT_AFTER,
        heard_at=row.heard_at,
        said=Heartbeat.model_validate_json(row.heartbeat) if row.heartbeat else None,
    )


def _papers(session: Session, office: str, day: date) -> dict[str, str]:
    wanted = select(TicketRow.id, TicketRow.paper).where(TicketRow.office == office, TicketRow.day == day.isoformat())
    return {row.id: row.paper for row in session.execute(wanted)}


def _dead_letters(session: Session, names: dict[str, str]) -> tuple[DeadLetter, ...]:
    wanted = (
        select(FactRow)
        .where(FactRow.problem.is_not(None), FactRow.kiosk.in_(names))
        .order_by(FactRow.at.desc())
        .limit(LATEST)
    )
    return tuple(DeadLetter(row.at, names[row.kiosk], row.kind, row.problem or "") for row in session.scalars(wanted))
