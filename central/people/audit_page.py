"""The audit trail, to be read and taken along as CSV. For auditors and supervisors."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request, Response
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.languages import PageLanguageOf, words
from central.people.audit import Action, record
from central.people.login import needs
from central.people.roles import Role, SignedIn
from central.people.rows import AuditRow
from central.snapshot import office_zone
from central.staff_page import staff_page

router = APIRouter(prefix="/officers/audit", include_in_schema=False)
PAGE_ROWS = 50
COLUMNS = ("seq", "at", "who", "address", "action", "subject", "detail", "previous", "digest")
Reader = Annotated[SignedIn, needs(Role.AUDITOR, Role.SUPERVISOR)]


@dataclass(frozen=True)
class Wanted:
    """Which acts are looked for; "" is any."""

    who: str
    action: str
    day: str

    def of(self, office: str, zone: ZoneInfo) -> Select[AuditRow]:
        """The office's acts that are wanted; a day that is none is any."""
        found = select(AuditRow).where(AuditRow.office == office)
        if self.who:
            found = found.where(AuditRow.who == self.who)
        if self.action:
            found = found.where(AuditRow.action == self.action)
        try:
            begins = datetime.combine(date.fromisoformat(self.day), time(), zone)
        except ValueError:
            return found
        return found.where(AuditRow.at >= begins, AuditRow.at < begins + timedelta(days=1))


@router.get("")
def get_audit(
    request: Request,
    session: Db,
    officer: Reader,
    language: PageLanguageOf,
    who: str = "",
    action: str = "",
    day: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    wanted = Wanted(who.strip(), action, day)
    found = wanted.of(officer.office, office_zone(session, officer.office))
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    first = (number - 1) * PAGE_ROWS
    context = {
        "rows": session.scalars(found.order_by(AuditRow.seq.desc()).offset(first).limit(PAGE_ROWS)).all(),
        "details": _details,
        "count": count,
        "number": number,
        "last": max(-(-count // PAGE_ROWS), 1),
        "wanted": wanted,
        "actions": words(language, "actions"),
    }
    return staff_page(request, session, "people/audit.html", "people", officer, language, context)


@router.post("/export")
def post_export(
    session: Db,
    now: Now,
    officer: Reader,
    who: Annotated[str, Form()] = "",
    action: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
) -> Response:
    """The wanted acts as CSV, in the order in which they were done. That it was taken along is an act, too."""
    wanted = Wanted(who.strip(), action, day)
    found = wanted.of(officer.office, office_zone(session, officer.office))
    text = _as_csv(session, found)
    kept = {key: value for key, value in vars(wanted).items() if value}
    record(session, officer, Action.AUDIT_EXPORTED, "audit", now, kept)
    headers = {"Content-Disposition": f'attachment; filename="audit-{officer.office}-{now:%Y%m%d}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _as_csv(session: Session, found: Select[AuditRow]) -> str:
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(COLUMNS)
    for row in session.scalars(found.order_by(AuditRow.seq)).yield_per(1000):
        lines.writerow(_safe(getattr(row, column)) for column in COLUMNS)
    return file.getvalue()


def _safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _details(row: AuditRow) -> dict[str, str]:
    found: dict[str, str] = json.loads(row.detail)
    return found
