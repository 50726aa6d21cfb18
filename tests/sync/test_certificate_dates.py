"""A certificate's dates are judged by the kiosk's own clock: the machine's may stand in 1970."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import UUID

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.client import Client
from kiosk.errors import CentralRejected, CentralUnreachable
from kiosk.identity import Identity
from kiosk.protocol import Enrolled

ENDED = datetime(2020, 1, 1, tzinfo=UTC)
"""When the certificate of these tests ended: long ago by this machine's clock."""


class Declining(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def client_at(tmp_path: Path) -> Iterator[Callable[[datetime | None], Client]]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_before=ENDED - timedelta(days=9), not_after=ENDED).configure_cert(context)
    server = HTTPServer(("127.0.0.1", 0), Declining)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    enrolled = Enrolled(kiosk_id=UUID(int=1), name="Satu", digit=1, office="PYK")
    identity = Identity.create(tmp_path, enrolled, Ed25519PrivateKey.generate())
    url = f"https://localhost:{server.server_port}"
    yield lambda at: Client(url, tmp_path / "ca.pem", identity, lambda: ENDED, seconds=5, trusted=lambda: at)
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("at", [None, ENDED, ENDED - timedelta(days=9)])
def test_a_kiosk_without_a_trusted_time_or_within_the_dates_speaks_to_the_server(
    client_at: Callable[[datetime | None], Client], at: datetime | None
) -> None:
    with pytest.raises(CentralRejected):
        client_at(at).snapshot("")


@pytest.mark.parametrize("at", [ENDED + timedelta(seconds=1), ENDED - timedelta(days=9, seconds=1)])
def test_a_certificate_of_another_time_is_not_spoken_to(
    client_at: Callable[[datetime | None], Client], at: datetime
) -> None:
    with pytest.raises(CentralUnreachable):
        client_at(at).snapshot("")
