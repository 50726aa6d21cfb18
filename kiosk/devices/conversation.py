"""Questions to a printer and its answers on one connection, each waited for so long and no longer."""

from collections.abc import Callable

from kiosk.devices.connection import Connection
from kiosk.devices.replies import Heard, ReplyReader, status_from
from kiosk.model import PrinterStatus

QUIET = 0.05
"""A silence of this many s after an answer means that nothing more is on its way behind it."""


class Conversation:
    """A printer is spoken to on `connection`; `answer_timeout` is how long, in s, it may take to answer DLE EOT.

    `heard` holds what has come since the last `send`. Every method raises ConnectionLost if the line breaks.
    """

    def __init__(self, connection: Connection, answer_timeout: float, monotonic: Callable[[], float]) -> None:
        self.heard = Heard()
        self._connection = connection
        self._answer_timeout = answer_timeout
        self._monotonic = monotonic
        self.begin()

    def begin(self) -> None:
        """On a new line nothing is on its way."""
        self._reader = ReplyReader()
        self._late_answers = False

    def send(self, data: bytes) -> None:
        """Sends data; what came before it is no answer to it."""
        self.drain(0)
        self.heard = Heard()
        self._connection.write(data)

    def status(self) -> PrinterStatus:
        """What the printer says of itself by DLE EOT 1 to 4; SILENT if it leaves one of them unanswered."""
        self.drain(0)
        if self._late_answers and not self._settle():
            return PrinterStatus.SILENT
        answers = []
        for question in (1, 2, 3, 4):
            answer = self.ask(question)
            if answer is None:
                return PrinterStatus.SILENT
            answers.append(answer)
        return status_from(*answers)

    def ask(self, question: int) -> int | None:
        """The printer's answer to DLE EOT, None after a silence."""
        answers = self.heard.real_time
        before = len(answers)
        self._connection.write(bytes((0x10, 0x04, question)))
        self._late_answers = not self._listen(lambda: len(answers) > before, self._answer_timeout)
        if self._late_answers:
            # Noise may have looked like the beginning of a block that never ends.
            self._reader = ReplyReader()
            return None
        return answers[before]

    def wait_for(self, answered: Callable[[Heard], bool], timeout: float) -> bool:
        """Whether what was heard since the last `send` is an answer, waiting up to `timeout` s for it."""
        return answered(self.heard) or self._listen(lambda: answered(self.heard), timeout)

    def drain(self, quiet: float) -> None:
        """Hears all that comes until nothing has come for `quiet` s."""
        while data := self._connection.read(quiet):
            self._note(data)

    def _settle(self) -> bool:
        """After a silence: let the late answers go by, so that none is taken for the answer to a later question."""
        if self.ask(1) is None:
            return False
        self.drain(QUIET)
        self._reader = ReplyReader()
        return True

    def _listen(self, enough: Callable[[], bool], timeout: float) -> bool:
        deadline = self._monotonic() + timeout
        while (left := deadline - self._monotonic()) > 0:
            self._note(self._connection.read(left))
            if enough():
                return True
        return False

    def _note(self, data: bytes) -> None:
        self.heard.note(data, self._reader.feed(data))
