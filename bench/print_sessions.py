"""Sessions of the true printing transaction against lying printers, judged by the paper that truly came out.

Each session checks one booking in and prints its ticket by the kiosk's own store, printing and driver, on a simulated
printer that may have a fault or tell a lie. The person answers "did it come out?" by what lies in the tray, tries
again, scans the code again later, or leaves; the process may end at any moment and start anew from its store. Time is
simulated.

Laws: (1) of two papers of one number the later says that it is a reprint; (2) a ticket is PRINTED only with its whole
paper or by the person's word, and whatever else it is has its fact for staff; (3) a printer that heeds clearing brings
no ticket out on another person's visit while it is known to prove what it did. Between the cut of its cable and the
kiosk's first word over the mended one nothing can be cleared: what comes out in that time breaks no law.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from print_lies import LIES, put_right
from print_lobby import CONTROLS, Lobby, ProcessDied

from kiosk.devices.evidence import Evidence
from kiosk.devices.simulated_clock import SimulatedClock
from kiosk.devices.simulated_connection import SimulatedConnection
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.events import Printed, PrintFailed
from kiosk.model import Ticket, TicketState

SESSIONS_A_DAY = 50
"""Sessions that share a store and a printer; the printers of four days give each kind of evidence once."""

CONTROL_SESSIONS = 1000
"""So many sessions of each control follow a campaign."""

ENDS = (TicketState.PRINTED, TicketState.UNCONFIRMED, TicketState.FAILED)


class Tally:
    """What happened: how many sessions ended how, by evidence and lie, and which laws were broken where."""

    def __init__(self) -> None:
        self.ends: Counter[tuple[str, str, TicketState]] = Counter()
        self.violations: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    @property
    def sessions(self) -> int:
        return self.ends.total()

    def broke(self, law: str, where: str) -> None:
        self.violations[law] += 1
        self.examples.setdefault(law, where)


class Day:
    """Some sessions at one kiosk with one printer that gives `evidence`; its other abilities are drawn."""

    def __init__(self, folder: Path, evidence: Evidence, random: Random, control: str, tally: Tally) -> None:
        self.evidence, self._random, self._tally = evidence, random, tally
        self._heeds_clearing = random.random() < 0.7
        self._drops = random.random() < 0.2
        clock = SimulatedClock()
        printer = SimulatedPrinter(
            evidence=self.evidence,
            heeds_clearing=self._heeds_clearing,
            buffer_bytes=4096 if self._drops else None,
            seconds_a_line=random.choice((0.0, 0.01, 0.03)),
            clock=clock,
        )
        self._line = SimulatedConnection(printer, answers=self.evidence is not Evidence.NONE)
        self._lobby = Lobby(folder, self._line, clock, random, control)
        self._clock = clock
        self._clears = self._heeds_clearing and not self._drops and self.evidence >= Evidence.BARRIER
        self._tickets: list[Ticket] = []
        self._papers: Counter[str] = Counter()
        self._last_lie, self._proved = "", False

    def run(self, sessions: int) -> None:
        self._lobby.printing.check()
        for place in range(1, sessions + 1):
            lie = self._random.choice(list(LIES)) if self._random.random() < 0.8 else "none"
            self._session(place, lie)
        put_right(self._line)
        self._passes(300)
        self._lobby.start()
        self._judge_the_day()
        self._lobby.store.close()

    # ------------------------------------------------------------ a session

    def _session(self, place: int, lie: str) -> None:
        LIES[lie](self._line, self._random)
        if self._random.random() < 0.05:
            self._lobby.mortal.die_after(self._random.randrange(40))
        ticket = self._lobby.check_in(place)
        self._tickets.append(ticket)
        visitors = [ticket]
        self._visit(ticket, lie)
        self._tally.ends[self.evidence.name, lie, self._lobby.state(ticket)] += 1
        if self._random.random() < 0.1:
            visitors.append(self._random.choice(self._tickets))
            self._visit(visitors[-1], lie)
        self._judge_the_session(lie, visitors)
        if self._random.random() < 0.7:
            put_right(self._line)
        self._passes(self._random.uniform(1, 60))

    def _visit(self, ticket: Ticket, lie: str) -> None:
        """The person prints, answers, tries again, and leaves at some time."""
        only_missing = False
        for _ in range(self._random.choice((1, 2, 3))):
            answer = self._print(ticket, only_missing)
            self._note_claim(ticket, lie)
            if isinstance(answer, Printed):
                break
            self._passes(self._random.uniform(0, 10))
            if self._random.random() < 0.4:
                put_right(self._line)
            if not isinstance(answer, PrintFailed) and self._lobby.has_whole_paper(ticket):
                self._lobby.person_has_it(ticket)
                break
            only_missing = True

    def _print(self, ticket: Ticket, only_missing: bool) -> object:
        """How the print ended, None if the process did."""
        self._pass_over_what_nobody_could_clear()
        try:
            return self._lobby.print(ticket, only_missing)
        except ProcessDied:
            self._lobby.start()
            self._lobby.printing.check()
            return None
        finally:
            self._lobby.mortal.die_after(None)

    def _passes(self, seconds: float) -> None:
        """Time goes by; the idle kiosk asks its printer how it is."""
        self._clock.passes(seconds)
        self._check()

    def _check(self) -> None:
        self._lobby.printer.catch_up()
        self._pass_over_what_nobody_could_clear()
        self._lobby.printing.check()

    # ------------------------------------------------------------ the laws

    def _note_claim(self, ticket: Ticket, lie: str) -> None:
        if self._lobby.state(ticket) is TicketState.PRINTED and not self._lobby.has_whole_paper(ticket):
            self._tally.broke("printed without its paper", self._where(ticket, lie))

    def _judge_the_session(self, lie: str, visitors: list[Ticket]) -> None:
        """Judges what came out since the last visit ended of numbers that nobody asked for on this one."""
        self._pass_over_what_nobody_could_clear()
        proves = (self._lobby.driver.evidence or Evidence.NONE) >= Evidence.BARRIER
        clears = self._clears and proves and self._proved
        for ticket in self._lately():
            more = len(self._lobby.shown(ticket)) - self._papers[ticket.number]
            if more > 0 and ticket not in visitors and clears:
                self._tally.broke("paper on another's visit", self._where(ticket, f"{self._last_lie}, then {lie}"))
        self._count_papers()
        self._last_lie, self._proved = lie, proves

    def _pass_over_what_nobody_could_clear(self) -> None:
        """Counts in what came out by now, if the kiosk has not reached its printer since the cable was cut."""
        if not self._line.is_up:
            self._count_papers()

    def _count_papers(self) -> None:
        self._papers = Counter({each.number: len(self._lobby.shown(each)) for each in self._lately()})

    def _lately(self) -> list[Ticket]:
        return self._tickets[-20:]

    def _judge_the_day(self) -> None:
        facts = self._lobby.facts()
        for ticket in self._tickets:
            state = self._lobby.state(ticket)
            for _ in range(self._lobby.unmarked(ticket)):
                self._tally.broke("unmarked duplicate", self._where(ticket, ""))
            if state not in ENDS or ticket.id not in facts or facts[ticket.id].state is not state:
                self._tally.broke("an end without its fact", self._where(ticket, state))

    def _where(self, ticket: Ticket, lie: str) -> str:
        ways = f"heeds_clearing={self._heeds_clearing} drops={self._drops}"
        return f"{self.evidence.name} {ways} {ticket.number} {lie}"


def run(sessions: int, seed: int, control: str = "") -> Tally:
    """Runs so many sessions; `control` names the protection that is switched off, "" for none."""
    tally = Tally()
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() else None
    for number, first in enumerate(range(0, sessions, SESSIONS_A_DAY)):
        with tempfile.TemporaryDirectory(dir=place) as folder:
            evidence = Evidence(number % len(Evidence))
            day = Day(Path(folder), evidence, Random(f"{seed} {number}"), control, tally)
            day.run(min(SESSIONS_A_DAY, sessions - first))
    return tally


def table(tally: Tally) -> str:
    """Sessions by evidence and lie: how many tickets ended printed, unconfirmed and failed."""
    rows = sorted({(evidence, lie) for evidence, lie, _ in tally.ends})
    lines = [f"{'evidence':12}{'fault or lie':26}" + "".join(f"{end:>13}" for end in ENDS)]
    for evidence, lie in rows:
        counts = "".join(f"{tally.ends[evidence, lie, end]:13}" for end in ENDS)
        lines.append(f"{evidence:12}{lie:26}{counts}")
    return "\n".join(lines)


def report(tally: Tally, seconds: float) -> str:
    """The table, the pace, and each law that was broken with its first case."""
    broken = [f"BROKEN {law}: {count}, first {tally.examples[law]}" for law, count in tally.violations.items()]
    pace = f"{tally.sessions} sessions in {seconds:.1f} s, {tally.sessions / seconds:.0f} a second"
    return "\n".join([table(tally), pace, *broken, f"{tally.violations.total()} violations"])


def controls_break_laws(seed: int) -> bool:
    """Whether each protection, switched off, is seen to be missing."""
    seen = {control: run(CONTROL_SESSIONS, seed, control).violations for control in CONTROLS}
    for control, violations in seen.items():
        print(f"control {control}: {dict(violations)} in {CONTROL_SESSIONS} sessions")
    return all(seen.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", choices=CONTROLS, default="", help="switch this protection off instead")
    arguments = parser.parse_args()
    logging.disable()
    began = time.perf_counter()
    tally = run(arguments.sessions, arguments.seed, arguments.control)
    print(f"seed {arguments.seed}" + (f", control {arguments.control}" if arguments.control else ""))
    print(report(tally, time.perf_counter() - began))
    good = bool(arguments.control) or controls_break_laws(arguments.seed)
    return 0 if good and not tally.violations else 1


if __name__ == "__main__":
    sys.exit(main())
