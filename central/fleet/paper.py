"""How long a kiosk's paper lasts: from the tickets that were printed since the roll was put in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.database import KioskRow, TicketRow
from central.fleet.rows import RollRow
from central.heartbeats import Heartbeat
from kiosk.model import PrinterStatus, TicketState

ROLL_METRES = 80.0
"""A roll of 80 mm in diameter, as most ticket printers take, holds about so much of 60 µm paper."""
TICKET_METRES = 0.13
"""A ticket of ours on 80 mm paper, with its cut; the first roll that runs out corrects it."""
SPENT = frozenset({PrinterStatus.PAPER_OUT, PrinterStatus.PAPER_LOW})
RATE_DAYS = 7


@dataclass(frozen=True)
class PaperForecast:
    """`metres` and `tickets` that are left on the roll, and when it ends at the pace of the last week (None: nothing
    was printed).
    """

    metres: float
    tickets: int
    until: datetime | None


def forecast(printed: int, a_day: float, ticket_metres: float, now: datetime) -> PaperForecast:
    """Of a roll that `printed` tickets were taken from, where `a_day` are printed."""
    metres = max(0.0, ROLL_METRES - printed * ticket_metres)
    tickets = int(metres / ticket_metres)
    return PaperForecast(metres, tickets, now + timedelta(days=tickets / a_day) if a_day else None)


def note_printer(session: Session, kiosk: KioskRow, said: Heartbeat, now: datetime) -> None:
    """Notes a roll's end, and a new roll: a printer that had no paper, or little of it, has some."""
    before = Heartbeat.model_validate_json(kiosk.heartbeat).printer if kiosk.heartbeat else None
    if said.printer is PrinterStatus.PAPER_OUT and before is not PrinterStatus.PAPER_OUT:
        roll = latest_roll(session, kiosk.id)
        if roll and roll.ran_out_at is None:
            roll.ran_out_at = now
    elif said.printer is PrinterStatus.READY and before in SPENT:
        session.add(RollRow(kiosk=kiosk.id, began_at=now))


def put_in(session: Session, kiosk: str, officer: str, now: datetime) -> None:
    """An officer put a new roll in."""
    session.merge(RollRow(kiosk=kiosk, began_at=now, officer=officer))


def paper_of(session: Session, kiosk: str, now: datetime) -> PaperForecast | None:
    """The forecast for a kiosk's roll, None where it is not known when the roll was put in."""
    roll = latest_roll(session, kiosk)
    if roll is None:
        return None
    a_day = _printed(session, kiosk, now - timedelta(days=RATE_DAYS), now) / RATE_DAYS
    return forecast(_printed(session, kiosk, roll.began_at, now), a_day, _ticket_metres(session, kiosk), now)


def latest_roll(session: Session, kiosk: str) -> RollRow | None:
    """The roll that is in the printer, as far as is known."""
    return session.scalar(select(RollRow).where(RollRow.kiosk == kiosk).order_by(RollRow.began_at.desc()).limit(1))


def _ticket_metres(session: Session, kiosk: str) -> float:
    """What a ticket takes by the last roll of the kiosk that ran out."""
    spent = session.scalar(
        select(RollRow).where(RollRow.kiosk == kiosk, RollRow.ran_out_at.is_not(None)).order_by(RollRow.began_at.desc())
    )
    printed = _printed(session, kiosk, spent.began_at, spent.ran_out_at) if spent and spent.ran_out_at else 0
    learned = ROLL_METRES / printed if printed else TICKET_METRES
    # A roll that was put in half used, or tickets of which the server has not heard, must not mislead.
    return learned if TICKET_METRES / 2 <= learned <= TICKET_METRES * 2 else TICKET_METRES


def _printed(session: Session, kiosk: str, since: datetime, until: datetime) -> int:
    wanted = select(func.count()).where(
        TicketRow.paper_kiosk == kiosk, TicketRow.paper == TicketState.PRINTED, TicketRow.paper_at.between(since, until)
    )
    return session.scalar(wanted) or 0
