"""`kiosk-provision check`: each requirement with what was measured, the verdict, and what to do."""

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from kiosk.protocol import Readiness
from kiosk.readiness import keep_readiness
from provisioning import encrypted_data, kiosk_checks, lockdown_checks, system_checks
from provisioning.finding import LANGUAGES, Check, Finding, Verdict
from provisioning.left_findings import PARTS, leave, left
from provisioning.machine import BoxError, Machine
from provisioning.owner import as_owner_of

OF_THE_KIOSK = (*kiosk_checks.CHECKS, system_checks.disk_has_room)
OF_THE_BOX = (kiosk_checks.disk_is_this_boxs, *system_checks.CHECKS, *lockdown_checks.CHECKS, *encrypted_data.CHECKS)
APART: Mapping[str, tuple[Check, ...]] = {"box": OF_THE_BOX, "server": (kiosk_checks.certificate_is_valid,)}
"""What another unit looks at where one alone is not to be able to see all (left_findings.PARTS)."""
CHECKS: tuple[Check, ...] = (*OF_THE_KIOSK, *(check for part in PARTS for check in APART[part]))
MARKS = {Verdict.KEPT: "ok ", Verdict.BROKEN: "NOT", Verdict.UNKNOWN: "?  "}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("check", help="hold this box to every requirement; 1 where one is broken")
    one.set_defaults(run=_check)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="another box: an image's folder")
    one.add_argument("--language", choices=LANGUAGES, default="en", help="of the words")
    one.add_argument("--json", action="store_true", help="for programs")
    one.add_argument("--leave", choices=tuple(PARTS), help="judge this part alone, and leave it for who is --walled")


def add_walled_argument(one: argparse.ArgumentParser) -> None:
    """`--walled`, of the commands that judge a kiosk within a unit's walls."""
    words = "as the core's user: the rest is what check --leave left, and sync hands on what the server is asked"
    one.add_argument("--walled", action="store_true", help=words)


def findings_of(machine: Machine) -> list[Finding]:
    """What every check finds on the box."""
    return [*findings_of_the_kiosk(machine), *findings_apart(machine)]


def findings_of_the_kiosk(machine: Machine) -> list[Finding]:
    """What its own devices, data and server say."""
    return [check(machine) for check in OF_THE_KIOSK]


def findings_apart(machine: Machine) -> list[Finding]:
    """All else; within walls, what other units have left."""
    return [each for part in PARTS for each in (_left(machine, part) if machine.is_walled else _judged(machine, part))]


def is_ready(findings: Iterable[Finding]) -> bool:
    """Whether no requirement is broken."""
    return all(each.verdict is not Verdict.BROKEN for each in findings)


def keep_for_the_server(machine: Machine, data: Path, findings: Iterable[Finding]) -> None:
    """Keeps in the kiosk's data folder, if it is there, what is broken: its next sign of life tells of it."""
    folder = machine.here(data)
    if folder.is_dir():
        broken = tuple(each.name for each in findings if each.verdict is Verdict.BROKEN)
        with as_owner_of(folder):
            keep_readiness(folder, Readiness(at=machine.now(), broken=broken))


def as_json(findings: Iterable[Finding], language: str) -> str:
    """A list of objects: name, requirement, measured, verdict, remedy."""
    rows = [
        {
            "name": each.name, "requirement": each.requirement_in(language), "measured": each.measured,
            "verdict": each.verdict, "remedy": each.remedy_in(language),
        }
        for each in findings
    ]  # fmt: skip
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _left(machine: Machine, part: str) -> list[Finding]:
    return left(machine, part, len(APART[part]))


def _judged(machine: Machine, part: str) -> list[Finding]:
    return [check(machine) for check in APART[part]]


def _check(arguments: argparse.Namespace) -> int:
    machine, language = Machine.at_root(arguments.root), arguments.language
    if arguments.leave:
        return _leave(machine, arguments.leave)
    findings = findings_of(machine)
    if arguments.json:
        print(as_json(findings, language))
    else:
        for each in findings:
            print(f"{MARKS[each.verdict]} {each.requirement_in(language)}: {each.measured}")
            if each.remedy:
                print(f"    {each.remedy_in(language)}")
    return 0 if is_ready(findings) else 1


def _leave(machine: Machine, part: str) -> int:
    try:
        leave(machine, part, _judged(machine, part))
    except OSError as error:
        raise BoxError(f"what was found cannot be left: {error}") from error
    return 0
