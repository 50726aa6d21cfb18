"""`kiosk-provision check`: each requirement with what was measured, the verdict, and what to do."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from provisioning import kiosk_checks, lockdown_checks, system_checks
from provisioning.finding import Check, Finding, Verdict
from provisioning.machine import Machine

CHECKS: tuple[Check, ...] = (*kiosk_checks.CHECKS, *system_checks.CHECKS, *lockdown_checks.CHECKS)
MARKS = {Verdict.KEPT: "ok ", Verdict.BROKEN: "NOT", Verdict.UNKNOWN: "?  "}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("check", help="hold this box to every requirement; 1 where one is broken")
    one.set_defaults(run=_check)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="another box: an image's folder")
    one.add_argument("--json", action="store_true", help="for programs")


def findings_of(machine: Machine) -> list[Finding]:
    """What every check finds on the box."""
    return [check(machine) for check in CHECKS]


def is_ready(findings: Iterable[Finding]) -> bool:
    """Whether no requirement is broken."""
    return all(each.verdict is not Verdict.BROKEN for each in findings)


def _check(arguments: argparse.Namespace) -> int:
    findings = findings_of(Machine.at_root(arguments.root))
    if arguments.json:
        print(json.dumps([asdict(each) for each in findings], indent=2, ensure_ascii=False))
    else:
        for each in findings:
            print(f"{MARKS[each.verdict]} {each.requirement}: {each.measured}")
            if each.remedy:
                print(f"    {each.remedy}")
    return 0 if is_ready(findings) else 1
