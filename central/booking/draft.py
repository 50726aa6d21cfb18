"""What a person has entered on the booking site so far: nothing of it is held on the server until it is booked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

LONGEST_NAME = 60
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.,/ -]*(?:[ '’.,/-]+[^\W\d_'’.,/ -]+)*\.?")
_NIK = re.compile(r"[0-9]{6}(?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{6}")
"""Six digits of the place, the day of birth (a woman's plus 40), month, year, four more."""
_PHONE = re.compile(r"[0-9]{9,15}")


@dataclass(frozen=True)
class Person:
    """An applicant; `nik` is "" where the office does not ask for it."""

    name: str
    needs_priority: bool
    nik: str = ""


@dataclass(frozen=True)
class Draft:
    """A booking that somebody wants; `phone` as digits with the country's code. `id` is drawn once for the summary, so
    that a second tap is not a second booking, and the same entered anew is one.
    """

    id: UUID
    service: str
    day: date
    start: time
    people: tuple[Person, ...]
    phone: str

    @property
    def digits(self) -> str:
        """The second factor."""
        return self.phone[-4:]


def read_people(form: Mapping[str, str], party: int, asks_nik: bool) -> tuple[tuple[Person, ...], dict[str, str]]:
    """The applicants of a form (`name1`, `priority1`, `nik1` …), and the word for what is wrong by field."""
    people: list[Person] = []
    problems: dict[str, str] = {}
    for place in range(1, party + 1):
        name = " ".join(form.get(f"name{place}", "").split())
        nik = re.sub(r"[ .-]", "", form.get(f"nik{place}", "")) if asks_nik else ""
        if not 2 <= len(name) <= LONGEST_NAME or not _NAME.fullmatch(name):
            problems[f"name{place}"] = "wrong_name"
        if asks_nik and not _NIK.fullmatch(nik):
            problems[f"nik{place}"] = "wrong_nik"
        elif nik and nik in {each.nik for each in people}:
            problems[f"nik{place}"] = "same_nik"
        people.append(Person(name, f"priority{place}" in form, nik))
    return tuple(people), problems


def phone_of(text: str) -> str | None:
    """A telephone number as digits with the country's code, None if it cannot be one. A leading 0 is Indonesia's.

    >>> phone_of("0812-3456 7890")
    '6281234567890'
    """
    digits = re.sub(r"[ ().-]", "", text).removeprefix("+")
    digits = f"62{digits[1:]}" if digits.startswith("0") and not digits.startswith("00") else digits
    return digits if _PHONE.fullmatch(digits) else None
