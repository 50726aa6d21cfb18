"""Sync as a state machine: any order of facts, faults, restarts and time, with the true server behind the proxy."""

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, settings
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
        self.copy = Path(self._folder.name) / "copy.sqlite"
        self.was_restored = False
        self.office.server.copy(self.copy)

    def held(self) -> list[int]:
        return self.office.facts_of(self.kiosk.identity.kiosk_id)

    @rule(count=st.integers(1, 5))
    def records(self, count: int) -> None:
        self.kiosk.record(count)

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=2))
    def exchanges_fail(self, faults: list[Fault]) -> None:
        self.office.proxy.script.extend(faults)

    @rule(count=st.integers(1, 4))
    def syncs(self, count: int) -> None:
        self.kiosk.rounds(count)

    @rule()
    def kiosk_restarts(self) -> None:
        self.kiosk.restart(self.office.proxy.url)

    @rule(is_copied=st.booleans())
    def server_restarts(self, is_copied: bool) -> None:
        self.office.server.stop()
        if is_copied:
            self.office.server.copy(self.copy)
        self.office.server.start()

    @rule()
    def server_is_restored(self) -> None:
        self.office.server.stop()
        self.office.server.restore(self.copy)
        self.office.server.start()
        self.was_restored = True

    @rule(seconds=st.sampled_from((1, 20, 700)))
    def time_passes(self, seconds: float) -> None:
        self.office.clock.seconds += seconds

    @invariant()
    def the_server_holds_a_gapless_prefix(self) -> None:
        held = self.held()
        assert held == list(range(1, len(held) + 1))
        assert len(held) <= self.kiosk.recorded

    @invariant()
    def nothing_acknowledged_is_missing_unless_the_server_was_restored(self) -> None:
        missing = self.kiosk.recorded - self.kiosk.store.owed_count() - len(self.held())
        self.was_restored = self.was_restored and missing > 0
        assert missing <= 0 or self.was_restored

    def teardown(self) -> None:
        """Whatever happened, without more faults every fact arrives, and once more at a server that was restored."""
        self.office.proxy.script.clear()
        self.arrives()
        self.server_is_restored()
        self.arrives()
        self.kiosk.close()
        self._folder.cleanup()

    def arrives(self) -> None:
        # Somebody came to a kiosk that stopped by a fork that was none.
        self.kiosk.restart(self.office.proxy.url)
        self.kiosk.rounds(3)
        assert self.kiosk.state is SyncState.ONLINE
        assert self.kiosk.store.owed_count() == 0
        assert self.held() == list(range(1, self.kiosk.recorded + 1))


def test_in_any_order_of_facts_faults_restarts_older_copies_and_time_every_fact_arrives_once(
    office: Site,
) -> None:
    machine = type("SyncMachineAtOffice", (SyncMachine,), {"office": office})
    # Without shrinking, which would restart the server some hundred times before it says what failed.
    phases = (Phase.reuse, Phase.generate)
    checks = [*HealthCheck]
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=6, stateful_step_count=10, phases=phases, suppress_health_check=checks),
    )
