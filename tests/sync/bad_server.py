"""A central server over true TLS that answers each request as its script says, and keeps what it took in."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from samples import booking, snapshot

from kiosk.protocol import EPOCHS, FACTS, SNAPSHOT, FactBatch

SNAPSHOT_BODY = snapshot(booking()).model_dump_json().encode()
FAULTS = ("html", "500", "503", "401", "403", "404", "redirect", "cut", "hang up", "no json", "wrong shape", "lost answer", "too much")  # fmt: skip  # noqa: E501


class BadServer:
    """`script` holds the faults of the next answers (but of those about epochs); after them it answers as it should."""

    def __init__(self, folder: Path, names: tuple[str, ...] = ("localhost",)) -> None:
        authority = trustme.CA()
        self.ca = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names).configure_cert(context)
        self.script: list[str] = []
        self.facts: list[str] = []
        self.requests: list[tuple[str, bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def do_GET(self) -> None:
                server.answer(self, b"")

            def do_POST(self) -> None:
                server.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"https://localhost:{self._http.server_port}"
        self._serving = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        self.requests.append((request.path, body))
        fault = self.script.pop(0) if self.script and request.path != EPOCHS else ""
        if fault in ("", "lost answer") and request.path == FACTS:
            self._take(body)
        status, kind, content, headers = self._content(request.path, body, fault)
        if fault in ("hang up", "lost answer"):
            request.close_connection = True
            return
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content) + (10 if fault == "cut" else 0)))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    def _take(self, body: bytes) -> None:
        for fact in FactBatch.model_validate_json(body).facts:
            if str(fact.id) not in self.facts:
                self.facts.append(str(fact.id))

    def _content(self, path: str, body: bytes, fault: str) -> tuple[int, str, bytes, dict[str, str]]:
        json_type = "application/json"
        if fault == "html":
            return 200, "text/html", b"<html>Please log in to the Wi-Fi</html>", {}
        if fault == "503":
            return 503, json_type, b"{}", {"Retry-After": "7"}
        if fault == "redirect":
            return 302, json_type, b"", {"Location": self.url + "/elsewhere"}
        if fault.isdigit():
            return int(fault), json_type, b'{"detail": "no\\u202e"}', {}
        if fault in ("no json", "wrong shape"):
            return 200, json_type, b'{"a":' if fault == "no json" else b'{"a": 1}', {}
        if fault == "too much":
            return 200, json_type, b" " * (17 * 1024 * 1024), {}
        if path == EPOCHS:
            return 200, json_type, json.dumps({"epoch": json.loads(body)["epoch"], "series": 1}).encode(), {}
        if path == SNAPSHOT:
            return 200, json_type, SNAPSHOT_BODY, {"ETag": '"1"'}
        if path == FACTS:
            last = FactBatch.model_validate_json(body).facts[-1]
            return 200, json_type, json.dumps({"epoch": last.epoch, "up_to": last.seq}).encode(), {}
        return 200, json_type, b'{"at": "2026-11-24T00:00:00Z"}', {}

    @contextmanager
    def running(self) -> Iterator["BadServer"]:
        self._serving.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
