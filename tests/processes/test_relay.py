"""The sync process hands on what a kiosk asks of its server, and nothing else; what comes back is the server's own."""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from e2e.listening_server import ListeningServer
from samples import FakeClock, snapshot

from kiosk.client import Client
from kiosk.config import CentralSettings
from kiosk.errors import CentralRefused, CentralUnreachable
from kiosk.identity import Identity
from kiosk.protocol import ENROLMENTS, EPOCHS, FACTS, SNAPSHOT, Enrolled, NewEpoch
from kiosk.relay import ENDPOINTS, Relay

NOBODY = 65534


@pytest.fixture
def server(folder: Path) -> Iterator[ListeningServer]:
    made = ListeningServer(folder, FakeClock(datetime.now(UTC)), snapshot(), "quoted")
    with made.running():
        yield made


class Door:
    """A relay in a thread of its own."""

    def __init__(self, folder: Path, server: ListeningServer, core: int, **more: float) -> None:
        self.path = folder / "door"
        self.relay = Relay(self.path, core, CentralSettings(url=server.url, ca=server.ca), **more)
        self.relay.timeout = 0.02
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._is_ending:
            self.relay.handle_request()

    def closes(self) -> None:
        self._is_ending = True
        self._thread.join()
        self.relay.server_close()

    def answers(self, request: bytes) -> bytes:
        """All that comes back to these bytes."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(str(self.path))
            with suppress(ConnectionError):
                line.sendall(request)
                return b"".join(iter(lambda: line.recv(65536), b""))
            return b""


@pytest.fixture
def door(folder: Path, server: ListeningServer) -> Iterator[Door]:
    made = Door(folder, server, os.getuid())
    yield made
    made.closes()


def client_of(folder: Path, server: ListeningServer, at: datetime | None, **more: object) -> Client:
    enrolled = Enrolled(kiosk_id=UUID(int=1), name="Satu", digit=1, office="PYK")
    identity = Identity.create(folder / "data", enrolled, Ed25519PrivateKey.generate())
    door = folder / "door"
    return Client(server.url, server.ca, identity, server.clock.utc, trusted=lambda: at, relay=door, **more)  # type: ignore[arg-type]


def test_a_core_asks_and_gets_what_the_server_says(folder: Path, server: ListeningServer, door: Door) -> None:
    heard: list[datetime] = []
    client = client_of(folder, server, server.clock.now, heard=lambda at, took: heard.append(at))
    found = client.snapshot('"an etag"')
    assert found
    assert found[0] == snapshot()
    assert client.epoch(NewEpoch(epoch=7)).epoch == 7
    assert b'If-None-Match: "an etag"' in server.heard
    assert re.search(rb"Authorization:\s+Bearer\s", server.heard)
    assert b"Kiosk-Time" not in server.heard
    assert heard == [server.clock.now.replace(microsecond=0)] * 2


def test_a_refusal_comes_back_as_the_servers(folder: Path, server: ListeningServer, door: Door) -> None:
    server.script = [403]
    with pytest.raises(CentralRefused, match="quoted"):
        client_of(folder, server, server.clock.now).snapshot("")


@pytest.mark.parametrize("years", [-30, 975])
def test_a_certificate_is_judged_by_the_cores_time(
    folder: Path, server: ListeningServer, door: Door, years: int
) -> None:
    client = client_of(folder, server, server.clock.now + timedelta(days=365 * years))
    with pytest.raises(CentralUnreachable, match="502"):
        client.snapshot("")
    assert server.heard == b""
    assert client_of(folder, server, None).snapshot(""), "a core without a time has it judged by nobody's"


def test_a_server_that_is_away_gives_no_date_that_the_core_could_take_for_its(
    folder: Path, server: ListeningServer, door: Door
) -> None:
    server.script = [500]
    assert b"\r\nDate:" in door.answers(f"GET {SNAPSHOT} HTTP/1.0\r\n\r\n".encode())
    server._http.socket.close()
    answer = door.answers(f"GET {SNAPSHOT} HTTP/1.0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.0 502")
    assert b"Date" not in answer


@pytest.mark.parametrize(
    "line",
    [
        f"POST {ENROLMENTS}", f"POST {SNAPSHOT}", f"GET {FACTS}", f"GET {SNAPSHOT}/../enrolments",
        f"GET {SNAPSHOT}?a=1", "GET http://elsewhere/", "GET //elsewhere/api", "CONNECT elsewhere:443",
        f"DELETE {SNAPSHOT}", "GET /officers",
    ],
)  # fmt: skip
def test_nothing_else_is_handed_on(server: ListeningServer, door: Door, line: str) -> None:
    answer = door.answers(f"{line} HTTP/1.0\r\n\r\n".encode())
    assert answer.split()[1] in (b"404", b"501")
    assert server.heard == b""


@pytest.mark.parametrize("length", ["99999999", "-1", "1_0", "x"])
def test_a_body_without_a_bound_is_not_read(server: ListeningServer, door: Door, length: str) -> None:
    answer = door.answers(f"POST {EPOCHS} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n".encode())
    assert answer.split()[1] == b"413"
    chunked = f"POST {EPOCHS} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    assert door.answers(chunked.encode()).split()[1] == b"413"
    assert server.heard == b""


def test_headers_of_nobodys_business_are_left_out_both_ways(server: ListeningServer, door: Door) -> None:
    asked = f"GET {SNAPSHOT} HTTP/1.0\r\nCookie: a=b\r\nHost: elsewhere\r\nX-Forwarded-For: 1\r\nAccept: a/b\r\n\r\n"
    answer = door.answers(asked.encode())
    assert b"Cookie" not in server.heard
    assert b"elsewhere" not in server.heard
    assert b"X-Forwarded-For" not in server.heard
    assert b"Accept: a/b" in server.heard
    names = {line.split(b":")[0] for line in answer.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]}
    assert names == {b"Content-Type", b"Date", b"Content-Length"}


def test_a_core_that_leaves_or_dawdles_does_not_keep_the_next_one_waiting(
    folder: Path, server: ListeningServer
) -> None:
    door = Door(folder, server, os.getuid(), patience=0.1)
    dawdler = socket.socket(socket.AF_UNIX)
    dawdler.connect(str(door.path))
    dawdler.sendall(b"POST ")
    with socket.socket(socket.AF_UNIX) as leaver:
        leaver.connect(str(door.path))
        leaver.sendall(f"POST {EPOCHS} HTTP/1.0\r\nContent-Length: 9\r\n\r\n{{".encode())
    assert client_of(folder, server, server.clock.now).snapshot("")
    dawdler.close()
    door.closes()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_a_process_of_another_user_is_not_heard(folder: Path, server: ListeningServer) -> None:
    # Modules that a first request loads are read by who may read them.
    own = Door(folder, server, os.getuid())
    own.answers(f"GET {SNAPSHOT} HTTP/1.0\r\n\r\n".encode())
    own.closes()
    server.heard = b""
    door = Door(folder, server, NOBODY)
    assert door.answers(f"GET {SNAPSHOT} HTTP/1.0\r\n\r\n".encode()) == b""
    assert server.heard == b""
    folder.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        assert door.answers(f"GET {SNAPSHOT} HTTP/1.0\r\n\r\n".encode()).split()[1] == b"200"
    finally:
        os.seteuid(0)
    door.closes()


def test_without_a_relay_facts_wait_as_without_a_network(folder: Path, server: ListeningServer) -> None:
    with pytest.raises(CentralUnreachable):
        client_of(folder, server, server.clock.now).snapshot("")


def test_hanging_up_ends_an_exchange_at_once(folder: Path, server: ListeningServer) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(folder / "door"))
        silent.listen()
        client = client_of(folder, server, server.clock.now)
        later = threading.Timer(0.1, client.hang_up)
        later.start()
        with pytest.raises(CentralUnreachable):
            client.snapshot("")
        later.join()


def test_each_endpoint_has_bounds() -> None:
    assert all(0 <= bounds.asked < 2**20 < bounds.answered * 8 for bounds in ENDPOINTS.values())
