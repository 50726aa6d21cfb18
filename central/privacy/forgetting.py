"""What is forgotten, and when: a rule for each kind of data of the register that time decides.

Facts are a chain, and stay: their `digest` is over the fact as it came, bodies included, and each fact's `previous` is
the digest of the one before it, so a blanked body breaks nothing. A kiosk that sends a blanked fact again is answered
by its digest, as before; one that was changed still does not follow. What is given up is only that the server can show
what a blanked body said. Kiosks keep a fact for 7 days after its acknowledgement and then send it to nobody.
"""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from sqlalchemy import ColumnElement, delete, inspect, or_, select
from sqlalchemy.orm import Session, defer, sessionmaker

from central.booking.rows import BookerRow, PhoneRatingRow, PlaceRow, RefusedRow
from central.counters.note_rows import NoteRow
from central.counters.request_rows import RequestRow
from central.counters.rows import CallRow
from central.database import (
    Base,
    BookingRow,
    CodeRow,
    FactRow,
    KioskRow,
    RevokedPassRow,
    SeenCallRow,
    SessionRow,
    TicketRow,
)
from central.fleet.rows import BootRow
from central.people.audit import Action, record
from central.people.roles import SignedIn
from central.people.sessions import IDLE
from central.privacy.disk import for_good
from central.privacy.keyring import SealBroken
from central.privacy.register import days_kept
from central.privacy.rows import BreachNoteRow, BreachRow, SubjectRequestRow
from central.privacy.sealed import Sealed
from central.snapshot import office_zone, offices
from central.tickets import Unapplied
from central.tries import TryRow

BATCH = 500
"""So many rows are forgotten in one transaction: nobody waits long for it."""
TRIES_KEPT = timedelta(days=2)
Row = TypeVar("Row", bound=Base)
ISSUED = ("checked_in", "walk_in_issued")
UNREADABLE = (SealBroken, ValueError, KeyError, TypeError)
"""What a damaged body raises when it is read."""
log = logging.getLogger(__name__)


class Unforgotten(Exception):
    """Some rules failed, and are logged by the names of their tables; all others were carried out."""


@dataclass(frozen=True)
class Due:
    """Until when an office's things are due: what is of a day before `day`, or happened `by` (UTC). `midnight` is when
    that day began there.
    """

    office: str
    now: datetime
    day: date
    midnight: datetime
    by: datetime


@dataclass(frozen=True)
class Rule:
    """`forget` forgets at most BATCH rows of a `table` that are due by the register's rule `kept`, and counts them."""

    kept: str
    table: str
    forget: Callable[[Session, Due], int]


def forget(writing: sessionmaker[Session], now: datetime) -> dict[str, dict[str, int]]:
    """Forgets all that is past its time (`now` is UTC); returns how many rows, by office ("" for what is of none) and
    table. What an office forgot is on its audit trail. Run again it finds nothing more. Raises Unforgotten at the end
    where a rule failed, which stops no other one.
    """
    failed: list[str] = []
    with writing.begin() as session:
        due = {office: _due(session, office, now) for office in offices(session)}
    counts = {"": _counted(writing, EVERYWHERE, dict.fromkeys((rule.kept for rule in EVERYWHERE), _at(now)), failed)}
    for office, by_rule in due.items():
        counts[office] = _counted(writing, OF_AN_OFFICE, by_rule, failed)
        if counts[office]:
            detail = {table: str(number) for table, number in counts[office].items()}
            with writing.begin() as session:
                record(
                    session, SignedIn("kiosk-central", office, frozenset()), Action.FORGOTTEN, "register", now, detail
                )
    if failed:
        raise Unforgotten(", ".join(failed))
    return {office: found for office, found in counts.items() if found}


def _due(session: Session, office: str, now: datetime) -> dict[str, Due]:
    zone = office_zone(session, office)
    return {rule: _at(now, office, zone, days) for rule, days in days_kept(session, office).items()}


def _at(now: datetime, office: str = "", zone: tzinfo = UTC, days: int = 0) -> Due:
    day = now.astimezone(zone).date() - timedelta(days=days)
    return Due(office, now, day, datetime.combine(day, time(), zone), now - timedelta(days=days))


