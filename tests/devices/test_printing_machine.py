"""The printing transaction under any order of faults, prints, answers and restarts that hypothesis thinks of."""

import logging
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from print_lies import LIES, put_right
from print_lobby import Lobby, ProcessDied

from kiosk.devices.evidence import Evidence
from kiosk.devices.simulated_clock import SimulatedClock
from kiosk.devices.simulated_connection import SimulatedConnection
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.events import Printed
from kiosk.model import TicketState


class PrintingTransaction(RuleBasedStateMachine):
    """One kiosk and one printer; the paper in the tray is the truth."""

    tickets = Bundle("tickets")
    control = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.issued = []
        self.interrupted = set()

    @initialize(evidence=some.sampled_from(Evidence), heeds=some.booleans(), slow=some.sampled_from((0.0, 0.03)))
    def a_kiosk_starts(self, evidence, heeds, slow):
        clock = SimulatedClock()
        printer = SimulatedPrinter(evidence=evidence, heeds_clearing=heeds, seconds_a_line=slow, clock=clock)
        line = SimulatedConnection(printer, answers=evidence is not Evidence.NONE)
        self.lobby = Lobby(Path(self.folder.name), line, clock, Random(1), self.control)

    @rule(target=tickets)
    def a_person_checks_in(self):
        self.issued.append(self.lobby.check_in(len(self.issued) + 1))
        return self.issued[-1]

    @rule(ticket=tickets, only_missing=some.booleans())
    def it_prints(self, ticket, only_missing):
        answer = self.lobby.print(ticket, only_missing)
        assert isinstance(answer, Printed) is (self.lobby.state(ticket) is TicketState.PRINTED)
        self.interrupted.discard(ticket.id)

    @rule(ticket=tickets, uses=some.integers(0, 30))
    def the_process_dies_while_it_prints(self, ticket, uses):
        """At the line's use number `uses`, if it comes so far."""
        self.lobby.mortal.die_after(uses)
        try:
            self.it_prints(ticket, False)
        except ProcessDied:
            self.interrupted.add(ticket.id)
            self.lobby.start()
        self.lobby.mortal.die_after(None)

    @rule(ticket=tickets)
    def the_person_answers(self, ticket):
        if self.lobby.has_whole_paper(ticket):
            self.lobby.person_has_it(ticket)
            self.interrupted.discard(ticket.id)

    @rule(lie=some.sampled_from(sorted(LIES)), seed=some.integers(0, 1000))
    def a_fault_or_a_lie(self, lie, seed):
        LIES[lie](self.lobby.line, Random(seed))

    @rule()
    def staff_put_it_right(self):
        put_right(self.lobby.line)

    @rule(seconds=some.sampled_from((0.3, 3, 30, 300)))
    def time_goes_by(self, seconds):
        self.lobby.clock.passes(seconds)
        self.lobby.printer.catch_up()
        self.lobby.printing.check()

    @rule()
    def the_process_starts_anew(self):
        self.lobby.start()

    @invariant()
    def of_two_papers_the_later_is_marked(self):
        for ticket in self.issued:
            assert self.lobby.unmarked(ticket) == 0

    @invariant()
    def a_printed_ticket_has_its_paper(self):
        for ticket in self.issued:
            if self.lobby.state(ticket) is TicketState.PRINTED:
                assert self.lobby.has_whole_paper(ticket)

    @invariant()
    def the_facts_tell_each_tickets_state(self):
        facts = self.lobby.facts() if self.issued else {}
        for ticket in self.issued:
            state = self.lobby.state(ticket)
            if ticket.id not in facts:
                assert state is TicketState.ISSUED or ticket.id in self.interrupted
            elif state is not TicketState.SENDING:
                assert facts[ticket.id].state is state
            else:
                assert ticket.id in self.interrupted

    def teardown(self):
        if hasattr(self, "lobby"):
            self.lobby.store.close()
        self.folder.cleanup()


class WithPaperAssumed(PrintingTransaction):
    """The control: whatever was sent is taken for printed."""

    control = "assumed"


@pytest.fixture(autouse=True)
def quiet_log():
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


QUICK = settings(
    max_examples=40,
    stateful_step_count=15,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_no_order_of_events_breaks_a_law():
    run_state_machine_as_test(PrintingTransaction, settings=QUICK)


def test_paper_that_is_assumed_breaks_one():
    with pytest.raises(AssertionError):
        run_state_machine_as_test(WithPaperAssumed, settings=settings(QUICK, max_examples=400))
