"""Reads what alerts are made of: the tickets issued lately, forks, renewed stores, kiosks that cannot tell the time."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.alerts import Alert, AlertKind, Issue, Sighting, alerts_of, latest_first
from central.database import EpochRow, FactRow, ForkRow, KioskRow
from central.tickets import day_of
from kiosk.model import ClockState
from kiosk.protocol import CheckedIn, Heartbeat, WalkInIssued

LOOK_BACK = timedelta(days=4)
"""What came on a Friday is still seen on Monday."""
ISSUES: dict[str, type[CheckedIn | WalkInIssued]] = {"checked_in": CheckedIn, "walk_in_issued": WalkInIssued}


def alerts(session: Session, now: datetime, zone: ZoneInfo) -> tuple[Alert, ...]:
    """All that officers should look into as of `now` (UTC), the latest first; revoked kiosks have been looked into."""
    kiosks = {row.id: row for row in session.scalars(select(KioskRow)) if not row.revoked}
    since = now - LOOK_BACK
    found = [
        *alerts_of(_issues(session, since, zone)),
        *_forks(session, since, kiosks),
        *_renewed_stores(session, since, kiosks),
        *_clocks(kiosks),
    ]
    return latest_first(found)


def _name(kiosk: KioskRow) -> str:
    """With its digit, as two kiosks may be called the same."""
    return f"{kiosk.name} W{kiosk.digit}"


def _issues(session: Session, since: datetime, zone: ZoneInfo) -> Iterator[Issue]:
    names = {row.id: _name(row) for row in session.scalars(select(KioskRow))}
    series = {(row.kiosk, row.epoch): row.series for row in session.scalars(select(EpochRow))}
    wanted = select(FactRow).where(FactRow.received_at >= since, FactRow.kind.in_(ISSUES), FactRow.problem.is_(None))
    for row in session.scalars(wanted):
        body = ISSUES[row.kind].model_validate_json(row.body)
        ticket = body.ticket
        yield Issue(
            kiosk=names[row.kiosk],
            at=row.at,
            ticket=str(ticket.id),
            day=day_of(body, row.received_at, zone),
            number=ticket.number,
            booking=str(ticket.booking or ticket.id) if row.kind == "checked_in" else "",
            series=series.get((row.kiosk, row.epoch)),
            dated_by_server=row.dated_by_server,
        )


def _forks(session: Session, since: datetime, kiosks: dict[str, KioskRow]) -> Iterator[Alert]:
    for row in session.scalars(select(ForkRow).where(ForkRow.seen_at >= since, ForkRow.kiosk.in_(kiosks))):
        yield Alert(AlertKind.FORK, row.detail, (Sighting(_name(kiosks[row.kiosk]), row.seen_at),))


def _renewed_stores(session: Session, since: datetime, kiosks: dict[str, KioskRow]) -> Iterator[Alert]:
    wanted = select(FactRow).where(
        FactRow.received_at >= since,
        FactRow.kind == "store_renewed",
        FactRow.problem.is_(None),
        FactRow.kiosk.in_(kiosks),
    )
    for row in session.scalars(wanted):
        seen = (Sighting(_name(kiosks[row.kiosk]), row.at),)
        yield Alert(AlertKind.STORE_RENEWED, json.loads(row.body)["fault"], seen)


def _clocks(kiosks: dict[str, KioskRow]) -> Iterator[Alert]:
    for row in kiosks.values():
        if (
            row.heartbeat
            and row.heard_at
            and Heartbeat.model_validate_json(row.heartbeat).clock is ClockState.UNTRUSTED
        ):
            yield Alert(AlertKind.CLOCK, "", (Sighting(_name(row), row.heard_at),))
