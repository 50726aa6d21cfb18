"""Every state that a power cut may leave of the store's files: nothing acknowledged is lost.

Lives of a store are recorded with strace: its writes, its syncs, and when it said that something was done. Then the
power is cut at each operation: what was synced is there, of the rest any part (bench/crashed_disk.py). Each state is
opened and read. It must hold exactly what the store held after one of its steps, no earlier than the last one that it
had said was done, so no number, ticket or fact is lost, half there, or invented.

What is done and where the power is cut follow from the seed; ids and the cipher's salts do not.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from crashed_disk import CrashPoint, Disk, Files
from opened_store import open_store, rows
from recording import Operation, Said, record
from store_laws import broken_laws
from store_life import BEGINNING, content

STATES_A_LIFE = 25_000
STEPS = 60
MOST_OPERATIONS = 10
"""Up to so many operations that were not synced, every choice of whole ones is tried; beyond, a sample."""
WHOLE_STORE_EVERY = 50
MIGRATES_EVERY = 4
CONTROLS = ("synchronous-normal", "lying-disk")
NAME = "kiosk.sqlite"


@dataclass
class Result:
    """Counts of one life, or of all."""

    states: int = 0
    distinct: int = 0
    points: int = 0
    whole_store: int = 0
    violations: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Result") -> "Result":
        self.states += other.states
        self.distinct += other.distinct
        self.points += other.points
        self.whole_store += other.whole_store
        self.violations += other.violations
        return self


class Witness:
    """What a life said, and what its store held after each of its steps."""

    def __init__(self, operations: list[Operation]) -> None:
        self._done, self._begun = [-1], [-1]
        self._digests: dict[int, str] = {}
        self._steps: dict[tuple[tuple[object, ...], ...], set[int]] = {}
        for operation in operations:
            if isinstance(operation, Said):
                self._hear(*operation.line.split())

    def _hear(self, word: str, step: str, digest: str = "") -> None:
        self._done.append(int(step) if word == "done" else self._done[-1])
        self._begun.append(int(step) if word == "begin" else self._begun[-1])
        if word == "done":
            self._digests[int(step)] = digest

    def done(self, said: int) -> int:
        """The last step that was done when so many lines had been said; -1 if none."""
        return self._done[said]

    def is_between_steps(self, said: int) -> bool:
        return self._done[said] == self._begun[said] >= 0

    def allowed(self, said: int) -> range:
        """The steps whose content a state may hold: no earlier than the last that was done."""
        return range(self._done[said], self._begun[said] + 1)

    def digests(self, said: int) -> set[str]:
        """What the store told after each of those."""
        return {self._digests[step] for step in self.allowed(said) if step in self._digests}

    def learn(self, found: tuple[tuple[object, ...], ...], step: int) -> None:
        self._steps.setdefault(found, set()).add(step)

    def problem(self, found: tuple[tuple[object, ...], ...], said: int) -> str:
        """What is wrong with a state's rows, "" if nothing is."""
        allowed = self.allowed(said)
        steps = self._steps.get(found)
        if steps is None:
            return "" if allowed.start < 0 and is_empty(found) else "it holds what the store never held"
        return "" if steps & set(allowed) else f"it holds step {max(steps)}, {allowed.start} was done"


def is_empty(found: tuple[tuple[object, ...], ...]) -> bool:
    """Whether no ticket, fact or snapshot is there yet."""
    return all(len(table) == 1 or table[0] == "journal" for table in found)  


