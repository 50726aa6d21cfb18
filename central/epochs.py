"""Every life of a kiosk's store has a walk-in series of its own, for good, so no number can come twice."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.database import EpochRow, KioskRow
from kiosk.numbering import series_of

MOST_KIOSKS = 9
"""Series 1 to 9 are the kiosks' digits, the first series of each; the others begin above."""
LAST_SERIES = 999


class NoSeriesLeft(Exception):
    """Every series of walk-in numbers was given away."""


def register(session: Session, kiosk: KioskRow, epoch: int, now: datetime) -> int:
    """The series of a kiosk's epoch: the one that it has, or a new one. Raises NoSeriesLeft."""
    held = session.get(EpochRow, (kiosk.id, epoch))
    if held:
        return held.series
    known = session.scalar(select(EpochRow.epoch).where(EpochRow.kiosk == kiosk.id).limit(1)) is not None
    series = _next_series(session) if known or not _is_free(session, kiosk.id, kiosk.digit) else kiosk.digit
    if series > LAST_SERIES:
        raise NoSeriesLeft(f"all {LAST_SERIES} series of walk-in numbers of this office were given away")
    session.add(EpochRow(kiosk=kiosk.id, epoch=epoch, series=series, registered_at=now))
    session.flush()
    return series


def learn(session: Session, kiosk: str, epoch: int, number: str, now: datetime) -> None:
    """Registers the epoch of a walk-in, if it is not known, with the series of its number, if that is free.

    A central server restored from an older back-up has forgotten the epochs of since then; the facts bring them back,
    so that nobody else is given the same series.
    """
    letter, digits = number[0], series_of(number)[1:]
    known = session.get(EpochRow, (kiosk, epoch)) is not None
    if not known and letter == "W" and digits and _is_free(session, kiosk, int(digits)):
        session.add(EpochRow(kiosk=kiosk, epoch=epoch, series=int(digits), registered_at=now))
        session.flush()


def next_digit(session: Session) -> int:
    """The digit of one more kiosk; beyond MOST_KIOSKS where none is left."""
    digit = 1 + (session.scalar(select(func.max(KioskRow.digit))) or 0)
    used = set(session.scalars(select(EpochRow.series)))
    while digit in used:
        digit += 1
    return digit


def _next_series(session: Session) -> int:
    return 1 + max(MOST_KIOSKS, session.scalar(select(func.max(EpochRow.series))) or 0)


def _is_free(session: Session, kiosk: str, series: int) -> bool:
    """Whether no epoch has the series, and no other kiosk has it as its digit."""
    if not 1 <= series <= LAST_SERIES or session.scalar(select(EpochRow.series).where(EpochRow.series == series)):
        return False
    return not session.scalar(select(KioskRow.digit).where(KioskRow.digit == series, KioskRow.id != kiosk))