def _counted(
    writing: sessionmaker[Session], rules: Sequence[Rule], due: dict[str, Due], failed: list[str]
) -> dict[str, int]:
    """How many rows of each table were forgotten; the tables of the rules that failed are added to `failed`."""
    counts: dict[str, int] = {}
    for rule in rules:
        try:
            for found in _batches(writing, rule, due[rule.kept]):
                counts[rule.table] = counts.get(rule.table, 0) + found
        except Exception as error:  # noqa: BLE001 whatever it is, the other rules must not wait for it
            # Its own words may repeat what it was about.
            log.error("forgetting %s failed (%s)", rule.table, type(error).__name__)
            failed.append(rule.table)
    return {table: number for table, number in counts.items() if number}


def _batches(writing: sessionmaker[Session], rule: Rule, due: Due) -> Iterator[int]:
    found = BATCH
    while found >= BATCH:
        with writing.begin() as session:
            for_good(session)
            found = rule.forget(session, due)
        yield found


# ------------------------------------------------------------------ of an office


def _bookings(session: Session, due: Due) -> int:
    return _delete(session, BookingRow, BookingRow.office == due.office, BookingRow.day < due.day.isoformat())


def _tickets(session: Session, due: Due) -> int:
    old = (TicketRow.office == due.office, TicketRow.day < due.day.isoformat(), TicketRow.forgotten_at.is_(None))
    rows = _some(session, TicketRow, *old)
    for row in rows:
        try:
            row.body = nameless(row.body)
        except UNREADABLE as error:
            row.body = _of_damaged(row, error)
        row.forgotten_at = due.now
    return len(rows)


def _issued(session: Session, due: Due) -> int:
    readable = or_(FactRow.problem.is_(None), FactRow.problem != Unapplied.UNREADABLE)
    return _blank(session, due, FactRow.at < due.midnight, FactRow.kind.in_(ISSUED), readable)


def _comments(session: Session, due: Due) -> int:
    return _blank(session, due, FactRow.at <= due.by, FactRow.kind == "commented")


def _unreadable(session: Session, due: Due) -> int:
    return _blank(session, due, FactRow.at <= due.by, FactRow.problem == Unapplied.UNREADABLE)


def _blank(session: Session, due: Due, *which: ColumnElement[bool]) -> int:
    of_office = select(KioskRow.id).where(KioskRow.office == due.office)
    rows = _some(session, FactRow, FactRow.kiosk.in_(of_office), FactRow.forgotten_at.is_(None), *which)
    for row in rows:
        try:
            forget_fact(row, due.now)
        except UNREADABLE as error:
            row.body, row.forgotten_at = _of_damaged(row, error), due.now
    return len(rows)


def _of_damaged(row: FactRow | TicketRow, error: Exception) -> str:
    """What is left of a body that cannot be read and made nameless: nothing. Its time is over all the same."""
    log.error("a body in %s is damaged (%s); all of it is forgotten", row.__tablename__, type(error).__name__)
    return "{}"


def forget_fact(row: FactRow, now: datetime) -> None:
    """The fact stays, and says nothing of a person any more."""
    if row.problem == Unapplied.UNREADABLE:
        row.body = json.dumps({"kind": row.kind})
    elif row.kind in ISSUED:
        row.body = nameless(row.body)
    else:
        row.body = json.dumps(json.loads(row.body) | {"text": ""})
    row.forgotten_at = now


def nameless(body: str) -> str:
    """An issued ticket's body without name and priority group. That it had a booking, and which, stays: it is a random
    number, and the booking is deleted.
    """
    said = json.loads(body)
    return json.dumps(said | {"ticket": said["ticket"] | {"masked_name": "", "priority": None}})


def _seen_calls(session: Session, due: Due) -> int:
    of_office = select(FactRow.id).join(KioskRow, KioskRow.id == FactRow.kiosk).where(KioskRow.office == due.office)
    return _delete(session, SeenCallRow, SeenCallRow.seen_at <= due.by, SeenCallRow.fact.in_(of_office))


def _boots(session: Session, due: Due) -> int:
    of_office = select(KioskRow.id).where(KioskRow.office == due.office)
    return _delete(session, BootRow, BootRow.last_at <= due.by, BootRow.kiosk.in_(of_office))


def _subject_requests(session: Session, due: Due) -> int:
    asked = (SubjectRequestRow.office == due.office, SubjectRequestRow.asked_at <= due.by)
    return _delete(session, SubjectRequestRow, *asked)


