"""One device that is read (a scanner, a keypad), kept open: what it reads is told, what is lost is opened again."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from kiosk.errors import DeviceError
from kiosk.event_log import Failure, KeypadLost, ScannerLost, note
from kiosk.workers import BackOff

READ_SECONDS = 0.25

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Readable(Protocol[T_co]):
    """What a scanner and a keypad have in common."""

    def open(self) -> None:
        """Make ready to read; DeviceError if that cannot be."""

    def read(self, timeout: float) -> T_co | None:
        """What comes next, or None after `timeout` s; DeviceError when the device is gone."""

    def close(self) -> None:
        """Let go of the device; harmless when it is closed already."""


class Polling(Generic[T]):
    """Reads one device (one worker's job, no threads here). `lost` is the event that says that it is gone, `said` hears
    whether it is ready, `wait` waits so many s.
    """

    def __init__(
        self,
        device: Readable[T],
        read: Callable[[T], None],
        lost: type[ScannerLost] | type[KeypadLost],
        wait: Callable[[float], object],
        said: Callable[[bool], None] = lambda is_ready: None,
        back_off: BackOff | None = None,
    ) -> None:
        self._device, self._read, self._lost, self._wait, self._said = device, read, lost, wait, said
        self._back_off = back_off or BackOff(1, 10)
        self._is_open = False

    def turn(self) -> None:
        """Reads once, or waits a little without any."""
        try:
            if not self._is_open:
                self._device.open()
                self._is_open = True
                self._back_off.reset()
                self._said(True)
            found = self._device.read(READ_SECONDS)
        except DeviceError as error:
            note(self._lost(Failure.of(error)))
            self.close()
            self._wait(self._back_off.next_wait())
            return
        if found is not None:
            self._read(found)

    def close(self) -> None:
        self._device.close()
        self._is_open = False
        self._said(False)
