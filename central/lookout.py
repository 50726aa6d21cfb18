"""Reads what alerts are made of: the tickets issued lately, forks, renewed stores, kiosks that cannot tell the time."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from central.alerts import Alert, AlertKind, Issue, Sighting, alerts_of, latest_first
from central.bodies import issued_in
from central.database import EpochRow, FactRow, ForkRow, KioskRow
from central.heartbeats import Heartbeat
from central.tickets import day_of
from kiosk.model import ClockState

LOOK_BACK = timedelta(days=4)
"""What came on a Friday is still seen on Monday."""


def alerts(session: Session, office: str, now: datetime, zone: ZoneInfo) -> tuple[Alert, ...]:
    """All that an office's officers should look into as of `now` (UTC), the urgent first, then the latest; revoked
    kiosks have been looked into.
    """
    kiosks = {row.id: row for row in _kiosks(session, office) if not row.revoked}
    return latest_first([*recorded_alerts(session, office, now, zone), *_said_now(kiosks)])


def recorded_alerts(session: Session, office: str, now: datetime, zone: ZoneInfo) -> tuple[Alert, ...]:
    """Those found in what was recorded, without what kiosks say of themselves now."""
    rows = _kiosks(session, office)
    kiosks = {row.id: row for row in rows if not row.revoked}
    since = now - LOOK_BACK
    found = [
        *alerts_of(_issues(session, since, {row.id: row for row in rows}, zone)),
        *_forks(session, since, kiosks),
        *_renewed_stores(session, since, kiosks),
        *_shut_ways_in(session, since, kiosks),
        *_clocks_ahead(session, since, kiosks, zone),
    ]
    return latest_first(found)


def _kiosks(session: Session, office: str) -> Sequence[KioskRow]:
    return session.scalars(select(KioskRow).where(KioskRow.office == office)).all()


def _name(kiosk: KioskRow) -> str:
    """With its digit, as two kiosks may be called the same."""
    return f"{kiosk.name} W{kiosk.digit}"


def _issues(session: Session, since: datetime, kiosks: dict[str, KioskRow], zone: ZoneInfo) -> Iterator[Issue]:
    names = {row.id: _name(row) for row in kiosks.values()}
    epochs = session.scalars(select(EpochRow).where(EpochRow.kiosk.in_(kiosks)))
    series = {(row.kiosk, row.epoch): row.series for row in epochs}
    kinds = ("checked_in", "walk_in_issued")
    # Columns, not rows that follow their changes: there are thousands, and open pages ask again and again.
    columns = (FactRow.kiosk, FactRow.epoch, FactRow.kind, FactRow.at, FactRow.received_at, FactRow.dated_by_server)
    wanted = select(*columns, FactRow.body).where(
        FactRow.received_at >= since, FactRow.kind.in_(kinds), FactRow.problem.is_(None), FactRow.kiosk.in_(kiosks)
    )
    for row in session.execute(wanted):
        body = issued_in(row.body)
        if body is None:
            continue
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
    """Those seen lately, and older ones of kiosks of which nothing was taken since."""
    taken_since = exists().where(FactRow.kiosk == ForkRow.kiosk, FactRow.received_at > ForkRow.seen_at)
    wanted = select(ForkRow).where(or_(ForkRow.seen_at >= since, ~taken_since), ForkRow.kiosk.in_(kiosks))
    for row in session.scalars(wanted):
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


def _shut_ways_in(session: Session, since: datetime, kiosks: dict[str, KioskRow]) -> Iterator[Alert]:
    """One for each kiosk, with the first and the last time."""
    acted = (FactRow.kind == "technician_acted", FactRow.problem.is_(None), FactRow.kiosk.in_(kiosks))
    wanted = select(FactRow).where(FactRow.received_at >= since, *acted).order_by(FactRow.at)
    found: dict[str, list[Sighting]] = {}
    for row in session.scalars(wanted):
        if json.loads(row.body)["act"] == "shut":
            seen = found.setdefault(row.kiosk, [])
            seen[1:] = [Sighting(_name(kiosks[row.kiosk]), row.at)]
    for each in found.values():
        yield Alert(AlertKind.WAY_IN_SHUT, "", tuple(each))


def _clocks_ahead(session: Session, since: datetime, kiosks: dict[str, KioskRow], zone: ZoneInfo) -> Iterator[Alert]:
    """One for each kiosk and day, with the first and the last receipt."""
    wanted = (
        select(FactRow.kiosk, FactRow.received_at)
        .where(FactRow.received_at >= since, FactRow.clock_ahead, FactRow.kiosk.in_(kiosks))
        .order_by(FactRow.received_at)
    )
    days: dict[tuple[str, date], list[Sighting]] = {}
    for kiosk, received_at in session.execute(wanted):
        seen = days.setdefault((kiosk, received_at.astimezone(zone).date()), [])
        seen[1:] = [Sighting(_name(kiosks[kiosk]), received_at)]
    for seen in days.values():
        yield Alert(AlertKind.CLOCK, "", tuple(seen))


def _said_now(kiosks: dict[str, KioskRow]) -> Iterator[Alert]:
    """What kiosks said of themselves the last time that they were heard."""
    for row in kiosks.values():
        if not row.heartbeat or not row.heard_at:
            continue
        said, seen = Heartbeat.model_validate_json(row.heartbeat), (Sighting(_name(row), row.heard_at),)
        if said.clock is ClockState.UNTRUSTED:
            yield Alert(AlertKind.CLOCK, "", seen)
        if said.facts_held_back:
            yield Alert(AlertKind.HELD_BACK, "", seen)
