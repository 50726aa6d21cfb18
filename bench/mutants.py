"""Mutation testing: every function of the pure files, the store, sync and central's queue is changed in small ways, and
for each change (a mutant) some test has to fail.

The mutants are mutmut's: numbers, words, operators, arguments, conditions and assigned values inside functions; tables
and classes of plain data are not changed, for they have no function to change. A mutant meets the tests that enter its
function, and no others; where hardly a test was seen to enter it, it meets all tests of its group in a fresh process.

What a group leaves stays in out/mutants/GROUP: `cd out/mutants/pure && ../../../.venv/bin/mutmut show NAME`.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("kiosk", "central", "provisioning", "tests", "bench", "scripts", "docs", "pyproject.toml")
PYTEST = ("-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=mutants")
WORKERS = os.cpu_count() or 1
SQL_FILES = ("kiosk/store.py", "kiosk/journal.py", "kiosk/database.py")
SAME = "same"
"""Not a change: SQL's words and names have no case."""
LEAST = 0.9
"""The share of mutants to be killed in each group."""


@dataclass(frozen=True)
class Group:
    """Files that share their tests. Slow campaigns and other processes' lives are left out: each mutant would pay."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


def _files(pattern: str, names: str) -> tuple[str, ...]:
    return tuple(pattern.format(name) for name in names.split())


GROUPS = (
    Group(
        "pure",
        _files(
            "kiosk/{}.py",
            "model visit events commands booking_code booking_pass foreign_codes numbering opening admission"
            " ticket_layout protocol texts view theme errors clock schema comment event_log",
        ),
        _files(
            "tests/{}.py",
            "unit/test_admission unit/test_booking_code unit/test_booking_pass unit/test_clock unit/test_comment"
            " unit/test_controller unit/test_errors unit/test_event_log unit/test_foreign_codes"
            " unit/test_numbering_and_view unit/test_opening unit/test_texts unit/test_theme unit/test_ticket_layout"
            " unit/test_visit unit/test_visit_laws unit/test_visit_steps flows/test_flows"
            " flows/test_codes_of_other_days_and_systems flows/test_passes_taken_back_and_typed_codes"
            " flows/test_untrusted_clock",
        ),
    ),
    Group(
        "store",
        _files("kiosk/{}.py", "store journal database store_key durable_file printing"),
        _files(
            "tests/{}.py",
            "store/test_store store/test_journal store/test_key store/test_retention store/test_store_migrations"
            " store/test_what_is_kept store/test_database store/test_old_copy unit/test_printing_transaction"
            " unit/test_printed_words flows/test_power_cut_in_mid_print flows/test_untrusted_clock",
        ),
    ),
    Group(
        "sync",
        _files("kiosk/{}.py", "sync workers"),
        _files("tests/{}.py", "sync/test_sync_rounds unit/test_workers"),
    ),
    Group(
        "central",
        _files("central/{}.py", "queue/order queue/turn queue/line queue/place queue/estimate facts"),
        _files("tests/central/test_{}.py", "queue_order queue_day calls expected_calls taking_facts chain dating"),
    ),
)


@dataclass(frozen=True)
class Verdicts:
    """What became of the mutants: the name of each, and killed, timeout, survived or no tests."""

    by_mutant: dict[str, str]

    def counts(self, file: str) -> Counter[str]:
        module = file.removesuffix(".py").replace("/", ".")
        return Counter(verdict for name, verdict in self.by_mutant.items() if name.rpartition(".")[0] == module)

    @property
    def survivors(self) -> list[str]:
        return [name for name, verdict in self.by_mutant.items() if verdict not in (*CAUGHT, SAME)]


CAUGHT = ("killed", "timeout")
"""A mutant that never ends is noticed as well as one that fails a test."""


def caught(counts: Counter[str]) -> float:
    """The share of the mutants that were caught, of those that change anything; 1.0 where there are none."""
    changes = counts.total() - counts[SAME]
    return sum(counts[verdict] for verdict in CAUGHT) / changes if changes else 1.0


def run(folder: Path, files: tuple[str, ...], tests: tuple[str, ...]) -> Verdicts:
    """Makes the mutants of the files in a copy of the project in `folder`, and runs the tests against each. Raises as
    `met_by_entering_tests`.
    """
    verdicts = met_by_entering_tests(folder, files, tests)
    names = _hardly_entered(folder, verdicts)
    with ThreadPoolExecutor(WORKERS) as pool:
        failed = pool.map(lambda name: _fails_in_a_fresh_process(folder, tests, name), names)
        again = {name: "killed" if fails else "survived" for name, fails in zip(names, failed, strict=True)}
    return Verdicts(verdicts.by_mutant | again | dict.fromkeys(_in_another_case(folder, verdicts), SAME))


def _in_another_case(folder: Path, verdicts: Verdicts) -> list[str]:
    """The survivors in SQL_FILES that differ from what was written in nothing but capital and small letters."""
    bodies = {
        file.removesuffix(".py").replace("/", ".") + "." + node.name: ast.unparse(node.body).lower()  # type: ignore[arg-type]
        for file in SQL_FILES
        for node in ast.walk(ast.parse((folder / "mutants" / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    return [name for name in verdicts.survivors if name in bodies and bodies[name] == bodies[_original(name)]]


def _original(name: str) -> str:
    return name.rpartition("__mutmut_")[0] + "__mutmut_orig"


def met_by_entering_tests(folder: Path, files: tuple[str, ...], tests: tuple[str, ...]) -> Verdicts:
    """What mutmut says: each mutant meets the tests that were seen to enter its function.

    Raises CalledProcessError if the tests fail without a mutant or enter none of the files' functions.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copy2 if (ROOT / name).is_file() else shutil.copytree
        copy(ROOT / name, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(_settings(files, tests))
    _mutmut(folder, "run", "--max-children", str(WORKERS))
    listed = _mutmut(folder, "results", "--all", "true").splitlines()
    return Verdicts(dict(line.strip().split(": ", 1) for line in listed if ": " in line))


def _hardly_entered(folder: Path, verdicts: Verdicts) -> list[str]:
    """The survivors in functions that at most one test was seen to enter: mutmut does not see what runs while a module
    is imported (it is imported already when a mutant is switched on), nor what runs in another process.
    """
    entered = json.loads((folder / "mutants/mutmut-stats.json").read_text())["tests_by_mangled_function_name"]
    return [name for name in verdicts.survivors if len(entered.get(name.rpartition("__mutmut_")[0], ())) <= 1]


def _fails_in_a_fresh_process(folder: Path, tests: tuple[str, ...], name: str) -> bool:
    own = name.split(".")[1]
    nearest = sorted(tests, key=lambda test: own not in test)
    environment = os.environ | {"MUTANT_UNDER_TEST": name, "PYTHONPATH": str(folder / "mutants")}
    command = [sys.executable, "-m", "pytest", "-x", *PYTEST, *nearest]
    return subprocess.run(command, cwd=folder / "mutants", env=environment, capture_output=True).returncode != 0


def _settings(files: tuple[str, ...], tests: tuple[str, ...]) -> str:
    values = {
        "source_paths": ["kiosk", "central"],
        "only_mutate": list(files),
        "also_copy": ["provisioning", "bench", "scripts", "docs"],
        "pytest_add_cli_args_test_selection": list(tests),
        "pytest_add_cli_args": list(PYTEST),
    }
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    text = "\n".join(["", "[tool.mutmut]", *lines, "use_git_change_detection = false", "timeout_constant = 2.0", ""])
    tomllib.loads(text)
    return text


def _mutmut(folder: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ended.returncode:
        sys.stderr.write(ended.stdout[-4000:] + ended.stderr[-4000:])
        ended.check_returncode()
    return ended.stdout


def row(name: str, counts: Counter[str]) -> str:
    known = [counts["killed"], counts["timeout"], counts[SAME]]
    cells = [counts.total(), *known, counts.total() - sum(known), f"{caught(counts):.1%}"]
    return f"| {name} | {' | '.join(str(cell) for cell in cells)} |"


def report(group: Group, verdicts: Verdicts) -> bool:
    """Prints the group's table and its survivors. True if enough were caught."""
    total: Counter[str] = Counter()
    print("| file | mutants | killed | timed out | same | survived | share |\n" + "| --- " * 7 + "|")
    for file in group.files:
        counts = verdicts.counts(file)
        total += counts
        print(row(file, counts))
    print(row(f"**{group.name}**", total))
    print(*verdicts.survivors, "", sep="\n", flush=True)
    return caught(total) >= LEAST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="as in kiosk/visit.py; all of them unless given")
    wanted = parser.parse_args().files
    known = [file for group in GROUPS for file in group.files]
    if unknown := set(wanted) - set(known):
        parser.error(f"not among the files: {', '.join(sorted(unknown))}")
    enough = True
    for group in GROUPS:
        files = tuple(file for file in group.files if not wanted or file in wanted)
        if not files:
            continue
        began = time.perf_counter()
        chosen = Group(group.name, files, group.tests)
        enough &= report(chosen, run(ROOT / "out/mutants" / group.name, files, group.tests))
        print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
