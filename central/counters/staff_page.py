"""What somebody who is signed in asks of the counters' pages, and how it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from central.api import Db, Now
from central.languages import LANGUAGES, PageLanguageOf
from central.people.login import needs
from central.people.roles import Role, SignedIn
from central.snapshot import office_zone
from central.staff_page import staff_page
from kiosk.model import Language


@dataclass(frozen=True)
class Asked:
    """A request of somebody who is signed in, at an instant (UTC), in a language."""

    request: Request
    officer: SignedIn
    session: Session
    now: datetime
    language: Language

    def page(
        self, template: str, part: str, context: dict[str, Any], status: int = 200, session: Session | None = None
    ) -> Response:
        """A template with the words of a part, the `officer`, the `office_name`, and `clock` (see `clock_of`). It is
        read in another `session` where its own was undone.
        """
        read = session or self.session
        zone = office_zone(read, self.officer.office)
        clock = clock_of(zone, self.now.astimezone(zone).date(), self.language)
        more = {"clock": clock} | context
        return staff_page(self.request, read, template, part, self.officer, self.language, more, status)


def asked_by(*roles: Role) -> Any:
    """A dependency: what is asked, by somebody who has one of these roles; 403 for others."""

    def asked(
        request: Request, officer: Annotated[SignedIn, needs(*roles)], session: Db, now: Now, language: PageLanguageOf
    ) -> Asked:
        return Asked(request, officer, session, now, language)

    return Depends(asked, scope="function")


def clock_of(zone: ZoneInfo, today: date, language: Language) -> Callable[[datetime], str]:
    """Writes instants as the office's time of day, with the day where that is not today's, and with another year."""
    time = LANGUAGES[language].time

    def clock(instant: datetime) -> str:
        local = instant.astimezone(zone)
        if local.date() == today:
            return local.strftime(time)
        return local.strftime(f"%d/%m {time}" if local.year == today.year else f"%d/%m/%Y {time}")

    return clock
