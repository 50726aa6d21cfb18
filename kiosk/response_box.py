"""The box that survey responses lie in until they may leave: who answered is known, who answered what is not.

The mark of a ticket and the response are committed together, but nothing joins them: a response has a random id, no
ticket and no time. It goes into the journal among others, in a random order, dated by when it went.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from kiosk.database import Database
from kiosk.journal import Journal
from kiosk.protocol import SurveyGiven, SurveyTaken
from kiosk.survey_rules import LEAST_TOGETHER, without_the_telling

KEEP_RESPONSES = timedelta(days=7)
"""So long a response waits for others; then it goes without its occasion."""
_LARGEST_ID = 2**62


class ResponseBox(Journal):
    """The journal with the box. `random` gives ids and the order; it must not be predictable but in tests."""

    def __init__(self, database: Database, now: Callable[[], datetime | None], random: Random) -> None:
        super().__init__(database, now)
        self._random = random

    def is_surveyed(self, ticket: UUID) -> bool:
        """Whether this kiosk took a survey for the ticket."""
        with self._database.transaction() as db:
            return db.execute("SELECT 1 FROM surveyed WHERE ticket = ?", (str(ticket),)).fetchone() is not None

    def record_survey(self, ticket: UUID, day: date, response: SurveyGiven) -> bool:
        """Marks the ticket as used, with its fact, and puts the response into the box, in one transaction; lets the
        responses go if they are enough. False, and nothing changes, if the ticket was used before.
        """
        with self._database.transaction() as db:
            marked = db.execute("INSERT OR IGNORE INTO surveyed VALUES (?, ?)", (str(ticket), day.isoformat()))
            if not marked.rowcount:
                return False
            self._append(db, SurveyTaken(ticket=ticket))
            row = (self._random.randrange(_LARGEST_ID), day.isoformat(), response.model_dump_json())
            db.execute("INSERT INTO responses VALUES (?, ?, ?)", row)
            self._release(db, None)
            return True

    def waiting_responses(self) -> int:
        """How many responses lie in the box."""
        with self._database.transaction() as db:
            return int(db.execute("SELECT count(*) FROM responses").fetchone()[0])

    def _release(self, db: Any, until: date | None) -> int:
        """Lets go the responses to each questionnaire of which LEAST_TOGETHER wait, or one of day `until` or before;
        returns how many went.
        """
        waiting: dict[tuple[str, int], list[tuple[int, str, SurveyGiven]]] = {}
        for key, day, body in db.execute("SELECT id, day, body FROM responses ORDER BY id").fetchall():
            response = SurveyGiven.model_validate_json(body)
            waiting.setdefault((response.questionnaire, response.version), []).append((key, day, response))
        gone = 0
        for rows in waiting.values():
            is_old = until is not None and min(day for _, day, _ in rows) <= until.isoformat()
            if len(rows) < LEAST_TOGETHER and not is_old:
                continue
            self._random.shuffle(rows)
            for response in without_the_telling([response for _, _, response in rows]):
                self._append(db, response)
            db.executemany("DELETE FROM responses WHERE id = ?", [(key,) for key, _, _ in rows])
            gone += len(rows)
        return gone
