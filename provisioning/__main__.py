"""`kiosk-provision`: what a technician does with a box; each command is a module."""

import argparse
import logging
import sys

from kiosk.errors import ConfigError
from provisioning import (
    apply,
    boot_slots,
    bundle,
    check,
    detect,
    enrol,
    first_boot,
    rehearse,
    report,
    repository,
    reset,
    technician,
    update,
    zone,
)
from provisioning.image import command as image
from provisioning.machine import BoxError


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="kiosk-provision", description="Turns a bare box into a working kiosk.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    detect.add_command(commands)
    enrol.add_command(commands)
    apply.add_command(commands)
    check.add_command(commands)
    report.add_command(commands)
    zone.add_command(commands)
    rehearse.add_command(commands)
    bundle.add_command(commands)
    reset.add_command(commands)
    update.add_command(commands)
    repository.add_command(commands)
    first_boot.add_command(commands)
    technician.add_command(commands)
    image.add_command(commands)
    boot_slots.add_command(commands)
    return top


def main(argv: list[str] | None = None) -> int:
    """Runs a command; returns the exit status: 1 for what did not go well, 2 for wrong use or a configuration that
    cannot be used.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except ConfigError as error:
        for problem in error.problems:
            _say(problem)
        return 2
    except BoxError as error:
        _say(str(error))
        return 1
    return status


def _say(problem: str) -> None:
    print(f"kiosk-provision: {problem}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
