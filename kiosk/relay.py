"""`kiosk sync`: the one process with a network. It hands the core's requests on to the central server, without its key.

It speaks HTTP at a socket of the machine, to the core's user alone. Of a request only the method and path of a closed
list, few headers and a bounded body go on; of an answer only few headers and a bounded body come back. TLS, the
authority and the certificate's dates are judged here, by the core's time.
"""

import signal
import sys
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from typing import Any, NamedTuple

from kiosk.client import ANSWER_BYTES, SNAPSHOT_BYTES, Line
from kiosk.config import CentralSettings
from kiosk.doors import listen_at, peer_of
from kiosk.errors import CentralUnreachable
from kiosk.event_log import CentralUnavailable, Failure, RequestRefused, StrangerRefused, note
from kiosk.protocol import BATCH_BYTES, BUNDLE_BYTES, BUNDLES, EPOCHS, FACTS, HEARTBEATS, SNAPSHOT
from kiosk.relay_lines import TIME_HEADER
from kiosk.supervisor import Supervisor

EXCHANGE_SECONDS = 18.0
"""Less than the core waits."""
CORE_SECONDS = 5.0
"""The core is on the same machine: it writes its request, and reads its answer, within so long."""
ROUND_SECONDS = 1.0


class Bounds(NamedTuple):
    """The most bytes of a request's and of an answer's body."""

    asked: int
    answered: int


ENDPOINTS = {
    ("GET", SNAPSHOT): Bounds(0, SNAPSHOT_BYTES),
    ("POST", EPOCHS): Bounds(4096, ANSWER_BYTES),
    ("POST", FACTS): Bounds(2 * BATCH_BYTES, ANSWER_BYTES),
    ("POST", HEARTBEATS): Bounds(64 * 1024, ANSWER_BYTES),
    ("POST", BUNDLES): Bounds(BUNDLE_BYTES, ANSWER_BYTES),
}
"""All that a kiosk asks of the central server once it is enrolled. A batch has one fact at least, however long."""
ON = ("Authorization", "If-None-Match", "Content-Type", "Accept")
BACK = ("Content-Type", "Date", "ETag", "Retry-After")


class Relay(UnixStreamServer):
    """Hands on one request after the other; `core` (uid) alone may ask. Raises ConfigError where nobody can listen at
    `door`.
    """

    def __init__(self, door: Path, core: int, central: CentralSettings, patience: float = CORE_SECONDS) -> None:
        """`patience` is how long the core may take over its side of a request, in s."""
        super().__init__(str(door), _Request, bind_and_activate=False)
        self.socket.close()
        self.socket = listen_at(door)
        self.timeout = ROUND_SECONDS
        self._core, self.patience = core, patience
        self._trusted: datetime | None = None
        self._line = Line(
            central.url, central.ca, EXCHANGE_SECONDS, _utc, lambda at, took: None, lambda: self._trusted
        )  # fmt: skip

    def run(self, supervisor: Supervisor) -> None:
        """Until the process is ended; nothing is lost then, for what was not acknowledged is sent again."""
        supervisor.ready()
        while True:
            supervisor.alive()
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        is_core = peer_of(request) == self._core
        if not is_core:
            note(StrangerRefused())
        return is_core

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A core that left in the middle of its request; its error would be printed otherwise."""

    def ask(
        self, method: str, path: str, headers: Message, body: bytes | None, bounds: Bounds
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the central server's answer. Raises CentralUnreachable."""
        self._trusted = _time_of(headers.get(TIME_HEADER, ""))
        sent = {name: headers[name] for name in ON if name in headers}
        answer, content = self._line.fetch(method, path, sent, body, bounds.answered)
        return answer.status_code, {name: answer.headers[name] for name in BACK if name in answer.headers}, content


class _Request(BaseHTTPRequestHandler):
    """One request of the core, of which nothing is kept or logged."""

    server: Relay

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.patience)

    def do_GET(self) -> None:
        self._hand_on()

    def do_POST(self) -> None:
        self._hand_on()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The closed log has no field for it."""

    def _hand_on(self) -> None:
        bounds = ENDPOINTS.get((self.command, self.path))
        length = self.headers.get("Content-Length", "0")
        if bounds is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not length.isdecimal() or int(length) > bounds.asked or "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(length))
            try:
                self._answer(*self.server.ask(self.command, self.path, self.headers, body or None, bounds))
            except CentralUnreachable as error:
                note(CentralUnavailable(error.status, Failure.of(error)))
                self._answer(HTTPStatus.BAD_GATEWAY, {}, b"")

    def _refuse(self, status: HTTPStatus) -> None:
        note(RequestRefused(status))
        self._answer(status, {}, b"")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """The server's own headers only: a date of this machine would be taken for the server's."""
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _utc() -> datetime:
    return datetime.now(UTC)


def _time_of(text: str) -> datetime | None:
    """The core's time, None where it has none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def end_on_signals() -> None:
    """SIGTERM and SIGINT end the process at once, also in the middle of an exchange."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))
