"""An office that approves its kiosks: codes as its page makes them, and the page's two buttons."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from central.database import KioskRow, for_writing
from central.enrolment import new_code
from central.fleet.approval import approve, refuse
from central.people.roles import SignedIn
from kiosk.protocol import check_text

Act = Callable[[Session, KioskRow, SignedIn, datetime], None]
OFFICER = SignedIn("teknisi", "PYK", frozenset())


class Office:
    """The office of a database."""

    def __init__(self, engine: Engine) -> None:
        self._writing = for_writing(engine)
        self._before: list[str] = []
        self._before = self.waiting()

    def code(self) -> str:
        """One whose kiosk has to be approved."""
        with Session(self._writing) as session, session.begin():
            return new_code(session, "PYK", "Anjungan Lobi", datetime.now(UTC), OFFICER.name).replace("-", "")

    def waiting(self) -> list[str]:
        """The letters of the kiosks that wait; those of former tests apart."""
        with Session(self._writing) as session:
            found = [check_text(each.public_key) for each in session.scalars(select(KioskRow)) if each.waits]
        return [each for each in found if each not in self._before]

    def approves(self, letters: str) -> None:
        self._says(approve, letters)

    def refuses(self, letters: str) -> None:
        self._says(refuse, letters)

    def _says(self, act: Act, letters: str) -> None:
        with Session(self._writing) as session, session.begin():
            (kiosk,) = [each for each in session.scalars(select(KioskRow)) if check_text(each.public_key) == letters]
            act(session, kiosk, OFFICER, datetime.now(UTC))
