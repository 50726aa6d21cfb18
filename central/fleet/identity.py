"""Two machines with one identity: a copied disk, found by the boots that speak for a kiosk."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from central.fleet.rows import BootRow

KEPT = timedelta(days=30)


def note_boot(session: Session, kiosk: str, boot: str, now: datetime) -> None:
    """Notes that a boot spoke for a kiosk. No machine goes back to an earlier boot, so one that is heard again after
    another one is a second machine.
    """
    if not boot:
        return
    row = session.get(BootRow, (kiosk, boot))
    if row is None:
        session.execute(delete(BootRow).where(BootRow.kiosk == kiosk, BootRow.last_at < now - KEPT))
        session.add(BootRow(kiosk=kiosk, boot=boot, last_at=now))
        return
    latest = session.scalar(select(func.max(BootRow.last_at)).where(BootRow.kiosk == kiosk, BootRow.boot != boot))
    if latest and latest > row.last_at:
        row.returned_at = now
    row.last_at = now


def twin_seen_at(session: Session, kiosk: str, since: datetime) -> datetime | None:
    """When a kiosk was last heard from two machines, None where not since an instant (UTC)."""
    return session.scalar(
        select(func.max(BootRow.returned_at)).where(BootRow.kiosk == kiosk, BootRow.returned_at >= since)
    )
