"""Reads what alarms are made of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.booking.limits import bursts
from central.database import FactRow, KioskRow
from central.heartbeats import Heartbeat
from central.lookout import LOOK_BACK, recorded_alerts
from central.monitoring import conditions
from central.monitoring.alarms import Alarm, AlarmKind, Seen, from_alert, long_wait, no_counter
from central.monitoring.figures import Journey
from central.monitoring.journeys import open_counters
from central.monitoring.rows import ConditionRow, SeenAlarmRow
from central.privacy.breaches import open_breaches
from central.privacy.daily import FORGETTING
from central.privacy.rows import LeaseRow
from kiosk.model import ClockState, PrinterStatus
from kiosk.opening import opening, rules_on
from kiosk.protocol import Snapshot

PRINTER_FAULTS = frozenset(
    {PrinterStatus.COVER_OPEN, PrinterStatus.OFFLINE, PrinterStatus.SILENT, PrinterStatus.DISCONNECTED}
)

PRACTICE_VISIT = "practice-visit"
"""The requirement that has an alarm of its own."""
FORGETS_WITHIN = timedelta(days=2)
"""What is past its time is forgotten once a day; a day more may be a machine that was off."""


def alarms(
    session: Session, office: str, found: Snapshot | None, journeys: Sequence[Journey], now: datetime
) -> list[Alarm]:
    """All alarms of an office as of `now` (UTC), from its data and today's tickets, in no order."""
    zone = ZoneInfo(found.office.time_zone if found else "UTC")
    is_open = found is None or opening(found.rules, found.holidays, now.astimezone(zone)).closed is None
    wanted = select(KioskRow).where(KioskRow.office == office, ~KioskRow.revoked)
    kiosks = session.scalars(wanted.order_by(KioskRow.digit)).all()
    made = [from_alert(each) for each in recorded_alerts(session, office, now, zone)]
    for kiosk in kiosks:
        made.extend(_of_kiosk(session, kiosk, is_open, now))
    made.extend(_dead_letters(session, kiosks, now - LOOK_BACK))
    made.extend(_booked_to_sell(session, office, now))
    made.extend(_forgetting(session, now))
    made.extend(_breaches(session, office, now))
    if found:
        rules = rules_on(found.rules, now.astimezone(zone).date()).queue
        cap = timedelta(minutes=rules.most_wait_minutes)
        made.extend(_of_queue(journeys, open_counters(session, office), cap, is_open, now))
    return made


def seen_alarms(session: Session, office: str) -> dict[str, Seen]:
    """Who has taken note of what, by the alarms' keys."""
    rows = session.scalars(select(SeenAlarmRow).where(SeenAlarmRow.office == office))
    return {row.key: Seen(row.officer, row.seen_at) for row in rows}


def _of_kiosk(session: Session, kiosk: KioskRow, is_open: bool, now: datetime) -> Iterator[Alarm]:
    if kiosk.heard_at is None or kiosk.heartbeat is None:
        return
    name = f"{kiosk.name} W{kiosk.digit}"
    if conditions.is_silent(kiosk, now):
        if is_open:
            yield Alarm(AlarmKind.KIOSK_SILENT, kiosk.heard_at, name)
        return
    said = Heartbeat.model_validate_json(kiosk.heartbeat)
    rows = conditions.history(session, kiosk.id)
    for kind, what, holds in _faults(said):
        yield Alarm(kind, conditions.since(rows, holds) or kiosk.heard_at, name, what)
    for kind, what, at in _found_by_itself(said):
        yield Alarm(kind, min(at, kiosk.heard_at), name, what)


def _faults(said: Heartbeat) -> Iterator[tuple[AlarmKind, str, conditions.Holds]]:
    """What is wrong by a kiosk's own word, and how to tell it in what it said before."""
    printer = said.printer

    def same_printer(row: ConditionRow) -> bool:
        return row.printer == printer

    if printer is PrinterStatus.PAPER_OUT:
        yield AlarmKind.PAPER_OUT, "", same_printer
    elif printer is PrinterStatus.PAPER_LOW:
        yield AlarmKind.PAPER_LOW, "", same_printer
    elif printer in PRINTER_FAULTS:
        yield AlarmKind.PRINTER_FAULT, printer, same_printer
    if not said.scanner_ready:
        yield AlarmKind.SCANNER_FAULT, "", lambda row: not row.scanner_ready
    if said.clock is ClockState.UNTRUSTED:
        yield AlarmKind.CLOCK, "", lambda row: row.clock == ClockState.UNTRUSTED
    if said.facts_held_back:
        yield AlarmKind.HELD_BACK, "", lambda row: row.held_back


def _found_by_itself(said: Heartbeat) -> Iterator[tuple[AlarmKind, str, datetime]]:
    """What its last report and its last practice visit found, and when; a report's alarm ends with a better one."""
    practice, ready = said.practice_visit, said.readiness
    broken = [each for each in ready.broken if each != PRACTICE_VISIT] if ready else []
    if ready and broken:
        yield AlarmKind.NOT_READY, ", ".join(broken), ready.at
    if practice and practice.failed:
        yield AlarmKind.PRACTICE_FAILED, "", practice.at


def _dead_letters(session: Session, kiosks: Sequence[KioskRow], since: datetime) -> Iterator[Alarm]:
    """One for each kiosk, since the first of those that came lately."""
    names = {row.id: f"{row.name} W{row.digit}" for row in kiosks}
    wanted = (
        select(FactRow.kiosk, func.min(FactRow.received_at), func.count())
        .where(FactRow.problem.is_not(None), FactRow.received_at >= since, FactRow.kiosk.in_(names))
        .group_by(FactRow.kiosk)
    )
    for kiosk, first, count in session.execute(wanted):
        yield Alarm(AlarmKind.DEAD_LETTERS, first, names[kiosk], str(count))


def _booked_to_sell(session: Session, office: str, now: datetime) -> Iterator[Alarm]:
    found = bursts(session, office, now)
    if found:
        count = sum(each.bookings for each in found)
        yield Alarm(AlarmKind.BOOKING_BURST, min(each.since for each in found), what=str(count))


def _forgetting(session: Session, now: datetime) -> Iterator[Alarm]:
    row = session.get(LeaseRow, FORGETTING)
    if row and row.done_at and now - row.done_at > FORGETS_WITHIN:
        yield Alarm(AlarmKind.FORGETTING_LATE, row.done_at)


def _breaches(session: Session, office: str, now: datetime) -> Iterator[Alarm]:
    for each in open_breaches(session, office, now):
        if each.is_alarm(now):
            yield Alarm(AlarmKind.BREACH_NOTICE, each.deadline.since)


def _of_queue(
    journeys: Sequence[Journey], counters: int, cap: timedelta, is_open: bool, now: datetime
) -> Iterator[Alarm]:
    in_line = [each.in_line_since for each in journeys if each.in_line_since]
    served = [each.served_at for each in journeys if each.served_at]
    closed = no_counter(in_line, max(served, default=None), counters, now)
    if closed and is_open:
        yield closed
    by_service: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for each in journeys:
        by_service[each.service].extend(each.waits)
    for service, waits in sorted(by_service.items()):
        long = long_wait(service, waits, cap, now)
        if long:
            yield long
