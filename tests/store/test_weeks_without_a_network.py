"""Weeks without a network: what is owed stays; what has gone to the server makes room again; at the end of the disk
nothing is lost either.
"""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from samples import TODAY, FakeClock, a_store

from kiosk.errors import StoreError
from kiosk.model import StoreFault, TicketState
from kiosk.protocol import Rated
from kiosk.store import Store

VISITS = 12
DISK_KB = 4000


def a_day(store: Store, number: int) -> None:
    """A quiet one: walk-ins whose paper comes out, and a rating each."""
    for _ in range(VISITS):
        a_visit(store, number)


def a_visit(store: Store, number: int) -> str:
    ticket = store.issue_walk_in(TODAY + timedelta(days=number), "a", None, None)
    assert ticket
    store.begin_print(ticket.id)
    store.end_print(ticket.id, TicketState.PRINTED)
    store.record(Rated(rating=UUID(int=1), score=5))
    return ticket.number


def visits_without_end(store: Store, given: list[str]) -> None:
    while True:
        given.append(a_visit(store, 0))


def all_owed(store: Store) -> list[int]:
    return [each.seq for each in store.owed(1_000_000)]


def test_what_is_owed_stays_for_as_long_as_the_network_is_away(tmp_path: Path) -> None:
    clock = FakeClock()
    store = a_store(tmp_path / "kiosk.sqlite", clock.utc)
    for number in range(45):
        a_day(store, number) if number < 10 else None
        clock.passes(86_400)
        store.prune(TODAY + timedelta(days=number + 1))
    assert all_owed(store) == list(range(1, 10 * VISITS * 3 + 1))
    assert len(store.tickets()) == 10 * VISITS
    store.close()


def test_an_outage_takes_the_room_of_the_one_before(tmp_path: Path) -> None:
    """The file never shrinks, and never grows beyond its fullest week."""
    clock, file = FakeClock(), tmp_path / "kiosk.sqlite"
    store, sizes, number = a_store(file, clock.utc), [], 0
    for _ in range(3):
        for _ in range(4):
            a_day(store, number)
            clock.passes(86_400)
            number += 1
        store.acknowledge(store.epoch, all_owed(store)[-1])
        for _ in range(9):
            clock.passes(86_400)
            number += 1
            store.prune(TODAY + timedelta(days=number))
        assert store.tickets() == ()
        sizes.append(file.stat().st_size)
    assert sizes[2] <= sizes[0] * 1.02
    assert file.with_name("kiosk.sqlite-wal").stat().st_size == 0
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="mount is not installed")
def test_at_the_end_of_the_disk_the_kiosk_stops_and_loses_nothing_and_goes_on_when_there_is_room(
    small_disk: Path,
) -> None:
    file, clock = small_disk / "store" / "kiosk.sqlite", FakeClock()
    other = small_disk / "log-of-another"
    other.write_bytes(bytes(200_000))
    given, store = list[str](), a_store(file, clock.utc)
    with pytest.raises(StoreError) as full:
        visits_without_end(store, given)
    assert full.value.fault is StoreFault.DISK_FULL
    assert len(given) > 20
    with pytest.raises(StoreError):
        store.record(Rated(rating=UUID(int=1), score=1))
    store.close()
    other.unlink()
    store = a_store(file, clock.utc)
    assert [each.number for each in store.tickets()][: len(given)] == given
    owed = all_owed(store)
    assert owed == list(range(1, len(owed) + 1))
    assert len(owed) >= 3 * len(given)
    assert a_visit(store, 0) not in given
    store.close()
