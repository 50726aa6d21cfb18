"""Printers and scanners at the other end of a real TCP connection or pseudo-terminal."""

import importlib.util
import os
import socket
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event, Thread
from types import ModuleType
from typing import Any

import pytest

from kiosk.devices.descriptor import write_all
from kiosk.devices.escpos_parsing import Command, CommandReader
from kiosk.devices.escpos_printer import EscposPrinter
from kiosk.devices.evidence import Evidence
from kiosk.devices.serial_scanner import SerialScanner
from kiosk.devices.simulated_clock import SimulatedClock
from kiosk.devices.simulated_connection import SimulatedConnection
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import serve
from kiosk.devices.tcp_connection import TcpConnection
from kiosk.model import PrinterStatus
from kiosk.ticket_layout import Align, Code, Cut, Feed, Line, Rule, Text

Opener = Callable[[SimulatedPrinter], EscposPrinter]


@pytest.fixture
def ticket() -> list[Line]:
    return [
        Text("KANTOR IMIGRASI PAYAKUMBUH", bold=True, height=2),
        Rule(),
        Text("A-014", width=6, height=6, bold=True),
        Text("S*** R*******"),
        Text("08.30", Align.LEFT),
        Code("https://kiosk.example/t/0190a1b2"),
        Feed(2),
        Cut(),
    ]


@pytest.fixture
def open_printer() -> Iterator[Opener]:
    """Opens the true driver on a TCP connection to a simulated printer; short times keep the tests quick."""
    with ExitStack() as stack:

        def open_at(simulator: SimulatedPrinter) -> EscposPrinter:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            stop = Event()
            serving = Thread(target=serve, args=(simulator, listener, stop))
            serving.start()
            stack.callback(serving.join)
            stack.callback(stop.set)
            printer = EscposPrinter(
                TcpConnection("127.0.0.1", listener.getsockname()[1]),
                80,
                answer_timeout=0.2,
                print_time=0.3,
                patience=0,
            )
            printer.open()
            stack.callback(printer.close)
            return printer

        yield open_at


@dataclass
class Rig:
    """The true driver on a line in memory to a simulated printer, in simulated time."""

    simulator: SimulatedPrinter
    line: SimulatedConnection
    driver: EscposPrinter
    clock: SimulatedClock

    def passes(self, seconds: float) -> PrinterStatus:
        """Time goes by, then the idle kiosk asks how the printer is."""
        self.clock.passes(seconds)
        self.simulator.catch_up()
        return self.driver.status()


@pytest.fixture
def rig() -> Callable[..., Rig]:
    """Makes a rig whose printer has the given abilities, idle and known."""

    def make(evidence: Evidence = Evidence.PROCESS_ID, **abilities: Any) -> Rig:
        clock = SimulatedClock()
        simulator = SimulatedPrinter(evidence=evidence, clock=clock, **abilities)
        line = SimulatedConnection(simulator)
        driver = EscposPrinter(line, 80, monotonic=clock.monotonic, random=Random(1))
        driver.open()
        made = Rig(simulator, line, driver, clock)
        made.passes(1)
        if evidence is Evidence.REAL_TIME:
            made.passes(60)
        return made

    return make


@pytest.fixture
def simulator() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture
def printer(simulator: SimulatedPrinter, open_printer: Opener) -> EscposPrinter:
    return open_printer(simulator)


Script = Callable[[Command], bytes | None]


@pytest.fixture
def scripted_printer() -> Iterator[Callable[[Script], EscposPrinter]]:
    """Opens the true driver on a printer that answers each command by a function; None as an answer cuts the cable."""
    with ExitStack() as stack:

        def serve_script(script: Script, listener: socket.socket) -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    _answer_by(script, connection)

        def open_at(script: Script) -> EscposPrinter:
            listener = socket.create_server(("127.0.0.1", 0))
            serving = Thread(target=serve_script, args=(script, listener))
            serving.start()
            printer = EscposPrinter(
                TcpConnection("127.0.0.1", listener.getsockname()[1]),
                80,
                answer_timeout=0.2,
                print_time=0.3,
            )
            stack.callback(serving.join)
            stack.callback(listener.close)
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            stack.callback(printer.close)
            printer.open()
            return printer

        yield open_at


def _answer_by(script: Script, connection: socket.socket) -> None:
    reader = CommandReader()
    try:
        while data := connection.recv(4096):
            for command in reader.feed(data):
                answer = script(command)
                if answer is None:
                    return
                connection.sendall(answer)
    except OSError:
        return


@dataclass
class ScannerLine:
    """The scanner's side of a pseudo-terminal, and the driver on the other."""

    device: int
    driver: SerialScanner

    def send(self, data: bytes) -> None:
        write_all(self.device, data)

    def unplug(self) -> None:
        os.close(self.device)
        self.device = -1


@pytest.fixture
def scanner() -> Iterator[ScannerLine]:
    device, other = os.openpty()
    tty.setraw(other)
    os.set_blocking(device, False)
    driver = SerialScanner(os.ttyname(other), 9600)
    driver.open()
    os.close(other)
    line = ScannerLine(device, driver)
    yield line
    driver.close()
    if line.device >= 0:
        line.unplug()


@pytest.fixture(scope="session")
def hard_pictures() -> ModuleType:
    """The maker of QR pictures that are hard to read, which the benchmark uses too."""
    path = Path(__file__).parents[2] / "bench" / "decode_pictures.py"
    specification = importlib.util.spec_from_file_location("decode_pictures", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
