"""A whole kiosk in one thread, on a time that is passed in: true store, records, printing and controller, a simulated
printer, which keeps no ticket. Whoever shows it drains `inbox` into `controller`, as with the running one.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from opened_store import open_store
from small_office import MORNING, small_booking, small_snapshot

from kiosk.booking_pass import sign_pass
from kiosk.clock import Clock, Uptime
from kiosk.commands import Command, Print
from kiosk.controller import Controller
from kiosk.devices.escpos_printer import EscposPrinter
from kiosk.devices.simulated_clock import SimulatedClock
from kiosk.devices.simulated_connection import SimulatedConnection
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.events import Answer, Event
from kiosk.gate import Gate
from kiosk.model import Box, PassKey, PrinterStatus, PriorityGroup, Words
from kiosk.monitor import Monitor
from kiosk.printing import Printing
from kiosk.protocol import Snapshot
from kiosk.records import Records
from kiosk.texts import Texts
from kiosk.workbench import OF_THE_TECHNICIAN, Workbench
from kiosk.workers import Inbox

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = "0a0b0c"
BOOKINGS = 200


def office() -> Snapshot:
    """Open all day; its `BOOKINGS` bookings are for one or three people."""
    made = small_snapshot()
    day = MORNING.date()
    numbers = [
        tuple(f"A-{place * 3 + each:03}" for each in range(3 if place % 4 == 3 else 1)) for place in range(BOOKINGS)
    ]
    groups = (PriorityGroup("elderly", Words("Lansia", "Elderly")),)
    return made.model_copy(
        update={
            "bookings": tuple(small_booking(place + 1, each, day) for place, each in enumerate(numbers)),
            "rules": (replace(made.rules[0], priority_groups=groups, walk_in_pause_seconds=0),),
            "pass_keys": (PassKey(KEY_ID, b64encode(KEY.public_key().public_bytes_raw()).decode()),),
        }
    )


class TapCounter(Controller):
    """Keeps the taps that changed something, in their order."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.taps: list[Event] = []

    def tap(self, event: Event) -> None:
        before = self.visit
        super().tap(event)
        if self.visit != before:
            self.taps.append(event)


class Mute:
    """A voice that says nothing, at once."""

    is_speaking = False

    def say(self, text: str, voice: str, loud: bool) -> None:
        """Nothing is heard."""

    def stop(self) -> None:
        """Nothing was being said."""


class SteadyKiosk:
    """Time stands still but for `wait`; what a command is answered comes with the window's next frame."""

    def __init__(self, folder: Path, controller: Callable[..., TapCounter] = TapCounter) -> None:
        self._seconds = 1000.0
        uptime = Uptime("this boot", lambda: self._seconds)
        clock = Clock(lambda: MORNING, Uptime("this boot", lambda: 1000.0), lambda: True)
        clock.recall(None, MORNING)
        self.texts, self.voice = Texts.load(), Mute()
        self.inbox: Inbox[Event] = Inbox()
        self.store = open_store(folder / "kiosk.sqlite", clock.trusted)
        self.store.keep_series(1)
        self._monitor = Monitor(clock, PrinterStatus.READY)
        self._monitor.scanners[0] = self._monitor.online = True
        self.controller = controller(self._monitor.surroundings, self._send, lambda: self._seconds)
        self._records = Records(self.store, clock, lambda: self._seconds)
        self._workbench = Workbench(Gate(self.store, uptime), self.store, lambda: Box("0.1.0", 0, 20_000), {})
        paper = SimulatedClock()
        self._device = SimulatedPrinter(clock=paper)
        line = SimulatedConnection(self._device)
        printer = EscposPrinter(line, 80, monotonic=paper.monotonic)
        self._printing = Printing(printer, self.store, self.texts, self._monitor.data, lambda status: None)

    def start(self) -> None:
        snapshot = office()
        self._records.take_snapshot(snapshot)
        self._monitor.snapshot = snapshot
        self.passes = [sign_pass(each, KEY, KEY_ID, MORNING + timedelta(days=1)) for each in snapshot.bookings]

    def stop(self) -> None:
        self.store.close()

    is_well = True

    def broke(self) -> bool:
        """An error of the window is the bench's."""
        return False

    def wait(self, seconds: float) -> None:
        """Time goes on, in the steps that the window's ticks have."""
        until = self._seconds + seconds
        while self._seconds < until:
            self._seconds = min(until, self._seconds + 5)
            self.controller.tick()

    def _send(self, command: Command) -> None:
        answer = self._answer(command)
        # Each person takes the paper along.
        for paper in (self._device.tickets, self._device.pieces, self._device.scraps):
            paper.clear()
        if answer:
            self.inbox.post(answer)

    def _answer(self, command: Command) -> Answer | None:
        if isinstance(command, OF_THE_TECHNICIAN):
            return self._workbench.answer(command)
        return self._printing.answer(command) if isinstance(command, Print) else self._records.answer(command)
