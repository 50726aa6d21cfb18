"""The composition root: settings in, a running kiosk out; started in order, stopped in reverse."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.client import Client
from kiosk.clock import Clock, Uptime
from kiosk.commands import Command, Print, Restart
from kiosk.config import Settings
from kiosk.controller import Controller
from kiosk.database import copied_out, copy_before, is_there, last_fault, put_aside, take_copy
from kiosk.devices.keypad import Jack, Keypad, keypad_for
from kiosk.devices.printer import Printer, printer_for
from kiosk.devices.scanner import Scanner, scanner_for
from kiosk.errors import ConfigError, StoreError
from kiosk.event_log import (
    CentralChanged,
    KeypadLost,
    KioskStarted,
    KioskStopped,
    PrinterChanged,
    RestartWanted,
    ScannerLost,
    StorePutAside,
    WorkerName,
    note,
)
from kiosk.events import Broken, CodeScanned, Event, HeadphonesMoved, Interrupted, KeyPressed
from kiosk.identity import Identity
from kiosk.model import ClockState, ClosedReason, Key, Opening, PrinterStatus, StoreFault
from kiosk.monitor import Monitor, Surroundings
from kiosk.polling import Polling
from kiosk.practice import Practice
from kiosk.printing import Printing
from kiosk.protocol import Heartbeat, HeartbeatAnswer, Snapshot, StoreRenewed
from kiosk.readiness import kept_practice_visit, kept_readiness
from kiosk.records import Records
from kiosk.remote_settings import Held, RemoteSettingsFile
from kiosk.schema import MIGRATIONS
from kiosk.speech import EspeakVoice, Voice
from kiosk.store import Store
from kiosk.store_key import store_key
from kiosk.sync import Sync, SyncState
from kiosk.texts import Texts
from kiosk.visit import State
from kiosk.wanted_version import keep_wanted, refused_version
from kiosk.workers import STOP_SECONDS, Inbox, Worker

VERSION = "0.1.0"
PRINTER_CHECK_SECONDS = 5.0
IDLE_SECONDS = 1.0
LONGEST_PRINT_SECONDS = 180.0
"""A family's five tickets on a printer that has to be waited for."""
LONGEST_SYNC_SECONDS = 3600.0
"""Each exchange is bounded by itself, but after a week without a network there are many in a turn."""
STILL_THERE = timedelta(minutes=2)
"""Whose print was cut off no longer ago may still stand before the kiosk that comes up again."""
MARK_EVERY = timedelta(minutes=1)
REACHED = (SyncState.ONLINE, SyncState.FORKED)
"""The states of the sync in which the central server answers."""
RTC_SECONDS = 60
"""How far the hardware's clock may be from the system's, which was set by it at the boot."""
PRACTICE_SERIES = 1
BOOT_DIGITS = 16
VERSION_LENGTH, PROBLEM_LENGTH = 20, 1000
IDLE = (State.WELCOME, State.CLOSED, State.OUT_OF_SERVICE)
"""The states in which nobody is in the middle of anything."""
RESTART_STATUS = 75
"""The process ends with this (EX_TEMPFAIL) when it wants to be started anew."""


@dataclass(frozen=True)
class Devices:
    """The configured devices, not yet open."""

    printer: Printer | None
    scanners: tuple[Scanner, ...]
    keypads: tuple[Keypad, ...]


def devices_of(settings: Settings) -> Devices:
    """The devices that the settings name. Raises ConfigError where a named file is not there."""
    files = (("[central] ca", settings.central.ca), ("[office] logo", settings.office.logo))
    problems = [f"{place}: {file} is not a file" for place, file in files if file and not file.is_file()]
    if problems:
        raise ConfigError(problems)
    printer = printer_for(settings.printer.url, settings.printer.width_mm) if settings.printer else None
    return Devices(
        printer,
        tuple(scanner_for(each.url) for each in settings.scanner),
        tuple(keypad_for(each.url) for each in settings.keypad),
    )


def _urls(settings: Settings) -> tuple[str, ...]:
    """Where the devices are, the printer first."""
    printer = (settings.printer,) if settings.printer else ()
    return tuple(each.url for each in (*printer, *settings.scanner, *settings.keypad))


def _utc() -> datetime:
    return datetime.now(UTC)


