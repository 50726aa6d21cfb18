"""A page for somebody who is signed in: what each of them has beside its own."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlalchemy.orm import Session

from central.page import page
from central.people.roles import SignedIn
from central.snapshot import office_snapshot
from kiosk.model import Language


def staff_page(
    request: Request,
    session: Session,
    template: str,
    part: str,
    officer: SignedIn,
    language: Language,
    context: dict[str, Any],
    status: int = 200,
) -> Response:
    """A part's template with the `officer`, the `office` (None where it is not loaded), the `office_name` and the
    office's `zone`.
    """
    found = office_snapshot(session, officer.office)
    of_all = {
        "officer": officer,
        "office": found.office if found else None,
        "office_name": found.office.name if found else officer.office,
        "zone": ZoneInfo(found.office.time_zone if found else "UTC"),
    }
    return page(request, template, part, language, of_all | context, status)
