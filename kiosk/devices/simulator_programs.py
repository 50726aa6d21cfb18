"""The simulators as programs: a printer on a TCP port or a pseudo-terminal, a scanner on a pseudo-terminal."""

import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Lock, Thread, current_thread, main_thread
from typing import TextIO

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import read_some, write_all
from kiosk.devices.evidence import Evidence
from kiosk.devices.pseudo_terminal import pseudo_terminal
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.ticket_picture import picture

VERBS: dict[str, Callable[[SimulatedPrinter], None]] = {
    "paper out": SimulatedPrinter.run_out_of_paper,
    "paper low": SimulatedPrinter.run_low_on_paper,
    "paper in": SimulatedPrinter.load_paper,
    "cover open": SimulatedPrinter.open_cover,
    "cover close": SimulatedPrinter.close_cover,
    "offline": SimulatedPrinter.go_offline,
    "online": SimulatedPrinter.go_online,
    "power off": SimulatedPrinter.lose_power,
    "power on": SimulatedPrinter.get_power,
    "silent": SimulatedPrinter.fall_silent,
    "speak": SimulatedPrinter.speak,
    "prove a job late": SimulatedPrinter.prove_a_job_late,
    "prove by process id": lambda printer: printer.prove_by(Evidence.PROCESS_ID),
    "prove by barrier": lambda printer: printer.prove_by(Evidence.BARRIER),
    "prove nothing": lambda printer: printer.prove_by(Evidence.REAL_TIME),
}
COUNTED: dict[str, Callable[[SimulatedPrinter, int], None]] = {
    "paper out after": SimulatedPrinter.run_out_of_paper_after,
    "cover open after": SimulatedPrinter.open_cover_after,
    "power off after": SimulatedPrinter.lose_power_after,
    "stall": SimulatedPrinter.stall,
    "answer late": SimulatedPrinter.answer_late,
    "prove late": SimulatedPrinter.prove_late,
    "noise": lambda printer, count: printer.make_noise(os.urandom(count)),
}
"""Verbs that a number follows: lines, seconds or bytes."""

KNOWN = ", ".join([*VERBS, *(f"{verb} N" for verb in COUNTED), "help", "quit"])


def run_printer(
    tcp: int | None,
    pty: str | None,
    tickets: Path | None,
    width_mm: int,
    commands: TextIO,
    answers: TextIO | None = None,
) -> int:
    """Be a printer on TCP port `tcp` (0 for a free one) or at the link `pty`, and obey verbs, one a line, until `quit`.

    Each ticket that is cut becomes NNN.png and NNN.bin in `tickets`. At the end of `commands` the printer goes on
    until it is interrupted. Returns the exit status: 0, or 1 if the port or the link cannot be had.
    """
    said = answers or sys.stdout
    folder = TicketFolder(tickets, width_mm) if tickets else None
    _end_cleanly_when_terminated()
    printer = SimulatedPrinter(on_ticket=folder.add if folder else lambda ticket: None)
    try:
        with ExitStack() as stack:
            stop = Event()
            if tcp is not None:
                listener = stack.enter_context(socket.create_server(("127.0.0.1", tcp)))
                place = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
                serving = Thread(target=serve, args=(printer, listener, stop))
            else:
                device = stack.enter_context(pseudo_terminal(Path(pty or "")))
                place = f"serial://{Path(pty or '').absolute()}"
                serving = Thread(target=converse, args=(printer, device, stop))
            serving.start()
            # Called before the line is closed, so that no thread is left on a descriptor that is another's by then.
            stack.callback(serving.join)
            stack.callback(stop.set)
            print(f"listening on {place}", file=said, flush=True)
            if not _obey(printer, commands, said):
                stop.wait()
    except OSError as error:
        print(f"the simulated printer cannot start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def run_scanner(pty: str, commands: TextIO, answers: TextIO | None = None) -> int:
    """Be a scanner at the link `pty`: each line of `commands` is a code that is read; ends with them. Returns the exit
    status."""
    _end_cleanly_when_terminated()
    try:
        with pseudo_terminal(Path(pty)) as device:
            os.set_blocking(device, False)
            print(f"listening on serial://{Path(pty).absolute()}", file=answers or sys.stdout, flush=True)
            for line in commands:
                write_all(device, line.rstrip("\r\n").encode() + b"\r")
    except (OSError, ConnectionLost) as error:
        print(f"the simulated scanner has to end: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _end_cleanly_when_terminated() -> None:
    """SIGTERM ends the program as Ctrl-C does, so that its link is taken away."""
    if current_thread() is main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


class TicketFolder:
    """Puts tickets into a folder as NNN.png and NNN.bin, going on from the highest number there."""

    def __init__(self, folder: Path, width_mm: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._width_mm = width_mm
        self._last = max((int(file.stem) for file in folder.glob("*.bin") if file.stem.isdecimal()), default=0)
        self._adding = Lock()

    def add(self, ticket: bytes) -> None:
        with self._adding:
            self._last += 1
            begun = self._folder / f".{self._last:03}.begun"
            begun.write_bytes(ticket)
            begun.rename(self._folder / f"{self._last:03}.bin")
            picture(ticket, self._width_mm).save(begun, "PNG")
            begun.rename(self._folder / f"{self._last:03}.png")


def _obey(printer: SimulatedPrinter, commands: TextIO, answers: TextIO) -> bool:
    """Carry out the verbs; True when told to quit, False when they end without."""
    for line in commands:
        verb = " ".join(line.lower().split())
        if verb == "quit":
            print("ok", file=answers, flush=True)
            return True
        if verb:
            print(_carry_out(printer, verb), file=answers, flush=True)
    return False


def _carry_out(printer: SimulatedPrinter, verb: str) -> str:
    counted, _, count = verb.rpartition(" ")
    if verb in VERBS:
        VERBS[verb](printer)
    elif counted in COUNTED and count.isdecimal():
        COUNTED[counted](printer, int(count))
    else:
        return f"known are: {KNOWN}"
    return "ok"


def serve(printer: SimulatedPrinter, listener: socket.socket, stop: Event) -> None:
    """Be `printer` at the other end of one connection after another, as network printers are, until `stop`."""
    while not stop.is_set():
        if select.select([listener], [], [], 0.1)[0]:
            connection, _ = listener.accept()
            with connection:
                # What it said to a line that is gone is lost.
                printer.answers(0)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                converse(printer, connection.fileno(), stop)


def converse(printer: SimulatedPrinter, descriptor: int, stop: Event) -> None:
    """Be `printer` at the other end of `descriptor`, until its line is gone or `stop`."""
    os.set_blocking(descriptor, False)
    try:
        while not stop.is_set():
            if data := read_some(descriptor, 0.02):
                printer.receive(data)
            if answer := printer.answers(0):
                write_all(descriptor, answer)
    except ConnectionLost:
        return
