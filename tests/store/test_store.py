import threading
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from samples import TODAY, a_store, booking, family, snapshot

from kiosk.model import ENGLISH, UNKNOWN_LANGUAGE, TicketState
from kiosk.protocol import HelpCalled
from kiosk.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path / "kiosk.sqlite")


def test_it_writes_ahead_and_fully_synchronous(store: Store, tmp_path: Path) -> None:
    with store._database.transaction() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_same_booking_twice_gives_the_same_tickets(store: Store) -> None:
    first = store.check_in(family(1, 3), (0, 2), None, False)
    again = store.check_in(family(1, 3), (0, 1, 2), None, False)
    assert [each.number for each in again] == ["A-001", "A-002", "A-003"]
    assert again[0] == first[0]
    assert len(store.owed(9)) == 3


def test_a_ticket_that_was_stored_before_tickets_had_a_language_stays_readable(store: Store) -> None:
    (ticket,) = store.check_in(booking(), (0,), None, False, ENGLISH)
    with store._database.transaction() as db:
        db.execute("UPDATE tickets SET body = json_remove(body, '$.language')")
    assert store.ticket(ticket.id) == replace(ticket, language=UNKNOWN_LANGUAGE)


def test_walk_in_numbers_start_at_one_and_keep_to_the_quota(store: Store) -> None:
    made = [store.issue_walk_in(TODAY, "a", 3, None) for _ in range(5)]
    assert [each.number if each else None for each in made] == ["W1-001", "W1-002", "W1-003", None, None]


def test_only_what_was_acknowledged_in_this_epoch_is_forgotten(store: Store) -> None:
    for _ in range(3):
        store.record(HelpCalled(step="welcome"))
    epoch = store.owed(1)[0].epoch
    store.acknowledge(epoch + 1, 3)
    assert store.owed_count() == 3
    store.acknowledge(epoch, 2)
    assert [each.seq for each in store.owed(9)] == [3]


def test_the_sequence_goes_on_after_everything_was_forgotten_and_the_file_reopened(
    store: Store, tmp_path: Path
) -> None:
    store.record(HelpCalled(step="welcome"))
    store.acknowledge(store.owed(1)[0].epoch, 1)
    store.close()
    again = a_store(tmp_path / "kiosk.sqlite")
    again.record(HelpCalled(step="welcome"))
    assert [each.seq for each in again.owed(9)] == [2]


def test_a_failed_print_takes_its_count_back(store: Store) -> None:
    ticket = store.check_in(booking(), (0,), None, False)[0]
    assert store.begin_print(ticket.id).prints == 1
    assert store.end_print(ticket.id, TicketState.FAILED).prints == 0
    assert store.begin_print(ticket.id).prints == 1


def test_the_snapshot_is_kept_whole(store: Store, tmp_path: Path) -> None:
    made = snapshot(booking(1), family(5, 4))
    store.keep_snapshot(made, '"x"')
    store.close()
    assert a_store(tmp_path / "kiosk.sqlite").snapshot() == (made, '"x"')


def test_two_threads_at_once_never_share_a_number(store: Store) -> None:
    numbers: list[str] = []

    def take() -> None:
        for _ in range(20):
            made = store.issue_walk_in(TODAY, "a", None, None)
            assert made
            numbers.append(made.number)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(numbers) == [f"W1-{count:03}" for count in range(1, 61)]


def test_facts_are_dated_in_utc(store: Store) -> None:
    store.record(HelpCalled(step="welcome"))
    assert store.owed(1)[0].at.tzinfo is UTC or store.owed(1)[0].at.utcoffset() is not None
