"""Connections to the relay (kiosk/relay.py), by which a process without a network speaks to the central server."""

import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from kiosk.server_lines import shut

RELAY_URL = "http://relay"
"""Of the same machine: the relay's door is a socket in the file system, this only names it."""
TIME_HEADER = "Kiosk-Time"
"""The time by which the central server's certificate is to be judged (ISO 8601), absent while the kiosk has none."""


class RelayLines(HTTPAdapter):
    """For a session of requests: what ServerLines is for the server itself. `trusted` as there."""

    def __init__(self, door: Path, trusted: Callable[[], datetime | None]) -> None:
        self._door, self._trusted = door, trusted
        self._open: WeakSet[HTTPConnection] = WeakSet()
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        lines, door = self._open, str(self._door)

        class Line(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                lines.add(self)
                made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                made.settimeout(self.timeout)
                made.connect(door)
                return made

        class Pool(HTTPConnectionPool):
            ConnectionCls = Line

        self.poolmanager.pool_classes_by_scheme = {"http": Pool}

    def add_headers(self, request: PreparedRequest, **_: Any) -> None:
        """Tells the relay the time."""
        at = self._trusted()
        if at:
            request.headers[TIME_HEADER] = at.isoformat()

    def shut(self) -> None:
        """Ends every wait on a line; from any thread."""
        shut(self._open)
