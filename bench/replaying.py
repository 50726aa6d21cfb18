"""The states of one recorded life, each opened and read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

from crashed_disk import CrashPoint, Disk, Files
from opened_store import Rows, open_store, rows
from recording import Operation, Said
from small_office import MORNING
from store_laws import broken_laws
from store_life import content

from kiosk.errors import StoreError

MOST_OPERATIONS = 10
"""Up to so many operations that were not synced, every choice of whole ones is tried; beyond, a sample."""
MOST_TRIES = 4
"""So many choices are drawn for each state wanted, as some choices are one state."""
WHOLE_STORE_EVERY = 50
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
        self._steps: dict[Rows, set[int]] = {}
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

    def learn(self, found: Rows, step: int) -> None:
        self._steps.setdefault(found, set()).add(step)

    def problem(self, found: Rows, said: int) -> str:
        """What is wrong with a state's rows, "" if nothing is."""
        allowed = self.allowed(said)
        steps = self._steps.get(found)
        if steps is None:
            return "" if allowed.start < 0 and is_empty(found) else "it holds what the store never held"
        return "" if steps & set(allowed) else f"it holds step {max(steps)}, {allowed.start} was done"


def is_empty(found: Rows) -> bool:
    """Whether no ticket, fact or snapshot is there yet."""
    return all(len(table) == 1 or table[0] == "journal" for table in found)


class Replay:
    """Opens the states of one life in a folder."""

    def __init__(
        self, life: str, operations: list[Operation], folder: Path, believes_sync: bool, migrated: bool
    ) -> None:
        """`folder` is emptied and filled anew for each state; `migrated` reads them as a next release would."""
        self._points = list(Disk(believes_sync).crash_points(operations))
        self._witness = Witness(operations)
        self._life, self._folder, self._migrated = life, folder, migrated
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
        self._try_some(syncs[-1], states - self.result.distinct, random)
        return self.result

    def _try_some(self, point: CrashPoint, share: int, random: Random) -> None:
        enough = self.result.distinct + share
        for choice in islice(_choices(point, share, random), MOST_TRIES * share):
            if self.result.distinct >= enough:
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
            there = f"{sum(choice)} of {len(choice)} pieces"
            self.result.violations.append(f"{self._life}, before operation {point.place}, {there}: {problem}")

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
        except StoreError as error:
            return f"it cannot be read: {error}"
        return self._witness.problem(found, point.said)

    def _problem_of_store(self, point: CrashPoint) -> str:
        """What the true store makes of it."""
        try:
            store = open_store(self._folder / NAME, lambda: MORNING)
        except StoreError as error:
            return f"the store does not open: {error}"
        try:
            if self._witness.done(point.said) >= 0 and content(store) not in self._witness.digests(point.said):
                return "the store does not tell what it told before"
            return "; ".join(broken_laws(store))
        finally:
            store.close()

    def _rows(self) -> Rows:
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
