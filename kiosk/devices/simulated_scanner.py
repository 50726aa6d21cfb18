"""A scanner without hardware, driven by `present`."""

from queue import Empty, SimpleQueue

from kiosk.errors import ScannerError


class SimulatedScanner:
    """What is presented is read, in order. `present`, `unplug` and `plug_in` may be called from any thread."""

    def __init__(self) -> None:
        self._presented: SimpleQueue[str | None] = SimpleQueue()
        self._plugged_in = True

    def present(self, code: str) -> None:
        """Hold a code before the scanner."""
        self._presented.put(code)

    def unplug(self) -> None:
        self._plugged_in = False
        self._presented.put(None)

    def plug_in(self) -> None:
        self._plugged_in = True

    def open(self) -> None:
        self._check_plug()

    def read(self, timeout: float) -> str | None:
        self._check_plug()
        try:
            code = self._presented.get(timeout=max(timeout, 0))
        except Empty:
            return None
        self._check_plug()
        return code

    def close(self) -> None:
        """There is nothing to let go of."""

    def _check_plug(self) -> None:
        if not self._plugged_in:
            raise ScannerError("the simulated scanner is unplugged; plug it in")