class Replay:
    """Opens the states of one life in a folder."""

    def __init__(self, operations: list[Operation], folder: Path, believes_sync: bool, migrated: bool) -> None:
        self._points = list(Disk(believes_sync).crash_points(operations))
        self._witness = Witness(operations)
        self._folder, self._migrated = folder, migrated
        self._seen: set[int] = set()
        self.result = Result(points=len(self._points))
        self._learn()

    def _learn(self) -> None:
        """What each step left, as the store and as rows."""
        for point, _ in self._points:
            if self._witness.is_between_steps(point.said):
                self._write(point.state(point.whole()))
                self._witness.learn(self._rows(), self._witness.done(point.said))

    def run(self, states: int, random: Random) -> Result:
        """Tries at most so many distinct states, shared fairly among the points of the crash."""
        for point, _ in self._points:
            self._try(point, point.whole())
            self._try(point, point.nothing())
        syncs = [point for point, is_sync in self._points if is_sync]
        syncs.sort(key=lambda point: len(point.pieces))
        for place, point in enumerate(syncs):
            share = (states - self.result.distinct) // (len(syncs) - place)
            self._try_some(point, share, random)
        return self.result

    def _try_some(self, point: CrashPoint, share: int, random: Random) -> None:
        before, tries = self.result.distinct, 0
        for choice in _choices(point, share, random):
            tries += 1
            if self.result.distinct - before >= share or tries > 3 * share:
                return
            self._try(point, choice)

    def _try(self, point: CrashPoint, choice: tuple[bool, ...]) -> None:
        files = point.state(choice)
        self.result.states += 1
        # Two states are one if their files are, and if the same was said.
        key = hash((tuple(sorted(files.items())), self._witness.done(point.said)))
        if key in self._seen:
            return
        self._seen.add(key)
        self.result.distinct += 1
        problem = self._problem(point, files)
        if problem:
            chosen = "".join("01"[each] for each in choice)
            self.result.violations.append(f"before operation {point.place}, pieces {chosen}: {problem}")

    def _problem(self, point: CrashPoint, files: Files) -> str:
        self._write(files)
        is_early = self._witness.done(point.said) < 0
        if not self._migrated and (is_early or self.result.distinct % WHOLE_STORE_EVERY == 0):
            self.result.whole_store += 1
            if problem := self._problem_of_store(point):
                return problem
            self._write(files)
        try:
            found = self._rows()
        except Exception as error:  # noqa: BLE001 - whatever the library says of a broken file
            return f"it cannot be read: {type(error).__name__}: {error}"
        return self._witness.problem(found, point.said)

    def _problem_of_store(self, point: CrashPoint) -> str:
        """What the true store makes of it."""
        try:
            store = open_store(self._folder / NAME, lambda: BEGINNING)
        except Exception as error:  # noqa: BLE001 - as above
            return f"the store does not open: {error}"
        try:
            if self._witness.done(point.said) >= 0 and content(store) not in self._witness.digests(point.said):
                return "the store does not tell what it told before"
            return "; ".join(broken_laws(store))
        finally:
            store.close()

    def _rows(self) -> tuple[tuple[tuple[object, ...], ...], ...]:
        return rows(self._folder / NAME, self._migrated)

    def _write(self, files: Files) -> None:
        for name in os.listdir(self._folder):
            os.unlink(self._folder / name)
        for name, data in files.items():
            with open(self._folder / name, "wb", buffering=0) as stream:
                stream.write(data)


def _choices(point: CrashPoint, share: int, random: Random) -> Iterator[tuple[bool, ...]]:
    """Every choice where the share allows it, else every choice of whole operations if they are few, then a sample."""
    if 2 ** len(point.pieces) <= share:
        yield from point.every()
        return
    if len(point.groups) <= MOST_OPERATIONS:
        yield from point.every_of_whole_operations()
    while True:
        yield point.some(random)


@dataclass(frozen=True)
class Task:
    """One life and how many of its states to try; at its end a next release may migrate the file."""

    life: str
    states: int
    steps: int
    control: str
    migrates: bool


def replay_one(task: Task) -> Result:
    """Records a life and tries its states, in shared memory."""
    with TemporaryDirectory(dir="/dev/shm", prefix="crash-") as name:
        folder = Path(name) / "store"
        folder.mkdir()
        said = Path(name) / "said"
        synchronous = "NORMAL" if task.control == "synchronous-normal" else "FULL"
        program = Path(__file__).with_name("store_life.py")
        options = ["--seed", task.life, "--steps", str(task.steps), "--synchronous", synchronous]
        options += ["--migrates"] if task.migrates else []
        operations = record(
            [sys.executable, str(program), str(folder / NAME), str(said), *options],
            folder, said, {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        shutil.rmtree(folder)
        folder.mkdir()
        replay = Replay(operations, folder, task.control != "lying-disk", task.migrates)
        return replay.run(task.states, Random(task.life))


def campaign(states: int, seed: int, jobs: int, steps: int = STEPS, control: str = "") -> Result:
    """At least as many lives as jobs, their states together."""
    lives = max(jobs, -(-states // STATES_A_LIFE))
    tasks = [Task(f"{seed}/{life}", states // lives, steps, control, life % MIGRATES_EVERY == 1) for life in range(lives)]
    total = Result()
    if jobs == 1:
        for task in tasks:
            total += replay_one(task)
        return total
    with get_context("spawn").Pool(jobs) as pool:
        for result in pool.imap(replay_one, tasks):
            total += result
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--steps", type=int, default=STEPS, help="of each life")
    parser.add_argument("--control", choices=CONTROLS, help="only this control")
    arguments = parser.parse_args()
    ends = [_told(control, arguments) for control in ([arguments.control] if arguments.control else ["", *CONTROLS])]
    sys.exit(not all(ends))


def _told(control: str, arguments: argparse.Namespace) -> bool:
    """Runs and prints one part; whether it ended as it must."""
    began = time.monotonic()
    states = max(1000, arguments.states // 100) if control and not arguments.control else arguments.states
    result = campaign(states, arguments.seed, arguments.jobs, arguments.steps, control)
    seconds = time.monotonic() - began
    print(
        f"{control or 'crash states'}: {result.distinct} distinct states of {result.states} tried at {result.points} "
        f"points of the crash, {result.whole_store} by the whole store, {seconds:.0f} s "
        f"({result.distinct / seconds:.0f} a second); states with a loss: {len(result.violations)}"
    )
    for violation in result.violations[: 3 if control else 10]:
        print(f"  {violation}")
    return bool(result.violations) if control else not result.violations


if __name__ == "__main__":
    main()