def open_store(folder: Path, now: Callable[[], datetime | None], wall: Callable[[], datetime] = _utc) -> Store:
    """The store in a data folder, made if absent. One that cannot be read any more is put aside, never deleted, and a
    new one begun; its first fact says why. In the place of one that a newer version has migrated comes the copy that it
    made before. Raises StoreError.
    """
    file = folder / "store" / "kiosk.sqlite"
    take_copy(file)
    key = store_key(folder, is_new=not is_there(file))
    try:
        store = Store(file, key, now)
    except StoreError as error:
        copy = copy_before(file, len(MIGRATIONS) + 1)
        if error.fault is StoreFault.NEWER and is_there(copy):
            return _store_of_before(file, copy, key, now, wall())
        if error.fault is not StoreFault.CORRUPT:
            raise
        return _store_anew(file, key, now, wall(), error.fault)
    if store.is_old_copy():
        store.close()
        return _store_anew(file, key, now, wall(), StoreFault.OLD_COPY)
    _tell_of_the_former(store, file)
    return store


def _store_of_before(file: Path, copy: Path, key: bytes, now: Callable[[], datetime | None], wall: datetime) -> Store:
    """The copy from before a migration, in the place of the store; each step can be the last one before a power cut."""
    before = Store(copied_out(file, copy), key, now)
    before.forget_series()
    before.close()
    put_aside(file, wall, StoreFault.NEWER)
    take_copy(file)
    note(StorePutAside(StoreFault.NEWER))
    return Store(file, key, now)


def _store_anew(file: Path, key: bytes, now: Callable[[], datetime | None], wall: datetime, fault: StoreFault) -> Store:
    put_aside(file, wall, fault)
    note(StorePutAside(fault))
    store = Store(file, key, now)
    _tell_of_the_former(store, file)
    return store


def _tell_of_the_former(store: Store, file: Path) -> None:
    """The first fact of a store that took the place of another says why, also if the power went in between."""
    fault = last_fault(file)
    if fault and store.is_empty():
        store.record(StoreRenewed(fault=fault))


