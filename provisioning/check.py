"""`kiosk-provision check`: each requirement with what was measured, the verdict, and what to do."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from kiosk.protocol import Readiness
from kiosk.readiness import keep_readiness
from provisioning import encrypted_data, kiosk_checks, lockdown_checks, system_checks
from provisioning.finding import LANGUAGES, Check, Finding, Verdict
from provisioning.machine import Machine
from provisioning.owner import as_owner_of

CHECKS: tuple[Check, ...] = (
    *kiosk_checks.CHECKS, *system_checks.CHECKS, *lockdown_checks.CHECKS, *encrypted_data.CHECKS,
)  # fmt: skip
MARKS = {Verdict.KEPT: "ok ", Verdict.BROKEN: "NOT", Verdict.UNKNOWN: "?  "}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("check", help="hold this box to every requirement; 1 where one is broken")
    one.set_defaults(run=_check)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="another box: an image's folder")
    one.add_argument("--language", choices=LANGUAGES, default="en", help="of the words")
    one.add_argument("--json", action="store_true", help="for programs")


def findings_of(machine: Machine) -> list[Finding]:
    """What every check finds on the box."""
    return [check(machine) for check in CHECKS]


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


def _check(arguments: argparse.Namespace) -> int:
    findings, language = findings_of(Machine.at_root(arguments.root)), arguments.language
    if arguments.json:
        print(as_json(findings, language))
    else:
        for each in findings:
            print(f"{MARKS[each.verdict]} {each.requirement_in(language)}: {each.measured}")
            if each.remedy:
                print(f"    {each.remedy_in(language)}")
    return 0 if is_ready(findings) else 1
