"""The composition root: settings in, a running kiosk out; started in order, stopped in reverse."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from kiosk.client import Client
from kiosk.commands import Command, Print, Restart
from kiosk.config import Settings
from kiosk.controller import Controller
from kiosk.devices.printer import Printer, printer_for
from kiosk.devices.scanner import Scanner, scanner_for
from kiosk.errors import ConfigError
from kiosk.event_log import CentralChanged, KioskStarted, KioskStopped, PrinterChanged, RestartWanted, WorkerName, note
from kiosk.events import Broken, CodeScanned, Event
from kiosk.identity import Identity
from kiosk.model import PrinterStatus
from kiosk.monitor import Monitor
from kiosk.printing import Printing
from kiosk.protocol import Heartbeat, Snapshot
from kiosk.records import Records
from kiosk.scanning import Scanning
from kiosk.store import Store
from kiosk.sync import Sync, SyncState
from kiosk.texts import Texts
from kiosk.workers import Inbox, Worker

VERSION = "0.1.0"
PRINTER_CHECK_SECONDS = 5.0
IDLE_SECONDS = 0.25
RESTART_STATUS = 75
"""The process ends with this (EX_TEMPFAIL) when it wants to be started anew."""


@dataclass(frozen=True)
class Devices:
    """The configured devices, not yet open."""

    printer: Printer | None
    scanners: tuple[Scanner, ...]


def devices_of(settings: Settings) -> Devices:
    """The devices that the settings name. Raises ConfigError where a named file is not there."""
    files = (("[central] ca", settings.central.ca), ("[office] logo", settings.office.logo))
    problems = [f"{place}: {file} is not a file" for place, file in files if file and not file.is_file()]
    if problems:
        raise ConfigError(problems)
    printer = printer_for(settings.printer.url, settings.printer.width_mm) if settings.printer else None
    return Devices(printer, tuple(scanner_for(each.url) for each in settings.scanner))


def _utc() -> datetime:
    return datetime.now(UTC)


class Kiosk:
    """A kiosk without its window: whoever shows it drains `inbox` into `controller` and lets it tick."""

    def __init__(
        self,
        settings: Settings,
        end: Callable[[int], None] = os._exit,
        now: Callable[[], datetime] = _utc,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ConfigError or StoreError. `end` ends the process with a status, `now` gives UTC, `monotonic` s."""
        devices = devices_of(settings)
        identity = Identity.load(settings.data.dir)
        self.texts = Texts.load()
        self.inbox: Inbox[Event] = Inbox()
        self._end, self._now = end, now
        self._desk: Inbox[Command | Snapshot] = Inbox()
        self._paper: Inbox[Print] = Inbox()
        self.store = Store(settings.data.dir / "kiosk.sqlite", now)
        initial = PrinterStatus.UNKNOWN if devices.printer else PrinterStatus.DISCONNECTED
        self.monitor = Monitor(now, initial)
        self.controller = Controller(self.monitor.surroundings, self._send, monotonic)
        self._records = Records(self.store, identity.digit, now, monotonic)
        self._printing = Printing(
            devices.printer, self.store, self.texts, self.monitor.data, self._printer_said, settings.office.logo
        )
        self._client = Client(settings.central.url, settings.central.ca, identity, now)
        self._sync = Sync(self._client, self.store, self._heartbeat, self._take, self._sync_said, monotonic)
        self._workers = [
            Worker(WorkerName.RECORDS, self._serve_desk, self._failed),
            Worker(WorkerName.PRINTER, self._serve_paper, self._failed, self._printing.close),
            Worker(WorkerName.SYNC, self._sync.turn, self._failed, self._client.close),
            *(self._scanner_worker(place, scanner) for place, scanner in enumerate(devices.scanners)),
        ]

    def start(self) -> None:
        """Goes on from what the store holds, then starts the workers."""
        held = self.store.snapshot()
        if held:
            self._take(held[0])
        self._printing.recover()
        for worker in self._workers:
            worker.start()
        note(KioskStarted())

    def stop(self) -> None:
        """Stops the workers in reverse order and closes the store."""
        for worker in reversed(self._workers):
            worker.stopping.set()
        self._sync.nudge()
        for worker in reversed(self._workers):
            worker.stop()
        self.store.close()
        note(KioskStopped())

    # ------------------------------------------------------------ between the threads

    def _send(self, command: Command) -> None:
        if isinstance(command, Restart):
            note(RestartWanted())
            self._end(RESTART_STATUS)
        elif isinstance(command, Print):
            self._paper.post(command)
        else:
            self._desk.post(command)

    def _serve_desk(self) -> None:
        item = self._desk.take(IDLE_SECONDS)
        if isinstance(item, Snapshot):
            self._records.take_snapshot(item)
        elif item is not None:
            answer = self._records.answer(item)
            if answer:
                self.inbox.post(answer)
            self._sync.nudge()

    def _serve_paper(self) -> None:
        command = self._paper.take(0)
        if command is None:
            self._printing.check()
            command = self._next_print()
        if command is not None:
            self.inbox.post(self._printing.answer(command))
            self._sync.nudge()

    def _next_print(self) -> Print | None:
        """Waits for a print until the printer is to be asked again, or until the worker is to stop."""
        until = time.monotonic() + PRINTER_CHECK_SECONDS
        stopping = self._workers[1].stopping
        while time.monotonic() < until and not stopping.is_set():
            command = self._paper.take(IDLE_SECONDS)
            if command:
                return command
        return None

    def _scanner_worker(self, place: int, scanner: Scanner) -> Worker:
        def said(ready: bool) -> None:
            self.monitor.scanners[place] = ready

        scanning = Scanning(
            scanner,
            lambda text: self.inbox.post(CodeScanned(text)),
            said,
            lambda seconds: worker.stopping.wait(seconds),
        )
        worker = Worker(WorkerName.SCANNER, scanning.turn, self._failed, scanning.close)
        return worker

    def _take(self, snapshot: Snapshot) -> None:
        self._desk.post(snapshot)
        self.monitor.snapshot = snapshot

    def _printer_said(self, status: PrinterStatus) -> None:
        if status is not self.monitor.printer:
            note(PrinterChanged(status))
        self.monitor.printer = status

    def _sync_said(self, state: SyncState) -> None:
        online = state in (SyncState.ONLINE, SyncState.FORKED)
        if online is not self.monitor.online:
            note(CentralChanged(online))
        self.monitor.online = online

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            at=self._now(),
            version=VERSION,
            screen=self.controller.visit.state,
            printer=self.monitor.printer,
            scanner_ready=self.monitor.scanner_ready,
            owed=self.store.owed_count(),
        )

    def _failed(self, error: Exception) -> None:
        self.inbox.post(Broken())
