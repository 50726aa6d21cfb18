"""The register of processing, for auditors and supervisors, and the same in plain words for everybody."""

import json
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import select

from central.api import Db, Now
from central.languages import PageLanguageOf, words
from central.page import page
from central.people.audit import Action
from central.people.login import needs
from central.people.roles import Role, SignedIn
from central.people.rows import AuditRow
from central.privacy.breaches import open_breaches
from central.privacy.register import REGISTER, days_kept
from central.snapshot import office_snapshot
from central.staff_page import staff_page
from kiosk.model import Words

router = APIRouter(include_in_schema=False)
Reader = Annotated[SignedIn, needs(Role.AUDITOR, Role.SUPERVISOR)]
SHOWN_RUNS = 7


@router.get("/officers/privacy")
def get_register(request: Request, session: Db, now: Now, officer: Reader, language: PageLanguageOf) -> Response:
    forgotten = select(AuditRow).where(AuditRow.office == officer.office, AuditRow.action == Action.FORGOTTEN)
    runs = session.scalars(forgotten.order_by(AuditRow.seq.desc()).limit(SHOWN_RUNS))
    context = {
        "register": REGISTER,
        "kept": _kept(days_kept(session, officer.office)),
        "runs": [(row.at, json.loads(row.detail)) for row in runs],
        "breaches": open_breaches(session, officer.office, now),
        "people": words(language, "people"),
        "now": now,
    }
    return staff_page(request, session, "privacy/register.html", "privacy", officer, language, context)


@router.get("/o/{office}/privacy")
def get_public(office: str, request: Request, session: Db, language: PageLanguageOf) -> Response:
    """What an office holds of those who come to it, why, for how long, and whom to ask."""
    found = office_snapshot(session, office)
    if found is None:
        raise HTTPException(404, "there is no such office")
    context = {
        "office": found.office,
        "held": [each for each in REGISTER.held if each.is_public],
        "basis": REGISTER.basis,
        "kept": _kept(days_kept(session, office)),
        "kiosk": REGISTER.kiosk,
    }
    return page(request, "privacy/public.html", "privacy", language, context)


def _kept(days: dict[str, int]) -> dict[str, Words]:
    """How long things are kept, in words, by rule."""
    return {name: each.words(days.get(name)) for name, each in REGISTER.kept.items()}
