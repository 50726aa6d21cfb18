"""All that a screen needs to show itself (pure)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kiosk.model import (
    Announcement,
    ClockState,
    Holiday,
    Office,
    Opening,
    PrinterStatus,
    QueueEntry,
    Rules,
    Service,
)
from kiosk.opening import fees_on, rules_on
from kiosk.protocol import Snapshot
from kiosk.questionnaire import Questionnaire
from kiosk.visit import Visit


@dataclass(frozen=True)
class OfficeData:
    """What the last snapshot says of the office, as screens show it: only what is valid today, and the holidays from
    today on. `practice` marks the practice office, where staff learn: nothing that it issues is valid.
    """

    office: Office
    services: tuple[Service, ...]
    rules: Rules
    announcements: tuple[Announcement, ...]
    queue: tuple[QueueEntry, ...]
    holidays: tuple[Holiday, ...] = ()
    questionnaire: Questionnaire | None = None
    practice: bool = False

    def service(self, service_id: str) -> Service | None:
        """The service of that id, None if the office has none such."""
        return next((service for service in self.services if service.id == service_id), None)


class Alone(StrEnum):
    """What a window shows that nobody tells anything: for a moment, or because the kiosk was given up."""

    MOMENT = "moment"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True)
class View:
    """A visit and its surroundings. `now` is office time as far as `clock` is to be believed, `data` is None before the
    first snapshot, `timeout` in s; `online` while the central server takes what this kiosk tells. `screen` counts the
    screens so far: another one may have another button below the finger.
    """

    visit: Visit
    opening: Opening
    data: OfficeData | None
    now: datetime
    timeout: float
    printer: PrinterStatus
    scanner_ready: bool
    online: bool
    clock: ClockState = ClockState.SYNCED
    screen: int = 0

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """Those in force now, the most important first."""
        return tuple(each for each in self.data.announcements if each.is_in_force(self.now)) if self.data else ()


def office_data(snapshot: Snapshot, day: date, practice: bool = False) -> OfficeData:
    """What is valid on a day: its rules, the fees in force, the announcements of the day with the most important
    first.
    """
    shown = [each for each in snapshot.announcements if each.first_day <= day <= each.last_day]
    return OfficeData(
        office=snapshot.office,
        services=tuple(replace(service, fees=fees_on(service.fees, day)) for service in snapshot.services),
        rules=rules_on(snapshot.rules, day),
        announcements=tuple(sorted(shown, key=lambda each: -each.priority)),
        queue=snapshot.queue,
        holidays=tuple(sorted((each for each in snapshot.holidays if each.day >= day), key=lambda each: each.day)),
        questionnaire=snapshot.questionnaire,
        practice=practice,
    )
