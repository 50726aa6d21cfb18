"""A thermal printer without hardware: takes ESC/POS bytes, answers with true bytes, and has the faults of a real
one."""

from collections import deque
from collections.abc import Callable
from threading import Condition

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.escpos_parsing import Command, CommandReader
from kiosk.errors import PrinterError

_LINE_FEED = b"\n"
_CUT = b"\x1dV"
_BARRIER = b"\x1dr"
_CLEAR_DONE = b"\x37\x25\x00"


class SimulatedPrinter:
    """A printer that is driven by its verbs, from any thread.

    `tickets` holds the bytes of each ticket that was cut, `scraps` what came out and was never cut. Without paper,
    with an open cover or offline it keeps what it is sent and brings it out later, as real printers do, unless DLE ENQ
    2 or DLE DC4 8 clears it. While it is silent it takes bytes and does nothing with them until it speaks again.
    `knows_barrier` is False for a printer that ignores GS r.
    """

    def __init__(self, *, knows_barrier: bool = True, on_ticket: Callable[[bytes], None] = lambda ticket: None) -> None:
        self.tickets: list[bytes] = []
        self.scraps: list[bytes] = []
        self._knows_barrier = knows_barrier
        self._on_ticket = on_ticket
        self._changed = Condition()
        self._answers = bytearray()
        self._reader = CommandReader()
        self._waiting: deque[Command] = deque()
        self._unheard = bytearray()
        self._on_paper = bytearray()
        self._paper = True
        self._paper_low = False
        self._cover_open = False
        self._offline = False
        self._silent = False
        self._lines_left: int | None = None

    def receive(self, data: bytes) -> None:
        """Take bytes from the line."""
        with self._changed:
            if self._silent:
                self._unheard += data
            else:
                self._heed(data)

    def answers(self, timeout: float) -> bytes:
        """Take what the printer has to say, waiting up to `timeout` s for it."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._answers), timeout)
            said = bytes(self._answers)
            self._answers.clear()
            return said

    def run_out_of_paper(self) -> None:
        with self._changed:
            self._paper = False

    def run_out_of_paper_after(self, lines: int) -> None:
        """The paper ends when `lines` more lines have come out."""
        with self._changed:
            self._lines_left = lines

    def run_low_on_paper(self) -> None:
        with self._changed:
            self._paper_low = True

    def load_paper(self) -> None:
        """A new roll. What hung from the old one is torn off; what was kept is printed."""
        with self._changed:
            if self._on_paper and not self._paper:
                self.scraps.append(bytes(self._on_paper))
                self._on_paper.clear()
            self._paper, self._paper_low, self._lines_left = True, False, None
            self._work()

    def open_cover(self) -> None:
        with self._changed:
            self._cover_open = True

    def close_cover(self) -> None:
        with self._changed:
            self._cover_open = False
            self._work()

    def go_offline(self) -> None:
        with self._changed:
            self._offline = True

    def go_online(self) -> None:
        with self._changed:
            self._offline = False
            self._work()

    def fall_silent(self) -> None:
        with self._changed:
            self._silent = True

    def speak(self) -> None:
        """Hear and answer, late, what was sent during the silence."""
        with self._changed:
            self._silent = False
            unheard = bytes(self._unheard)
            self._unheard.clear()
            self._heed(unheard)

    def _heed(self, data: bytes) -> None:
        for command in self._reader.feed(data):
            if command.real_time:
                self._real_time(command)
            else:
                self._waiting.append(command)
        self._work()

    def _real_time(self, command: Command) -> None:
        match command.raw[:3]:
            case b"\x10\x04\x01" | b"\x10\x04\x02" | b"\x10\x04\x03" | b"\x10\x04\x04":
                self._say(bytes((self._status(command.raw[2]),)))
            case b"\x10\x05\x02":
                self._waiting.clear()
            case b"\x10\x14\x08":
                self._waiting.clear()
                self._say(_CLEAR_DONE)

    def _status(self, question: int) -> int:
        """The answer to DLE EOT (Epson ESC/POS command reference); bits 1 and 4 are always set."""
        match question:
            case 1:
                return 0x12 | 0x08 * (not self._able)
            case 2:
                return 0x12 | 0x04 * self._cover_open | 0x20 * (not self._paper)
            case 3:
                return 0x12
            case _:
                return 0x12 | 0x0C * (self._paper_low or not self._paper) | 0x60 * (not self._paper)

    @property
    def _able(self) -> bool:
        return self._paper and not self._cover_open and not self._offline

    def _work(self) -> None:
        while self._waiting and self._able and not self._silent:
            self._carry_out(self._waiting.popleft())

    def _carry_out(self, command: Command) -> None:
        if command.name == _BARRIER:
            if self._knows_barrier:
                self._say(bytes((0x03 * self._paper_low,)))
            return
        self._on_paper += command.raw
        if command.name == _CUT:
            ticket = bytes(self._on_paper)
            self._on_paper.clear()
            self.tickets.append(ticket)
            self._on_ticket(ticket)
        elif self._lines_left is not None and (lines := _lines(command)):
            self._lines_left -= lines
            self._paper = self._lines_left > 0

    def _say(self, data: bytes) -> None:
        self._answers += data
        self._changed.notify_all()


def _lines(command: Command) -> int:
    """How many lines of paper a command moves; a picture's band or a code counts as one."""
    if command.name == b"\x1bd":
        return command.arguments[0]
    return int(command.name in (_LINE_FEED, b"\x1dv0") or (command.name == b"\x1d(k" and command.raw[6:7] == b"\x51"))


class SimulatedConnection:
    """The line to a simulated printer in this process; `simulator` is the printer at its end."""

    answers = True
    bytes_per_second = 100_000.0

    def __init__(self, simulator: SimulatedPrinter | None = None) -> None:
        self.simulator = simulator or SimulatedPrinter()
        self._open = False
        self._plugged_in = True

    def unplug(self) -> None:
        self._plugged_in = False

    def plug_in(self) -> None:
        self._plugged_in = True

    def open(self) -> None:
        if not self._plugged_in:
            raise PrinterError("the simulated printer is unplugged; plug it in")
        self._open = True

    def write(self, data: bytes) -> None:
        self._check_line()
        self.simulator.receive(data)

    def read(self, timeout: float) -> bytes:
        self._check_line()
        return self.simulator.answers(timeout)

    def close(self) -> None:
        self._open = False

    def _check_line(self) -> None:
        if not self._open or not self._plugged_in:
            raise ConnectionLost("the simulated printer is unplugged or not open")
