"""A response is kept at once, leaves among others, and nothing joins it to the ticket."""

from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from samples import OPEN, STORE_KEY, TODAY, FakeClock

from kiosk.protocol import Fact, SurveyGiven, SurveyTaken
from kiosk.questionnaire import TimeBand
from kiosk.response_box import KEEP_RESPONSES
from kiosk.store import Store
from kiosk.survey_rules import LEAST_TOGETHER

ALL = 10_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def a_box(file: Path, clock: FakeClock, seed: int = 1) -> Store:
    return Store(file, STORE_KEY, clock.utc, random=Random(seed))


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Store:
    return a_box(tmp_path / "kiosk.sqlite", clock)


def response(place: int, **changes: object) -> SurveyGiven:
    """The response that is told from all others by one score."""
    made = SurveyGiven(
        questionnaire="skm", version=1, day=TODAY, time_band=TimeBand.MORNING, service="a", header={},
        scores={"U1": place},
    )  # fmt: skip
    return made.model_copy(update=changes)


def takes(store: Store, *places: int, **changes: object) -> None:
    for place in places:
        assert store.record_survey(UUID(int=place), TODAY, response(place, **changes))


def left(store: Store) -> list[Fact]:
    return [fact for fact in store.owed(ALL) if isinstance(fact.body, SurveyGiven)]


def order(store: Store) -> list[int]:
    return [fact.body.scores["U1"] for fact in left(store) if isinstance(fact.body, SurveyGiven)]


def test_fewer_than_five_responses_do_not_leave_but_that_the_tickets_were_used_does(store: Store) -> None:
    takes(store, 1, 2, 3, 4)
    assert left(store) == []
    assert [fact.body for fact in store.owed(ALL)] == [SurveyTaken(ticket=UUID(int=place)) for place in (1, 2, 3, 4)]
    assert store.waiting_responses() == 4


def test_the_fifth_takes_all_along_and_each_is_dated_by_when_they_left(store: Store, clock: FakeClock) -> None:
    for place in (1, 2, 3, 4, 5):
        clock.passes(60)
        takes(store, place)
    assert sorted(order(store)) == [1, 2, 3, 4, 5]
    assert {fact.at for fact in left(store)} == {OPEN + timedelta(minutes=5)}
    assert store.waiting_responses() == 0


def test_the_order_in_which_responses_leave_is_not_that_in_which_they_came(tmp_path: Path, clock: FakeClock) -> None:
    """Over many boxes every response leaves at every place about equally often."""
    at_place: dict[tuple[int, int], int] = {}
    store = a_box(tmp_path / "kiosk.sqlite", clock)
    rounds = 200
    for each in range(rounds):
        for place in range(1, LEAST_TOGETHER + 1):
            store.record_survey(UUID(int=each * 10 + place), TODAY, response(place))
        for position, place in enumerate(order(store)[-LEAST_TOGETHER:]):
            at_place[place, position] = at_place.get((place, position), 0) + 1
        store.acknowledge(store.epoch, store.owed(ALL)[-1].seq)
    expected = rounds / LEAST_TOGETHER
    assert len(at_place) == LEAST_TOGETHER**2
    assert all(expected / 2 < count < expected * 2 for count in at_place.values()), at_place


def test_control_without_chance_the_order_does_tell(tmp_path: Path, clock: FakeClock) -> None:
    class NoChance(Random):
        def __init__(self) -> None:
            super().__init__()
            self.next = 0

        def randrange(self, *bounds: int) -> int:  # type: ignore[override]
            self.next += 1
            return self.next

        def shuffle(self, x: object) -> None:
            pass

    store = Store(tmp_path / "kiosk.sqlite", STORE_KEY, clock.utc, random=NoChance())
    takes(store, 1, 2, 3, 4, 5)
    assert order(store) == [1, 2, 3, 4, 5]


def test_nothing_of_the_ticket_and_no_time_is_kept_with_a_response(store: Store) -> None:
    takes(store, 7)
    with store._database.transaction() as db:
        ((key, day, body),) = db.execute("SELECT * FROM responses").fetchall()
    assert key > 2**32
    assert day == TODAY.isoformat()
    assert str(UUID(int=7)) not in body
    assert SurveyGiven.model_validate_json(body) == response(7)


def test_a_ticket_is_used_once(store: Store, tmp_path: Path, clock: FakeClock) -> None:
    takes(store, 1)
    assert not store.record_survey(UUID(int=1), TODAY, response(9))
    assert (store.is_surveyed(UUID(int=1)), store.is_surveyed(UUID(int=2))) == (True, False)
    store.close()
    again = a_box(tmp_path / "kiosk.sqlite", clock)
    assert not again.record_survey(UUID(int=1), TODAY, response(9))
    assert (again.waiting_responses(), len(again.owed(ALL))) == (1, 1)


def test_an_old_response_leaves_alone_without_its_occasion(store: Store) -> None:
    takes(store, 1)
    store.prune(TODAY + KEEP_RESPONSES - timedelta(days=1))
    assert left(store) == []
    store.prune(TODAY + KEEP_RESPONSES)
    (fact,) = left(store)
    assert fact.body == response(1, day=None, time_band=None, service=None)


def test_responses_to_two_versions_do_not_count_together(store: Store) -> None:
    takes(store, 1, 2, 3, 4)
    takes(store, 5, version=2)
    assert left(store) == []
    assert store.waiting_responses() == 5


def test_marks_of_tickets_go_with_the_tickets(store: Store) -> None:
    takes(store, 1)
    store.prune(TODAY + timedelta(days=2))
    assert store.is_surveyed(UUID(int=1))
    store.prune(TODAY + timedelta(days=3))
    assert not store.is_surveyed(UUID(int=1))
