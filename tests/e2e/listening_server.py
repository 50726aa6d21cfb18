"""A central server over true TLS that keeps all that it is sent; its errors quote a person, as a careless one's may."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from samples import FakeClock

from kiosk.protocol import EPOCHS, FACTS, SNAPSHOT, FactBatch, Snapshot


class ListeningServer:
    """`script` holds the HTTP statuses of the next answers, which then quote `quoted`; after them it answers as it
    should. Its clock is the test's.
    """

    def __init__(self, folder: Path, clock: FakeClock, snapshot: Snapshot, quoted: str) -> None:
        authority = trustme.CA()
        self.ca = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.clock, self.heard, self.script = clock, b"", list[int]()
        self._snapshot, self._quoted = snapshot.model_dump_json().encode(), quoted
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._requests())
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"https://localhost:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["ListeningServer"]:
        serving = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        serving.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Request(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(server.clock.now, usegmt=True)

            def do_GET(self) -> None:
                server.answer(self, b"")

            def do_POST(self) -> None:
                server.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

        return Request

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        self.heard += request.requestline.encode() + b"\n" + request.headers.as_bytes() + body + b"\n"
        status = self.script.pop(0) if self.script else 200
        content = self._content(request.path, body) if status == 200 else json.dumps({"detail": self._quoted}).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _content(self, path: str, body: bytes) -> bytes:
        if path == SNAPSHOT:
            return self._snapshot
        if path == EPOCHS:
            return body.rstrip(b"}") + b', "series": 1}'
        if path == FACTS:
            last = FactBatch.model_validate_json(body).facts[-1]
            return json.dumps({"epoch": last.epoch, "up_to": last.seq}).encode()
        return json.dumps({"at": self.clock.now.isoformat()}).encode()
