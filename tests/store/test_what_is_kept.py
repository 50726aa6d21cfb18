"""What the store gives back, field by field, and what it says of a ticket's paper."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from samples import OPEN, TODAY, FakeClock, a_store, booking, family, snapshot

from kiosk.errors import NumberTaken, StoreError
from kiosk.model import StoreFault, Ticket, TicketState, TimeMark
from kiosk.protocol import CheckedIn, PaperMoved, WalkInIssued
from kiosk.store import Store


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Store:
    return a_store(tmp_path / "kiosk.sqlite", clock.utc)


def log_size(folder: Path) -> int:
    return (folder / "kiosk.sqlite-wal").stat().st_size


def test_the_mark_of_the_time_is_kept_and_the_next_takes_its_place(store: Store, tmp_path: Path) -> None:
    assert store.time_mark() is None
    store.keep_time(TimeMark("one boot", 1.5, OPEN))
    store.keep_time(TimeMark("another", 7.25, OPEN + timedelta(hours=1)))
    store.close()
    assert a_store(tmp_path / "kiosk.sqlite").time_mark() == TimeMark("another", 7.25, OPEN + timedelta(hours=1))


def test_a_snapshot_takes_the_place_of_the_last(store: Store) -> None:
    assert store.snapshot() is None
    store.keep_snapshot(snapshot(booking(1)), '"one"')
    store.keep_snapshot(snapshot(booking(2)), '"two"')
    assert store.snapshot() == (snapshot(booking(2)), '"two"')


def test_a_booked_ticket_has_everything_of_its_booking_and_so_has_its_fact(store: Store) -> None:
    made = family(3, 2)
    ticket = Ticket(
        id=made.ticket_id("A-004"), number="A-004", day=TODAY, service="a", masked_name="P1 N***", issued_at=OPEN,
        booking=made.id, slot=time(9, 30), priority="elderly", late=True,
    )  # fmt: skip
    assert store.check_in(made, (1,), "elderly", True) == (ticket,)
    assert store.ticket(ticket.id) == ticket
    (fact,) = store.owed(9)
    assert fact.body == CheckedIn(ticket=ticket)
    assert (fact.at, fact.seq) == (OPEN, 1)


def test_a_walk_in_ticket_has_no_name_and_no_booking_and_so_has_its_fact(store: Store) -> None:
    ticket = store.issue_walk_in(TODAY, "b", None, "elderly")
    assert ticket
    assert ticket == Ticket(ticket.id, "W1-001", TODAY, "b", "", OPEN, priority="elderly")
    assert store.ticket(ticket.id) == ticket
    (fact,) = store.owed(9)
    assert fact.body == WalkInIssued(ticket=ticket)


def test_no_walk_in_is_issued_without_a_series(tmp_path: Path, clock: FakeClock) -> None:
    store = Store(tmp_path / "kiosk.sqlite", bytes(32), clock.utc)
    with pytest.raises(LookupError):
        store.issue_walk_in(TODAY, "a", None, None)
    assert store.owed(9) == ()
    assert store.series() is None


def test_a_quota_counts_one_service_on_one_day_and_no_bookings(store: Store) -> None:
    tomorrow = TODAY + timedelta(days=1)
    store.check_in(booking(), (0,), None, False)
    for day, service in ((TODAY, "a"), (TODAY, "a"), (TODAY, "b"), (tomorrow, "a")):
        assert store.issue_walk_in(day, service, None, None)
    assert [store.walk_ins(day, "a") for day in (TODAY, tomorrow)] == [2, 1]
    assert [store.walk_ins(TODAY, service) for service in ("b", "c")] == [1, 0]
    assert store.issue_walk_in(TODAY, "a", 2, None) is None
    assert store.issue_walk_in(TODAY, "b", 2, None)
    assert store.issue_walk_in(TODAY, "c", 0, None) is None


def test_a_bookings_tickets_are_found_by_number_on_its_day_only(store: Store) -> None:
    made = family(1, 3)
    store.check_in(made, (2, 0), None, False)
    store.check_in(booking(7), (0,), None, False)
    assert [each.number for each in store.tickets_of(made.id, TODAY)] == ["A-001", "A-003"]
    assert store.tickets_of(made.id, TODAY + timedelta(days=1)) == ()


def test_two_bookings_with_one_number_are_told_and_nothing_of_the_second_is_kept(store: Store) -> None:
    store.check_in(booking(1), (0,), None, False)
    other = booking(2, applicants=booking(1).applicants)
    with pytest.raises(NumberTaken, match="A-001"):
        store.check_in(other, (0,), None, False)
    assert (store.owed_count(), len(store.tickets())) == (1, 1)


def test_tickets_come_in_the_order_in_which_they_were_issued(store: Store) -> None:
    for place in (9, 3, 5):
        store.check_in(booking(place), (0,), None, False)
    assert [each.number for each in store.tickets()] == ["A-009", "A-003", "A-005"]
    assert [each.number for each in store.tickets_in(TicketState.ISSUED)] == ["A-009", "A-003", "A-005"]
    assert store.tickets_in(TicketState.PRINTED) == ()


def test_tickets_that_came_to_a_state_before_an_instant_are_left_out_and_from_it_on_not(
    store: Store, clock: FakeClock
) -> None:
    early = store.check_in(booking(1), (0,), None, False)[0]
    store.begin_print(early.id)
    clock.passes(60)
    late = store.check_in(booking(2), (0,), None, False)[0]
    store.begin_print(late.id)
    found = [
        [each.number for each in store.tickets_in(TicketState.SENDING, moved_since=since)]
        for since in (OPEN, clock.now, clock.now + timedelta(seconds=1))
    ]
    assert found == [["A-001", "A-002"], ["A-002"], []]


@pytest.mark.parametrize(
    ("state", "by_person", "prints"),
    [
        (TicketState.PRINTED, False, 1),
        (TicketState.PRINTED, True, 1),
        (TicketState.UNCONFIRMED, False, 1),
        (TicketState.FAILED, False, 0),
    ],
)
def test_the_end_of_a_print_is_kept_and_told_with_who_said_so(
    store: Store, state: TicketState, by_person: bool, prints: int
) -> None:
    ticket = store.check_in(booking(), (0,), None, False)[0]
    sending = store.begin_print(ticket.id)
    assert (sending.state, sending.prints) == (TicketState.SENDING, 1)
    assert len(store.owed(9)) == 1, "nothing to tell before the end is known"
    ended = store.end_print(ticket.id, state, by_person=by_person)
    assert (ended.state, ended.prints) == (state, prints)
    assert store.ticket(ticket.id) == ended
    assert store.tickets_in(state) == (ended,)
    assert store.owed(9)[1].body == PaperMoved(ticket=ticket.id, state=state, by_person=by_person)


def test_a_ticket_that_was_never_sent_has_no_count_to_take_back(store: Store) -> None:
    ticket = store.check_in(booking(), (0,), None, False)[0]
    assert store.end_print(ticket.id, TicketState.FAILED).prints == 0
    assert store.owed(9)[1].body == PaperMoved(ticket=ticket.id, state=TicketState.FAILED, by_person=False)


def test_a_print_of_a_ticket_that_is_not_there_is_a_fault_of_the_file(store: Store) -> None:
    assert store.ticket(UUID(int=1)) is None
    with pytest.raises(StoreError, match=str(UUID(int=1))) as raised:
        store.begin_print(UUID(int=1))
    assert raised.value.fault is StoreFault.CORRUPT


def test_what_an_untrusted_clock_saw_has_no_date(tmp_path: Path) -> None:
    store = a_store(tmp_path / "kiosk.sqlite", lambda: None)
    booked, walked = store.check_in(booking(), (0,), None, False)[0], store.issue_walk_in(TODAY, "a", None, None)
    assert walked
    assert booked.issued_at is walked.issued_at is None
    assert [each.at for each in store.owed(9)] == [None, None]
    assert store.last_at() is None
    store.begin_print(booked.id)
    assert store.tickets_in(TicketState.SENDING, moved_since=datetime(2000, 1, 1, tzinfo=UTC)) == ()


# ------------------------------------------------------------ what goes leaves the disk at once, and only then


def test_a_prune_that_finds_nothing_leaves_the_log_as_it_is(store: Store, tmp_path: Path) -> None:
    store.check_in(booking(), (0,), None, False)
    size = log_size(tmp_path)
    store.prune(TODAY)
    assert log_size(tmp_path) == size > 0
    store.keep_snapshot(snapshot(booking()), '"x"')
    size = log_size(tmp_path)
    store.prune(TODAY)
    assert log_size(tmp_path) == size > 0


def test_a_name_that_goes_leaves_the_log(store: Store, tmp_path: Path) -> None:
    store.check_in(booking(), (0,), None, False)
    store.prune(TODAY + timedelta(days=1))
    assert log_size(tmp_path) == 0
    assert store.ticket(booking().ticket_id("A-001")) == store.tickets()[0]


def test_a_booking_that_goes_leaves_the_log_and_the_last_two_days_stay(store: Store, tmp_path: Path) -> None:
    kept = [booking(place, day=TODAY + timedelta(days=place)) for place in (2, 3)]
    store.keep_snapshot(snapshot(booking(1), *kept), '"x"')
    store.prune(TODAY + timedelta(days=4))
    assert log_size(tmp_path) == 0
    assert store.snapshot() == (snapshot(*kept), '"x"')


def test_a_ticket_that_goes_leaves_the_log(store: Store, tmp_path: Path) -> None:
    store.issue_walk_in(TODAY, "a", None, None)
    store.acknowledge(store.epoch, 1)
    store.prune(TODAY + timedelta(days=3))
    assert log_size(tmp_path) == 0
    assert store.tickets() == ()


def test_a_fact_that_goes_leaves_the_log(store: Store, tmp_path: Path) -> None:
    store.record(PaperMoved(ticket=UUID(int=1), state=TicketState.PRINTED, by_person=True))
    store.acknowledge(store.epoch, 1)
    store.prune(TODAY)
    store.prune(TODAY + timedelta(days=8))
    assert log_size(tmp_path) == 0


def test_what_goes_together_leaves_the_log_together(store: Store, tmp_path: Path) -> None:
    days = [TODAY + timedelta(days=place) for place in range(40)]
    store.issue_walk_in(days[0], "a", None, None)
    store.acknowledge(store.epoch, 1)
    store.prune(days[0])
    store.prune(days[9])
    assert log_size(tmp_path) == 0, "a ticket and its fact"
    store.record(PaperMoved(ticket=UUID(int=1), state=TicketState.PRINTED, by_person=True))
    store.acknowledge(store.epoch, 2)
    store.prune(days[9])
    store.check_in(booking(day=days[17]), (0,), None, False)
    store.prune(days[18])
    assert log_size(tmp_path) == 0, "a fact and a name"
    store.keep_snapshot(snapshot(booking()), '"x"')
    store.check_in(booking(2, day=days[18]), (0,), None, False)
    store.prune(days[19])
    assert log_size(tmp_path) == 0, "a booking and a name"


def test_a_control_may_ask_for_less_than_full(tmp_path: Path, clock: FakeClock) -> None:
    store = Store(tmp_path / "kiosk.sqlite", bytes(32), clock.utc, "NORMAL")
    with store._database.transaction() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_walk_in_belongs_to_no_booking(store: Store) -> None:
    store.issue_walk_in(TODAY, "a", None, None)
    with store._database.transaction() as db:
        assert db.execute("SELECT booking FROM tickets").fetchall() == [(None,)]


def test_an_epoch_is_drawn_from_numbers_so_many_that_none_comes_twice(tmp_path: Path, clock: FakeClock) -> None:
    epochs = [Store(tmp_path / f"{place}.sqlite", bytes(32), clock.utc).epoch for place in range(16)]
    assert len(set(epochs)) == 16
    assert 2**40 < max(epochs) <= 2**48
    assert min(epochs) >= 1
