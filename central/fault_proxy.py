"""A proxy that does to a kiosk's exchanges what networks, portals and broken servers do, for whoever writes either.

It ends the kiosk's TLS with a certificate of its own, asks the real server over HTTPS, and treats each exchange as the
plan says. docs/fault-proxy.md lists the faults.
"""

import http.client
import socket
import ssl
import struct
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Lock, Thread
from urllib.parse import urlsplit

import h11
import trustme

from central.faults import ACKNOWLEDGEMENTS, BAD_CERTIFICATES, Answer, Fault, Request, changed, given

PATIENCE_SECONDS = 30.0
"""No exchange holds a thread for longer."""
DRIPS = 32
_OF_ONE_HOP = {b"connection", b"content-length", b"host", b"keep-alive", b"transfer-encoding"}


@dataclass(frozen=True)
class Exchange:
    """A request that was heard, what became of it, and the answer that was on its way, None if there was none."""

    fault: Fault
    request: Request
    answer: Answer | None


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""When the expired certificate ended, by whatever clock a test goes."""


class FaultProxy:
    """Listens on 127.0.0.1 while its door is open; `port` 0 takes a free one.

    `server` is the real one (https://…), and may be changed at any time; `server_ca` is the file of its authority. The
    proxy's own authority, which the kiosk is to trust, is written to `ca`. `plan` names the fault of each connection,
    one after another; one that is put into `script` goes before it. Each connection carries one exchange. Chance is
    drawn by `seed` and the connection's number. `on_exchange` hears of each request before its answer is sent, from any
    thread.
    """

    def __init__(
        self,
        server: str,
        server_ca: Path,
        ca: Path,
        port: int = 0,
        plan: Callable[[], Fault] = lambda: Fault.NONE,
        seed: int = 0,
        drip_seconds: float = 0.5,
        on_exchange: Callable[[Exchange], None] = lambda exchange: None,
    ) -> None:
        self.server, self.plan, self.script = server, plan, deque[Fault]()
        self.applied: Counter[Fault] = Counter()
        self._seed, self._drip_seconds, self.on_exchange = seed, drip_seconds, on_exchange
        self._trust = ssl.create_default_context(cafile=server_ca)
        self._contexts = _contexts(ca)
        self._lock = Lock()
        self._count = 0
        self._past: deque[Request] = deque(maxlen=8)
        self._held: list[Request] = []
        self._threads: list[Thread] = []
        self._socket = _bound(port)
        self._open = False

    @property
    def url(self) -> str:
        """Where the kiosk finds it."""
        return f"https://localhost:{self._port}"

    @property
    def _port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def open_door(self) -> None:
        """Listens."""
        if not self._open:
            self._open = True
            self._socket.listen(16)
            self._start(self._accept, self._socket)

    def close_door(self) -> None:
        """Refuses connections, keeping the port."""
        if self._open:
            self._open = False
            port = self._port
            # Only a shutdown wakes the thread that waits for a connection.
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = _bound(port)

    def close(self) -> None:
        """Ends, and waits for the exchanges that are under way."""
        self.close_door()
        self._socket.close()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=run, args=arguments, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self._count += 1
                fault = self.script.popleft() if self.script else self.plan()
                self._start(self._attend, connection, fault, Random(f"{self._seed} {self._count}"))

    def _attend(self, connection: socket.socket, fault: Fault, random: Random) -> None:
        connection.settimeout(PATIENCE_SECONDS)
        # A kiosk may hang up at any moment; that is its right, and the end of the exchange.
        with suppress(OSError, h11.ProtocolError), connection:
            if fault in (Fault.RESET, Fault.SILENT, Fault.GARBAGE):
                self._applies(fault)
                _without_tls(connection, fault)
                return
            if fault in BAD_CERTIFICATES:
                self._applies(fault)
            context = self._contexts.get(fault, self._contexts[Fault.NONE])
            with context.wrap_socket(connection, server_side=True) as tls:
                self._exchange(_Line(tls), fault, random)

    def _applies(self, fault: Fault) -> None:
        with self._lock:
            self.applied[fault] += 1

    def _exchange(self, line: "_Line", fault: Fault, random: Random) -> None:
        # Uniform over the orders of magnitude: requests are of 500 bytes or of 200,000.
        cut = int(2 ** random.uniform(0, 18)) if fault is Fault.CUT_REQUEST else None
        request = line.request(cut)
        if request and fault in ACKNOWLEDGEMENTS and not request.facts():
            fault = Fault.NONE
        if fault not in BAD_CERTIFICATES:
            self._applies(fault)
        if request is None or fault is Fault.CUT_REQUEST:
            line.reset()
            return
        answer = given(fault, request, random) or self._answer(fault, request, random)
        self.on_exchange(Exchange(fault, request, answer))
        self._send(line, answer, fault, random)

    def _answer(self, fault: Fault, request: Request, random: Random) -> Answer | None:
        """The real server's answer, None where none is to be had."""
        if fault is Fault.HELD_BACK:
            with self._lock:
                self._held.append(request)
            return None
        if fault is Fault.HALF_REQUEST:
            self._deliver(request, random.randrange(len(request.body) + 1))
            return None
        if fault is Fault.REPLAY and self._past:
            self._deliver(random.choice(self._past))
        if fault is Fault.TWICE:
            self._deliver(request)
        answer = self._deliver(request)
        with self._lock:
            self._past.append(request)
            held, self._held = self._held, []
        for late in held:
            self._deliver(late)
        return changed(fault, answer, random)

    def _deliver(self, request: Request, body_bytes: int | None = None) -> Answer:
        """Asks the real server; with `body_bytes` it hears only so many of the body's, and then the line ends."""
        place = urlsplit(self.server)
        line = http.client.HTTPSConnection(place.netloc, timeout=PATIENCE_SECONDS, context=self._trust)
        try:
            line.putrequest(request.method, request.target, skip_accept_encoding=True)
            for name, value in request.headers:
                if name not in _OF_ONE_HOP:
                    line.putheader(name, value)
            if request.body:
                line.putheader("Content-Length", str(len(request.body)))
            line.endheaders(request.body[:body_bytes])
            if body_bytes is not None:
                return Answer(502)
            heard = line.getresponse()
            headers = tuple((name.lower().encode(), value.encode("latin-1")) for name, value in heard.getheaders())
            return Answer(heard.status, heard.read(), headers)
        except (OSError, http.client.HTTPException):
            return Answer(502, b"<html>Bad gateway", ((b"content-type", b"text/html"),))
        finally:
            line.close()

    def _send(self, line: "_Line", answer: Answer | None, fault: Fault, random: Random) -> None:
        if answer is None or fault is Fault.LOST_ANSWER:
            line.reset()
            return
        whole = line.wire(answer)
        if fault is Fault.CUT_ANSWER:
            line.tls.sendall(whole[: random.randrange(len(whole))])
            line.reset()
        elif fault is Fault.HALF_ANSWER:
            line.tls.sendall(whole[: len(whole) // 2])
        elif fault is Fault.SLOW:
            size = len(whole) // DRIPS + 1
            for start in range(0, len(whole), size):
                line.tls.sendall(whole[start : start + size])
                time.sleep(random.uniform(0, 2 * self._drip_seconds))
        else:
            line.tls.sendall(whole)


class _Line:
    """The kiosk's side of one exchange."""

    def __init__(self, tls: ssl.SSLSocket) -> None:
        self.tls = tls
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=2**20)

    def request(self, most: int | None) -> Request | None:
        """The whole request, None if it ends before, or has more than `most` bytes."""
        head, body, count = None, bytearray(), 0
        while most is None or count < most:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                data = self.tls.recv(65536 if most is None else min(most - count, 65536))
                count += len(data)
                self._http.receive_data(data)
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head:
                return Request(head.method.decode(), head.target.decode(), tuple(head.headers), bytes(body))
            else:
                return None
        return None

    def wire(self, answer: Answer) -> bytes:
        """The answer as the bytes of HTTP/1.1."""
        headers = [each for each in answer.headers if each[0] not in _OF_ONE_HOP]
        headers += [(b"content-length", str(len(answer.body)).encode()), (b"connection", b"close")]
        head = self._http.send(h11.Response(status_code=answer.status, headers=headers))
        body = self._http.send(h11.Data(data=answer.body)) if answer.body else b""
        return (head or b"") + (body or b"") + (self._http.send(h11.EndOfMessage()) or b"")

    def reset(self) -> None:
        """Closes the line so that the other end hears RST at once, in place of an orderly end."""
        _reset_at_close(self.tls)
        self.tls.close()


def _without_tls(connection: socket.socket, fault: Fault) -> None:
    if fault is Fault.GARBAGE:
        connection.sendall(b"220 mail.example ESMTP ready\r\n")
    elif fault is Fault.RESET:
        _reset_at_close(connection)
    else:
        while connection.recv(65536):
            pass


def _reset_at_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _bound(port: int) -> socket.socket:
    """A socket that has the port; until it listens, connections are refused."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


def _contexts(ca: Path) -> dict[Fault, ssl.SSLContext]:
    """The sound certificate as NONE, and the three that no kiosk may believe; writes the authority's file."""
    authority, names = trustme.CA(organization_name="Fault proxy"), ("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(str(ca))
    certificates = {
        Fault.NONE: authority.issue_cert(*names),
        Fault.OTHER_NAME: authority.issue_cert("elsewhere.example"),
        Fault.OTHER_AUTHORITY: trustme.CA(organization_name="Fault proxy").issue_cert(*names),
        Fault.EXPIRED: authority.issue_cert(*names, not_before=LONG_AGO - timedelta(days=90), not_after=LONG_AGO),
    }
    contexts = {}
    for fault, certificate in certificates.items():
        contexts[fault] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(contexts[fault])
    return contexts
