"""One scanner, kept open: what it reads is told, what is lost is opened again."""

from collections.abc import Callable

from kiosk.devices.scanner import Scanner
from kiosk.errors import ScannerError
from kiosk.event_log import Failure, ScannerLost, note
from kiosk.workers import BackOff

READ_SECONDS = 0.25


class Scanning:
    """Reads one scanner (one worker's job, no threads here). `said` hears whether it is ready, `wait` waits so
    many s.
    """

    def __init__(
        self,
        scanner: Scanner,
        read: Callable[[str], None],
        said: Callable[[bool], None],
        wait: Callable[[float], object],
        back_off: BackOff | None = None,
    ) -> None:
        self._scanner, self._read, self._said, self._wait = scanner, read, said, wait
        self._back_off = back_off or BackOff(1, 10)
        self._is_open = False

    def turn(self) -> None:
        """Reads one code, or waits a little without any."""
        try:
            if not self._is_open:
                self._scanner.open()
                self._is_open = True
                self._back_off.reset()
                self._said(True)
            text = self._scanner.read(READ_SECONDS)
        except ScannerError as error:
            note(ScannerLost(Failure.of(error)))
            self.close()
            self._wait(self._back_off.next_wait())
            return
        if text is not None:
            self._read(text)

    def close(self) -> None:
        self._scanner.close()
        self._is_open = False
        self._said(False)
