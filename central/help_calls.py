"""Calls for help from kiosks that nobody has gone to yet."""

import json
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from central.database import FactRow, KioskRow, SeenCallRow

LATEST = 20


@dataclass(frozen=True)
class HelpCall:
    """Somebody needs help at a kiosk; `id` is the fact's, `step` the state of the visit."""

    id: str
    at: datetime
    kiosk: str
    step: str


def help_calls(session: Session, office: str, now: datetime, zone: ZoneInfo) -> tuple[HelpCall, ...]:
    """Those of today at an office as of `now` (UTC), the latest first."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    wanted = (
        select(FactRow, KioskRow.name)
        .join(KioskRow, KioskRow.id == FactRow.kiosk)
        .where(KioskRow.office == office, FactRow.kind == "help_called", FactRow.at >= midnight)
        .where(FactRow.problem.is_(None), ~exists().where(SeenCallRow.fact == FactRow.id))
        .order_by(FactRow.at.desc())
        .limit(LATEST)
    )
    found = session.execute(wanted)
    return tuple(HelpCall(row.id, row.at, kiosk, json.loads(row.body)["step"]) for row, kiosk in found)
