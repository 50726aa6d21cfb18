"""The counters and the invented partner agencies of the demo office."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.counters.desk import counter_named
from central.counters.handover import RequestKind
from central.counters.request_rows import PartnerOfficerRow, PartnerRow
from central.counters.set_up import add_partner
from central.demo import DEMO_OFFICE, demo_data

PARTNER_ACCOUNT = "mitra"
"""Who signs in for the first of the partners."""


def load_counters(session: Session) -> None:
    """Makes the demo's counters as its data file has them; those that the office made itself stay."""
    for each in demo_data()["counter"]:
        row = counter_named(session, DEMO_OFFICE, each["name"])
        row.services, row.stages = " ".join(each.get("services", ())), " ".join(each.get("stages", ()))


def load_partners(session: Session) -> None:
    """Makes the demo's partners that are not there, with an account for the first."""
    for each in demo_data()["partner"]:
        known = session.scalar(
            select(PartnerRow).where(PartnerRow.office == DEMO_OFFICE, PartnerRow.name == each["name"])
        )
        if known is None:
            add_partner(session, DEMO_OFFICE, each["name"], [RequestKind(kind) for kind in each["kinds"]])
    first = session.scalars(select(PartnerRow).where(PartnerRow.office == DEMO_OFFICE).order_by(PartnerRow.id)).first()
    if first:
        session.merge(PartnerOfficerRow(officer=PARTNER_ACCOUNT, partner=first.id))
