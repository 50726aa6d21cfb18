"""A thermal printer without hardware: takes ESC/POS bytes, answers with true bytes, and has the faults of a real
one."""

from collections import deque
from collections.abc import Callable
from math import inf
from threading import Condition

from kiosk.devices.escpos_parsing import Command, CommandReader
from kiosk.devices.evidence import Evidence
from kiosk.devices.simulated_clock import Clock, WallClock

_LINE_FEED = b"\n"
_NOTHING = b"\0"
_CUT = b"\x1dV"
_BARRIER = b"\x1dr"
_PROCESS_ID = b"\x1d(H"
_CODE = b"\x1d(k"
_PICTURE = b"\x1dv0"
_CLEAR_DONE = b"\x37\x25\x00"


class SimulatedPrinter:
    """A printer that is driven by its verbs, from any thread.

    `tickets` holds the bytes of each ticket that was cut, `scraps` what came out and was torn off, `pieces` both in
    their order. Without paper, with an open cover or offline it keeps what it is sent and brings it out later, as real
    printers do, unless DLE ENQ 2 or DLE DC4 8 clears it. While it is silent it takes bytes and does nothing with them
    until it speaks again.

    `evidence` is the best that it can give. One that does not heed clearing brings out with a new roll whatever it
    kept. `buffer_bytes` is the size of a buffer that drops what does not fit; None for one that holds its line up
    instead. A line of paper takes `seconds_a_line`.
    """

    def __init__(
        self,
        *,
        evidence: Evidence = Evidence.PROCESS_ID,
        heeds_clearing: bool = True,
        buffer_bytes: int | None = None,
        seconds_a_line: float = 0.0,
        on_ticket: Callable[[bytes], None] = lambda ticket: None,
        clock: Clock | None = None,
    ) -> None:
        self.tickets: list[bytes] = []
        self.scraps: list[bytes] = []
        self.pieces: list[bytes] = []
        self._evidence = evidence
        self._heeds_clearing = heeds_clearing
        self._buffer_bytes = buffer_bytes
        self._seconds_a_line = seconds_a_line
        self._on_ticket = on_ticket
        self._clock = clock or WallClock()
        self._changed = Condition()
        self._on_paper = bytearray()
        self._paper = True
        self._paper_low = False
        self._cover_open = False
        self._offline = False
        self._after: tuple[int, Callable[[], None]] | None = None
        self._noise: Callable[[], bytes] = bytes
        self._late = self._proof_late = 0.0
        self._proves_a_job_late = False
        self._start()

    def _start(self) -> None:
        """What the printer knows after its power came on: nothing."""
        self._powered_from = self._busy_until = self._clock.monotonic()
        self._silent = False
        self._reader = CommandReader()
        self._waiting: deque[Command] = deque()
        self._unheard = bytearray()
        self._answers: list[tuple[float, bytes]] = []
        self._proofs_held: list[bytes] = []

    @property
    def hanging(self) -> bytes:
        """What came out and is neither cut nor torn off."""
        return bytes(self._on_paper)

    # ------------------------------------------------------------ the line

    def receive(self, data: bytes) -> None:
        """Take bytes from the line."""
        with self._changed:
            if not self._is_powered:
                return
            self._go_on()
            if self._silent:
                self._unheard += data
            else:
                self._heed(data)

    def answers(self, timeout: float) -> bytes:
        """Take what the printer has to say, waiting up to `timeout` s for it."""
        with self._changed:
            deadline = self._clock.monotonic() + timeout
            while True:
                self._work()
                now = self._clock.monotonic()
                said = self._said_by(now)
                if said or now >= deadline:
                    return said
                self._clock.wait(self._changed, min(self._next_event(now), deadline) - now)

    def catch_up(self) -> None:
        """Do what is due by now, for a clock that moves while nobody listens."""
        with self._changed:
            self._work()

    def _said_by(self, now: float) -> bytes:
        due = [data for at, data in self._answers if at <= now]
        self._answers = [(at, data) for at, data in self._answers if at > now]
        return b"".join(due)

    def _next_event(self, now: float) -> float:
        """When something may happen by itself."""
        events = [at for at, _ in self._answers]
        if self._waiting and self._able and self._busy_until > now:
            events.append(self._busy_until)
        return min(events, default=inf)

    # ------------------------------------------------------------ verbs: paper, cover, power

    def run_out_of_paper(self) -> None:
        with self._changed:
            self._paper = False

    def run_out_of_paper_after(self, lines: int) -> None:
        """The paper ends when `lines` more lines have come out."""
        self._do_after(lines, self.run_out_of_paper)

    def run_low_on_paper(self) -> None:
        with self._changed:
            self._paper_low = True

    def load_paper(self) -> None:
        """A new roll. What hung from the old one is torn off; what was kept is printed."""
        with self._changed:
            if not self._paper and _shows_something(bytes(self._on_paper)):
                self.scraps.append(bytes(self._on_paper))
                self.pieces.append(bytes(self._on_paper))
            if not self._paper:
                self._on_paper.clear()
            self._paper, self._paper_low, self._after = True, False, None
            self._go_on()

    def open_cover(self) -> None:
        with self._changed:
            self._cover_open = True

    def open_cover_after(self, lines: int) -> None:
        """The cover is opened when `lines` more lines have come out."""
        self._do_after(lines, self.open_cover)

    def close_cover(self) -> None:
        with self._changed:
            self._cover_open = False
            self._go_on()

    def go_offline(self) -> None:
        with self._changed:
            self._offline = True

    def go_online(self) -> None:
        with self._changed:
            self._offline = False
            self._go_on()

    def lose_power(self, seconds: float = inf) -> None:
        """For so long it hears nothing; it forgets all but its paper."""
        with self._changed:
            self._start()
            self._powered_from = self._clock.monotonic() + seconds

    def lose_power_after(self, lines: int, seconds: float = inf) -> None:
        """The power goes for `seconds` when `lines` more lines have come out."""
        self._do_after(lines, lambda: self.lose_power(seconds))

    def get_power(self) -> None:
        with self._changed:
            self._powered_from = min(self._powered_from, self._clock.monotonic())

    def stall(self, seconds: float) -> None:
        """Say that it is ready, and print nothing for so long; 0 ends it."""
        with self._changed:
            self._busy_until = self._clock.monotonic() + seconds

    # ------------------------------------------------------------ verbs: answers

    def fall_silent(self) -> None:
        with self._changed:
            self._silent = True

    def speak(self) -> None:
        """Hear and answer, late, what was sent during the silence."""
        with self._changed:
            self._silent = False
            unheard = bytes(self._unheard)
            self._unheard.clear()
            self._go_on()
            self._heed(unheard)

    def answer_late(self, seconds: float) -> None:
        """Each answer from now on comes so much later; 0 ends it."""
        with self._changed:
            self._late = seconds

    def prove_late(self, seconds: float) -> None:
        """The answers to barriers and process ids come so much later, those to DLE EOT in time; 0 ends it."""
        with self._changed:
            self._proof_late = seconds

    def prove_a_job_late(self, late: bool = True) -> None:
        """The answers to barriers and process ids come when the next job is cut."""
        with self._changed:
            self._proves_a_job_late = late

    def prove_by(self, evidence: Evidence) -> None:
        """Give this evidence at best, as if another printer stood here."""
        with self._changed:
            self._evidence = evidence

    def make_noise(self, data: bytes) -> None:
        """Bytes that nobody asked for come among the answers."""
        with self._changed:
            self._answer(data, 0.0)

    def make_noise_by(self, source: Callable[[], bytes]) -> None:
        """Before each answer come the bytes that `source` gives."""
        with self._changed:
            self._noise = source

    # ------------------------------------------------------------ what it does

    def _do_after(self, lines: int, verb: Callable[[], None]) -> None:
        with self._changed:
            self._after = (lines, verb)

    def _heed(self, data: bytes) -> None:
        if self._buffer_bytes is not None:
            data = data[: max(0, self._buffer_bytes - sum(len(command.raw) for command in self._waiting))]
        for command in self._reader.feed(data):
            if command.real_time:
                self._real_time(command)
            else:
                self._waiting.append(command)
        self._work()

    def _real_time(self, command: Command) -> None:
        match command.raw[:3]:
            case b"\x10\x04\x01" | b"\x10\x04\x02" | b"\x10\x04\x03" | b"\x10\x04\x04":
                if self._evidence is not Evidence.NONE:
                    self._answer(bytes((self._status(command.raw[2]),)), self._late)
            case b"\x10\x05\x02":
                self._clear()
            case b"\x10\x14\x08":
                if self._clear() and self._evidence is not Evidence.NONE:
                    self._answer(_CLEAR_DONE, self._late)

    def _clear(self) -> bool:
        if self._heeds_clearing:
            self._waiting.clear()
        return self._heeds_clearing

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
    def _is_powered(self) -> bool:
        return self._clock.monotonic() >= self._powered_from

    @property
    def _able(self) -> bool:
        return self._paper and self._is_powered and not (self._cover_open or self._offline or self._silent)

    def _go_on(self) -> None:
        """Print from now on what waited until now."""
        self._busy_until = max(self._busy_until, self._clock.monotonic())
        self._work()

    def _work(self) -> None:
        while self._waiting and self._able and self._busy_until <= self._clock.monotonic():
            self._carry_out(self._waiting.popleft())
        if not self._waiting:
            self._changed.notify_all()

    def _carry_out(self, command: Command) -> None:
        if command.name == _BARRIER:
            if self._evidence >= Evidence.BARRIER:
                self._prove(bytes((0x03 * self._paper_low,)))
        elif command.name == _PROCESS_ID:
            if self._evidence is Evidence.PROCESS_ID and command.raw[5:7] == b"\x30\x30":
                self._prove(b"\x37\x22" + command.raw[7:11] + b"\x00")
        elif command.name != _NOTHING:
            self._print(command)

    def _print(self, command: Command) -> None:
        self._on_paper += command.raw
        lines = _lines(command)
        self._busy_until += lines * self._seconds_a_line
        if command.name == _CUT:
            self._cut()
        if self._after and lines:
            left, verb = self._after
            self._after = (left - lines, verb)
            if left <= lines:
                self._after = None
                verb()

    def _cut(self) -> None:
        ticket = bytes(self._on_paper)
        self._on_paper.clear()
        if _shows_something(ticket):
            self.tickets.append(ticket)
            self.pieces.append(ticket)
            self._on_ticket(ticket)
        held, self._proofs_held = self._proofs_held, []
        for proof in held:
            self._answer(proof, self._late + self._proof_late)

    def _prove(self, data: bytes) -> None:
        if self._proves_a_job_late:
            self._proofs_held.append(data)
        else:
            self._answer(data, self._late + self._proof_late)

    def _answer(self, data: bytes, late: float) -> None:
        self._answers.append((self._clock.monotonic() + late, self._noise() + data))
        self._answers.sort(key=lambda answer: answer[0])
        self._changed.notify_all()


def _lines(command: Command) -> int:
    """How many lines of paper a command moves; a picture's band or a code counts as one."""
    if command.name == b"\x1bd":
        return command.arguments[0]
    return int(command.name in (_LINE_FEED, _PICTURE) or (command.name == _CODE and command.raw[6:7] == b"\x51"))


def _shows_something(piece: bytes) -> bool:
    """Whether anything is printed on a piece of paper: an empty slip is no ticket."""
    return any(
        (command.name == b"" and command.raw.strip()) or (command.name in (_PICTURE, _CODE) and _lines(command))
        for command in CommandReader().feed(piece)
    )
