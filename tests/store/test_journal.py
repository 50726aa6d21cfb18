"""The journal is the outbox: gapless, chained, the same bytes at each try, and sent again where the server lost it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import FakeClock, a_store

from kiosk.errors import StoreError
from kiosk.journal import _fitting
from kiosk.model import StoreFault
from kiosk.protocol import BATCH_BYTES, BATCH_FACTS, Commented, FactBatch, HelpCalled, canonical, digest
from kiosk.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path / "kiosk.sqlite")


def fill(store: Store, count: int, text: str = "") -> None:
    for _ in range(count):
        store.record(Commented(rating="00000000-0000-0000-0000-000000000001", text=text) if text else HelpCalled(step="x"))  # type: ignore[arg-type]  # fmt: skip  # noqa: E501


def test_each_fact_bears_the_digest_of_the_one_before(store: Store) -> None:
    fill(store, 3)
    batch = store.next_batch()
    assert batch
    facts = json.loads(batch.body)["facts"]
    previous = ""
    for seq, fact in enumerate(facts, 1):
        assert fact["seq"] == seq
        assert fact["previous"] == previous
        previous = digest(canonical(fact))


def test_a_batch_is_the_same_bytes_at_each_try_though_more_was_recorded_and_the_kiosk_restarted(
    store: Store, tmp_path: Path
) -> None:
    fill(store, 3)
    first = store.next_batch()
    fill(store, 5)
    assert store.next_batch() == first
    store.close()
    assert a_store(tmp_path / "kiosk.sqlite").next_batch() == first


def test_the_next_batch_begins_after_what_was_acknowledged(store: Store) -> None:
    fill(store, 5)
    first = store.next_batch()
    assert first
    store.acknowledge(first.epoch, 2)
    rest = store.next_batch()
    assert rest
    assert (rest.first, rest.last) == (3, 5)
    store.acknowledge(first.epoch, 5)
    assert store.next_batch() is None
    assert store.owed_count() == 0


def test_no_batch_is_larger_than_agreed_and_none_is_empty(store: Store) -> None:
    fill(store, 250)
    fill(store, 200, "é" * 500)
    lasts = []
    while batch := store.next_batch():
        assert len(batch.body) <= BATCH_BYTES
        assert len(FactBatch.model_validate_json(batch.body).facts) == batch.last - batch.first + 1 <= BATCH_FACTS
        lasts.append(batch.last)
        store.acknowledge(batch.epoch, batch.last)
    assert lasts[:2] == [100, 200]
    assert lasts[-1] == 450


@pytest.mark.parametrize(
    ("sizes", "count"),
    [([10], 1), ([BATCH_BYTES], 1), ([BATCH_BYTES - 13], 1), ([10, BATCH_BYTES - 24], 2), ([10, BATCH_BYTES - 23], 1)],
)
def test_a_batch_ends_with_the_last_byte_that_fits(sizes: list[int], count: int) -> None:
    texts = ["x" * size for size in sizes]
    assert _fitting(texts) == count
    body = b'{"facts":[' + b",".join(text.encode() for text in texts[:count]) + b"]}"
    assert len(body) <= BATCH_BYTES or count == 1


def test_a_batch_that_is_too_large_for_the_way_is_halved_down_to_one_fact(store: Store) -> None:
    fill(store, 5)
    lasts = []
    while (batch := store.next_batch()) and lasts[-1:] != [batch.last]:
        lasts.append(batch.last)
        store.halve_batch()
    assert lasts == [5, 2, 1]
    assert not store.halve_batch()


def test_a_batch_is_halved_between_what_was_acknowledged_and_its_end(store: Store) -> None:
    fill(store, 10)
    store.acknowledge(store.epoch, 4)
    assert store.next_batch()
    lasts = []
    while store.halve_batch():
        batch = store.next_batch()
        assert batch
        lasts.append((batch.first, batch.last))
    assert lasts == [(5, 7), (5, 5)]


def test_the_last_one_that_was_acknowledged_can_be_sent_again_in_a_batch_of_its_own_end(store: Store) -> None:
    fill(store, 3)
    assert store.next_batch()
    store.acknowledge(store.epoch, 3)
    assert store.resend_from(3)
    fill(store, 1)
    again = store.next_batch()
    assert again
    assert (again.first, again.last) == (3, 4)


def test_the_first_facts_that_are_owed_are_told_up_to_a_limit(store: Store) -> None:
    fill(store, 4)
    store.acknowledge(store.epoch, 1)
    assert [each.seq for each in store.owed(2)] == [2, 3]


def test_what_was_acknowledged_is_sent_again_where_the_server_lost_it(store: Store) -> None:
    fill(store, 4)
    batch = store.next_batch()
    assert batch
    store.acknowledge(batch.epoch, 4)
    assert store.resend_from(3)
    again = store.next_batch()
    assert again
    assert (again.first, again.last) == (3, 4)
    assert store.owed_count() == 2


def test_what_was_not_acknowledged_or_is_not_held_is_not_sent_again(store: Store) -> None:
    fill(store, 2)
    store.acknowledge(store.epoch, 1)
    assert not store.resend_from(2)
    assert not store.resend_from(0)
    assert not store.resend_from(99)
    assert store.owed_count() == 1


def test_only_an_acknowledgement_of_what_was_recorded_counts(store: Store) -> None:
    fill(store, 2)
    store.acknowledge(store.epoch, 3)
    store.acknowledge(store.epoch + 1, 2)
    assert store.owed_count() == 2
    store.acknowledge(store.epoch, 2)
    store.acknowledge(store.epoch, 1)
    assert store.owed_count() == 0


def test_a_series_once_given_stays(store: Store) -> None:
    store.keep_series(7)
    assert store.series() == 1


def test_a_fact_of_an_untrusted_clock_has_no_date_but_its_place(tmp_path: Path) -> None:
    store = a_store(tmp_path / "kiosk.sqlite", lambda: None)
    fill(store, 2)
    assert [(each.seq, each.at) for each in store.owed(9)] == [(1, None), (2, None)]
    assert store.last_at() is None


def test_the_last_dated_fact_is_known_after_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    store = a_store(tmp_path / "kiosk.sqlite", clock.utc)
    fill(store, 1)
    store.close()
    store = a_store(tmp_path / "kiosk.sqlite", lambda: None)
    fill(store, 1)
    assert store.last_at() == clock.now


@settings(max_examples=20)
@given(seqs=st.lists(st.integers(0, 12), max_size=12), restarts=st.integers(0, 3))
def test_whatever_is_acknowledged_and_lost_again_the_rest_is_owed_in_order(
    tmp_path_factory: pytest.TempPathFactory, seqs: list[int], restarts: int
) -> None:
    file = tmp_path_factory.mktemp("kiosk") / "kiosk.sqlite"
    store = a_store(file)
    fill(store, 10)
    acknowledged = 0
    for place, seq in enumerate(seqs):
        if place % 3 == 2:
            acknowledged = seq - 1 if store.resend_from(seq) else acknowledged
        else:
            store.acknowledge(store.epoch, seq)
            acknowledged = seq if acknowledged < seq <= 10 else acknowledged
        if place < restarts:
            store.close()
            store = a_store(file)
        assert [each.seq for each in store.owed(99)] == list(range(acknowledged + 1, 11))
        batch = store.next_batch()
        assert (batch.first if batch else 11) == acknowledged + 1
    store.close()


def test_an_epoch_is_empty_until_its_first_fact(store: Store) -> None:
    assert store.is_empty()
    fill(store, 1)
    assert not store.is_empty()


def test_a_store_is_condemned_only_by_what_it_never_recorded_and_for_good(store: Store, tmp_path: Path) -> None:
    fill(store, 2)
    store.condemn(2)
    assert not store.is_old_copy()
    with pytest.raises(StoreError, match="older than what the central server holds") as raised:
        store.condemn(3)
    assert raised.value.fault is StoreFault.OLD_COPY
    store.close()
    assert a_store(tmp_path / "kiosk.sqlite").is_old_copy()
