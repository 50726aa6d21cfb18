"""Whatever is done to a store in whatever order, with whatever ends of its process, it agrees with a plain model."""

import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from opened_store import open_store
from small_office import MORNING, small_booking
from store_laws import broken_laws

from kiosk.model import Ticket, TicketState
from kiosk.protocol import HelpCalled

ENDS = (TicketState.PRINTED, TicketState.UNCONFIRMED, TicketState.FAILED)
EVERYTHING = 1_000_000


class StoreMachine(RuleBasedStateMachine):
    """The model: the tickets with their state and prints, how many facts there are, how many were acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(mkdtemp(prefix="store-machine-"))
        self.lives = 0
        self.now = MORNING
        self.paper: dict[str, tuple[TicketState, int]] = {}
        self.walk_ins = self.facts = self.acknowledged = 0

    @property
    def folder(self) -> Path:
        return self.root / str(self.lives)

    @initialize()
    def first_start(self) -> None:
        self._open()
        self.store.keep_series(4)

    def _open(self) -> None:
        self.store = open_store(self.folder / "kiosk.sqlite", lambda: self.now)

    @rule(place=st.integers(1, 9), size=st.integers(1, 3))
    def check_in(self, place: int, size: int) -> None:
        numbers = tuple(f"A-{place * 5 + each:03}" for each in range(size))
        booking = small_booking(place, numbers, MORNING.date())
        tickets = self.store.check_in(booking, range(size), None, late=False)
        assert tuple(each.number for each in tickets) == numbers
        for number in numbers:
            self.facts += number not in self.paper
            self.paper.setdefault(number, (TicketState.ISSUED, 0))

    @rule(quota=st.none() | st.integers(0, 5))
    def walk_in(self, quota: int | None) -> None:
        ticket = self.store.issue_walk_in(MORNING.date(), "a", quota, None)
        if quota is not None and self.walk_ins >= quota:
            assert ticket is None
            return
        self.walk_ins += 1
        self.facts += 1
        assert ticket
        assert ticket.number == f"W4-{self.walk_ins:03}"
        self.paper[ticket.number] = (TicketState.ISSUED, 0)

    @precondition(lambda self: self.paper)
    @rule(data=st.data())
    def begin_print(self, data: st.DataObject) -> None:
        ticket = self._any(data)
        _, prints = self.paper[ticket.number]
        self.paper[ticket.number] = (TicketState.SENDING, prints + 1)
        assert self.store.begin_print(ticket.id).prints == prints + 1

    @precondition(lambda self: self.paper)
    @rule(data=st.data(), end=st.sampled_from(ENDS), by_person=st.booleans())
    def end_print(self, data: st.DataObject, end: TicketState, by_person: bool) -> None:
        ticket = self._any(data)
        state, prints = self.paper[ticket.number]
        took_back = state is TicketState.SENDING and end is TicketState.FAILED
        self.paper[ticket.number] = (end, prints - took_back)
        self.facts += 1
        self.store.end_print(ticket.id, end, by_person)

    def _any(self, data: st.DataObject) -> Ticket:
        return data.draw(st.sampled_from(self.store.tickets()))

    @rule()
    def record(self) -> None:
        self.store.record(HelpCalled(step="welcome"))
        self.facts += 1

    @rule(share=st.floats(0, 1))
    def acknowledge_a_part(self, share: float) -> None:
        up_to = self.acknowledged + int(share * (self.facts - self.acknowledged))
        self.store.acknowledge(self.store.epoch, up_to)
        self.acknowledged = up_to

    @rule(beyond=st.integers(1, 9))
    def acknowledge_what_was_never_sent(self, beyond: int) -> None:
        self.store.acknowledge(self.store.epoch, self.facts + beyond)

    @rule()
    def acknowledge_in_another_epoch(self) -> None:
        self.store.acknowledge(self.store.epoch + 1, self.facts)

    @rule(back=st.integers(0, 9))
    def server_restored_from_an_older_copy(self, back: int) -> None:
        seq = self.acknowledged - back
        held = 1 <= seq <= self.acknowledged
        assert self.store.resend_from(seq) is held
        if held:
            self.acknowledged = seq - 1

    @rule()
    def the_same_batch_each_time(self) -> None:
        batch = self.store.next_batch()
        assert batch == self.store.next_batch()
        if batch is None:
            assert self.acknowledged == self.facts
        else:
            assert batch.first == self.acknowledged + 1
            assert batch.last <= self.facts

    @rule()
    def time_goes_on(self) -> None:
        self.now += timedelta(minutes=5)

    @rule()
    def stop_and_start(self) -> None:
        self.store.close()
        self._open()

    @rule()
    def crash(self) -> None:
        """The files go on as they are, without the process's last words."""
        self.lives += 1
        left = self.root / str(self.lives - 1)
        shutil.copytree(left, self.folder)
        self.store.close()
        shutil.rmtree(left)
        self._open()

    @invariant()
    def it_agrees_with_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        tickets = self.store.tickets()
        assert {each.number: (each.state, each.prints) for each in tickets} == self.paper
        assert [each.seq for each in self.store.owed(EVERYTHING)] == list(range(self.acknowledged + 1, self.facts + 1))
        assert self.store.walk_ins(MORNING.date(), "a") == self.walk_ins
        assert broken_laws(self.store) == []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        shutil.rmtree(self.root)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(
    max_examples=25, stateful_step_count=25, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
