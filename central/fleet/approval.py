"""Whether a kiosk that came with a code is one: somebody of the office compares what its screen shows, and says so."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import KioskRow
from central.people.audit import Action, record
from central.people.roles import SignedIn
from kiosk.protocol import check_text


def approve(session: Session, kiosk: KioskRow, by: SignedIn, now: datetime) -> None:
    """The kiosk is served from now on; one that does not wait stays as it is."""
    if kiosk.waits:
        kiosk.approved = True
        record(session, by, Action.KIOSK_APPROVED, kiosk.id, now, {"check": check_text(kiosk.public_key)})


def refuse(session: Session, kiosk: KioskRow, by: SignedIn, now: datetime) -> None:
    """The kiosk is never served; one that does not wait stays as it is."""
    if kiosk.waits:
        kiosk.revoked = True
        record(session, by, Action.KIOSK_REFUSED, kiosk.id, now, {"check": check_text(kiosk.public_key)})


def waiting(session: Session) -> list[KioskRow]:
    """The kiosks of all offices that wait, by when they came."""
    wanted = select(KioskRow).where(~KioskRow.approved, ~KioskRow.revoked)
    return list(session.scalars(wanted.order_by(KioskRow.enrolled_at, KioskRow.id)))
