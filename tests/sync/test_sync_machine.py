"""Sync as a state machine: any order of facts, faults, restarts and time, with the true server behind the proxy."""

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sync_faults import Site

from central.faults import Fault
from kiosk.sync import SyncState

FAULTS = [each for each in Fault if each not in (Fault.SILENT, Fault.SLOW)]


class SyncMachine(RuleBasedStateMachine):
    """`office` is put in by the test."""

    office: Site

    def __init__(self) -> None:
        super().__init__()
        self.office.proxy.script.clear()
        self._folder = tempfile.TemporaryDirectory()
        self.kiosk = self.office.kiosk(Path(self._folder.name), Random(1))

    @rule(count=st.integers(1, 5))
    def records(self, count: int) -> None:
        self.kiosk.record(count)

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3))
    def exchanges_fail(self, faults: list[Fault]) -> None:
        self.office.proxy.script.extend(faults)

    @rule()
    def syncs(self) -> None:
        self.kiosk.round()

    @rule()
    def kiosk_restarts(self) -> None:
        self.kiosk.restart(self.office.proxy.url)

    @rule()
    def server_restarts(self) -> None:
        self.office.server.stop()
        self.office.server.start()

    @rule(seconds=st.sampled_from((1, 20, 700)))
    def time_passes(self, seconds: float) -> None:
        self.office.clock.seconds += seconds

    @invariant()
    def the_server_holds_a_gapless_prefix(self) -> None:
        held = self.office.facts_of(self.kiosk.identity.kiosk_id)
        assert held == list(range(1, len(held) + 1))
        assert len(held) <= self.kiosk.recorded

    @invariant()
    def nothing_acknowledged_is_missing(self) -> None:
        held = self.office.facts_of(self.kiosk.identity.kiosk_id)
        assert len(held) >= self.kiosk.recorded - self.kiosk.store.owed_count()

    def teardown(self) -> None:
        self.office.proxy.script.clear()
        # Somebody came to a kiosk that stopped by a fork that was none.
        self.kiosk.restart(self.office.proxy.url)
        self.kiosk.rounds(3)
        assert self.kiosk.state is SyncState.ONLINE
        assert self.kiosk.store.owed_count() == 0
        assert self.office.facts_of(self.kiosk.identity.kiosk_id) == list(range(1, self.kiosk.recorded + 1))
        self.kiosk.close()
        self._folder.cleanup()


def test_whatever_the_order_of_facts_faults_restarts_and_time_every_fact_arrives_once(office: Site) -> None:
    machine = type("SyncMachineAtOffice", (SyncMachine,), {"office": office})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=[*HealthCheck]),
    )
