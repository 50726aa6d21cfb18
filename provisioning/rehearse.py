"""`kiosk-provision rehearse`: the practice visit of each night on the installed kiosk, and how it went.

The screens are drawn, and a visit is played with the true program, settings and store, as an update judges a version
(docs/updates.md). The outcome is kept for `check`, for the morning's report, and for the central server. While it
runs the kiosk's core must not (anjungan-rehearsal.service stops and starts it).
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.config import read_settings
from kiosk.protocol import PracticeVisit
from kiosk.readiness import keep_practice_visit
from provisioning.box_files import CONFIG
from provisioning.machine import BoxError, Machine
from provisioning.owner import as_owner_of
from provisioning.updates.health import PROBES, NoUnits, Probe, Running, first_failed
from provisioning.updates.units import Units

VERSION = "opt/anjungan/current"
UNFINISHED = "it was cut off"
STEPS = tuple(each for each in PROBES if not each.outward)
STEP_LENGTH, PROBLEM_LENGTH = 60, 300


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("rehearse", help="a practice visit, its outcome kept and told; the core must not run")
    one.set_defaults(run=_rehearse)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where the box's files start")


def rehearsed(
    machine: Machine, folder: Path, steps: Sequence[Probe] = STEPS, monotonic: Callable[[], float] = time.monotonic
) -> PracticeVisit:
    """How it went, as it is kept in the kiosk's data folder; one that is cut off stays there as that.

    Raises OSError.
    """
    began, begun = monotonic(), PracticeVisit(at=machine.now(), failed=UNFINISHED)
    with as_owner_of(folder):
        keep_practice_visit(folder, begun)
    failed = first_failed(machine.at(VERSION), machine.at(CONFIG), steps, _runner(machine))
    step, problem = (failed.what[:STEP_LENGTH], failed.said[-PROBLEM_LENGTH:]) if failed else ("", "")
    visit = PracticeVisit(at=begun.at, seconds=round(monotonic() - began), failed=step, problem=problem)
    with as_owner_of(folder):
        keep_practice_visit(folder, visit)
    return visit


def _runner(machine: Machine) -> Running:
    """The unit of each night is the core's and runs them itself; root, by hand, becomes the core for each."""
    return Units(time.sleep) if machine.is_up and os.geteuid() == 0 else NoUnits()


def _rehearse(arguments: argparse.Namespace) -> int:
    machine = Machine.at_root(arguments.root)
    folder = machine.here(read_settings(machine.at(CONFIG)).data.dir)
    try:
        visit = rehearsed(machine, folder)
    except OSError as error:
        raise BoxError(f"{folder} cannot be written ({error.strerror}): run it as root or as its owner") from error
    print(f"{visit.failed}: no ({visit.problem})" if visit.failed else f"passed in {visit.seconds} s")
    return 1 if visit.failed else 0
