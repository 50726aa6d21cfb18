"""A page of this part for somebody who is signed in."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlalchemy.orm import Session

from central.languages import words
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
    """The template `privacy/<name>.html` with the `officer`, the `office_name`, the office's `zone` and the words of
    `roles`.
    """
    found = office_snapshot(session, officer.office)
    of_all = {
        "officer": officer,
        "office_name": found.office.name if found else officer.office,
        "office": found.office if found else None,
        "zone": ZoneInfo(found.office.time_zone if found else "UTC"),
        "people": words(language, "people"),
    }
    return page(request, f"privacy/{name}.html", "privacy", language, of_all | context, status)
