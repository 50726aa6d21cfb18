"""A server that answers a byte at a time, within every single timeout, is left all the same."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from samples import FakeClock

from kiosk.client import Client
from kiosk.errors import CentralUnreachable
from kiosk.identity import Identity
from kiosk.protocol import Enrolled

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"X-More: x\r\n" * 1000
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n" + b" " * 9000


@pytest.fixture
def drips(tmp_path: Path) -> Iterator[Callable[[bytes, int], Client]]:
    """Starts a server that sends an answer in pieces, 50 ms apart; gives a client that allows 0.6 s an exchange."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    over = threading.Event()
    threads = []

    def start(answer: bytes, piece: int) -> Client:
        listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, listener:
                connection.recv(4096)
                for place in range(0, len(answer), piece):
                    try:
                        connection.sendall(answer[place : place + piece])
                    except OSError:
                        return
                    if over.wait(0.05):
                        return

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        enrolled = Enrolled(kiosk_id=UUID(int=1), name="Satu", digit=1, office="PYK")
        identity = Identity.create(tmp_path, enrolled, Ed25519PrivateKey.generate())
        url = f"https://localhost:{listener.getsockname()[1]}"
        return Client(url, tmp_path / "ca.pem", identity, FakeClock().utc, seconds=0.6)

    yield start
    over.set()
    for each in threads:
        each.join()


@pytest.mark.parametrize("answer", [HEAD, BODY])
def test_an_exchange_as_a_whole_is_bounded(drips: Callable[[bytes, int], Client], answer: bytes) -> None:
    client = drips(answer, 20)
    began = monotonic()
    with pytest.raises(CentralUnreachable):
        client.snapshot("")
    assert 0.5 < monotonic() - began < 3
    client.close()
