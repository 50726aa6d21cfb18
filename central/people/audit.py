"""The audit trail: who did what about what, in a chain of each office that cannot be edited unseen."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.people.roles import SignedIn
from central.people.rows import AuditHeadRow, AuditRow
from kiosk.protocol import canonical, digest


class Action(StrEnum):
    """What was done. Each has its words in `languages/*.toml`, table `[actions]`, under its value."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SECOND_FACTOR_SET = "second_factor_set"
    RECOVERY_CODE_USED = "recovery_code_used"
    OFFICER_ADDED = "officer_added"
    OFFICER_DISABLED = "officer_disabled"
    OFFICER_ENABLED = "officer_enabled"
    ROLES_CHANGED = "roles_changed"
    START_PASSWORD_GIVEN = "start_password_given"  # noqa: S105
    SECOND_FACTOR_RESET = "second_factor_reset"
    POLICY_CHANGED = "policy_changed"
    AUDIT_EXPORTED = "audit_exported"
    KIOSK_CODE_MADE = "kiosk_code_made"
    KIOSK_APPROVED = "kiosk_approved"
    KIOSK_REFUSED = "kiosk_refused"
    KIOSK_CONFIGURED = "kiosk_configured"
    KIOSK_REVOKED = "kiosk_revoked"
    TECHNICIAN_PIN_SET = "technician_pin_set"
    TECHNICIAN_CODE_GIVEN = "technician_code_given"
    TECHNICIAN_ACTED = "technician_acted"
    ROLLOUT_CHANGED = "rollout_changed"
    ANNOUNCED = "announced"
    ANNOUNCEMENT_WITHDRAWN = "announcement_withdrawn"
    EMERGENCY_ANNOUNCED = "emergency_announced"
    REQUEST_SENT = "request_sent"
    REQUEST_OPENED = "request_opened"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_CLOSED = "request_closed"
    COUNTER_SET = "counter_set"
    PARTNER_SET = "partner_set"
    ALARM_NOTED = "alarm_noted"
    DATA_EXPORTED = "data_exported"
    CALLED_OUT_OF_ORDER = "called_out_of_order"
    TICKET_TRANSFERRED = "ticket_transferred"
    FORGOTTEN = "forgotten"
    KEEPING_CHANGED = "keeping_changed"
    SUBJECT_ASKED = "subject_asked"
    SUBJECT_EXPORTED = "subject_exported"
    SUBJECT_ERASED = "subject_erased"
    BREACH_OPENED = "breach_opened"
    BREACH_NOTED = "breach_noted"
    BREACH_NOTIFIED = "breach_notified"
    BREACH_CLOSED = "breach_closed"


def record(
    session: Session, by: SignedIn, action: Action, subject: str, now: datetime, detail: dict[str, str] | None = None
) -> None:
    """Appends an act to the trail of `by.office`, in the session's own transaction: both are committed, or neither.

    `subject` is the id of what the act was about (a ticket's or booking's UUID, a kiosk's id, an officer's name), never
    an applicant's name, number or words; the same holds for `detail`, a few short texts such as the roles given. `now`
    is UTC. Nobody else can append to the office's trail from here until the transaction ends, so call it last.
    """
    session.flush()
    head = session.get(AuditHeadRow, by.office, with_for_update=True) or AuditHeadRow(
        office=by.office, seq=0, digest=""
    )
    row = AuditRow(
        office=by.office,
        seq=head.seq + 1,
        at=now,
        who=by.name,
        address=by.address,
        action=action.value,
        subject=subject,
        detail=json.dumps(detail or {}, sort_keys=True, ensure_ascii=False),
        previous=head.digest,
    )
    row.digest = digest_of(row)
    head.seq, head.digest = row.seq, row.digest
    session.add_all((head, row))


def digest_of(row: AuditRow) -> str:
    """SHA-256 over everything that the row says, in hex."""
    said = {
        "office": row.office,
        "seq": row.seq,
        "at": row.at.astimezone(UTC).isoformat(),
        "who": row.who,
        "address": row.address,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
        "previous": row.previous,
    }
    return digest(canonical(said))


@dataclass(frozen=True)
class Verdict:
    """What a walk over an office's trail found: how many rows are right, the digest of the last of them, and what is
    wrong with the next one ("" where none is).
    """

    rows: int
    head: str
    problem: str


def audited(session: Session) -> tuple[str, ...]:
    """The offices that have a trail."""
    return tuple(session.scalars(select(AuditHeadRow.office).order_by(AuditHeadRow.office)))


def verify(session: Session, office: str) -> Verdict:
    """Walks an office's trail from its first row, and stops where it breaks.

    Who owns the database can make a whole new chain, or cut the last rows off with their head: compare `rows` and
    `head` with those noted before, elsewhere.
    """
    seq, head = 0, ""
    rows = session.scalars(select(AuditRow).where(AuditRow.office == office).order_by(AuditRow.seq))
    for row in rows.yield_per(1000):
        problem = _problem(row, seq + 1, head)
        if problem:
            return Verdict(seq, head, problem)
        seq, head = row.seq, row.digest
    last = session.get(AuditHeadRow, office)
    cut = last is not None and (last.seq, last.digest) != (seq, head)
    return Verdict(seq, head, f"row {seq + 1} is missing" if cut else "")


def _problem(row: AuditRow, seq: int, previous: str) -> str:
    if row.seq != seq:
        return f"row {seq} is missing"
    if row.previous != previous:
        return f"row {seq} does not follow from the one before it"
    if row.digest != digest_of(row):
        return f"row {seq} was changed"
    return ""
