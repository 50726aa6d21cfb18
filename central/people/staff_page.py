"""A page of this part for somebody who is signed in."""

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
    name: str,
    officer: SignedIn,
    language: Language,
    context: dict[str, Any],
    status: int = 200,
) -> Response:
    """The template `people/<name>.html` with the `officer`, the `office_name` and the office's `zone`."""
    office = office_snapshot(session, officer.office)
    of_all = {
        "officer": officer,
        "office_name": office.office.name if office else officer.office,
        "zone": ZoneInfo(office.office.time_zone if office else "UTC"),
    }
    return page(request, f"people/{name}.html", "people", language, of_all | context, status)
