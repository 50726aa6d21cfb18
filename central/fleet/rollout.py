"""Which version of the appliance kiosks are to have: an office's kiosks get it in steps, and it can be paused."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from central.database import KioskRow
from central.fleet.rows import RolloutRow
from kiosk.protocol import VERSION_FORM


class BadRollout(Exception):
    """What was asked for is no rollout; `key` is that of its words."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Rollout:
    """A version that `percent` of the office's kiosks are told to have, none of them while it is `paused`."""

    version: str
    percent: int
    paused: bool
    officer: str
    made_at: datetime


def rollout_of(session: Session, office: str) -> Rollout | None:
    """The office's rollout, None where its kiosks are to stay with what they have."""
    row = session.get(RolloutRow, office)
    return Rollout(row.version, row.percent, row.paused, row.officer, row.made_at) if row else None


def begin(session: Session, office: str, version: str, percent: int, officer: str, now: datetime) -> None:
    """Begins a rollout in the place of the one before, or widens it. Raises BadRollout."""
    if not re.fullmatch(VERSION_FORM, version):
        raise BadRollout("no_version")
    if not 1 <= percent <= 100:
        raise BadRollout("no_percent")
    session.merge(
        RolloutRow(office=office, version=version, percent=percent, paused=False, officer=officer, made_at=now)
    )


def pause(session: Session, office: str, paused: bool) -> None:
    """Pauses the rollout, or goes on with it: who has the version keeps it, nobody else gets it. Raises BadRollout
    where there is none.
    """
    row = session.get(RolloutRow, office)
    if row is None:
        raise BadRollout("no_rollout")
    row.paused = paused


def version_for(session: Session, kiosk: KioskRow) -> str | None:
    """The version that a kiosk is to have."""
    rollout = rollout_of(session, kiosk.office)
    return rollout.version if rollout and takes_part(rollout, kiosk.id) else None


def takes_part(rollout: Rollout, kiosk: str) -> bool:
    """Whether a kiosk is told. Who is told of a version stays so when it is widened, and each version begins with other
    kiosks.
    """
    drawn = int.from_bytes(hashlib.sha256(f"{rollout.version} {kiosk}".encode()).digest()[:8], "big")
    return not rollout.paused and drawn % 100 < rollout.percent
