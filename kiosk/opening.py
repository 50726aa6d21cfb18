"""What is in force on a day of the office, and when it is open, by its own dated rules (pure). All times are the
office's.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kiosk.model import ClockState, ClosedReason, Fee, Holiday, Opening, Rules
from kiosk.protocol import Snapshot

_LOOK_AHEAD_DAYS = 30


def rules_on(rules: Sequence[Rules], day: date) -> Rules:
    """The rules in force on a day: the latest that began by then, or the earliest of all."""
    begun = [each for each in rules if each.valid_from <= day]
    return max(begun, key=lambda each: each.valid_from) if begun else min(rules, key=lambda each: each.valid_from)


def fees_on(fees: Sequence[Fee], day: date) -> tuple[Fee, ...]:
    """The fees in force on a day: of each name the latest that began by then."""
    in_force: dict[str, Fee] = {}
    for fee in sorted(fees, key=lambda each: each.valid_from):
        if fee.valid_from <= day:
            in_force[fee.name.id] = fee
    return tuple(in_force.values())


def opening_by(clock: ClockState, snapshot: Snapshot, now: datetime) -> Opening:
    """Whether the office is open; while the clock cannot be trusted, whoever stands there is served, but in an
    emergency, which is believed by its flag alone then.
    """
    is_known = clock is not ClockState.UNTRUSTED
    emergency = next(
        (each for each in snapshot.announcements if each.emergency and (each.is_in_force(now) or not is_known)), None
    )
    if emergency:
        return Opening(ClosedReason.EMERGENCY, words=emergency.words)
    return opening(snapshot.rules, snapshot.holidays, now) if is_known else Opening()


def opening(rules: Sequence[Rules], holidays: Sequence[Holiday], now: datetime) -> Opening:
    """Whether the office is open at `now`; if not, why, and when it opens next."""
    holiday = next((each for each in holidays if each.day == now.date()), None)
    hours = rules_on(rules, now.date()).hours[now.weekday()]
    if holiday is None and any(period.opens <= now.time() < period.closes for period in hours):
        return Opening()
    reason = ClosedReason.HOLIDAY if holiday else ClosedReason.OUTSIDE_HOURS if hours else ClosedReason.DAY_OFF
    return Opening(reason, _opens_next(rules, holidays, now), holiday.name if holiday else None)


def _opens_next(rules: Sequence[Rules], holidays: Sequence[Holiday], now: datetime) -> datetime | None:
    days_off = {each.day for each in holidays}
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = now.date() + timedelta(days=ahead)
        if day in days_off:
            continue
        for period in rules_on(rules, day).hours[day.weekday()]:
            opens = datetime.combine(day, period.opens, now.tzinfo)
            if opens > now:
                return opens
    return None
