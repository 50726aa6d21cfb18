"""The tables that an office takes away: tickets, waits, ratings, the kiosks' conditions. No names are in them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import KioskRow
from central.monitoring.feedback import opinions
from central.monitoring.figures import Journey, Spread, figures
from central.monitoring.journeys import journeys
from central.monitoring.rows import ConditionRow
from kiosk.model import QueueState

Cell = str | int | float | date | datetime | None
"""Instants are in the office's time, without a zone, as spreadsheets have them."""
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Asked:
    """The days, both of them included, of an office whose services have these `names`."""

    office: str
    zone: ZoneInfo
    first: date
    last: date
    names: dict[str, str]

    @property
    def days(self) -> Iterator[date]:
        for place in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=place)

    def local(self, instant: datetime | None) -> datetime | None:
        return instant.astimezone(self.zone).replace(tzinfo=None, microsecond=0) if instant else None

    def begins(self, day: date) -> datetime:
        """The instant at which a day begins."""
        return datetime.combine(day, time(), self.zone)


@dataclass(frozen=True)
class Table:
    """`heads` are the columns' names, keys of the words of `export`; `rows` are read day by day."""

    heads: tuple[str, ...]
    rows: Callable[[Session, Asked], Iterator[Row]]


def _tickets(session: Session, asked: Asked) -> Iterator[Row]:
    for day, each in _journeys(session, asked):
        yield (
            day,
            each.number,
            asked.names.get(each.service, each.service),
            "booked" if each.booked else "walk_in",
            asked.local(each.arrived_at),
            asked.local(each.called_at),
            asked.local(each.served_at),
            _minutes(each.waited),
            _minutes(each.attended) if each.served_at else None,
            each.state.value,
        )


def _waits(session: Session, asked: Asked) -> Iterator[Row]:
    groups: dict[tuple[date, str], list[Journey]] = defaultdict(list)
    for day, each in _journeys(session, asked):
        groups[day, each.service].append(each)
    for (day, service), held in sorted(groups.items()):
        found = figures(held)
        yield (
            day,
            asked.names.get(service, service),
            found.arrived,
            found.states[QueueState.SERVED],
            found.states[QueueState.NO_SHOW],
            *_spread(found.waits),
            *_spread(found.services),
        )


def _ratings(session: Session, asked: Asked) -> Iterator[Row]:
    kiosks = list(session.scalars(select(KioskRow.id).where(KioskRow.office == asked.office)))
    for day in asked.days:
        begins, ends = asked.begins(day), asked.begins(day + timedelta(days=1))
        for each in reversed(opinions(session, asked.office, begins, kiosks, ends)):
            yield asked.local(each.at), each.score, each.text


def _kiosks(session: Session, asked: Asked) -> Iterator[Row]:
    """Each change of a kiosk's condition, the one that the period began with first."""
    begins, ends = asked.begins(asked.first), asked.begins(asked.last + timedelta(days=1))
    for kiosk in session.scalars(select(KioskRow).where(KioskRow.office == asked.office).order_by(KioskRow.digit)):
        of_kiosk = select(ConditionRow).where(ConditionRow.kiosk == kiosk.id)
        before = of_kiosk.where(ConditionRow.since < begins).order_by(ConditionRow.since.desc()).limit(1)
        within = of_kiosk.where(ConditionRow.since.between(begins, ends)).order_by(ConditionRow.since)
        rows = [*session.scalars(before), *session.scalars(within)]
        for row, following in zip(rows, [*(each.since for each in rows[1:]), None], strict=True):
            yield (
                f"{kiosk.name} W{kiosk.digit}",
                asked.local(row.since),
                asked.local(following),
                "yes" if row.heard else "no",
                row.printer,
                "ready" if row.scanner_ready else "not_ready",
                row.clock,
                "yes" if row.held_back else "no",
            )


TABLES = {
    "tickets": Table(
        ("day", "number", "service", "kind", "arrived_at", "called_at", "served_at", "waited", "attended", "state"),
        _tickets,
    ),
    "waits": Table(
        (
            "day", "service", "arrivals", "served", "no_show", "wait_count", "wait_median", "wait_p90", "service_count",
            "service_median", "service_p90",
        ),
        _waits,
    ),
    "ratings": Table(("at", "score", "comment"), _ratings),
    "kiosks": Table(("kiosk", "since", "until", "heard", "printer", "scanner", "clock", "held_back"), _kiosks),
}  # fmt: skip


def _journeys(session: Session, asked: Asked) -> Iterator[tuple[date, Journey]]:
    for day in asked.days:
        yield from ((day, each) for each in journeys(session, asked.office, day, day, asked.zone))
        # A year is not held in memory at once.
        session.expunge_all()


def _spread(found: Spread | None) -> Row:
    return (found.count, _minutes(found.median), _minutes(found.p90)) if found else (0, None, None)


def _minutes(duration: timedelta | None) -> float | None:
    return None if duration is None else round(duration.total_seconds() / 60, 1)
