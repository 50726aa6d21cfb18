"""The process is killed at random moments of check-ins; what it said it had recorded is there."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

from samples import TODAY, a_store

from kiosk.protocol import CheckedIn, WalkInIssued

KILLS = 50
HERE = Path(__file__).parent


def killed_writer(file: Path, seed: str, says: str, random: Random) -> list[str]:
    """Starts the writer, kills it after some of its lines, and returns all that it said."""
    path = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent)])
    child = subprocess.Popen(
        [sys.executable, str(HERE / "writer.py"), str(file), seed, says],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    assert child.stdout
    said = [child.stdout.readline().strip() for _ in range(random.randrange(1, 12))]
    for _ in range(random.randrange(20_000)):
        pass
    child.kill()
    said += child.stdout.read().split()
    child.stdout.close()
    child.wait()
    return [each for each in said if each]


def lost(file: Path, said: list[str]) -> list[str]:
    """Opens what the kill left behind, asserts its order, and returns what was said but is not there."""
    store = a_store(file)
    tickets = store.tickets()
    numbers = [each.number for each in tickets]
    assert len(numbers) == len(set(numbers)), "a number was given twice"
    walk_ins = sorted(each for each in numbers if each.startswith("W"))
    assert walk_ins == [f"W1-{count:03}" for count in range(1, len(walk_ins) + 1)], "a walk-in number was skipped"
    facts = store.owed(100_000)
    assert [each.seq for each in facts] == list(range(1, len(facts) + 1)), "a fact is missing"
    issued = {each.body.ticket.id for each in facts if isinstance(each.body, CheckedIn | WalkInIssued)}
    assert issued == {each.id for each in tickets}, "a ticket without its fact"
    assert store.walk_ins(TODAY, "a") == len(walk_ins)
    store.close()
    return [each for each in said if each not in numbers]


def test_fifty_kills_lose_nothing_and_give_no_number_twice(tmp_path: Path) -> None:
    random = Random(2026)
    for kill in range(KILLS):
        # Ten kills in a row hit the same file, so that recovery is recovered from.
        file = tmp_path / f"{kill // 10}.sqlite"
        assert lost(file, killed_writer(file, f"seed {kill}", "after", random)) == []


def test_the_check_finds_a_kiosk_that_speaks_before_it_records(tmp_path: Path) -> None:
    random = Random(2026)
    found: list[str] = []
    for kill in range(60):
        file = tmp_path / f"{kill}.sqlite"
        said = [each for each in killed_writer(file, f"seed {kill}", "before", random) if "?" not in each]
        found += lost(file, said)
        if found:
            return
    raise AssertionError("the control lost nothing: the check cannot fail")
