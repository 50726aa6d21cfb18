"""What is counted of guesses and of anonymous changes, in a table that all processes share."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wire import Clock

from central.anonymous import RATE
from central.app import create_app
from central.database import for_writing, open_database
from central.tries import Rate, Tries, TryRow, network_of

SECOND = timedelta(seconds=1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_database(tmp_path)
    with Session(for_writing(engine)) as opened, opened.begin():
        yield opened
    engine.dispose()


def guesses() -> Tries:
    return Tries("guess", 2, first=10 * SECOND, longest=35 * SECOND, forget=100 * SECOND)


def rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(TryRow)) or 0


def test_after_the_free_tries_each_wait_is_twice_the_one_before_up_to_the_longest(session, clock: Clock) -> None:
    tries, waits = guesses(), []
    for _ in range(6):
        waits.append(tries.wait(session, "k", clock.now()))
        clock.forward(seconds=waits[-1])
        tries.note(session, "k", clock.now())
    assert waits == [0, 0, 10, 20, 35, 35]


def test_a_wait_is_over_when_it_says_so_and_not_before(session, clock: Clock) -> None:
    tries = guesses()
    for _ in range(2):
        tries.note(session, "k", clock.now())
    clock.forward(seconds=9.5)
    assert tries.wait(session, "k", clock.now()) == 1
    clock.forward(seconds=0.5)
    assert tries.wait(session, "k", clock.now()) == 0


def test_a_try_that_was_right_does_not_count(session, clock: Clock) -> None:
    tries = guesses()
    for _ in range(9):
        tries.note(session, "k", clock.now())
        tries.take_back(session, "k")
    assert tries.wait(session, "k", clock.now()) == 0


def test_kinds_and_keys_do_not_make_each_other_wait(session, clock: Clock) -> None:
    other = Tries("other", 2, first=SECOND, longest=SECOND, forget=SECOND)
    for _ in range(2):
        guesses().note(session, "k", clock.now())
    assert guesses().wait(session, "k", clock.now()) == 10
    assert guesses().wait(session, "K", clock.now()) == 0
    assert other.wait(session, "k", clock.now()) == 0


def test_what_is_forgotten_is_not_kept_either(session, clock: Clock) -> None:
    for number in range(20):
        guesses().note(session, f"k{number}", clock.now())
    assert rows(session) == 20
    clock.forward(seconds=100)
    assert guesses().wait(session, "k0", clock.now()) == 0
    guesses().note(session, "new", clock.now())
    assert rows(session) == 1


def test_keys_are_kept_as_digests(session, clock: Clock) -> None:
    guesses().note(session, "kata-sandi\udcff", clock.now())
    assert len(session.scalars(select(TryRow.key)).one()) == 64


def test_a_rate_lets_some_through_at_once_and_then_one_a_time(session, clock: Clock) -> None:
    rate = Rate("post", 3, every=10 * SECOND)
    assert [rate.take(session, "k", clock.now()) for _ in range(5)] == [0, 0, 0, 10, 10]
    clock.forward(seconds=10)
    assert [rate.take(session, "k", clock.now()) for _ in range(2)] == [0, 10]
    assert rate.take(session, "other", clock.now()) == 0
    clock.forward(seconds=30)
    assert [rate.take(session, "k", clock.now()) for _ in range(4)] == [0, 0, 0, 10]


def test_a_rate_keeps_no_row_of_who_has_been_quiet(session, clock: Clock) -> None:
    rate = Rate("post", 3, every=10 * SECOND)
    for number in range(20):
        rate.take(session, f"k{number}", clock.now())
    clock.forward(seconds=10)
    rate.take(session, "k", clock.now())
    assert rows(session) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.0.0.4", "10.0.0.4"), ("2001:db8::1", "2001:db8::/64"), ("testclient", "testclient"), ("", "")],
)
def test_an_address_is_counted_with_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_anonymous_changes_of_one_address_are_bounded_for_all_processes_and_reading_is_not(data, clock) -> None:
    with (
        TestClient(create_app(data, clock.now), "https://central.example", client=("10.0.0.4", 1)) as one,
        TestClient(create_app(data, clock.now), "https://central.example", client=("10.0.0.4", 2)) as two,
        TestClient(two.app, "https://central.example", client=("10.0.0.5", 1)) as elsewhere,
    ):
        statuses = [http.post("/nothing").status_code for _ in range(30) for http in (one, two)]
        assert set(statuses) == {404}
        refused = two.post("/nothing")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert elsewhere.post("/nothing").status_code == 404
        assert two.get("/nothing").status_code == 404
        clock.forward(seconds=2)
        assert [two.post("/nothing").status_code for _ in range(2)] == [404, 429]


def test_kiosks_and_who_is_signed_in_are_not_counted(http, kiosk, officer, clock) -> None:
    with http.app.state.writing.begin() as session:
        while not RATE.take(session, "testclient", clock.now()):
            pass
    assert http.post("/nothing").status_code == 429
    kiosk.registers(8)
    assert officer.post("/officers/next", data={"counter": "1"}).status_code == 409
