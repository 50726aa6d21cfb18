"""A kiosk is killed at every one of its system calls, from the scan to the server's answer, and started again.

A clean visit is traced to learn its calls. Then, for each of them, a visit of its own is killed as it enters that call
(strace injects SIGKILL), so also between each call and the one before. The kiosk that comes up on the same files must
find what was said to be issued; the person answers by the paper that truly came out; and in the end each number is on
paper, no second paper of it is unmarked, and the server holds every fact in its order.

A signal sent at the entry of a call ends the process before the call does anything.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ledger import Ledger
from visit_process import Run

from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import serve
from kiosk.identity import Identity
from kiosk.protocol import Enrolled

MARK = b"CETAK ULANG"
PATIENCE_SECONDS = 20.0
ASK_ONLINE = b"\x10\x04\x01"


class NotTraced(Exception):
    """strace is missing or not permitted on this machine."""


@dataclass(frozen=True)
class Call:
    """The `count`-th call of this name."""

    name: str
    count: int


@dataclass
class Ended:
    """What a process said until it ended, by the last of each word; `survived` where it came to its end."""

    said: dict[str, object] = field(default_factory=dict)

    @property
    def survived(self) -> bool:
        return "end" in self.said


class Lobby:
    """The printer, the server and the process that forks kiosks; all outlive a kiosk that is killed."""

    def __init__(self, stack: ExitStack) -> None:
        self._folder = Path(stack.enter_context(TemporaryDirectory(dir="/dev/shm", prefix="kill-")))
        self.ledger, self._printer, self._runs = Ledger(self._folder), SimulatedPrinter(), 0
        enrolled = Enrolled(kiosk_id=uuid4(), name="Bench", digit=1, office="PYK")
        Identity.create(self._folder, enrolled, Ed25519PrivateKey.generate())
        self._control = stack.enter_context(socket.socket(socket.AF_UNIX))
        self._control.bind(str(self._folder / "control"))
        self._control.listen()
        self._control.settimeout(PATIENCE_SECONDS)
        program = Path(__file__).with_name("visit_process.py")
        self._forking = stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(program), str(self._folder / "control"), str(self._folder)],
                stdin=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )
        )
        self._central = stack.enter_context(self.ledger.serving())
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self._port, stop = listener.getsockname()[1], threading.Event()
        serving = threading.Thread(target=serve, args=(self._printer, listener, stop))
        serving.start()
        stack.callback(serving.join)
        stack.callback(stop.set)
        self.run(self.visitor("warm up"))

    def visitor(self, act: str = "visit") -> Run:
        """A new kiosk's first visit, of a booking of its own."""
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        printer, number = f"tcp://127.0.0.1:{self._port}", f"A-{self._runs:06}"
        return Run(act, str(folder), printer, self._central, number, self._runs)

    def run(self, run: Run, tracing: list[str] | None = None) -> Ended:
        """Runs one process until it ends; under strace with these options where they are given."""
        assert self._forking.stdin
        self._forking.stdin.write(run.line())
        self._forking.stdin.flush()
        line, _ = self._control.accept()
        line.settimeout(PATIENCE_SECONDS)
        with line, line.makefile("r") as words:
            ended, tracer = Ended(), None
            # Who is killed before it has read what it was told resets the connection.
            with suppress(ConnectionError):
                for text in words:
                    word, value = json.loads(text)
                    ended.said[word] = value
                    if word == "pid":
                        tracer = attached(value, tracing) if tracing else None
                        line.sendall(b"!")
                    elif word == "came out?":
                        line.sendall(b"y" if self.papers(str(value)) else b"n")
        if tracer:
            tracer.communicate(timeout=PATIENCE_SECONDS)
        return ended

    def papers(self, number: str) -> list[bytes]:
        """Every paper with this number, once the printer has worked through all that it was sent."""
        with socket.create_connection(("127.0.0.1", self._port)) as line:
            line.sendall(ASK_ONLINE)
            # It answers one line after another.
            line.recv(1)
        return [each for each in self._printer.tickets if number.encode() in each]


def attached(pid: int, options: list[str]) -> subprocess.Popen[str]:
    """strace on a process, once it sees its calls. Raises NotTraced."""
    command = ["strace", "-f", "-p", str(pid), *options]
    try:
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        raise NotTraced(f"strace cannot be started: {error}") from error
    assert tracer.stderr
    said = tracer.stderr.readline()
    if "attached" not in said:
        os.kill(pid, signal.SIGKILL)
        raise NotTraced(f"strace does not work on this machine: {said.strip()}")
    return tracer


