"""The kiosks of an office, as a technician wants to see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import ForkRow, KioskRow
from central.fleet.identity import twin_seen_at
from central.fleet.paper import PaperForecast, paper_of
from central.fleet.rollout import version_for
from central.fleet.settings import versions
from central.heartbeats import Heartbeat
from central.monitoring.conditions import SILENT_AFTER
from kiosk.protocol import check_text

LOOK_BACK = timedelta(days=7)
LAST_NIGHT = timedelta(hours=26)
"""A practice visit of each night is never older than this."""


@dataclass(frozen=True)
class FleetKiosk:
    """A kiosk: what it `said` last and when it was heard (UTC, None: never), its `paper`, the version of its settings
    that is `wanted` (0: its own file's), the `wanted_version` of the appliance (None: its own), and when two machines
    spoke as it, or its facts forked, in the last days; `no_practice`: it has not told of a practice visit last night.
    `waits` for its approval since `enrolled_at`, or was `refused`; `code_by` made its code, `check` is what its screen
    shows of its key.
    """

    id: str
    name: str
    digit: int
    revoked: bool
    heard_at: datetime | None
    silent: bool
    said: Heartbeat | None
    paper: PaperForecast | None
    wanted: int
    wanted_version: str | None
    twin_at: datetime | None
    forked_at: datetime | None
    no_practice: bool
    waits: bool
    refused: bool
    enrolled_at: datetime | None
    code_by: str
    check: str

    @property
    def has_settings(self) -> bool:
        """Whether it uses the settings that are wanted."""
        return self.said is not None and self.said.settings_version == self.wanted

    @property
    def refused_them(self) -> bool:
        """Whether it could not use the settings that are wanted."""
        return bool(self.wanted and self.said and self.said.settings_refused == self.wanted)

    @property
    def took_it_back(self) -> bool:
        """Whether it tried the version that is wanted, and went back."""
        return bool(self.wanted_version and self.said and self.said.update_refused == self.wanted_version)

    @property
    def has_version(self) -> bool:
        """Whether it has the version that is wanted."""
        return self.wanted_version is None or (self.said is not None and self.said.version == self.wanted_version)


def fleet_of(session: Session, office: str, now: datetime) -> tuple[FleetKiosk, ...]:
    """The office's kiosks by their digits; `now` is UTC."""
    rows = session.scalars(select(KioskRow).where(KioskRow.office == office).order_by(KioskRow.digit))
    return tuple(kiosk_in(session, row, now) for row in rows)


def kiosk_in(session: Session, row: KioskRow, now: datetime) -> FleetKiosk:
    """One of them."""
    since, settings, fork = now - LOOK_BACK, versions(session, row.id), session.get(ForkRow, row.id)
    said = Heartbeat.model_validate_json(row.heartbeat) if row.heartbeat else None
    return FleetKiosk(
        id=row.id,
        name=row.name,
        digit=row.digit,
        revoked=row.revoked,
        heard_at=row.heard_at,
        silent=row.heard_at is None or now - row.heard_at >= SILENT_AFTER,
        said=said,
        paper=paper_of(session, row.id, now),
        wanted=settings[0].version if settings else 0,
        wanted_version=version_for(session, row),
        twin_at=twin_seen_at(session, row.id, since),
        forked_at=fork.seen_at if fork and fork.seen_at >= since else None,
        no_practice=not (said and said.practice_visit and now - said.practice_visit.at <= LAST_NIGHT),
        waits=row.waits,
        refused=row.revoked and not row.approved,
        enrolled_at=row.enrolled_at,
        code_by=row.code_by,
        check=check_text(row.public_key),
    )
