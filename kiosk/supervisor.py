"""Whoever started the process is told how it is: ready, alive, stopping (sd_notify(3); no rules here)."""

import os
import socket
from collections.abc import Mapping

from kiosk.event_log import Failure, SupervisorDeaf, note


class Supervisor:
    """Tells systemd, if it listens: at the datagram socket that NOTIFY_SOCKET names, one line a message."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        name = environment.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the zero byte of an abstract name (unix(7)).
        self._address = "\0" + name[1:] if name.startswith("@") else name

    def ready(self) -> None:
        """All is up that others wait for."""
        self._tell("READY=1")

    def alive(self) -> None:
        """The loop goes round; to be called several times within WatchdogSec=, and only by the loop itself."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """An orderly end has begun."""
        self._tell("STOPPING=1")

    def _tell(self, line: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as teller:
                teller.connect(self._address)
                teller.send(line.encode(), socket.MSG_DONTWAIT)
        except OSError as error:
            note(SupervisorDeaf(Failure.of(error)))
