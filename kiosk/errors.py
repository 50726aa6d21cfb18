"""Every error that the kiosk raises on purpose, each saying what to do next.

AnjunganError
 +-- ConfigError          the configuration cannot be used; carries every problem at once
 +-- DeviceError
 |    +-- ScannerError    a scanner cannot be opened or read
 |    +-- KeypadError     a keypad cannot be opened or read
 |    +-- PrinterError    a printer cannot be opened or written
 +-- StoreError           the kiosk cannot record; it must not go on
 +-- NumberTaken          a booked number is another ticket's already; nothing was recorded
 +-- MessageError         what core and window said to each other cannot be understood
 +-- BoxDoorError         the box's root did not do what a technician wanted
 |    +-- NoBoxDoor       nobody listens for it
 +-- CentralError         an exchange with the central server did not end well
      +-- CentralUnreachable  no answer, or an answer that is not the central server's
      +-- CentralRefused      the server does not accept this kiosk (401, 403)
      |    +-- NotApproved    nobody has approved it yet
      |    +-- Revoked        it is not believed any more
      +-- CentralRejected     the server understood and declined (4xx)
"""

from kiosk.model import StoreFault


class AnjunganError(Exception):
    """The root of all errors raised on purpose."""


class ConfigError(AnjunganError):
    """The configuration cannot be used.

    `problems` holds one sentence for each problem, all found in one reading.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DeviceError(AnjunganError):
    """A device cannot be used now; its worker closes it and tries again later."""


class ScannerError(DeviceError):
    """A scanner cannot be opened or read."""


class KeypadError(DeviceError):
    """A keypad, or the headphones' socket, cannot be opened or read."""


class PrinterError(DeviceError):
    """A printer cannot be opened or written."""


class StoreError(AnjunganError):
    """The kiosk cannot record; it ends, and is started anew with a fresh handle. `fault` says why."""

    def __init__(self, fault: StoreFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class NumberTaken(AnjunganError):
    """A booked number is another ticket's already, so nothing was recorded: staff correct the booking at the server."""


class MessageError(AnjunganError):
    """What core and window said to each other cannot be understood: the line is ended, and begun anew."""


class BoxDoorError(AnjunganError):
    """The box's root did not do what a technician wanted, or did not say so: the journal of anjungan-technician tells
    why.
    """


class NoBoxDoor(BoxDoorError):
    """Nobody listens for the technician's wishes: set the box up with kiosk-provision apply."""


class CentralError(AnjunganError):
    """An exchange with the central server did not end well; what is owed stays owed. `status` is the HTTP status, 0
    without one.
    """

    status = 0


class CentralUnreachable(CentralError):
    """No answer, or an answer that is not the central server's (HTML, a cut body, 5xx, a foreign certificate).

    `retry_after` is what the server asked for, in s, or None.
    """

    def __init__(self, message: str, retry_after: float | None = None, status: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class CentralRefused(CentralError):
    """The server does not accept this kiosk (401, 403): enrol it again, or check its clock."""


class NotApproved(CentralRefused):
    """The kiosk waits for its approval: an officer gives it on the page of the fleet, then all goes on by itself."""


class Revoked(CentralRefused):
    """The server does not believe this kiosk any more, or nobody approved it, for good: enrol it anew."""


class CentralRejected(CentralError):
    """The server understood and declined; `status` is the HTTP status, `detail` its words, `expected` the seq that it
    wants next where facts before those sent are missing there.
    """

    def __init__(self, status: int, detail: str, expected: int | None = None) -> None:
        super().__init__(f"the central server declined with {status}: {detail}")
        self.status = status
        self.detail = detail
        self.expected = expected
