"""What is handed over to another agency, and what becomes of it (pure)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum


class RequestKind(StrEnum):
    """What another agency is asked. LOSS_REPORT: whether the police took this report of a lost passport.
    MEDICAL_LETTER: whether a health office wrote this letter. BIRTH_RECORD: whether the civil registry holds this
    record.
    """

    LOSS_REPORT = "loss_report"
    MEDICAL_LETTER = "medical_letter"
    BIRTH_RECORD = "birth_record"


class Field(StrEnum):
    """What may be told of a person; those that end in `day` are days, as 2026-01-31."""

    NAME = "name"
    REPORT_NUMBER = "report_number"
    REPORT_DAY = "report_day"
    LETTER_NUMBER = "letter_number"
    LETTER_DAY = "letter_day"
    RECORD_NUMBER = "record_number"
    BIRTH_DAY = "birth_day"

    @property
    def is_day(self) -> bool:
        return self.value.endswith("_day")


NEEDED = {
    RequestKind.LOSS_REPORT: (Field.NAME, Field.REPORT_NUMBER, Field.REPORT_DAY),
    RequestKind.MEDICAL_LETTER: (Field.NAME, Field.LETTER_NUMBER, Field.LETTER_DAY),
    RequestKind.BIRTH_RECORD: (Field.NAME, Field.RECORD_NUMBER, Field.BIRTH_DAY),
}
"""All that is told for each kind: without it the paper cannot be found, and more is not asked. Never a NIK."""


class RequestState(StrEnum):
    """SENT: the agency has not opened it. SEEN: it has. ANSWERED: with an Answer. CLOSED: by the clerk, at the end or
    because it is not wanted any more.
    """

    SENT = "sent"
    SEEN = "seen"
    ANSWERED = "answered"
    CLOSED = "closed"


MOVES = {
    RequestState.SENT: {RequestState.SEEN, RequestState.CLOSED},
    RequestState.SEEN: {RequestState.ANSWERED, RequestState.CLOSED},
    RequestState.ANSWERED: {RequestState.CLOSED},
    RequestState.CLOSED: set[RequestState](),
}


class Answer(StrEnum):
    """CONFIRMED: it is so. NOT_CONFIRMED: it is not so, or not found. COME_IN_PERSON: only the person can settle it."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    COME_IN_PERSON = "come_in_person"


KEPT_AFTER_CLOSING = timedelta(days=7)
"""For who finds an answer wrong and comes back; then what was told of the person is deleted."""
KEPT_AT_MOST = timedelta(days=90)
"""Of a request that nobody ever closes, since it was sent."""
LONGEST_FIELD = 100
LONGEST_NOTE = 200
_LONG_NUMBER = re.compile(r"\d(?:[\s.-]?\d){5,}")


class NotWhole(Exception):
    """Fields that are missing or cannot be read."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def told(kind: RequestKind, given: Mapping[str, str]) -> dict[Field, str]:
    """The fields that a kind needs, and no others. Raises NotWhole."""
    held = {field: " ".join(given.get(field, "").split())[:LONGEST_FIELD] for field in NEEDED[kind]}
    wrong = tuple(field for field, value in held.items() if not value or (field.is_day and not _is_day(value)))
    if wrong:
        raise NotWhole(wrong)
    return held


def forget_at(sent_at: datetime, closed_at: datetime | None) -> datetime:
    """When what was told of the person is deleted."""
    last = sent_at + KEPT_AT_MOST
    return min(last, closed_at + KEPT_AFTER_CLOSING) if closed_at else last


def note_of(text: str) -> str:
    """A short note in one line, without what may be a number of a person (six digits and more)."""
    return _LONG_NUMBER.sub("…", " ".join(text.split()))[:LONGEST_NOTE]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