def calls_of_a_visit(lobby: Lobby, act: str) -> list[Call]:
    """Every call of a visit that nobody kills."""
    run = lobby.visitor(act)
    trace = Path(run.folder) / "trace"
    ended = lobby.run(run, ["-o", str(trace)])
    if not ended.survived:
        raise AssertionError(f"a visit that nobody kills fails: {ended.said}")
    names = Counter(line.split(maxsplit=1)[1].split("(")[0] for line in trace.read_text().splitlines() if "(" in line)
    names = Counter({name: count for name, count in names.items() if name.isidentifier()})
    return [Call(name, count) for name in sorted(names) for count in range(1, names[name] + 1)]


@dataclass
class Result:
    """How many runs were killed, in calls of how many kinds, and what was wrong afterwards."""

    kills: int = 0
    survivors: int = 0
    kinds: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)


def kill_one(lobby: Lobby, call: Call, act: str, result: Result) -> bool:
    """Kills a visit at a call, starts the kiosk again and judges; whether it was killed."""
    run = lobby.visitor(act)
    injection = f"inject={call.name}:signal=SIGKILL:when={call.count}"
    before = lobby.run(run, ["-o", "/dev/null", "-e", f"trace={call.name}", "-e", injection])
    after = lobby.run(Run("restart", run.folder, run.printer, run.central, run.number, run.booking))
    result.kinds.add(call.name)
    result.kills += not before.survived
    result.survivors += before.survived
    problems = list(wrong(lobby, run, before, after))
    result.violations += [f"killed at {call.name} {call.count}: {each}" for each in problems]
    return not before.survived


def wrong(lobby: Lobby, run: Run, before: Ended, after: Ended) -> Iterator[str]:
    """What is not as it must be after a restart."""
    if "failed" in before.said:
        yield f"the visit failed by itself: {before.said['failed']}"
    if not after.survived:
        yield f"the kiosk does not come up again: {after.said}"
        return
    issued, found = before.said.get("issued", []), after.said["found"]
    if issued and issued != found:
        yield f"{issued} was issued, and the store holds {found}"
    papers = lobby.papers(run.number)
    unmarked = [each for each in papers if MARK not in each]
    if not papers:
        yield f"{run.number} is not on paper"
    if len(unmarked) > 1:
        yield f"{run.number} is on {len(unmarked)} papers that do not say reprint"
    if after.said["owed"] or lobby.ledger.count(int(str(after.said["epoch"]))) < 2:
        yield "the server does not hold every fact"
    if not after.said["printed"]:
        yield "a ticket's end is not known, though the person was asked"
    yield from (str(each) for each in after.said["laws"])  # type: ignore[attr-defined]
    yield from lobby.ledger.complaints
    lobby.ledger.complaints.clear()


def campaign(every: int = 1) -> Result:
    """Kills at each `every`-th call; at all of them also beyond those of the clean visit, until one survives."""
    result = Result()
    with ExitStack() as stack:
        lobby = Lobby(stack)
        calls = calls_of_a_visit(lobby, "visit")
        for call in calls[every // 2 :: every]:
            kill_one(lobby, call, "visit", result)
        if every == 1:
            for name, last in Counter(call.name for call in calls).items():
                while kill_one(lobby, Call(name, last := last + 1), "visit", result):
                    pass
    return result


def control() -> Result:
    """A kiosk that prints before it records is killed at some of its writes to the store, until that is found out."""
    result = Result()
    with ExitStack() as stack:
        lobby = Lobby(stack)
        for call in calls_of_a_visit(lobby, "early"):
            if call.name == "pwrite64" and call.count % 5 == 0 and not result.violations:
                kill_one(lobby, call, "early", result)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="kill at each so many-th call only")
    every = parser.parse_args().every
    began = time.monotonic()
    result = campaign(every)
    seconds = time.monotonic() - began
    print(
        f"{result.kills} visits killed in {len(result.kinds)} kinds of calls, {result.survivors} came to their end, in "
        f"{seconds:.0f} s ({seconds / max(1, result.kills):.2f} s a kill); violations: {len(result.violations)}"
    )
    for violation in result.violations[:10]:
        print(f"  {violation}")
    found = control()
    print(f"control, paper before the commit: {found.kills} visits killed; violations: {found.violations}")
    sys.exit(bool(result.violations) or not found.violations)


if __name__ == "__main__":
    main()
