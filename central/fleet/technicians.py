"""What a technician did at a kiosk, as its facts tell: on the audit trail, and true here."""

from sqlalchemy.orm import Session

from central.database import FactRow, KioskRow
from central.fleet.paper import put_in
from central.people.audit import Action, record
from central.people.roles import SignedIn
from kiosk.model import Task
from kiosk.protocol import TechnicianActed

ROLE = "technician"
"""The kiosk cannot know the name: the trail has who asked for the code."""


def note_act(session: Session, kiosk: KioskRow, fact: FactRow, body: TechnicianActed) -> None:
    """Takes in what a technician did."""
    if body.act == Task.NEW_ROLL:
        put_in(session, kiosk.id, ROLE, fact.at)
    by = SignedIn(f"{ROLE} W{kiosk.digit}", kiosk.office, frozenset())
    record(session, by, Action.TECHNICIAN_ACTED, kiosk.id, fact.at, {"act": body.act, "ended": body.ended})
