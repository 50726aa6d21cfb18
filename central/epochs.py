"""Every life of a kiosk's store has a walk-in series of its own, for good, so no number can come twice."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import EpochRow, KioskRow
from kiosk.protocol import NewEpoch

FIRST_DRAWN = 10
"""Below it are the digits of an office's first kiosks, which people tell apart most easily."""
LAST_SERIES = 999


class NoSeriesLeft(Exception):
    """Every series of walk-in numbers was given away."""


def register(
    session: Session,
    kiosk: KioskRow,
    epoch: NewEpoch,
    now: datetime,
    choose: Callable[[Sequence[int]], int] = secrets.choice,
) -> int:
    """The series of a kiosk's epoch: the one that it has or claims, its kiosk's digit, or one drawn from the free ones.
    Raises NoSeriesLeft.

    A central server restored from an older back-up has forgotten the epochs of since then. So a claim is believed if
    nobody else has the series, and what is drawn at random is hardly one that was given away and is not claimed yet.
    """
    held = session.get(EpochRow, (kiosk.id, epoch.epoch))
    if held:
        return held.series
    series = epoch.series
    if series is None and not session.scalar(select(EpochRow.series).where(EpochRow.kiosk == kiosk.id).limit(1)):
        series = kiosk.digit
    if series not in _free(session, kiosk.office, but_for=kiosk):
        series = choose(_some([each for each in _free(session, kiosk.office) if each >= FIRST_DRAWN]))
    session.add(EpochRow(office=kiosk.office, kiosk=kiosk.id, epoch=epoch.epoch, series=series, registered_at=now))
    session.flush()
    return series


def next_digit(session: Session, office: str) -> int:
    """The digit of an office's next kiosk: the lowest number that is no series and no other kiosk's digit. Raises
    NoSeriesLeft.
    """
    return _some(_free(session, office))[0]


def _free(session: Session, office: str, but_for: KioskRow | None = None) -> list[int]:
    """The office's numbers, lowest first, that are no epoch's series and no kiosk's (but for one) digit."""
    used = set(session.scalars(select(EpochRow.series).where(EpochRow.office == office)))
    kiosks = session.scalars(select(KioskRow).where(KioskRow.office == office))
    used |= {row.digit for row in kiosks if row is not but_for}
    return [each for each in range(1, LAST_SERIES + 1) if each not in used]


def _some(free: list[int]) -> list[int]:
    if not free:
        raise NoSeriesLeft("no series of walk-in numbers is left in this office")
    return free
