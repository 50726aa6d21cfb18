"""What surrounds a visit: the office's data of today, the devices, the central server."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kiosk.clock import Clock
from kiosk.model import ClockState, ClosedReason, Opening, PrinterStatus
from kiosk.opening import opening_by
from kiosk.protocol import Snapshot
from kiosk.view import OfficeData, office_data


@dataclass(frozen=True)
class Surroundings:
    """The state of things at one moment; `now` is office time, to the minute."""

    now: datetime
    opening: Opening
    data: OfficeData | None
    printer: PrinterStatus
    scanner_ready: bool
    online: bool
    clock: ClockState


class Monitor:
    """Holds the last word of each worker; the workers' threads set, the controller's thread reads."""

    def __init__(self, clock: Clock, printer: PrinterStatus, practice: bool = False) -> None:
        self._clock, self._practice = clock, practice
        self.printer = printer
        self.scanners: dict[int, bool] = {}
        self.online = False
        self.snapshot: Snapshot | None = None
        self._of_today: tuple[Snapshot, date, OfficeData] | None = None

    @property
    def scanner_ready(self) -> bool:
        """Whether any scanner reads."""
        return any(self.scanners.values())

    def data(self) -> OfficeData | None:
        """The office's data of today, None before the first snapshot."""
        snapshot = self.snapshot
        if snapshot is None:
            return None
        today = self._clock.now().astimezone(ZoneInfo(snapshot.office.time_zone)).date()
        held = self._of_today
        if held is None or held[0] is not snapshot or held[1] != today:
            held = (snapshot, today, office_data(snapshot, today, self._practice))
            self._of_today = held
        return held[2]

    def surroundings(self) -> Surroundings:
        """All of it, now."""
        snapshot = self.snapshot
        zone = ZoneInfo(snapshot.office.time_zone) if snapshot else UTC
        now, clock = self._clock.now().astimezone(zone), self._clock.state
        is_open = opening_by(clock, snapshot, now) if snapshot else Opening(ClosedReason.NO_DATA)
        minute = now.replace(second=0, microsecond=0)
        return Surroundings(minute, is_open, self.data(), self.printer, self.scanner_ready, self.online, clock)
