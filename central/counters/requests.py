"""Handing over to a partner agency: sent, seen, answered, closed; then what it told of the person is deleted."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.counters.handover import MOVES, Answer, Field, RequestKind, RequestState, forget_at, note_of, told
from central.counters.request_rows import PartnerOfficerRow, PartnerRow, RequestRow
from central.database import TicketRow
from central.people.roles import Role, SignedIn

SHOWN = 100
"""The latest requests that a list has."""


class NotPossible(Exception):
    """As things are, this cannot be done with a request."""


def partners(session: Session, office: str) -> tuple[PartnerRow, ...]:
    """The agencies that an office hands over to, by name."""
    wanted = select(PartnerRow).where(PartnerRow.office == office)
    return tuple(session.scalars(wanted.order_by(PartnerRow.name)))


def partner_of(session: Session, officer: SignedIn) -> PartnerRow | None:
    """The agency that somebody signs in for."""
    row = session.get(PartnerOfficerRow, officer.name)
    found = session.get(PartnerRow, row.partner) if row else None
    return found if found and found.office == officer.office else None


def requests_of(session: Session, officer: SignedIn) -> tuple[tuple[RequestRow, PartnerRow], ...]:
    """What somebody may see, the latest first: the office's staff all of it, a partner only its own."""
    wanted = select(RequestRow, PartnerRow).join(PartnerRow).where(RequestRow.office == officer.office)
    if not officer.may(Role.CLERK, Role.SUPERVISOR):
        own = partner_of(session, officer)
        wanted = wanted.where(RequestRow.partner == (own.id if own else None))
    found = session.execute(wanted.order_by(RequestRow.sent_at.desc(), RequestRow.id).limit(SHOWN))
    return tuple((request, partner) for request, partner in found)


def request_of(session: Session, officer: SignedIn, request: str) -> tuple[RequestRow, PartnerRow] | None:
    """One request with its partner, None where somebody may not see it."""
    row = session.get(RequestRow, request)
    if row is None or row.office != officer.office:
        return None
    if not officer.may(Role.CLERK, Role.SUPERVISOR):
        own = partner_of(session, officer)
        if own is None or own.id != row.partner:
            return None
    return row, session.get_one(PartnerRow, row.partner)


def requests_for(session: Session, office: str, ticket: str) -> tuple[tuple[RequestRow, PartnerRow], ...]:
    """What was asked for a ticket's person, the latest first."""
    wanted = select(RequestRow, PartnerRow).join(PartnerRow)
    wanted = wanted.where(RequestRow.office == office, RequestRow.ticket == ticket)
    found = session.execute(wanted.order_by(RequestRow.sent_at.desc(), RequestRow.id))
    return tuple((request, partner) for request, partner in found)


def fields_of(row: RequestRow, now: datetime) -> dict[Field, str]:
    """What it tells of the person as of `now` (UTC), nothing once that is to be forgotten."""
    if row.fields is None or row.forget_at <= now:
        return {}
    return {Field(field): value for field, value in json.loads(row.fields).items()}


def send(
    session: Session,
    officer: SignedIn,
    ticket: TicketRow,
    partner: PartnerRow,
    kind: RequestKind,
    given: Mapping[str, str],
    now: datetime,
) -> RequestRow:
    """Hands a request over with the fields that its kind needs. Raises handover.NotWhole, and NotPossible where the
    partner or the ticket is another office's, or the partner is not asked such things.
    """
    if {ticket.office, partner.office} != {officer.office} or not partner.takes(kind):
        raise NotPossible("this partner cannot be asked this about this ticket")
    row = RequestRow(
        id=str(uuid4()),
        office=officer.office,
        partner=partner.id,
        kind=kind,
        ticket=ticket.id,
        number=ticket.number,
        fields=json.dumps(told(kind, given)),
        state=RequestState.SENT,
        sent_by=officer.name,
        sent_at=now,
        forget_at=forget_at(now, None),
    )
    session.add(row)
    forget(session, now)
    return row


def see(row: RequestRow, now: datetime) -> None:
    """Notes that the partner has opened it; only the first time counts."""
    if row.state == RequestState.SENT:
        row.state, row.seen_at = RequestState.SEEN, now


def answer(session: Session, row: RequestRow, officer: SignedIn, said: Answer, note: str, now: datetime) -> None:
    """Answers it for the partner, with a short note. Raises NotPossible."""
    see(row, now)
    _move(row, RequestState.ANSWERED)
    row.answer, row.note, row.answered_by, row.answered_at = said, note_of(note), officer.name, now
    forget(session, now)


def close(session: Session, row: RequestRow, now: datetime) -> None:
    """Ends it, answered or not. Raises NotPossible."""
    _move(row, RequestState.CLOSED)
    row.closed_at, row.forget_at = now, forget_at(row.sent_at, now)
    forget(session, now)


def forget(session: Session, now: datetime) -> int:
    """Deletes what is told of persons in requests, of any office, whose time is over; returns of how many."""
    session.flush()
    due = RequestRow.fields.is_not(None) & (RequestRow.forget_at <= now)
    return session.execute(update(RequestRow).where(due).values(fields=None)).rowcount  # type: ignore[attr-defined,no-any-return]


def _move(row: RequestRow, state: RequestState) -> None:
    held = RequestState(row.state)
    if state not in MOVES[held]:
        raise NotPossible(f"the request is {held}")
    row.state = state
