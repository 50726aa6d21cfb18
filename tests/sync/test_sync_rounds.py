"""What one round with the central server does, in which order, and when the next is due; the server's answers are
given, the store is a true one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from samples import TODAY, FakeClock, a_store, booking, snapshot

from kiosk.errors import (
    CentralError,
    CentralRefused,
    CentralRejected,
    CentralUnreachable,
    NotApproved,
    StoreError,
)
from kiosk.event_log import CentralUnavailable, FactsNotTaken, FactsSentAgain
from kiosk.model import PrinterStatus, StoreFault
from kiosk.protocol import Epoch, FactBatch, FactsAccepted, Heartbeat, HeartbeatAnswer, HelpCalled, NewEpoch, Snapshot
from kiosk.store import Store
from kiosk.sync import LONGEST_RETRY_AFTER, LONGEST_WAIT, Sync, SyncState
from kiosk.workers import BackOff

BEAT = Heartbeat(
    at=datetime(2026, 11, 24, tzinfo=UTC), version="1", screen="welcome", printer=PrinterStatus.READY,
    scanner_ready=True, owed=0,
)  # fmt: skip


class Longest(Random):
    """Draws the upper bound each time."""

    def uniform(self, a: float, b: float) -> float:
        assert a == 0
        return b


class Central:
    """Gives the answers that a test wants, right ones unless told otherwise, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.fails: list[CentralError | None] = []
        """For each request to come, what it fails with."""
        self.epoch_answer: Callable[[int], int] = lambda epoch: epoch
        self.fact_answer: Callable[[FactsAccepted], FactsAccepted] = lambda right: right
        self.up_to = 0
        """The last seq that it holds."""
        self.held: tuple[Snapshot, str] | None = (snapshot(booking()), '"one"')

    def epoch(self, epoch: NewEpoch) -> Epoch:
        self._hears(("epoch", epoch.series))
        return Epoch(epoch=self.epoch_answer(epoch.epoch), series=7, up_to=self.up_to)

    def facts(self, batch: bytes) -> FactsAccepted:
        facts = FactBatch.model_validate_json(batch).facts
        self._hears(("facts", *(each.seq for each in facts)))
        self.up_to = facts[-1].seq
        return self.fact_answer(FactsAccepted(epoch=facts[-1].epoch, up_to=self.up_to))

    def snapshot(self, etag: str) -> tuple[Snapshot, str] | None:
        self._hears(("snapshot", etag))
        return None if self.held and self.held[1] == etag else self.held

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        assert heartbeat is BEAT
        self._hears("heartbeat")
        return HeartbeatAnswer(at=heartbeat.at)

    def _hears(self, request: object) -> None:
        self.asked.append(request)
        error = self.fails.pop(0) if self.fails else None
        if error:
            raise error


