"""What has outlived its purpose goes, field by field; what is owed never does."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from samples import TODAY, FakeClock, a_store, booking, snapshot

from kiosk.model import TicketState
from kiosk.protocol import HelpCalled
from kiosk.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path / "kiosk.sqlite")


def filled(store: Store) -> Store:
    ticket = store.check_in(booking(), (0,), None, False)[0]
    store.begin_print(ticket.id)
    store.end_print(ticket.id, TicketState.PRINTED)
    store.issue_walk_in(TODAY, "a", None, None)
    return store


def day(later: int) -> date:
    return TODAY + timedelta(days=later)


def test_masked_names_go_with_the_end_of_their_day(store: Store) -> None:
    filled(store).prune(day(0))
    assert store.tickets()[0].masked_name != ""
    store.prune(day(1))
    assert [each.masked_name for each in store.tickets()] == ["", ""]
    assert [each.state for each in store.tickets()] == [TicketState.PRINTED, TicketState.ISSUED]


def test_tickets_go_after_two_days_if_the_server_has_them(store: Store) -> None:
    filled(store).acknowledge(store.epoch, 3)
    store.prune(day(2))
    assert len(store.tickets()) == 2
    store.prune(day(3))
    assert store.tickets() == ()


def test_facts_go_seven_days_after_they_were_acknowledged_however_late_that_was(store: Store) -> None:
    filled(store).prune(day(20))
    store.acknowledge(store.epoch, 3)
    store.prune(day(21))
    store.prune(day(28))
    assert store.resend_from(1)
    store.acknowledge(store.epoch, 3)
    store.prune(day(29))
    store.prune(day(37))
    assert not store.resend_from(1)


def test_facts_without_a_date_are_kept_as_long_and_leave_no_hole(tmp_path: Path) -> None:
    clock, known = FakeClock(), [True]
    store = a_store(tmp_path / "kiosk.sqlite", lambda: clock.now if known[0] else None)
    for dated in (True, False, True):
        known[0] = dated
        store.record(HelpCalled(step="x"))
    store.acknowledge(store.epoch, 3)
    store.prune(day(40))
    store.prune(day(47))
    assert store.resend_from(1)
    batch = store.next_batch()
    assert batch
    assert [each["seq"] for each in json.loads(batch.body)["facts"]] == [1, 2, 3]


def test_a_day_that_the_clock_skipped_to_and_left_again_makes_no_hole(store: Store) -> None:
    for seq, today in ((1, 0), (2, 30), (3, 1)):
        store.record(HelpCalled(step="x"))
        store.acknowledge(store.epoch, seq)
        store.prune(day(today))
    store.prune(day(9))
    held = [seq for seq in (3, 2, 1) if store.resend_from(seq)]
    assert held == [3, 2]


def test_nothing_goes_that_the_server_has_not_acknowledged(store: Store) -> None:
    filled(store).acknowledge(store.epoch, 1)
    store.prune(day(400))
    assert [each.number for each in store.tickets()] == ["W1-001"]
    assert [each.seq for each in store.owed(9)] == [2, 3]


def test_the_journal_goes_on_gapless_after_everything_went(store: Store) -> None:
    filled(store).acknowledge(store.epoch, 3)
    store.prune(day(9))
    store.record(HelpCalled(step="x"))
    batch = store.next_batch()
    assert batch
    fact = json.loads(batch.body)["facts"][0]
    assert fact["seq"] == 4
    assert len(fact["previous"]) == 64


def test_a_days_walk_ins_are_counted_on_after_its_tickets_went(store: Store) -> None:
    filled(store).acknowledge(store.epoch, 3)
    store.prune(day(9))
    ticket = store.issue_walk_in(TODAY, "a", None, None)
    assert ticket
    assert ticket.number == "W1-002"


def test_bookings_of_days_gone_leave_the_snapshot(store: Store) -> None:
    store.keep_snapshot(snapshot(booking(1), booking(2, day=day(3))), '"x"')
    store.prune(day(2))
    store.prune(day(3))
    held = store.snapshot()
    assert held
    assert [each.day for each in held[0].bookings] == [day(3)]
    assert held[1] == '"x"'


def test_what_was_deleted_leaves_the_write_ahead_log_too(tmp_path: Path) -> None:
    store = a_store(tmp_path / "kiosk.sqlite", FakeClock().utc)
    filled(store).acknowledge(store.epoch, 3)
    log = tmp_path / "kiosk.sqlite-wal"
    assert log.stat().st_size > 0
    store.prune(day(9))
    assert log.stat().st_size == 0


def test_an_undated_ticket_stays_until_its_day_is_surely_over(tmp_path: Path) -> None:
    clock = FakeClock()
    known = [False]
    store = a_store(tmp_path / "kiosk.sqlite", lambda: clock.now if known[0] else None)
    store.issue_walk_in(day(-30), "a", None, None)
    known[0] = True
    store.issue_walk_in(TODAY, "a", None, None)
    store.acknowledge(store.epoch, 2)
    store.prune(day(1))
    assert [each.number for each in store.tickets()] == ["W1-001", "W1-002"]
    store.prune(day(3))
    assert store.tickets() == ()
