import socket
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import FakeClock, a_store
from sync.bad_server import FAULTS, BadServer

from kiosk.client import Client
from kiosk.errors import CentralUnreachable
from kiosk.identity import Identity
from kiosk.model import PrinterStatus
from kiosk.protocol import BATCH_BYTES, FACTS, Commented, Enrolled, Heartbeat, HelpCalled, Snapshot
from kiosk.sync import Sync, SyncState
from kiosk.workers import BackOff


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadServer]:
    with BadServer(tmp_path_factory.mktemp("server")).running() as running:
        yield running


class Lobby:
    """A kiosk's sync over true parts."""

    def __init__(self, folder: Path, url: str, ca: Path) -> None:
        self.clock = FakeClock()
        self.store = a_store(folder / "kiosk.sqlite", self.clock.utc)
        enrolled = Enrolled(kiosk_id=UUID(int=1), name="Satu", digit=1, office="PYK")
        identity = Identity.create(folder, enrolled, Ed25519PrivateKey.generate())
        self.client = Client(url, ca, identity, self.clock.utc, seconds=2)
        self.states: list[SyncState] = []
        self.snapshots: list[Snapshot] = []
        self.sync = Sync(
            self.client, self.store, self.heartbeat, self.snapshots.append, self.states.append, self.clock.monotonic,
            BackOff(1, 8, Random(1)),
        )  # fmt: skip

    def heartbeat(self) -> Heartbeat:
        return Heartbeat(
            at=self.clock.utc(), version="1", screen="welcome", printer=PrinterStatus.READY, scanner_ready=True, owed=0
        )

    def records(self, count: int) -> list[str]:
        for _ in range(count):
            self.store.record(HelpCalled(step="welcome"))
        return [str(each.id) for each in self.store.owed(count)]

    def rounds(self, count: int) -> float:
        wait = 0.0
        for _ in range(count):
            wait = self.sync.round()
            self.clock.passes(wait)
        return wait


@pytest.fixture
def lobby(tmp_path: Path, server: BadServer) -> Iterator[Lobby]:
    server.script.clear()
    server.facts.clear()
    server.requests.clear()
    made = Lobby(tmp_path, server.url, server.ca)
    yield made
    made.client.close()
    made.store.close()


def test_facts_go_out_and_a_snapshot_comes_in(lobby: Lobby, server: BadServer) -> None:
    facts = lobby.records(3)
    lobby.rounds(1)
    assert server.facts == facts
    assert lobby.store.owed_count() == 0
    assert len(lobby.snapshots) == 1
    held = lobby.store.snapshot()
    assert held
    assert held[1] == '"1"'
    assert lobby.states[-1] is SyncState.ONLINE


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_server_answers_the_facts_stay_owed_and_arrive_later_once(
    lobby: Lobby, server: BadServer, fault: str
) -> None:
    facts = lobby.records(2)
    server.script[:] = [fault]
    wait = lobby.rounds(1)
    assert lobby.store.owed_count() == 2
    assert lobby.states[-1] is (SyncState.REFUSED if fault in ("401", "403") else SyncState.OFFLINE)
    assert 0 <= wait <= 60
    lobby.rounds(3)
    assert server.facts == facts
    assert lobby.store.owed_count() == 0
    assert lobby.states[-1] is SyncState.ONLINE


@pytest.mark.parametrize("fault", [each for each in FAULTS if each != "lost answer"])
def test_whatever_the_server_answers_the_last_snapshot_stays(lobby: Lobby, server: BadServer, fault: str) -> None:
    lobby.rounds(1)
    held = lobby.store.snapshot()
    server.script[:] = [fault] * 2
    lobby.clock.passes(20)
    lobby.rounds(1)
    assert lobby.store.snapshot() == held


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(lobby: Lobby, server: BadServer) -> None:
    lobby.records(2)
    server.script[:] = ["lost answer"]
    lobby.rounds(3)
    sent = [body for path, body in server.requests if path == FACTS]
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert len(server.facts) == 2


def test_retry_after_is_honoured(lobby: Lobby, server: BadServer) -> None:
    lobby.records(1)
    server.script[:] = ["503"]
    assert lobby.sync.round() >= 7


def test_a_fork_stops_the_facts_but_not_the_snapshots(lobby: Lobby, server: BadServer) -> None:
    lobby.records(1)
    server.script[:] = ["409"]
    lobby.rounds(3)
    assert lobby.store.owed_count() == 1
    assert lobby.states[-1] is SyncState.FORKED
    assert len([path for path, _ in server.requests if path == FACTS]) == 1
    assert lobby.snapshots


def test_no_batch_is_larger_than_agreed_and_all_arrive_in_order(lobby: Lobby, server: BadServer) -> None:
    for _ in range(330):
        lobby.store.record(Commented(rating=UUID(int=3), text="é" * 500))
    facts = [str(each.id) for each in lobby.store.owed(999)]
    lobby.rounds(2)
    bodies = [body for path, body in server.requests if path == FACTS]
    assert len(bodies) > 3
    assert max(len(body) for body in bodies) <= BATCH_BYTES
    assert server.facts == facts


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    faults=st.lists(st.sampled_from([each for each in FAULTS if each != "too much"]), max_size=8),
    more=st.integers(0, 4),
)
def test_after_any_run_of_faults_every_fact_is_there_once_in_order(
    lobby: Lobby, server: BadServer, faults: list[str], more: int
) -> None:
    server.facts.clear()
    server.script[:] = list(faults)
    facts = lobby.records(2 + more)
    lobby.clock.passes(60)
    lobby.rounds(len(faults) + 3)
    assert server.facts == facts
    assert lobby.store.owed_count() == 0


def test_a_foreign_certificate_is_not_spoken_to(tmp_path: Path, server: BadServer) -> None:
    other = BadServer(tmp_path)
    lobby = Lobby(tmp_path, server.url, other.ca)
    server.requests.clear()
    lobby.records(1)
    lobby.rounds(1)
    assert server.requests == []
    assert lobby.store.owed_count() == 1


def test_a_certificate_of_another_name_is_not_spoken_to(tmp_path: Path) -> None:
    with BadServer(tmp_path, ("elsewhere.example",)).running() as server:
        lobby = Lobby(tmp_path, server.url, server.ca)
        with pytest.raises(CentralUnreachable):
            lobby.client.snapshot("")
        assert server.requests == []


def test_a_server_that_is_not_there_is_waited_for_longer_and_longer(tmp_path: Path, server: BadServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lobby = Lobby(tmp_path, f"https://localhost:{port}", server.ca)
    waits = []
    for _ in range(6):
        waits.append(lobby.sync.round())
        lobby.clock.passes(waits[-1])
    assert lobby.states == [SyncState.OFFLINE] * 6
    assert max(waits) <= 8
    assert max(waits[3:]) > waits[0]


def test_a_redirect_is_not_followed(lobby: Lobby, server: BadServer) -> None:
    server.script[:] = ["redirect"]
    lobby.records(1)
    lobby.rounds(1)
    assert "/elsewhere" not in [path for path, _ in server.requests]