class Stage:
    """A kiosk's sync with its store, before a central server."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.central = FakeClock(), Central()
        self.file = folder / "kiosk.sqlite"
        self.store = Store(self.file, bytes(32), self.clock.utc)
        self.states: list[SyncState] = []
        self.taken: list[Snapshot] = []
        self.start()

    def start(self, **settings: float) -> None:
        self.sync = Sync(
            self.central,  # type: ignore[arg-type]
            self.store,
            lambda: BEAT,
            self._take,
            self.states.append,
            self.clock.monotonic,
            BackOff(1, LONGEST_WAIT, Longest()),
            **settings,
        )

    def _take(self, taken: Snapshot) -> None:
        held = self.store.snapshot()
        assert held
        assert held[0] == taken, "a snapshot is stored before anybody hears of it"
        self.taken.append(taken)

    def record(self, count: int) -> None:
        for _ in range(count):
            self.store.record(HelpCalled(step="x"))

    def round(self, passed: float = 0.0) -> float:
        """What is due after so many s, and is then answered; what was asked is in `asked`."""
        self.clock.passes(passed)
        self.central.asked.clear()
        return self.sync.round()

    @property
    def asked(self) -> list[object]:
        return self.central.asked


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def known(stage: Stage) -> Stage:
    """One that has been in touch."""
    stage.round()
    stage.states.clear()
    stage.taken.clear()
    return stage


def notes(caplog: pytest.LogCaptureFixture) -> list[object]:
    return [record.msg for record in caplog.records if record.name == "kiosk.event_log"]


def test_the_first_round_tells_of_the_epoch_then_sends_then_hears_then_gives_a_sign_of_life(stage: Stage) -> None:
    stage.record(2)
    assert stage.round() == 15
    assert stage.asked == [("epoch", None), ("facts", 1, 2), ("snapshot", ""), "heartbeat"]
    assert stage.store.series() == 7
    assert stage.store.owed_count() == 0
    assert stage.store.snapshot() == stage.central.held
    assert stage.taken == [snapshot(booking())]
    assert stage.states == [SyncState.ONLINE]


def test_facts_go_out_at_once_snapshots_and_signs_of_life_when_they_are_due(known: Stage) -> None:
    known.record(1)
    assert known.round(10) == 5
    assert known.asked == [("facts", 1)]
    assert known.round(4.5) == 0.5
    assert known.asked == []
    assert known.round(0.5) == 15
    assert known.asked == [("snapshot", '"one"')]
    assert known.round(15) == 15
    assert known.asked == [("snapshot", '"one"'), "heartbeat"]
    assert known.states == [SyncState.ONLINE] * 4


def test_the_sooner_of_the_two_is_waited_for(stage: Stage) -> None:
    stage.start(pull_every=40.0, heartbeat_every=25.0)
    assert stage.round() == 25
    assert stage.round(25) == 15
    assert stage.asked == ["heartbeat"]


def test_a_snapshot_that_is_still_right_is_not_taken_again_and_a_new_one_is(known: Stage) -> None:
    known.round(15)
    assert known.taken == []
    known.central.held = (snapshot(booking(2)), '"two"')
    known.round(15)
    assert known.taken == [snapshot(booking(2))]
    assert known.store.snapshot() == known.central.held
    known.round(15)
    assert known.asked[0] == ("snapshot", '"two"')


def test_a_restart_tells_of_the_epoch_and_its_series_again_and_asks_only_for_a_newer_snapshot(known: Stage) -> None:
    known.start()
    known.round()
    assert known.asked == [("epoch", 7), ("snapshot", '"one"'), "heartbeat"]


def test_an_answer_for_another_epoch_is_not_believed_and_nothing_is_sent(stage: Stage) -> None:
    stage.record(1)
    stage.central.epoch_answer = lambda epoch: epoch + 1
    stage.round()
    assert stage.asked == [("epoch", None)]
    assert stage.store.series() is None
    assert stage.states == [SyncState.OFFLINE]


# ------------------------------------------------------------ waits


def test_after_a_failure_nothing_is_asked_until_a_wait_that_grows_and_begins_anew_after_a_success(known: Stage) -> None:
    asked: tuple[str, object] = ("snapshot", '"one"')
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        known.central.fails = [CentralUnreachable("no route")]
        assert known.round(60) == wait
        assert known.asked == [asked]
        asked = ("epoch", 7)
    assert known.round(59.5) == 0.5
    assert known.asked == []
    assert known.states == [SyncState.OFFLINE] * 8
    assert known.round(0.5) == 15
    assert known.states[-1] is SyncState.ONLINE
    known.central.fails = [CentralUnreachable("no route")]
    assert known.round(15) == 1


def test_what_failed_is_asked_again_when_the_wait_is_over(known: Stage) -> None:
    known.record(1)
    known.central.fails = [CentralUnreachable("no route")]
    assert known.round() == 1
    assert known.store.owed_count() == 1
    known.round(1)
    assert known.asked == [("epoch", 7), ("facts", 1)]
    assert known.store.owed_count() == 0


@pytest.mark.parametrize(
    ("asked_for", "wait"),
    [(None, 1), (0.0, 1), (0.5, 1), (7.0, 7), (LONGEST_RETRY_AFTER, 900), (LONGEST_RETRY_AFTER + 1, 900)],
)
def test_the_servers_own_wait_counts_where_it_is_longer_up_to_a_quarter_of_an_hour(
    known: Stage, asked_for: float | None, wait: float
) -> None:
    known.central.fails = [CentralUnreachable("busy", asked_for, 503)]
    assert known.round(15) == wait
    known.round(wait - 0.25)
    assert known.asked == []
    known.round(0.25)
    assert known.asked


def test_a_kiosk_that_is_not_accepted_says_so_and_asks_again_in_a_minute(
    known: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    known.central.fails = [CentralRefused("enrol it again")]
    with caplog.at_level("DEBUG"):
        assert known.round(15) == 60
    assert known.states == [SyncState.REFUSED]
    (noted,) = notes(caplog)
    assert isinstance(noted, CentralUnavailable)
    assert noted.failure.error is CentralRefused


def test_a_kiosk_that_nobody_approved_yet_asks_as_often_as_any_and_says_so_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.record(2)
    stage.central.fails = [NotApproved("not yet")] * 5
    with caplog.at_level("DEBUG"):
        assert [stage.round(15) for _ in range(5)] == [15] * 5
    assert stage.states == [SyncState.WAITING] * 5
    (noted,) = notes(caplog)
    assert isinstance(noted, CentralUnavailable)
    assert noted.failure.error is NotApproved
    stage.round(15)
    assert stage.asked == [("epoch", None), ("facts", 1, 2), ("snapshot", ""), "heartbeat"]
    assert stage.states[-1] is SyncState.ONLINE


def test_a_failure_is_noted_with_its_status(known: Stage, caplog: pytest.LogCaptureFixture) -> None:
    known.central.fails = [CentralUnreachable("busy", None, 503)]
    with caplog.at_level("DEBUG"):
        known.round(15)
    (noted,) = notes(caplog)
    assert isinstance(noted, CentralUnavailable)
    assert (noted.status, noted.failure.error) == (503, CentralUnreachable)


# ------------------------------------------------------------ acknowledgements


@pytest.mark.parametrize(("up_to", "left"), [(1, 2), (2, 1), (3, 0)])
def test_what_is_acknowledged_is_not_owed_and_the_rest_is_sent_again(known: Stage, up_to: int, left: int) -> None:
    known.record(3)
    answers = [up_to]
    known.central.fact_answer = lambda right: right.model_copy(update={"up_to": answers.pop()}) if answers else right
    known.round()
    assert known.store.owed_count() == 0
    rest = [("facts", *range(up_to + 1, 4))] if left else []
    assert known.asked == [("facts", 1, 2, 3), *rest]


@pytest.mark.parametrize("wrong", [{"up_to": 2}, {"up_to": 6}, {"up_to": 0}, {"epoch": 1}])
def test_an_acknowledgement_of_what_was_not_sent_is_not_believed(known: Stage, wrong: dict[str, int]) -> None:
    known.record(2)
    known.round()
    known.record(3)
    known.central.fact_answer = lambda right: right.model_copy(update=wrong)
    known.round()
    assert known.store.owed_count() == 3
    assert known.states[-1] is SyncState.OFFLINE


def test_a_batch_that_is_too_large_is_halved_at_once_and_a_single_fact_waits(known: Stage) -> None:
    known.record(4)
    known.central.fails = [CentralRejected(413, "too large")]
    known.round()
    assert known.asked == [("facts", 1, 2, 3, 4), ("facts", 1, 2), ("facts", 3, 4)]
    known.record(1)
    known.central.fails = [CentralRejected(413, "too large")]
    assert known.round() == 1
    assert known.asked == [("facts", 5)]
    assert known.states[-1] is SyncState.OFFLINE


def test_what_the_server_declines_otherwise_waits(known: Stage, caplog: pytest.LogCaptureFixture) -> None:
    known.record(2)
    known.central.fails = [CentralRejected(422, "not so", 1)]
    with caplog.at_level("DEBUG"):
        assert known.round() == 1
    assert known.store.owed_count() == 2
    assert known.states[-1] is SyncState.OFFLINE
    assert [type(each) for each in notes(caplog)] == [CentralUnavailable]


@pytest.mark.parametrize("status", [413, 422])
def test_what_the_server_declines_holds_neither_snapshots_nor_signs_of_life_back(known: Stage, status: int) -> None:
    known.round(15)
    known.record(1)
    known.central.fails = [CentralRejected(status, "not so")]
    known.round(15)
    assert known.asked == [("facts", 1), ("snapshot", '"one"'), "heartbeat"]
    assert known.states[-1] is SyncState.OFFLINE


def test_a_server_that_was_restored_from_an_older_copy_gets_what_it_lost_as_soon_as_it_says_so(
    known: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    known.record(3)
    known.round()
    known.central.up_to = 1
    known.start()
    with caplog.at_level("DEBUG"):
        known.round()
    assert known.asked[:2] == [("epoch", 7), ("facts", 2, 3)]
    assert notes(caplog) == [FactsSentAgain()]
    known.start()
    caplog.clear()
    known.round()
    assert known.asked[:2] == [("epoch", 7), ("snapshot", '"one"')]
    assert notes(caplog) == []


def test_a_server_that_lost_facts_gets_them_again(known: Stage, caplog: pytest.LogCaptureFixture) -> None:
    known.record(3)
    known.round()
    known.record(1)
    known.central.fails = [CentralRejected(409, "a gap", 2)]
    with caplog.at_level("DEBUG"):
        assert known.round() == 1
    assert known.asked == [("facts", 4)]
    assert notes(caplog)[0] == FactsSentAgain()
    assert known.states[-1] is SyncState.OFFLINE
    known.round(1)
    assert known.asked == [("epoch", 7), ("facts", 2, 3, 4)]
    assert known.states[-1] is SyncState.ONLINE


def test_a_server_that_holds_what_was_never_recorded_here_condemns_this_store(known: Stage) -> None:
    known.central.up_to = 1
    known.start()
    with pytest.raises(StoreError) as raised:
        known.round()
    assert raised.value.fault is StoreFault.OLD_COPY
    assert known.store.is_old_copy()
    assert known.asked == [("epoch", 7)]


@pytest.mark.parametrize("expected", [None, 0, 1, 2, 3, 9])
def test_a_fork_stops_the_facts_and_nothing_else(
    known: Stage, caplog: pytest.LogCaptureFixture, expected: int | None
) -> None:
    known.record(1)
    known.round()
    known.store.prune(TODAY)
    known.clock.passes(9 * 86400)
    known.store.prune(TODAY.replace(month=12))
    known.record(2)
    known.central.fails = [CentralRejected(409, "a fork", expected)]
    with caplog.at_level("DEBUG"):
        known.round()
    assert known.asked == [("facts", 2, 3), ("snapshot", '"one"'), "heartbeat"]
    assert notes(caplog) == [FactsNotTaken(409)]
    assert known.states[-1] is SyncState.FORKED
    known.record(1)
    known.round(15)
    assert known.asked == [("snapshot", '"one"')]
    assert known.store.owed_count() == 3
    assert known.states[-1] is SyncState.FORKED


# ------------------------------------------------------------ turns


def test_a_nudge_ends_the_wait_and_counts_once(known: Stage) -> None:
    known.start(pull_every=0.2, heartbeat_every=60.0)
    known.clock.passes(0)
    known.sync.nudge()
    began = monotonic()
    known.sync.turn()
    nudged = monotonic() - began
    known.sync.turn()
    both = monotonic() - began
    assert both - nudged >= 0.19
    assert nudged < both


def test_a_wait_ends_by_itself(stage: Stage) -> None:
    stage.start(pull_every=0.05, heartbeat_every=60.0)
    stage.sync.turn()
    assert stage.asked[-1] == "heartbeat"


def test_unless_told_otherwise_the_waits_are_drawn_up_to_a_second_at_first(stage: Stage) -> None:
    sync = Sync(
        stage.central,  # type: ignore[arg-type]
        a_store(stage.file.with_name("other.sqlite")),
        lambda: BEAT,
        stage.taken.append,
        stage.states.append,
        stage.clock.monotonic,
    )
    stage.central.fails = [CentralUnreachable("no route")] * 99
    waits = []
    for _ in range(20):
        waits.append(sync.round())
        stage.clock.passes(LONGEST_WAIT)
    assert 0 <= waits[0] <= 1
    assert 1 < max(waits) <= LONGEST_WAIT
