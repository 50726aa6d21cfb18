"""`kiosk-central conform`: walks through every clause, and says what was found."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain as joined_up

from central.conformance import chain, enrolling, general, snapshots
from central.conformance.clause import CLAUSES, Clause, Finding, Verdict, Walk, tried

# Their clauses were noted in the order of these modules' import; a walk begins with whoever enrols the kiosks.
ORDER = (enrolling, chain, snapshots, general)


def clauses() -> list[Clause]:
    """All of them, in the order in which they are tried."""
    return list(joined_up.from_iterable(_of(module.__name__) for module in ORDER))


def _of(module: str) -> Iterable[Clause]:
    return (each for each in CLAUSES if each.check.__module__ == module)


def conform(walk: Walk, as_json: bool) -> int:
    """Prints each clause with its verdict as it is found; returns 0 where none is broken, else 1."""
    count: Counter[Verdict] = Counter()
    told = []
    for finding in tried(clauses(), walk):
        count[finding.verdict] += 1
        told.append(_as_json(finding))
        if not as_json:
            print(_in_words(finding), flush=True)
    if as_json:
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        print(", ".join(f"{count[each]} {each}" for each in Verdict))
    return 1 if count[Verdict.BROKEN] else 0


def _in_words(finding: Finding) -> str:
    line = f"{finding.verdict:<8}{finding.clause.id:<5}{finding.clause.says}"
    if finding.expected:
        line += f"\n{'':13}expected {finding.expected}"
    if finding.seen:
        line += f"\n{'':13}seen {finding.seen}" if finding.expected else f"\n{'':13}{finding.seen}"
    return line


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "clause": finding.clause.id,
        "says": finding.clause.says,
        "verdict": finding.verdict,
        "expected": finding.expected,
        "seen": finding.seen,
    }
