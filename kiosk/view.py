"""All that a screen needs to show itself (pure)."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.model import Announcement, Office, Opening, PrinterStatus, QueueEntry, Rules, Service
from kiosk.visit import Visit


@dataclass(frozen=True)
class OfficeData:
    """What the last snapshot says of the office, as screens show it: only what is valid today."""

    office: Office
    services: tuple[Service, ...]
    rules: Rules
    announcements: tuple[Announcement, ...]
    queue: tuple[QueueEntry, ...]

    def service(self, service_id: str) -> Service | None:
        """The service of that id, None if the office has none such."""
        return next((service for service in self.services if service.id == service_id), None)


@dataclass(frozen=True)
class View:
    """A visit and its surroundings. `now` is office time, `data` is None before the first snapshot, `timeout` in s."""

    visit: Visit
    opening: Opening
    data: OfficeData | None
    now: datetime
    timeout: float
    printer: PrinterStatus
    scanner_ready: bool
    online: bool
