"""An ESC/POS printer on any connection: asked before, asked after, and believed no further than it answered."""

import time
from collections.abc import Callable, Iterator, Sequence
from random import Random, SystemRandom

from kiosk.devices.connection import Connection, ConnectionLost
from kiosk.devices.conversation import QUIET, Conversation
from kiosk.devices.escpos_encoding import encode
from kiosk.devices.escpos_parsing import parse
from kiosk.devices.evidence import Evidence, Question, Questions
from kiosk.devices.printer import PrintResult
from kiosk.devices.replies import Heard
from kiosk.errors import PrinterError
from kiosk.event_log import Failure, PrinterLost, PrintMoment, note
from kiosk.model import PrinterStatus, PrintOutcome
from kiosk.ticket_layout import Line

CLEAR = b"\x10\x05\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE ENQ 2 and DLE DC4 8: empty the receive and print buffers. Many printers heed the first only after a cutter
error."""

CLEARED = b"\x37\x25\x00"
"""The answer to DLE DC4 8."""

INITIALIZE = b"\x1b@"
CUT_OFF = b"\x1dVB\x00"
"""GS V function B: feeds past the cutter and cuts, so that the next ticket does not hang from what came out of the
last."""

PADDING = bytes(2000)
"""Ends a command that was cut short on its way (none of ours is longer), and else means nothing (NUL is no command)."""

READY = (PrinterStatus.READY, PrinterStatus.PAPER_LOW)

AT_ONCE = 4000
"""Most bytes that are sent before the printer has answered for them: a receive buffer of 4 KB never runs over."""


class EscposPrinter:
    """A printer on `connection`.

    What it can prove (`Evidence`) is found out while it is idle and ready, and remembered. Before a ticket it asks DLE
    EOT 1 to 4 and sends nothing unless the printer is ready. Behind the ticket goes the question whose answer proves
    it, then DLE EOT again: PRINTED needs both answers and paper; everything else is UNCONFIRMED.

    A printer may keep what it could not print and bring it out with a new roll, on another person's visit. So its
    buffers are cleared after a print that ended badly, and nothing new is sent until it has answered a question behind
    all that it may have kept; until then its status is SILENT. A printer that only knows DLE EOT cannot prove that: it
    is believed when it has been ready for as long as a ticket takes.

    `answer_timeout` is how long, in s, an idle printer may take to answer; `print_time` how long it takes for a ticket
    of 20 cm at a slow 80 mm/s. A proof is waited for three times as long, and the time that the bytes are on their way.
    For `patience` s a ready printer may leave questions unanswered, for it may be busy with what it kept; then it is
    one that knows DLE EOT only, even if another stood in its place before. `monotonic` gives s, `random` the first
    process id.
    """

    def __init__(
        self,
        connection: Connection,
        width_mm: int,
        *,
        answer_timeout: float = 0.5,
        print_time: float = 2.5,
        patience: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
        random: Random | None = None,
    ) -> None:
        self.connection = connection
        self.width_mm = width_mm
        self.evidence: Evidence | None = None
        """What the printer can prove, None before it is known."""
        self._answer_timeout = answer_timeout
        self._print_time = print_time
        self._patience = patience
        self._monotonic = monotonic
        self._conversation = Conversation(connection, answer_timeout, monotonic)
        self._questions = Questions(random or SystemRandom())
        self._empty = False
        self._padding = PADDING
        self._asked: dict[Evidence, Question] = {}
        self._unproved_since: float | None = None

    def open(self) -> None:
        """Open the line. What an earlier run of the kiosk may have left in the printer is cleared with the next
        `status`."""
        self.connection.open()
        self._conversation.begin()

    def close(self) -> None:
        self.connection.close()

    def status(self) -> PrinterStatus:
        """The status, with nothing of an earlier ticket left in the printer if it is ready."""
        self._conversation.drain(0)
        if not self.connection.answers:
            return PrinterStatus.UNKNOWN
        if self.evidence is Evidence.REAL_TIME and self._proved() is not Evidence.REAL_TIME:
            # It was only busy when it was asked.
            self._empty = False
        if not self._empty:
            self._clear()
        status = self._conversation.status()
        if status in READY and not self._empty:
            self._empty = self._prove_empty()
            return status if self._empty else PrinterStatus.SILENT
        if status not in READY:
            self._unproved_since = None
        return status

    def print(self, lines: Sequence[Line]) -> PrintResult:
        ticket = encode(lines, self.width_mm)
        try:
            status = self._status_before()
        except PrinterError as error:
            note(PrinterLost(PrintMoment.BEFORE_TICKET, Failure.of(error)))
            return PrintResult(PrintOutcome.FAILED, PrinterStatus.DISCONNECTED)
        if status not in (*READY, PrinterStatus.UNKNOWN):
            return PrintResult(PrintOutcome.FAILED, status)
        return self._send(ticket)

    def _status_before(self) -> PrinterStatus:
        """The status before a ticket, on a line that a network printer may have closed since the last one."""
        try:
            return self.status()
        except ConnectionLost:
            self.open()
            return self.status()

    # ------------------------------------------------------------ a ticket

    def _send(self, ticket: bytes) -> PrintResult:
        evidence = self.evidence if self.evidence and self.connection.answers else Evidence.NONE
        pieces = list(_pieces(ticket)) if evidence >= Evidence.BARRIER else [ticket]
        sent = 0
        try:
            for piece in pieces:
                self._empty = False
                question = self._questions.by(evidence) if evidence >= Evidence.BARRIER else None
                self._conversation.send(piece + (question.data if question else b""))
                sent += len(piece)
                result = self._result_after(piece, question)
                if question and result.outcome is not PrintOutcome.PRINTED:
                    break
            return result
        except ConnectionLost as error:
            note(PrinterLost(PrintMoment.IN_TICKET, Failure.of(error)))
            self._padding = PADDING
            outcome = PrintOutcome.UNCONFIRMED if sent + error.sent else PrintOutcome.FAILED
            return PrintResult(outcome, PrinterStatus.DISCONNECTED)

    def _result_after(self, piece: bytes, question: Question | None) -> PrintResult:
        """What came of a piece that has been sent."""
        if not self.connection.answers:
            return PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.UNKNOWN)
        status = self._status_after(question, len(piece) / self.connection.bytes_per_second)
        proved = question is not None and question.answered(self._conversation.heard)
        self._empty = status in READY and (proved or question is None)
        if not self._empty:
            # Now, while the fault lasts: with a new roll the rest would print.
            self._clear()
        outcome = PrintOutcome.PRINTED if self._empty and proved else PrintOutcome.UNCONFIRMED
        return PrintResult(outcome, status)

    def _status_after(self, question: Question | None, on_its_way: float) -> PrinterStatus:
        """The status when the question is answered or the time is up; a fault that the printer tells of ends the
        wait."""
        answered = question.answered if question else _never
        deadline = self._monotonic() + on_its_way + self._print_time * (3 if question else 1)
        while True:
            left = deadline - self._monotonic()
            passed = self._conversation.wait_for(answered, min(self._answer_timeout, left))
            if passed and self.evidence is Evidence.BARRIER:
                self._conversation.drain(QUIET)
            status = self._conversation.status()
            if passed or status not in (*READY, PrinterStatus.SILENT) or self._monotonic() >= deadline:
                return status

    # ------------------------------------------------------------ a printer that may have kept something

    def _clear(self) -> None:
        """Clears, and waits for the answer if the printer gives one: what is sent before it may be cleared too (Epson,
        DLE DC4 function 8)."""
        self._conversation.send(self._padding + CLEAR)
        on_its_way = len(self._padding) / self.connection.bytes_per_second
        self._conversation.wait_for(lambda heard: CLEARED in heard.data, on_its_way + self._answer_timeout)
        self._padding = b""

    def _prove_empty(self) -> bool:
        """Whether nothing of an earlier ticket is left in the ready printer; what it can prove is found out anew."""
        by_id, by_barriers = self._questions.process_id(), self._questions.barriers()
        self._asked = {Evidence.PROCESS_ID: by_id, Evidence.BARRIER: by_barriers}
        self._conversation.send(INITIALIZE + by_id.data + by_barriers.data)
        best = by_barriers if self.evidence is Evidence.BARRIER else by_id
        self._conversation.wait_for(best.answered, self._print_time)
        self._conversation.drain(QUIET)
        found = self._proved()
        if found is Evidence.REAL_TIME and not self._is_known_by_time():
            return False
        self.evidence, self._unproved_since = found, None
        self.connection.write(CUT_OFF)
        return True

    def _proved(self) -> Evidence:
        """The best answer to the questions behind all that the printer may have kept, however late it came."""
        heard = self._conversation.heard
        answered = (evidence for evidence, question in self._asked.items() if question.answered(heard))
        return max(answered, default=Evidence.REAL_TIME)

    def _is_known_by_time(self) -> bool:
        """Whether a printer that proves nothing has been ready for so long that it cannot be busy any more."""
        if self._conversation.status() not in READY:
            return False
        if self._unproved_since is None:
            self._unproved_since = self._monotonic()
        is_known = self.evidence is Evidence.REAL_TIME
        return is_known or self._monotonic() - self._unproved_since >= self._patience


def _never(heard: Heard) -> bool:
    return False


def _pieces(ticket: bytes) -> Iterator[bytes]:
    """The ticket in pieces of whole commands, each of `AT_ONCE` bytes at most."""
    piece = b""
    for command in parse(ticket):
        if len(piece) + len(command.raw) > AT_ONCE and piece:
            yield piece
            piece = b""
        piece += command.raw
    yield piece
