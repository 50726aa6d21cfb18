"""What one unit has found and leaves for another, so that none sees or may do all that a whole check needs.

On an installed kiosk root judges the box, without a way to any address; sync's user judges the server, without the
kiosk's data; the core's user judges the kiosk, without a network, and puts all of it together.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from provisioning.disk import Disk, put_file
from provisioning.finding import Finding, Requirement, Verdict, table
from provisioning.machine import Machine

PARTS: Mapping[str, str] = {"box": "units", "server": "certificate"}
"""What is judged apart, each by anjungan-NAME-check.service; and of that, what is broken where it left nothing."""


def leave(machine: Machine, part: str, findings: Iterable[Finding]) -> None:
    """Leaves them for everybody of the box: they name no person and no secret. Raises OSError."""
    put_file(Disk(), machine.at(_place(part)), json.dumps([asdict(each) for each in findings]).encode(), 0o644)


def left(machine: Machine, part: str, many: int) -> list[Finding]:
    """What was left: so many findings, each of another requirement. Where that is not what can be read, that alone is
    found: the unit failed, or speaks of what it does not judge.
    """
    try:
        found = [_finding(each) for each in json.loads(machine.at(_place(part)).read_bytes())]
    except (OSError, ValueError, LookupError, TypeError):
        found = []
    names = {each.name for each in found}
    if len(found) == len(names) == many and PARTS[part] in names:
        return found
    words = f"anjungan-{part}-check.service left nothing that can be used, so the {part} was not looked at"
    return [Requirement(PARTS[part]).judged(False, words, "units")]


def _finding(said: Mapping[str, object]) -> Finding:
    """Held to what there is words for. Raises LookupError, TypeError or ValueError."""
    found = Finding(str(said["name"]), str(said["measured"]), Verdict(str(said["verdict"])), str(said["remedy"]))
    for kind, name in (("requirement", found.name), ("remedy", found.remedy)):
        if name:
            table()[kind][name]
    return found


def _place(part: str) -> str:
    return f"run/anjungan-{part}-check/findings.json"
