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
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from recording import record
from replaying import NAME, Replay, Result

STATES_A_LIFE = 25_000
STEPS = 60
MIGRATES_EVERY = 4
CONTROLS = ("synchronous-normal", "lying-disk")
"""SQLite that syncs at checkpoints only; a disk that says synced and lies. Both lose what was acknowledged."""
CONTROL_STATES, CONTROL_STEPS = 4000, 20


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
        replay = Replay(task.life, operations, folder, task.control != "lying-disk", task.migrates)
        return replay.run(task.states, Random(task.life))


def campaign(states: int, seed: int, jobs: int, steps: int = STEPS, control: str = "") -> Result:
    """At least as many lives as jobs, their states together."""
    lives = max(jobs, -(-states // STATES_A_LIFE))
    tasks = [
        Task(f"{seed}/{life}", states // lives, steps, control, life % MIGRATES_EVERY == 1) for life in range(lives)
    ]
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
    parser.add_argument("--control", choices=CONTROLS, help="this control alone")
    arguments = parser.parse_args()
    ends = [_told(each, arguments) for each in ([arguments.control] if arguments.control else ["", *CONTROLS])]
    sys.exit(not all(ends))


def _told(control: str, arguments: argparse.Namespace) -> bool:
    """Runs and prints one part; whether it ended as it must."""
    began = time.monotonic()
    states, steps = (CONTROL_STATES, CONTROL_STEPS) if control else (arguments.states, STEPS)
    result = campaign(states, arguments.seed, arguments.jobs, steps, control)
    seconds = time.monotonic() - began
    print(
        f"{f'control {control}' if control else 'crash states'}: {result.distinct} distinct states of {result.states} "
        f"tried, at {result.points} points of the crash, {result.whole_store} by the whole store, in {seconds:.0f} s "
        f"({result.distinct / seconds:.0f} a second); with a loss: {len(result.violations)}"
    )
    for violation in result.violations[: 2 if control else 10]:
        print(f"  {violation}")
    return bool(result.violations) if control else not result.violations


if __name__ == "__main__":
    main()
