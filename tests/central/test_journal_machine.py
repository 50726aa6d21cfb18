"""Whatever batches arrive, the server holds a gapless prefix of the kiosk's chain, and answers as the protocol says.

The machine knows nothing of the server's code: it holds the chain that the kiosk made, and how much of it must be held.
"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select
from wire import Kiosk, a_ticket, drop_unique_keys

from central.app import create_app
from central.database import FactRow
from kiosk.protocol import CheckedIn, HelpCalled, Rated, WalkInIssued, canonical, digest

BODIES = st.sampled_from(["help", "rating", "check_in", "walk_in", "newer", "none"])
PLACES = st.integers(0, 20)
SIZES = st.integers(1, 8)
HOLDING = settings(
    max_examples=8,
    stateful_step_count=15,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Delivery(RuleBasedStateMachine):
    """A kiosk that records facts, and a network that delivers them anyhow."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__()
        self.kiosk, self.chain, self.held = kiosk, [], 0

    @rule(kind=BODIES, undated=st.booleans())
    def record(self, kind: str, undated: bool) -> None:
        number = f"W{self.kiosk.digit}-{len(self.chain) + 1:03}"
        body = {
            "help": HelpCalled(step="WELCOME"),
            "rating": Rated(rating=uuid4(), score=3),
            "check_in": CheckedIn(ticket=a_ticket("A-001", booking=uuid4())),
            "walk_in": WalkInIssued(ticket=a_ticket(number, **({"issued_at": None} if undated else {}))),
            "newer": {"kind": "robot_greeted", "mood": ["sunny", 1.5]},
            "none": None,
        }[kind]
        self.chain.append(self.kiosk.fact(body, undated=undated))

    @precondition(lambda self: self.chain)
    @rule(start=PLACES, size=SIZES)
    def deliver_any_part(self, start: int, size: int) -> None:
        self.expect(self.part(start, size))

    @precondition(lambda self: self.chain)
    @rule(start=PLACES, size=SIZES, order=st.randoms(use_true_random=False))
    def deliver_in_disorder(self, start: int, size: int, order: Any) -> None:
        batch = self.part(start, size)
        order.shuffle(batch)
        if [fact["seq"] for fact in batch] == [batch[0]["seq"] + step for step in range(len(batch))]:
            self.expect(batch)
        else:
            assert self.kiosk.send(*batch).status_code == 422

    @precondition(lambda self: self.chain)
    @rule(start=PLACES, size=SIZES, end=st.integers(1, 40))
    def deliver_a_part_that_breaks_off(self, start: int, size: int, end: int) -> None:
        whole = b'{"facts":[' + b",".join(canonical(fact) for fact in self.part(start, size)) + b"]}"
        assert self.kiosk.deliver(whole[:-end]).status_code == 422

    @precondition(lambda self: self.chain)
    @rule(start=PLACES, size=SIZES, place=PLACES, field=st.sampled_from(["id", "previous", "at", "body", "more"]))
    def deliver_a_part_of_which_one_was_changed(self, start: int, size: int, place: int, field: str) -> None:
        batch = self.part(start, size)
        place %= len(batch)
        new_end = place == len(batch) - 1 and batch[place]["seq"] > self.held
        field = (
            "previous" if new_end else field
        )  # else it would be a fact like any other, as only its kiosk knows better
        other = {"id": str(uuid4()), "previous": "0" * 64, "at": "2026-11-24T02:00:00Z", "body": 5, "more": 1}[field]
        batch[place] = batch[place] | {field: other}
        answer = self.kiosk.send(*batch)
        assert answer.status_code == 409
        gap = batch[0]["seq"] > self.held + 1
        assert answer.json().get("expected") == (self.held + 1 if gap else None)

    def part(self, start: int, size: int) -> list[dict[str, Any]]:
        start %= len(self.chain)
        return self.chain[start : start + size]

    def expect(self, batch: list[dict[str, Any]]) -> None:
        """Delivers genuine facts: they follow from those held, each from the one before it, or none is taken."""
        answer = self.kiosk.send(*batch)
        if batch[0]["seq"] > self.held + 1:
            assert (answer.status_code, answer.json().get("expected")) == (409, self.held + 1)
            return
        assert answer.json() == {"epoch": self.kiosk.epoch, "up_to": batch[-1]["seq"]}
        self.held = max(self.held, batch[-1]["seq"])

    @invariant()
    def the_server_holds_exactly_the_first_facts_of_the_chain(self) -> None:
        wanted = select(FactRow.seq, FactRow.digest).where(FactRow.kiosk == self.kiosk.id).order_by(FactRow.seq)
        with self.kiosk.http.app.state.reading() as session:
            held = [tuple(row) for row in session.execute(wanted)]
        assert held == [(fact["seq"], digest(canonical(fact))) for fact in self.chain[: self.held]]

    def teardown(self) -> None:
        if self.chain:
            self.expect(self.chain)
            self.the_server_holds_exactly_the_first_facts_of_the_chain()


def test_any_batches_leave_a_gapless_prefix_of_the_kiosks_chain(enrol_again) -> None:
    run_state_machine_as_test(lambda: Delivery(enrol_again()), settings=HOLDING)


def test_control_without_the_unique_keys_the_machine_finds_what_stands_twice(enrol, clock, data: Path) -> None:
    kiosk = enrol()
    drop_unique_keys(data)
    epochs = iter(range(1, 1000))
    with TestClient(create_app(data, clock.now), base_url="https://central.example") as unprotected:

        def machine() -> Delivery:
            with unprotected.app.state.writing.begin() as session:
                session.execute(delete(FactRow))
            return Delivery(Kiosk(**vars(kiosk) | {"http": unprotected, "epoch": next(epochs)}))

        with pytest.raises(AssertionError, match=r"assert .* == "):
            run_state_machine_as_test(machine, settings=HOLDING)
