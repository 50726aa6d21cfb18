"""How kiosks have been: a row for every change, so that "since when" can be said."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import KioskRow
from central.heartbeats import Heartbeat
from central.monitoring.rows import ConditionRow

SILENT_AFTER = timedelta(seconds=90)
"""A kiosk that missed three heartbeats is silent."""
LOOK_BACK_ROWS = 200
Holds = Callable[[ConditionRow], bool]


def note(session: Session, kiosk: KioskRow, said: Heartbeat, now: datetime) -> None:
    """Keeps what is new in a heartbeat at an instant (UTC), before the kiosk's row takes it; and that the kiosk was
    silent, if it was.
    """
    before = Heartbeat.model_validate_json(kiosk.heartbeat) if kiosk.heartbeat else None
    was_silent = is_silent(kiosk, now)
    if before and kiosk.heard_at and was_silent:
        session.merge(_row(kiosk.id, kiosk.heard_at + SILENT_AFTER, before, heard=False))
    if before is None or was_silent or _devices(before) != _devices(said):
        session.merge(_row(kiosk.id, now, said, heard=True))


def is_silent(kiosk: KioskRow, now: datetime) -> bool:
    """Whether a kiosk that was heard once has not been heard lately."""
    return kiosk.heard_at is not None and now - kiosk.heard_at > SILENT_AFTER


def history(session: Session, kiosk: str) -> list[ConditionRow]:
    """A kiosk's last conditions, the latest first."""
    wanted = select(ConditionRow).where(ConditionRow.kiosk == kiosk).order_by(ConditionRow.since.desc())
    return list(session.scalars(wanted.limit(LOOK_BACK_ROWS)))


def since(rows: list[ConditionRow], holds: Holds) -> datetime | None:
    """Since when something holds without a break, by the latest rows; None where it does not hold now."""
    begun = None
    for row in rows:
        if not holds(row):
            break
        begun = row.since
    return begun


def _row(kiosk: str, at: datetime, said: Heartbeat, heard: bool) -> ConditionRow:
    return ConditionRow(
        kiosk=kiosk,
        since=at,
        heard=heard,
        printer=said.printer,
        scanner_ready=said.scanner_ready,
        clock=said.clock,
        held_back=said.facts_held_back,
    )


def _devices(said: Heartbeat) -> tuple[object, ...]:
    return said.printer, said.scanner_ready, said.clock, said.facts_held_back
