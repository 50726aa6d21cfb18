"""What a supervisor sets up: counters with what they serve, and partner agencies with who signs in for them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.counters.handover import RequestKind
from central.counters.request_rows import PartnerOfficerRow, PartnerRow
from central.counters.rows import CounterRow
from central.database import OfficerRow
from central.people.roles import Role, roles_in
from central.service_day import lock_queue

LONGEST_COUNTER, LONGEST_PARTNER = 10, 80


class BadName(Exception):
    """A name that is empty, too long, or another one's."""


def set_counter(
    session: Session, office: str, counter: CounterRow, name: str, services: Iterable[str], stages: Iterable[str]
) -> None:
    """Sets what a counter is called and what it serves: everything where nothing is chosen. Raises BadName."""
    lock_queue(session, office)
    counter.name = _name(session, CounterRow, office, name, LONGEST_COUNTER, counter.id)
    counter.services, counter.stages = " ".join(services), " ".join(stages)


def add_counter(session: Session, office: str, name: str) -> CounterRow:
    """A new counter, which serves everything. Raises BadName."""
    lock_queue(session, office)
    row = CounterRow(
        office=office, name=_name(session, CounterRow, office, name, LONGEST_COUNTER), services="", stages=""
    )
    session.add(row)
    session.flush()
    return row


def add_partner(session: Session, office: str, name: str, kinds: Iterable[RequestKind]) -> PartnerRow:
    """A new partner agency that is asked things of these kinds. Raises BadName."""
    row = PartnerRow(
        office=office, name=_name(session, PartnerRow, office, name, LONGEST_PARTNER), kinds=" ".join(kinds)
    )
    session.add(row)
    session.flush()
    return row


def set_partner(session: Session, partner: PartnerRow, kinds: Iterable[RequestKind], officers: Iterable[str]) -> None:
    """Sets what a partner is asked, and who of the office's partner accounts signs in for it."""
    partner.kinds = " ".join(kinds)
    wanted = set(officers) & set(partner_accounts(session, partner.office))
    for row in session.scalars(select(PartnerOfficerRow).where(PartnerOfficerRow.partner == partner.id)):
        if row.officer not in wanted:
            session.delete(row)
    for officer in wanted:
        session.merge(PartnerOfficerRow(officer=officer, partner=partner.id))


def partner_accounts(session: Session, office: str) -> tuple[str, ...]:
    """Who signs in at an office for another agency."""
    rows = session.scalars(select(OfficerRow).where(OfficerRow.office == office).order_by(OfficerRow.name))
    return tuple(row.name for row in rows if Role.PARTNER in roles_in(row.roles))


def officers_of(session: Session, office: str) -> dict[str, int]:
    """The partner that each account signs in for."""
    wanted = select(PartnerOfficerRow).join(PartnerRow).where(PartnerRow.office == office)
    return {row.officer: row.partner for row in session.scalars(wanted)}


def _name(
    session: Session, table: type[CounterRow] | type[PartnerRow], office: str, name: str, longest: int, own: int = 0
) -> str:
    """A name in one line that nothing else of its kind has at the office. Raises BadName."""
    name = " ".join(name.split())
    taken = session.scalar(select(table.id).where(table.office == office, table.name == name, table.id != own))
    if not name or len(name) > longest or taken is not None:
        raise BadName
    return name