def _breaches(session: Session, due: Due) -> int:
    closed = (BreachRow.office == due.office, BreachRow.closed_at <= due.by)
    old = list(session.scalars(select(BreachRow.id).where(*closed).limit(BATCH)))
    session.execute(delete(BreachNoteRow).where(BreachNoteRow.breach.in_(old)))
    session.execute(delete(BreachRow).where(BreachRow.id.in_(old)))
    return len(old)


def _bookers(session: Session, due: Due) -> int:
    return _delete(session, BookerRow, BookerRow.office == due.office, BookerRow.day < due.day.isoformat())


def _places(session: Session, due: Due) -> int:
    return _delete(session, PlaceRow, PlaceRow.office == due.office, PlaceRow.day < due.day.isoformat())


def _refused(session: Session, due: Due) -> int:
    return _delete(session, RefusedRow, RefusedRow.office == due.office, RefusedRow.at <= due.by)


def _phone_comments(session: Session, due: Due) -> int:
    written = (PhoneRatingRow.comment.is_not(None), PhoneRatingRow.at <= due.by)
    rows = _some(session, PhoneRatingRow, PhoneRatingRow.office == due.office, *written)
    for row in rows:
        row.comment = None
    return len(rows)


def _clerks(session: Session, due: Due) -> int:
    rows = _some(session, CallRow, CallRow.office == due.office, CallRow.called_at <= due.by, CallRow.clerk != "")
    for row in rows:
        row.clerk = ""
    return len(rows)


def _call_notes(session: Session, due: Due) -> int:
    old = select(CallRow.id).where(CallRow.office == due.office, CallRow.called_at <= due.by)
    return _delete(session, NoteRow, NoteRow.call.in_(old))


# ------------------------------------------------------------------ of no office


def _requests(session: Session, due: Due) -> int:
    rows = _some(session, RequestRow, RequestRow.fields.is_not(None), RequestRow.forget_at <= due.now)
    for row in rows:
        row.fields, row.note = None, ""
    return len(rows)


def _sessions(session: Session, due: Due) -> int:
    over = or_(SessionRow.expires <= due.now, SessionRow.seen_at <= due.now - IDLE)
    return _delete(session, SessionRow, over)


def _tries(session: Session, due: Due) -> int:
    return _delete(session, TryRow, TryRow.at <= due.now - TRIES_KEPT)


def _codes(session: Session, due: Due) -> int:
    return _delete(session, CodeRow, CodeRow.expires <= due.now)


def _passes(session: Session, due: Due) -> int:
    return _delete(session, RevokedPassRow, RevokedPassRow.until <= due.now)


def _some(session: Session, rows: type[Row], *due: ColumnElement[bool]) -> Sequence[Row]:
    """At most BATCH of the rows. Where something sealed in them is damaged, it is left to be opened row by row."""
    wanted = select(rows).where(*due).limit(BATCH).with_for_update()
    try:
        return session.scalars(wanted).all()
    except SealBroken:
        sealed = [each for each in inspect(rows).column_attrs if isinstance(each.columns[0].type, Sealed)]
        return session.scalars(wanted.options(*(defer(each.class_attribute) for each in sealed))).all()


def _delete(session: Session, rows: type[Row], *due: ColumnElement[bool]) -> int:
    found = _some(session, rows, *due)
    for row in found:
        session.delete(row)
    return len(found)


OF_AN_OFFICE = (
    Rule("applicants", "bookings", _bookings),
    Rule("applicants", "tickets", _tickets),
    Rule("applicants", "facts", _issued),
    Rule("comments", "facts", _comments),
    Rule("unreadable", "facts", _unreadable),
    Rule("booking_site", "bookers", _bookers),
    Rule("booking_site", "booked_places", _places),
    Rule("booking_site", "refused_bookings", _refused),
    Rule("comments", "phone_ratings", _phone_comments),
    Rule("calls", "seen_calls", _seen_calls),
    Rule("calls", "calls", _clerks),
    Rule("calls", "call_notes", _call_notes),
    Rule("boots", "boots", _boots),
    Rule("subject_requests", "subject_requests", _subject_requests),
    Rule("breaches", "breaches", _breaches),
)
EVERYWHERE = (
    Rule("partner_requests", "requests", _requests),
    Rule("sessions", "sessions", _sessions),
    Rule("tries", "tries", _tries),
    Rule("codes", "enrolment_codes", _codes),
    Rule("passes", "revoked_passes", _passes),
)
