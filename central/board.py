"""What the officers' page shows: applicants, kiosks, what people said, what went wrong."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.alerts import Alert
from central.database import FactRow, KioskRow, SeenCallRow, TicketRow
from central.heartbeats import Heartbeat
from central.lookout import alerts
from central.queue.order import Place
from central.responses import SurveyResult, survey_result
from central.snapshot import office_snapshot, places
from kiosk.comment import without_numbers
from kiosk.model import Office, QueueState

KIOSK_SILENT = timedelta(seconds=90)
"""A kiosk that missed three heartbeats is shown as offline."""
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
class Opinion:
    """A rating with the comment that came with it, either alone too."""

    at: datetime
    score: int | None
    text: str


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
        count = self.scores.total()
        return sum(score * times for score, times in self.scores.items()) / count if count else None

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
    return Board(
        office=found.office if found else None,
        zone=zone,
        now=now,
        services={each.id: each.name.id for each in found.services} if found else {},
        groups={group.id: group.name.id for rules in found.rules for group in rules.priority_groups} if found else {},
        places=places(session, office, today, zone),
        papers=_papers(session, office, today),
        kiosks=kiosks,
        opinions=_opinions(session, midnight, names),
        scores=Counter(json.loads(row.body)["score"] for row in _facts(session, "rated", midnight, names)),
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
        online=row.heard_at is not None and now - row.heard_at < KIOSK_SILENT,
        heard_at=row.heard_at,
        said=Heartbeat.model_validate_json(row.heartbeat) if row.heartbeat else None,
    )


def _papers(session: Session, office: str, day: date) -> dict[str, str]:
    rows = session.scalars(select(TicketRow).where(TicketRow.office == office, TicketRow.day == day.isoformat()))
    return {row.id: row.paper for row in rows}


def _facts(session: Session, kind: str, since: datetime, kiosks: Iterable[str]) -> list[FactRow]:
    """The facts of a kind from these kiosks that were understood, the latest first."""
    wanted = select(FactRow).where(
        FactRow.kind == kind, FactRow.at >= since, FactRow.problem.is_(None), FactRow.kiosk.in_(kiosks)
    )
    return list(session.scalars(wanted.order_by(FactRow.at.desc())))


def _calls(session: Session, since: datetime, names: dict[str, str]) -> tuple[Call, ...]:
    seen = set(session.scalars(select(SeenCallRow.fact)))
    open_calls = [row for row in _facts(session, "help_called", since, names) if row.id not in seen]
    return tuple(Call(row.id, row.at, names[row.kiosk], json.loads(row.body)["step"]) for row in open_calls[:LATEST])


def _opinions(session: Session, since: datetime, kiosks: Iterable[str]) -> tuple[Opinion, ...]:
    said: dict[str, Opinion] = {}
    for row in _facts(session, "rated", since, kiosks) + _facts(session, "commented", since, kiosks):
        body = json.loads(row.body)
        # A suggestion without a rating stands alone.
        key = body.get("rating") or row.id
        held = said.get(key, Opinion(row.at, None, ""))
        # Kiosks blot numbers out before they record; an earlier one may not have.
        text = without_numbers(body.get("text", held.text))
        said[key] = Opinion(max(held.at, row.at), body.get("score", held.score), text)
    return tuple(sorted(said.values(), key=lambda each: each.at, reverse=True)[:LATEST])


def _dead_letters(session: Session, names: dict[str, str]) -> tuple[DeadLetter, ...]:
    wanted = (
        select(FactRow)
        .where(FactRow.problem.is_not(None), FactRow.kiosk.in_(names))
        .order_by(FactRow.at.desc())
        .limit(LATEST)
    )
    return tuple(DeadLetter(row.at, names[row.kiosk], row.kind, row.problem or "") for row in session.scalars(wanted))
