"""A technician's way in at a kiosk: what the kiosk is told, the office's PIN, and the code that answers a challenge.

The secret of a kiosk's codes is held nowhere here: it follows from the data folder's key and the kiosk's id.
"""

from base64 import b32encode
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from central.booking.keyed import Keyed
from central.database import KioskRow
from central.fleet.rows import TechnicianPinRow
from kiosk.protocol import TechnicianWay
from kiosk.technician import code_for, is_pin, kept_of_pin

SECRET_BYTES = 20
"""160 bits, as RFC 4226 advises."""


class BadPin(Exception):
    """It is no PIN, or one that is soon guessed."""


def set_pin(session: Session, office: str, pin: str, officer: str, now: datetime) -> None:
    """The office's PIN from now on; "" shuts the way in at all of its kiosks. Raises BadPin."""
    if pin and not is_pin(pin):
        raise BadPin
    kept = kept_of_pin(pin) if pin else ""
    session.merge(TechnicianPinRow(office=office, kept=kept, officer=officer, made_at=now))


def pin_of(session: Session, office: str) -> TechnicianPinRow | None:
    """What is held of the office's PIN, None where none is set."""
    row = session.get(TechnicianPinRow, office)
    return row if row and row.kept else None


def way_for(session: Session, folder: Path, kiosk: KioskRow, mark: str) -> TechnicianWay | None:
    """What a kiosk is to be told that holds the one of this mark, None where that is right. `folder` holds the key."""
    pin = pin_of(session, kiosk.office)
    way = TechnicianWay(secret=_secret(folder, kiosk.id), pin=pin.kept if pin else "")
    return None if way.mark == mark else way


def code_of(folder: Path, kiosk: str, challenge: str) -> str:
    """What the kiosk with this id expects for its challenge. Raises ValueError for what is no challenge."""
    return code_for(_secret(folder, kiosk), challenge.replace(" ", ""))


def _secret(folder: Path, kiosk: str) -> str:
    return b32encode(Keyed(folder).derived(f"technician at kiosk {kiosk}", SECRET_BYTES)).decode()
