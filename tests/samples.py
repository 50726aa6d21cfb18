"""A small office with invented people."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.booking_code import second_factor_hash
from kiosk.booking_pass import sign_pass
from kiosk.clock import Clock, Uptime
from kiosk.model import (
    Applicant,
    Booking,
    Holiday,
    Office,
    PassKey,
    Period,
    PriorityGroup,
    QueueEntry,
    QueueState,
    Rules,
    Service,
    Words,
)
from kiosk.protocol import Snapshot
from kiosk.questionnaire import Questionnaire, SurveyOption, SurveyQuestion
from kiosk.store import Store

TODAY = date(2026, 11, 24)  # a Tuesday
OPEN = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # 09:30 in the office
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEY_ID = "010203"
STORE_KEY = bytes(range(2, 34))
HOURS = ((Period(time(8), time(12)), Period(time(13), time(16))),) * 5 + ((), ())


def service(letter: str, quota: int | None = None) -> Service:
    name = Words(f"Layanan {letter}", f"Service {letter}")
    return Service(letter.lower(), letter, name, name, (Words("e-KTP", "Identity card"),), (), (), quota)


def booking(place: int = 1, **changes: Any) -> Booking:
    made = Booking(
        id=UUID(int=place, version=4),
        office="PYK",
        day=TODAY,
        slot=time(9, 30),
        service="a",
        applicants=(Applicant("Siti N***", f"A-{place:03}"),),
        code=f"ABCDEFGH{place:02}",
        reference=f"MPASPOR-{place:09}",
    )
    return replace(made, **changes)


def family(place: int, size: int) -> Booking:
    return booking(place, applicants=tuple(Applicant(f"P{n} N***", f"A-{place + n:03}") for n in range(size)))


def with_digits(place: int, digits: str) -> Booking:
    made = booking(place)
    return replace(made, second_factor=second_factor_hash(made.id, digits))


def questionnaire(elements: int = 9, options: int = 4) -> Questionnaire:
    """A survey with one question about the respondent, then elements U1 and so on."""

    def question(key: str, *values: str | int) -> SurveyQuestion:
        return SurveyQuestion(key, Words(key, key), tuple(SurveyOption(each, Words(f"{each}", "")) for each in values))

    scored = (question(f"U{place}", *range(1, options + 1)) for place in range(1, elements + 1))
    return Questionnaire("skm", 1, Words("Survei", "Survey"), (question("sex", "male", "female"),), tuple(scored))


def served(place: int = 1, **changes: Any) -> QueueEntry:
    """The queue's entry of somebody who was served today."""
    made = QueueEntry(f"A-{place:03}", QueueState.SERVED, ticket=UUID(int=place), day=TODAY, service="a")
    return replace(made, **changes)


def a_pass(of: Booking, key: Ed25519PrivateKey = KEY, expires: datetime = OPEN + timedelta(days=9)) -> str:
    return sign_pass(of, key, KEY_ID, expires)


def snapshot(*bookings: Booking, **changes: Any) -> Snapshot:
    made = Snapshot(
        office=Office(
            "PYK", "Layanan Imigrasi", "Jalan 1", "0752", "Asia/Jakarta", "https://kiosk.example/t/{ticket}",
            "https://lapor.example", {"AGM": "Kantor Agam"},
        ),
        rules=(Rules(date(2024, 1, 1), HOURS, 60, 120, (PriorityGroup("elderly", Words("Lansia", "Elderly")),)),),
        holidays=(Holiday(date(2026, 12, 25), Words("Natal", "Christmas")),),
        services=(service("A"), service("B", 2), service("G", 0)),
        bookings=bookings,
        pass_keys=(PassKey(KEY_ID, b64encode(KEY.public_key().public_bytes_raw()).decode()),),
        announcements=(),
        queue=(QueueEntry("A-001", QueueState.CALLED, 0, "3"),),
    )  # fmt: skip
    return made.model_copy(update=changes)


class FakeClock:
    """Time that the test moves."""

    def __init__(self, now: datetime = OPEN) -> None:
        self.now, self.seconds = now, 1000.0

    def utc(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds

    def trusted(self) -> Clock:
        """The kiosk's own clock by this time, believed as long as it is not earlier than now."""
        clock = Clock(self.utc, Uptime("this boot", self.monotonic), lambda: True)
        clock.recall(None, self.now)
        return clock


def a_store(file: Path, now: Callable[[], datetime | None] | None = None, series: int = 1) -> Store:
    """An open store that has its walk-in series."""
    store = Store(file, STORE_KEY, now or FakeClock().utc)
    store.keep_series(series)
    return store
