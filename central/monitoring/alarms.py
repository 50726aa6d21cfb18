"""What needs somebody, in one list: the urgent first, each with since when (pure)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from central.alerts import Alert, AlertKind

NO_COUNTER_FOR = timedelta(minutes=5)
"""So long people may wait before a counter opens."""


class AlarmKind(StrEnum):
    """What alerts are about, and besides: KIOSK_SILENT: not heard while the office is open. PAPER_OUT, PAPER_LOW,
    PRINTER_FAULT, SCANNER_FAULT: by the kiosk's own word. DEAD_LETTERS: facts from which nothing could follow.
    NO_COUNTER: people wait and no counter is open. LONG_WAIT: somebody waits longer than the office's cap.
    BOOKING_BURST: somebody seems to book to sell. FORGETTING_LATE: personal data is held past its time.
    NOT_READY: its readiness report found requirements broken. PRACTICE_FAILED: its practice visit at night failed.
    BREACH_NOTICE: less than a day is left to give notice of a breach, or none. UPDATES_EXPIRE: what kiosks are offered
    at /updates is soon not believed any more, or is not.
    """

    FORK = "fork"
    HELD_BACK = "held_back"
    KIOSK_SILENT = "kiosk_silent"
    PAPER_OUT = "paper_out"
    PRINTER_FAULT = "printer_fault"
    BREACH_NOTICE = "breach_notice"
    NO_COUNTER = "no_counter"
    LONG_WAIT = "long_wait"
    CLOCK = "clock"
    SCANNER_FAULT = "scanner_fault"
    PAPER_LOW = "paper_low"
    NOT_READY = "not_ready"
    PRACTICE_FAILED = "practice_failed"
    NUMBER_TAKEN = "number_taken"
    TWO_KIOSKS = "two_kiosks"
    WRONG_SERIES = "wrong_series"
    BURST = "burst"
    BOOKING_BURST = "booking_burst"
    STORE_RENEWED = "store_renewed"
    WAY_IN_SHUT = "way_in_shut"
    DEAD_LETTERS = "dead_letters"
    FORGETTING_LATE = "forgetting_late"
    UPDATES_EXPIRE = "updates_expire"


URGENT = frozenset(
    {
        AlarmKind.FORK,
        AlarmKind.HELD_BACK,
        AlarmKind.KIOSK_SILENT,
        AlarmKind.PAPER_OUT,
        AlarmKind.PRINTER_FAULT,
        AlarmKind.BREACH_NOTICE,
        AlarmKind.NO_COUNTER,
    }
)
"""Somebody must go at once: people stand before a kiosk or a counter that does not serve them, or data is at risk."""


@dataclass(frozen=True)
class Alarm:
    """`where` it is (kiosks, a service), `what` besides (a number, a count, a fault), and `since` when (UTC).

    The same alarm has the same `key`, whatever it has grown to; when it is over and comes again it is another one.
    """

    kind: AlarmKind
    since: datetime
    where: str = ""
    what: str = ""

    @property
    def urgent(self) -> bool:
        """Whether somebody must go at once."""
        return self.kind in URGENT

    @property
    def key(self) -> str:
        """What it is known by when somebody has taken note of it."""
        return hashlib.sha256(f"{self.kind}|{self.where}|{self.since.isoformat()}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Seen:
    """Who has taken note of an alarm, and when."""

    officer: str
    at: datetime


def listed(alarms: Iterable[Alarm], seen: dict[str, Seen]) -> list[tuple[Alarm, Seen | None]]:
    """What nobody has taken note of comes first, then the urgent, then the latest."""
    both = [(each, seen.get(each.key)) for each in alarms]
    return sorted(both, key=lambda each: (each[1] is not None, not each[0].urgent, -each[0].since.timestamp()))


def from_alert(alert: Alert) -> Alarm:
    """What kiosks told, as an alarm; a fork's words are for the log of the technician, not for the list."""
    where = ", ".join(dict.fromkeys(each.kiosk for each in alert.seen))
    what = "" if alert.kind is AlertKind.FORK else alert.what
    return Alarm(AlarmKind(alert.kind), alert.seen[0].at, where, what)


def no_counter(
    waits_since: Iterable[datetime], last_served: datetime | None, open_counters: int, now: datetime
) -> Alarm | None:
    """An alarm where no counter is open and people whose time has come have waited for NO_COUNTER_FOR; `last_served` is
    when a counter last ended a call.
    """
    due = [each for each in waits_since if each <= now]
    if open_counters or not due:
        return None
    since = max(min(due), last_served) if last_served else min(due)
    return Alarm(AlarmKind.NO_COUNTER, since, what=str(len(due))) if now - since >= NO_COUNTER_FOR else None


def long_wait(
    service: str, waits: Iterable[tuple[datetime, datetime | None]], cap: timedelta, now: datetime
) -> Alarm | None:
    """An alarm where people of a service wait longer than the cap, by when each wait began and, if it did, ended. It is
    since when there has always been one of them.
    """
    over = [(begins + cap, ends or now) for begins, ends in waits if (ends or now) - begins > cap]
    count = sum(ends == now for _, ends in over)
    since = now
    for crossed, ends in sorted(over, key=lambda each: each[1], reverse=True):
        if ends >= since:
            since = min(since, crossed)
    return Alarm(AlarmKind.LONG_WAIT, since, service, str(count)) if count else None
