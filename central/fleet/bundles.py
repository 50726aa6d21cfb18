"""What technicians at kiosks sent for support: the last few of each kiosk."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.fleet.rows import BundleRow

KEPT = 3
"""Of each kiosk so many are held, the latest."""


def add_bundle(session: Session, kiosk: str, body: bytes, now: datetime) -> None:
    """Keeps one more of a kiosk."""
    session.add(BundleRow(id=str(uuid4()), kiosk=kiosk, made_at=now, body=body))
    session.flush()
    of_kiosk = select(BundleRow).where(BundleRow.kiosk == kiosk).order_by(BundleRow.made_at.desc())
    for old in session.scalars(of_kiosk.offset(KEPT)):
        session.delete(old)


def bundles_of(session: Session, kiosk: str) -> Sequence[tuple[str, datetime]]:
    """The ids of a kiosk's bundles, and when each came (UTC), the latest first."""
    wanted = select(BundleRow.id, BundleRow.made_at).where(BundleRow.kiosk == kiosk)
    return [(row.id, row.made_at) for row in session.execute(wanted.order_by(BundleRow.made_at.desc()))]


def bundle_of(session: Session, kiosk: str, bundle: str) -> BundleRow | None:
    """One of a kiosk's, None where it is not held."""
    row = session.get(BundleRow, bundle)
    return row if row and row.kiosk == kiosk else None