def this_boot() -> Uptime:
    """The machine's uptime, which goes on while it is suspended (clock_gettime(2), CLOCK_BOOTTIME)."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return Uptime(boot, lambda: time.clock_gettime(time.CLOCK_BOOTTIME))


def keeps_time() -> bool:
    """Whether the machine has set its clock from the network, or by one that runs without power: many boards have one
    without a battery, which then shows another time.
    """
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    try:
        shown = int(Path("/sys/class/rtc/rtc0/since_epoch").read_text())
    except (OSError, ValueError):
        return False
    return abs(shown - time.time()) < RTC_SECONDS


class Kiosk:
    """A kiosk without its window: whoever shows it drains `inbox` into `controller` and lets it tick."""

    def __init__(
        self,
        settings: Settings,
        end: Callable[[int], None] = os._exit,
        wall: Callable[[], datetime] = _utc,
        monotonic: Callable[[], float] = time.monotonic,
        uptime: Uptime | None = None,
        keeps_time: Callable[[], bool] = keeps_time,
        practice: Practice | None = None,
        remote: RemoteSettingsFile | None = None,
        relay: Path | None = None,
        sync: Callable[..., Sync] = Sync,
    ) -> None:
        """Raises ConfigError or StoreError. `end` ends the process with a status; `wall` is the machine's clock (UTC),
        `monotonic` gives s; `uptime` and `keeps_time` as in Clock. A `practice` office speaks to no server. `remote`
        keeps the settings that the central server sends. The server is reached through a `relay` (docs/processes.md)
        where there is one; only a bench whose days are short has another `sync`.
        """
        devices = devices_of(settings)
        self.texts = Texts.load()
        self.voice: Voice = EspeakVoice()
        self.inbox: Inbox[Event] = Inbox()
        self._end, self._remote, self._starts_anew = end, remote, False
        self._relay, self._make_sync = relay, sync
        self._settings = settings
        self._desk: Inbox[Command | Snapshot] = Inbox()
        self._paper: Inbox[Print] = Inbox()
        uptime = uptime or this_boot()
        self._boot = hashlib.sha256(uptime.boot.encode()).hexdigest()[:BOOT_DIGITS]
        self.clock = Clock(wall, uptime, keeps_time)
        self.store = open_store(settings.data.dir, self.clock.trusted, wall)
        self.clock.recall(self.store.time_mark(), self.store.last_at())
        initial = PrinterStatus.UNKNOWN if devices.printer else PrinterStatus.DISCONNECTED
        self.monitor = Monitor(self.clock, initial, practice is not None)
        self.controller = Controller(self.monitor.surroundings, self._send, monotonic)
        self._records = Records(self.store, self.clock, monotonic)
        self._printing = Printing(
            devices.printer, self.store, self.texts, self.monitor.data, self._printer_said, settings.office.logo
        )
        self._marked_at: datetime | None = None
        self._sync_state = SyncState.OFFLINE
        self._nudge: Callable[[], None] = lambda: None
        self._hang_up: Callable[[], None] = lambda: None
        if practice:
            self.store.keep_series(PRACTICE_SERIES)
            self.store.keep_snapshot(practice.snapshot, "")
        self._workers = [
            Worker(WorkerName.RECORDS, self._serve_desk, self._failed),
            Worker(WorkerName.PRINTER, self._serve_paper, self._failed, self._printing.close, LONGEST_PRINT_SECONDS),
            *([] if practice else [self._sync_worker(settings, monotonic)]),
            *(self._scanner_worker(place, scanner) for place, scanner in enumerate(devices.scanners)),
            *(self._keypad_worker(keypad) for keypad in devices.keypads),
        ]

    def start(self) -> None:
        """Goes on from what the store holds, then starts the workers."""
        held = self.store.snapshot()
        if held:
            self._take(held[0])
        self._ask_for_paper()
        for worker in self._workers:
            worker.start()
        note(KioskStarted())

    def _ask_for_paper(self) -> None:
        now = self.clock.trusted()
        try:
            tickets = self._printing.recover(now - STILL_THERE if now else None)
        except StoreError as error:
            self._failed(error)
            return
        if tickets:
            self.inbox.post(Interrupted(tickets))

    def stop(self) -> None:
        """Stops the workers in reverse order and closes the store."""
        for worker in reversed(self._workers):
            worker.stopping.set()
        self._nudge()
        self._hang_up()
        until = time.monotonic() + STOP_SECONDS
        for worker in reversed(self._workers):
            worker.stop(max(0.0, until - time.monotonic()))
        self.store.close()
        note(KioskStopped())

    @property
    def is_well(self) -> bool:
        """Whether each worker runs, and none hangs."""
        return all(each.is_well for each in self._workers)

    def broke(self) -> bool:
        """The window failed: it shows that the kiosk is out of service, and why is in the log."""
        self.inbox.post(Broken())
        return True

    # ------------------------------------------------------------ between the threads

    def _send(self, command: Command) -> None:
        if isinstance(command, Restart):
            self._restart()
        elif isinstance(command, Print):
            self._paper.post(command)
        else:
            self._desk.post(command)

    def _restart(self) -> None:
        note(RestartWanted())
        self._end(RESTART_STATUS)

    def _serve_desk(self) -> None:
        item = self._desk.take(IDLE_SECONDS)
        if isinstance(item, Snapshot):
            self._records.take_snapshot(item)
        elif item is not None:
            answer = self._records.answer(item)
            if answer:
                self.inbox.post(answer)
            self._nudge()
        else:
            self._records.tidy()
            if self._starts_anew and self.controller.visit.state in IDLE:
                self._restart()

    def _serve_paper(self) -> None:
        command = self._paper.take(0)
        if command is None:
            self._printing.check()
            command = self._next_print()
        if command is not None:
            self.inbox.post(self._printing.answer(command))
            self._nudge()

    def _next_print(self) -> Print | None:
        """Waits for a print until the printer is to be asked again, or until the worker is to stop."""
        until = time.monotonic() + PRINTER_CHECK_SECONDS
        stopping = self._workers[1].stopping
        while time.monotonic() < until and not stopping.is_set():
            command = self._paper.take(IDLE_SECONDS)
            if command:
                return command
        return None

    def _sync_worker(self, settings: Settings, monotonic: Callable[[], float]) -> Worker:
        client = Client(
            settings.central.url,
            settings.central.ca,
            Identity.load(settings.data.dir),
            self.clock.now,
            heard=self._hear_the_time,
            trusted=self.clock.trusted,
            relay=self._relay,
        )
        sync = self._make_sync(
            client, self.store, self._heartbeat, self._take, self._sync_said, monotonic, on_heard=self._heard
        )
        self._nudge, self._hang_up = sync.nudge, client.hang_up
        return Worker(WorkerName.SYNC, sync.turn, self._failed, client.close, LONGEST_SYNC_SECONDS)

    def _scanner_worker(self, place: int, scanner: Scanner) -> Worker:
        def said(ready: bool) -> None:
            self.monitor.scanners[place] = ready

        polling = Polling(
            scanner,
            lambda text: self.inbox.post(CodeScanned(text)),
            ScannerLost,
            lambda seconds: worker.stopping.wait(seconds),
            said,
        )
        worker = Worker(WorkerName.SCANNER, polling.turn, self._failed, polling.close)
        return worker

    def _keypad_worker(self, keypad: Keypad) -> Worker:
        def read(what: Key | Jack) -> None:
            self.inbox.post(KeyPressed(what) if isinstance(what, Key) else HeadphonesMoved(what is Jack.PLUGGED))

        polling: Polling[Key | Jack] = Polling(keypad, read, KeypadLost, lambda seconds: worker.stopping.wait(seconds))
        worker = Worker(WorkerName.KEYPAD, polling.turn, self._failed, polling.close)
        return worker

    def _take(self, snapshot: Snapshot) -> None:
        self._desk.post(snapshot)
        self.monitor.snapshot = snapshot

    def _printer_said(self, status: PrinterStatus) -> None:
        if status is not self.monitor.printer:
            note(PrinterChanged(status))
        self.monitor.printer = status

    def _sync_said(self, state: SyncState) -> None:
        is_reached = state in REACHED
        if is_reached is not (self._sync_state in REACHED):
            note(CentralChanged(is_reached))
        self._sync_state = state
        # A server that does not take the facts hears no call for help.
        self.monitor.online = state is SyncState.ONLINE

    def _hear_the_time(self, server: datetime, took: float) -> None:
        mark = self.clock.heard(server, took)
        if mark and (self._marked_at is None or abs(mark.at - self._marked_at) >= MARK_EVERY):
            self.store.keep_time(mark)
            self._marked_at = mark.at

    def _heartbeat(self) -> Heartbeat:
        held = self._remote.held if self._remote else Held()
        refused, problem = refused_version(self._settings.data.dir)
        return Heartbeat(
            at=self.clock.now(),
            version=VERSION,
            screen=self.controller.visit.state,
            printer=self.monitor.printer,
            scanner_ready=self.monitor.scanner_ready,
            owed=self.store.owed_count(),
            clock=self.clock.state,
            epoch=self.store.epoch,
            facts_held_back=self._sync_state is SyncState.FORKED,
            boot=self._boot,
            settings_version=held.version,
            settings_refused=held.refused,
            settings_problem=held.problem,
            disk_free_mb=shutil.disk_usage(self._settings.data.dir).free // 1_000_000,
            devices=_urls(self._settings),
            readiness=kept_readiness(self._settings.data.dir),
            update_refused=refused[:VERSION_LENGTH],
            update_problem=problem[:PROBLEM_LENGTH],
            practice_visit=kept_practice_visit(self._settings.data.dir),
        )

    def _heard(self, answer: HeartbeatAnswer) -> None:
        """The central server has heard a sign of life. Settings that it sends are used from the next start on; which
        version it wants is kept for the next update.
        """
        with suppress(OSError):  # An update can wait; the store says by itself what is wrong with the disk.
            keep_wanted(self._settings.data.dir, answer.update)
        if self._remote:
            self._remote.heard()
            self._starts_anew = bool(answer.settings and self._remote.takes(answer.settings)) or self._starts_anew

    def _failed(self, error: Exception) -> None:
        self.inbox.post(Broken(error.fault if isinstance(error, StoreError) else None))


class OutOfService:
    """What stands in for a kiosk whose store cannot be opened: it says why, and ends the process to be started anew."""

    def __init__(
        self,
        fault: StoreFault,
        end: Callable[[int], None] = os._exit,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.texts = Texts.load()
        self.voice: Voice = EspeakVoice()
        self.inbox: Inbox[Event] = Inbox()
        self._fault = fault
        around = Surroundings(
            _utc(), Opening(ClosedReason.NO_DATA), None, PrinterStatus.UNKNOWN, False, False, ClockState.UNTRUSTED
        )
        self.controller = Controller(lambda: around, lambda command: end(RESTART_STATUS), monotonic)

    def start(self) -> None:
        """Shows the one screen."""
        self.controller.handle(Broken(self._fault))

    def stop(self) -> None:
        """Nothing was started."""

    is_well = True

    def broke(self) -> bool:
        """The window failed: it cannot even show this."""
        return False
