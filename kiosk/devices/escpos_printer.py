"""An ESC/POS printer on any connection: asked before, asked after, and believed no further than it answered."""

import time
from collections.abc import Sequence

from kiosk.devices.connection import Connection, ConnectionLost
from kiosk.devices.escpos_encoding import encode
from kiosk.devices.printer import PrintResult
from kiosk.devices.replies import Reply, ReplyKind, ReplyReader, status_from
from kiosk.errors import PrinterError
from kiosk.event_log import Failure, PrinterLost, PrintMoment, note
from kiosk.model import PrinterStatus, PrintOutcome
from kiosk.ticket_layout import Line

BARRIER = b"\x1dr\x01"
"""GS r 1: answered in its turn, so its answer says that all before it has been worked through."""

CLEAR = b"\x10\x05\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE ENQ 2 and DLE DC4 8: empty the receive and print buffers. Many printers heed the first only after a cutter
error."""

READY = (PrinterStatus.READY, PrinterStatus.PAPER_LOW)
QUIET = 0.05
"""A silence of this many s after late answers means that all of them have come."""


class EscposPrinter:
    """A printer on `connection`.

    Before a ticket it asks DLE EOT 1 to 4 and sends nothing unless the printer is ready. After it come the barrier GS
    r 1 and DLE EOT again: PRINTED needs both answers and paper. A printer that leaves GS r 1 unanswered while it is
    idle is believed by DLE EOT alone, asked when the ticket has had time to print: that proves that it is online then,
    with paper and without an error, not that it has worked through the ticket. A connection that can only be written
    to gives UNCONFIRMED.

    A printer may keep what it could not print and bring it out with a new roll, on another person's visit; so its
    buffers are cleared after every print that was not confirmed, and when the line is opened.

    `answer_timeout` is how long, in s, an idle printer may take to answer; `print_time` how long it takes for a ticket
    of 20 cm at a slow 80 mm/s. A barrier is waited for three times as long, and the time that the bytes are on their
    way.
    """

    def __init__(
        self, connection: Connection, width_mm: int, *, answer_timeout: float = 0.5, print_time: float = 2.5
    ) -> None:
        self.connection = connection
        self.width_mm = width_mm
        self._answer_timeout = answer_timeout
        self._print_time = print_time
        self._forget()

    def _forget(self) -> None:
        self._reader = ReplyReader()
        self._late_answers = False
        self._must_clear = True
        self._knows_barrier = False
        self._barrier_passed = False

    def open(self) -> None:
        """Open the line, and clear what a fault may have left in the printer before the kiosk was started."""
        """Open the line, and clear what a fault may have left in the printer before the kiosk was started."""
        self.connection.open()
        self._forget()
        if self.connection.answers:
            self.connection.write(CLEAR)
        if self.connection.answers:
            self.connection.write(CLEAR)

    def close(self) -> None:
        self.connection.close()

    def status(self) -> PrinterStatus:
        self._drain(0)
        if not self.connection.answers:
            return PrinterStatus.UNKNOWN
        if self._late_answers and not self._settle():
            return PrinterStatus.SILENT
        answers = []
        for question in (1, 2, 3, 4):
            answer = self._ask(question)
            if answer is None:
                return PrinterStatus.SILENT
            answers.append(answer)
        return status_from(*answers)

    def print(self, lines: Sequence[Line]) -> PrintResult:
        ticket = encode(lines, self.width_mm)
        try:
            status = self._status_before()
        except PrinterError as error:
            note(PrinterLost(PrintMoment.BEFORE_TICKET, Failure.of(error)))
            return PrintResult(PrintOutcome.FAILED, PrinterStatus.DISCONNECTED)
        if status not in (*READY, PrinterStatus.UNKNOWN):
            return PrintResult(PrintOutcome.FAILED, status)
        self._must_clear, self._barrier_passed = True, False
        try:
            self.connection.write(ticket + (BARRIER if self._knows_barrier else b""))
        except ConnectionLost as error:
            note(PrinterLost(PrintMoment.IN_TICKET, Failure.of(error)))
            return PrintResult(
                PrintOutcome.UNCONFIRMED if error.sent else PrintOutcome.FAILED, PrinterStatus.DISCONNECTED
            )
        return self._result_after(len(ticket) / self.connection.bytes_per_second)

    def _status_before(self) -> PrinterStatus:
        """The status before a ticket, on a line that a network printer may have closed since the last one."""
        try:
            return self._clean_status()
        except ConnectionLost:
            self.open()
            return self._clean_status()

    def _clean_status(self) -> PrinterStatus:
        """The status, with nothing of an earlier ticket left in the printer if it is ready."""
        if self._must_clear and self.connection.answers:
            self.connection.write(CLEAR)
        status = self.status()
        if status in READY and self._must_clear:
            answered = self._ask_barrier()
            if self._knows_barrier and not answered:
                return PrinterStatus.SILENT
            self._knows_barrier, self._must_clear = answered, False
        return status

    def _result_after(self, on_its_way: float) -> PrintResult:
        """What came of a ticket whose last byte takes `on_its_way` s to arrive."""
        if not self.connection.answers:
            return PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.UNKNOWN)
        try:
            status = self._status_after(on_its_way)
            if status in READY and (self._barrier_passed or not self._knows_barrier):
                self._must_clear = False
                return PrintResult(PrintOutcome.PRINTED, status)
            if status not in READY:
                # Now, while the fault lasts: with a new roll the rest would print. The answer shows that it was heeded.
                self.connection.write(CLEAR)
                self._ask(1)
            return PrintResult(PrintOutcome.UNCONFIRMED, status)
        except PrinterError as error:
            note(PrinterLost(PrintMoment.AFTER_TICKET, Failure.of(error)))
            return PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.DISCONNECTED)

    def _status_after(self, on_its_way: float) -> PrinterStatus:
        """The status when the barrier is passed or the time is up; a fault that the printer tells of ends the wait."""
        deadline = time.monotonic() + on_its_way + self._print_time * (3 if self._knows_barrier else 1)
        while True:
            self._receive(ReplyKind.BARRIER, min(self._answer_timeout, deadline - time.monotonic()))
            passed = self._knows_barrier and self._barrier_passed
            status = self.status()
            if passed or status not in (*READY, PrinterStatus.SILENT) or time.monotonic() >= deadline:
                return status

    def _ask(self, question: int) -> int | None:
        """The printer's answer to DLE EOT, None after a silence."""
        self.connection.write(bytes((0x10, 0x04, question)))
        answer = self._receive(ReplyKind.REAL_TIME, self._answer_timeout)
        self._late_answers = answer is None
        return answer

    def _ask_barrier(self) -> bool:
        """Whether the idle printer answers GS r 1; answers to earlier barriers are gone after it."""
        self.connection.write(BARRIER)
        answered = self._receive(ReplyKind.BARRIER, self._answer_timeout) is not None
        if answered:
            self._drain(QUIET)
        return answered

    def _settle(self) -> bool:
        """After a silence: let the late answers go by, so that none is taken for the answer to a later question."""
        if self._ask(1) is None:
            return False
        self._drain(QUIET)
        self._reader = ReplyReader()
        return True

    def _drain(self, quiet: float) -> None:
        while data := self.connection.read(quiet):
            self._note(data)

    def _receive(self, kind: ReplyKind, timeout: float) -> int | None:
        """The first answer of a kind, None if none comes within `timeout` s."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            for reply in self._note(self.connection.read(left)):
                if reply.kind is kind:
                    return reply.byte
        return None

    def _note(self, data: bytes) -> list[Reply]:
        replies = self._reader.feed(data)
        self._barrier_passed |= any(reply.kind is ReplyKind.BARRIER for reply in replies)
        return replies
