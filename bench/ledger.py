"""A small central server that keeps what it acknowledged, and believes nothing: the judge of what a kiosk sends."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from small_office import small_snapshot

from kiosk.protocol import EPOCHS, FACTS, SNAPSHOT, FactBatch, canonical, digest

SNAPSHOT_BODY = small_snapshot().model_dump_json().encode()


class Ledger:
    """The digests of each epoch's facts in their order; `complaints` says what no honest kiosk would send."""

    def __init__(self, folder: Path) -> None:
        """Puts the authority's certificate into `folder`/ca.pem."""
        self.complaints: list[str] = []
        self._facts: dict[int, list[str]] = {}
        self._turn = threading.Lock()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self._tls)

    def count(self, epoch: int) -> int:
        """How many facts of an epoch are held."""
        with self._turn:
            return len(self._facts.get(epoch, []))

    def answer(self, path: str, body: bytes) -> bytes:
        """The answer to a request, as JSON."""
        with self._turn:
            if path == EPOCHS:
                epoch = json.loads(body)["epoch"]
                held = self._facts.setdefault(epoch, [])
                return json.dumps({"epoch": epoch, "series": 1, "up_to": len(held)}).encode()
            if path == FACTS:
                return self._take(body)
        return SNAPSHOT_BODY if path == SNAPSHOT else b'{"at": "2026-11-24T02:30:00Z"}'

    def _take(self, body: bytes) -> bytes:
        for fact in FactBatch.model_validate_json(body).facts:
            held = self._facts.setdefault(fact.epoch, [])
            mine = digest(canonical(fact.model_dump(mode="json")))
            if fact.seq <= len(held):
                if held[fact.seq - 1] != mine:
                    self.complaints.append(f"fact {fact.seq} came with another content")
            elif fact.seq > len(held) + 1 or fact.previous != (held[-1] if held else ""):
                self.complaints.append(f"fact {fact.seq} does not follow number {len(held)}")
            else:
                held.append(mine)
        return json.dumps({"epoch": fact.epoch, "up_to": fact.seq}).encode()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serves HTTPS on a free port; gives the address."""
        ledger = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body: bytes) -> None:
                content = ledger.answer(self.path, body)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.send_header("ETag", '"1"')
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own word
                pass

        with _Server(("127.0.0.1", 0), Answering) as server:
            server.socket = self._tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            yield f"https://localhost:{server.server_port}"
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A kiosk that was killed hangs up in mid-sentence."""
