"""What the monitoring page shows of an office, as of now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import KioskRow
from central.monitoring.alarms import Alarm, Seen, listed
from central.monitoring.feedback import Opinion, mean_of, opinions, scores_by_hour
from central.monitoring.figures import Hour, Journey, ServiceFigures, by_hour, by_service, figures
from central.monitoring.forecast import Forecast, Known, forecast
from central.monitoring.journeys import journeys, slots_to_come, walk_ins_after
from central.monitoring.offered_updates import updates_expire
from central.monitoring.watch import alarms, seen_alarms
from central.snapshot import office_snapshot
from kiosk.model import Language, QueueState
from kiosk.opening import rules_on
from kiosk.protocol import Snapshot

LATEST = 20
"""So many suggestions are shown."""


@dataclass(frozen=True)
class Dashboard:
    """All of the page. `services` are by id, `names` their names; `scores` counts today's ratings by hour."""

    office: str
    zone: ZoneInfo
    now: datetime
    names: dict[str, str]
    total: ServiceFigures
    services: dict[str, ServiceFigures]
    hours: tuple[Hour, ...]
    forecast: Forecast | None
    scores: dict[int, Counter[int]]
    suggestions: list[Opinion]
    alarms: list[tuple[Alarm, Seen | None]]

    def clock(self, time_format: str, instant: datetime) -> str:
        """The office's time of an instant, with the day where it is not today."""
        local = instant.astimezone(self.zone)
        is_today = local.date() == self.now.astimezone(self.zone).date()
        return local.strftime(time_format if is_today else f"%d/%m {time_format}")

    @property
    def all_scores(self) -> Counter[int]:
        """Today's ratings by score."""
        return sum(self.scores.values(), Counter())

    @property
    def average(self) -> float | None:
        """The mean of today's ratings, None without any."""
        return mean_of(self.all_scores)

    def mean(self, scores: Counter[int]) -> float | None:
        """The mean of these ratings, None without any."""
        return mean_of(scores)


def dashboard(session: Session, office: str, language: Language, now: datetime, updates: Path) -> Dashboard:
    """An office's dashboard as of `now` (UTC); `updates` is the repository that kiosks are offered."""
    found = office_snapshot(session, office)
    zone = ZoneInfo(found.office.time_zone if found else "UTC")
    local = now.astimezone(zone)
    today = journeys(session, office, local.date(), local.date(), zone)
    midnight = datetime.combine(local.date(), time(), zone)
    kiosks = list(session.scalars(select(KioskRow.id).where(KioskRow.office == office)))
    everything = [*alarms(session, office, found, today, now), *updates_expire(updates, now)]
    said = opinions(session, office, midnight, kiosks)
    return Dashboard(
        office=found.office.name if found else office,
        zone=zone,
        now=now,
        names={each.id: each.name[language] for each in found.services} if found else {},
        total=figures(today),
        services=by_service(today),
        hours=by_hour(today, zone),
        forecast=_forecast(session, found, today, local) if found else None,
        scores=scores_by_hour(said, zone),
        suggestions=[each for each in said if each.text][:LATEST],
        alarms=listed(everything, seen_alarms(session, office)),
    )


def _forecast(session: Session, found: Snapshot, today: Sequence[Journey], local: datetime) -> Forecast:
    rules = rules_on(found.rules, local.date())
    day_off = any(each.day == local.date() for each in found.holidays)
    return forecast(
        Known(
            now=local,
            periods=() if day_off else rules.hours[local.weekday()],
            wait=sum(each.state in (QueueState.WAITING, QueueState.CALLED) for each in today),
            served_at=tuple(each.served_at.astimezone(local.tzinfo) for each in today if each.served_at),
            slots=slots_to_come(session, found.office.id, rules, local),
            walk_ins=walk_ins_after(session, found.office.id, local),
        )
    )
