"""The breach log: what was known when, what was done, and the clock of the notice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.people.audit import Action, record
from central.people.roles import SignedIn
from central.privacy.clock import Deadline
from central.privacy.rows import BreachNoteRow, BreachRow
from kiosk.protocol import canonical, digest


@dataclass(frozen=True)
class Known:
    """All that is known of a breach: what `happened` and how, which `data`, how many `subjects` (None: not known yet),
    and what was `done` about it.
    """

    happened: str
    data: str
    subjects: int | None
    done: str


@dataclass(frozen=True)
class OpenBreach:
    """A breach of which the notice was not given yet."""

    id: str
    deadline: Deadline

    def is_alarm(self, now: datetime) -> bool:
        """Whether less than a day is left, or none."""
        return self.deadline.state(now) in ("pressing", "late")


def open_breaches(session: Session, office: str, now: datetime) -> tuple[OpenBreach, ...]:
    """An office's breaches that are to be notified still, the most pressing first. `now` is UTC."""
    wanted = select(BreachRow).where(
        BreachRow.office == office, BreachRow.notified_at.is_(None), BreachRow.known_at <= now
    )
    rows = session.scalars(wanted.where(BreachRow.closed_at.is_(None)).order_by(BreachRow.known_at))
    return tuple(OpenBreach(row.id, Deadline(row.known_at)) for row in rows)


def open_breach(session: Session, by: SignedIn, known: Known, known_at: datetime, now: datetime) -> str:
    """Begins the log of a breach that the office knew of at `known_at`; returns its id."""
    row = BreachRow(id=str(uuid4()), office=by.office, known_at=known_at, opened_at=now)
    session.add(row)
    session.flush()
    detail = {"known_at": known_at.isoformat(), "digest": _noted(session, by, row, known, now)}
    record(session, by, Action.BREACH_OPENED, row.id, now, detail)
    return row.id


def note(session: Session, by: SignedIn, breach: BreachRow, known: Known, now: datetime) -> None:
    """What is known by now; what was known before stays in the log."""
    record(session, by, Action.BREACH_NOTED, breach.id, now, {"digest": _noted(session, by, breach, known, now)})


def notified(session: Session, by: SignedIn, breach: BreachRow, now: datetime) -> None:
    """The notice was given to the persons concerned and to the authority: the clock stops."""
    breach.notified_at = now
    record(session, by, Action.BREACH_NOTIFIED, breach.id, now)


def close(session: Session, by: SignedIn, breach: BreachRow, now: datetime) -> None:
    """Nothing is left to do."""
    breach.closed_at = now
    record(session, by, Action.BREACH_CLOSED, breach.id, now)


def notes(session: Session, breach: str) -> list[BreachNoteRow]:
    """Its notes, the latest first."""
    wanted = select(BreachNoteRow).where(BreachNoteRow.breach == breach)
    return list(session.scalars(wanted.order_by(BreachNoteRow.seq.desc())))


def digest_of(row: BreachNoteRow) -> str:
    """SHA-256 over all that a note says, as the audit trail has it."""
    said = {
        "breach": row.breach, "seq": row.seq, "officer": row.officer, "happened": row.happened, "data": row.data,
        "subjects": row.subjects, "done": row.done,
    }  # fmt: skip
    return digest(canonical(said))


def _noted(session: Session, by: SignedIn, breach: BreachRow, known: Known, now: datetime) -> str:
    last = session.scalar(select(func.max(BreachNoteRow.seq)).where(BreachNoteRow.breach == breach.id)) or 0
    row = BreachNoteRow(breach=breach.id, seq=last + 1, at=now, officer=by.name, **vars(known))
    session.add(row)
    return digest_of(row)
