"""Every life of a kiosk's store has a walk-in series of its own, for good, so no number can come twice."""

from datetime import datetime
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.database import EpochRow, KioskRow
from kiosk.protocol import NewEpoch

MOST_KIOSKS = 9
"""Series 1 to 9 are the kiosks' digits, the first series of each; the others begin above."""
LAST_SERIES = 999


class NoSeriesLeft(Exception):
    """Every series of walk-in numbers was given away."""


def register(session: Session, kiosk: KioskRow, epoch: NewEpoch, now: datetime) -> int:
    """The series of a kiosk's epoch: the one that it has or claims, or a new one. Raises NoSeriesLeft.

    A claim is believed if nobody else has the series: a central server restored from an older back-up has forgotten
    the epochs of since then.
    """
    held = session.get(EpochRow, (kiosk.id, epoch.epoch))
    if held:
        return held.series
    series = epoch.series
    if series is None and not session.scalar(select(EpochRow.series).where(EpochRow.kiosk == kiosk.id).limit(1)):
        series = kiosk.digit
    if series is None or not _is_free(session, kiosk.id, series):
        series = _next_series(session)
    session.add(EpochRow(kiosk=kiosk.id, epoch=epoch.epoch, series=series, registered_at=now))
    session.flush()
    return series


def next_digit(session: Session) -> int:
    """The digit of one more kiosk; beyond MOST_KIOSKS where none is left."""
    digit: int = 1 + (session.scalar(select(func.max(KioskRow.digit))) or 0)
    used = set(session.scalars(select(EpochRow.series)))
    while digit in used:
        digit += 1
    return digit


def _next_series(session: Session) -> int:
    """The one after the last; where that was claimed, any that is free."""
    used: set[int] = set(session.scalars(select(EpochRow.series)))
    last = max(used, default=0)
    for series in chain(range(last + 1, LAST_SERIES + 1), range(last)):
        if series > MOST_KIOSKS and series not in used:
            return series
    raise NoSeriesLeft(f"all {LAST_SERIES} series of walk-in numbers of this office were given away")


def _is_free(session: Session, kiosk: str, series: int) -> bool:
    """Whether no epoch has the series, and no other kiosk has it as its digit."""
    if session.scalar(select(EpochRow.series).where(EpochRow.series == series)):
        return False
    return not session.scalar(select(KioskRow.digit).where(KioskRow.digit == series, KioskRow.id != kiosk))
