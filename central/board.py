"""What the officers' page shows: applicants, kiosks, what people said, what went wrong."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.alerts import Alert
from central.database import FactRow, KioskRow, SeenCallRow, TicketRow
from central.heartbeats import Heartbeat
from central.lookout import alerts
from central.monitoring.conditions import SILENT_AFTER
from central.monitoring.feedback import Opinion, facts_since, mean_of, opinions, scores_of
from central.places import places
from central.queue.place import Place
from central.responses import SurveyResult, survey_result
from central.snapshot import office_snapshot
from kiosk.model import Office, QueueState

LATEST = 20
STEP_NAMES = {
    "welcome": "layar awal",
    "scanning": "memindai kode",
    "typing": "mengetik kode",
    "looking_up": "mencari data",
    "choosing_applicants": "memilih siapa yang hadir",
    "verifying": "mengetik angka telepon",
    "choosing_service": "memilih layanan",
    "checking_documents": "memeriksa dokumen",
    "declaring_priority": "memilih prioritas",
    "issuing": "menyiapkan nomor",
    "printing": "mencetak tiket",
    "ticket_printed": "mengambil tiket",
    "ticket_uncertain": "memastikan tiket keluar",
    "ticket_on_screen": "nomor di layar",
    "refused": "kode atau nomor ditolak",
    "rating": "memberi nilai",
    "comment": "menulis saran",
    "thanks": "ucapan terima kasih",
    "information": "membaca informasi",
    "queue_status": "melihat status antrean",
    "survey_ticket": "mengetik nomor untuk survei",
    "survey": "mengisi survei",
    "help": "minta bantuan",
    "still_there": "ditanya masih di sini",
    "closed": "kantor tutup",
    "out_of_service": "tidak dapat dipakai",
}
"""What a person does at a kiosk, by the state of the visit."""


@dataclass(frozen=True)
class KioskState:
    """A kiosk, what it last said of itself, and whether that is recent."""

    id: str
    name: str
    digit: int
    revoked: bool
    online: bool
    heard_at: datetime | None
    said: Heartbeat | None


@dataclass(frozen=True)
class Call:
    """Somebody needs help at a kiosk; `id` is the fact's, `step` the state of the visit."""

    id: str
    at: datetime
    kiosk: str
    step: str


@dataclass(frozen=True)
class DeadLetter:
    """A fact that could not be applied, and why."""

    at: datetime
    kiosk: str
    kind: str
    problem: str


@dataclass(frozen=True)
class Board:
    """All of the page.

    `services` and `groups` are names by id, `papers` is by ticket id, `scores` counts today's ratings by score, `calls`
    are today's that no officer has seen to; instants are UTC.
    """

    office: Office | None
    zone: ZoneInfo
    now: datetime
    services: dict[str, str]
    groups: dict[str, str]
    places: tuple[Place, ...]
    papers: dict[str, str]
    kiosks: tuple[KioskState, ...]
    opinions: tuple[Opinion, ...]
    scores: Counter[int]
    calls: tuple[Call, ...]
    dead_letters: tuple[DeadLetter, ...]
    alerts: tuple[Alert, ...]
    survey: SurveyResult | None

    def in_state(self, state: str) -> list[Place]:
        return [place for place in self.places if place.state == QueueState(state)]

    @property
    def average(self) -> float | None:
        """The mean of today's ratings, None without any."""
        return mean_of(self.scores)

    def step(self, state: str) -> str:
        """What a kiosk's screen of that state is for, in words."""
        return STEP_NAMES.get(state, state)

    def clock(self, instant: datetime) -> str:
        """The office's time of an instant, with the day where it is not today."""
        local = instant.astimezone(self.zone)
        today = local.date() == self.now.astimezone(self.zone).date()
        return local.strftime("%H.%M" if today else "%d/%m %H.%M")


def board_of(session: Session, office: str, now: datetime) -> Board:
    """An office's board as of `now` (UTC)."""
    found = office_snapshot(session, office)
    zone = ZoneInfo(found.office.time_zone if found else "UTC")
    today = now.astimezone(zone).date()
    midnight = datetime.combine(today, time(), zone)
    kiosks = tuple(
        _kiosk(row, now)
        for row in session.scalars(select(KioskRow).where(KioskRow.office == office).order_by(KioskRow.digit))
    )
    names = {kiosk.id: kiosk.name for kiosk in kiosks}
    rated = facts_since(session, "rated", midnight, names)
    return Board(
        office=found.office if found else None,
        zone=zone,
        now=now,
        services={each.id: each.name.id for each in found.services} if found else {},
        groups={group.id: group.name.id for rules in found.rules for group in rules.priority_groups} if found else {},
        places=places(session, office, today, now),
        papers=_papers(session, office, today),
        kiosks=kiosks,
        opinions=tuple(opinions(rated, facts_since(session, "commented", midnight, names))[:LATEST]),
        scores=scores_of(rated),
        calls=_calls(session, midnight, names),
        dead_letters=_dead_letters(session, names),
        alerts=alerts(session, office, now, zone),
        survey=survey_result(session, office, found.questionnaire) if found and found.questionnaire else None,
    )


def _kiosk(row: KioskRow, now: datetime) -> KioskState:
    return KioskState(
        id=row.id,
        name=row.name,
        digit=row.digit,
        revoked=row.revoked,
        online=row.heard_at is not None and now - row.heard_at < SILENT_AFTER,
        heard_at=row.heard_at,
        said=Heartbeat.model_validate_json(row.heartbeat) if row.heartbeat else None,
    )


def _papers(session: Session, office: str, day: date) -> dict[str, str]:
    rows = session.scalars(select(TicketRow).where(TicketRow.office == office, TicketRow.day == day.isoformat()))
    return {row.id: row.paper for row in rows}


def _calls(session: Session, since: datetime, names: dict[str, str]) -> tuple[Call, ...]:
    seen = set(session.scalars(select(SeenCallRow.fact)))
    open_calls = [row for row in facts_since(session, "help_called", since, names) if row.id not in seen]
    return tuple(Call(row.id, row.at, names[row.kiosk], json.loads(row.body)["step"]) for row in open_calls[:LATEST])


def _dead_letters(session: Session, names: dict[str, str]) -> tuple[DeadLetter, ...]:
    wanted = (
        select(FactRow)
        .where(FactRow.problem.is_not(None), FactRow.kiosk.in_(names))
        .order_by(FactRow.at.desc())
        .limit(LATEST)
    )
    return tuple(DeadLetter(row.at, names[row.kiosk], row.kind, row.problem or "") for row in session.scalars(wanted))
