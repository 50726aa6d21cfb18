"""`kiosk-provision boot-slots`: how RAUC learns which slot is started, and says which one is to be
(`bootloader-custom-backend` of RAUC's manual, "Custom bootloader backend").
"""

import argparse
import sys
from pathlib import Path

from provisioning.machine import BoxError, Machine
from provisioning.slots import BOOT_PARTITION, SLOTS, Slots, mounted, root_partition

GOOD, BAD = "good", "bad"


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds it to the command line."""
    _add_verbs(commands.add_parser("boot-slots", help="which slot of an image is started (for RAUC)"))


def _add_verbs(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("get-primary", help="which one is started next")
    for verb, text in (
        ("set-primary", "start this one next, on trial"),
        ("get-state", f"whether it can be started: {GOOD} or {BAD}"),
        ("set-state", "it has proved itself, or is not to be started any more"),
    ):
        one = verbs.add_parser(verb, help=text)
        one.add_argument("slot", choices=SLOTS)
        if verb == "set-state":
            one.add_argument("state", choices=(GOOD, BAD))
    for each in verbs.choices.values():
        each.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Does it on this box; returns the exit status. Raises BoxError."""
    machine = Machine.at_root(Path("/"))
    try:
        with mounted(machine, BOOT_PARTITION, "vfat", "rw") as boot:
            return _do(arguments, Slots(boot), machine)
    except OSError as error:
        raise BoxError(f"the boot partition does not let it: {error}") from error


def _do(arguments: argparse.Namespace, slots: Slots, machine: Machine) -> int:
    match arguments.verb:
        case "get-primary":
            primary = slots.primary()
            print(primary or "")
            return 0 if primary else 1
        case "set-primary":
            with mounted(machine, root_partition(arguments.slot), "squashfs", "ro") as root:
                slots.make_primary(arguments.slot, root)
        case "get-state":
            print(GOOD if slots.is_good(arguments.slot) else BAD)
        case "set-state" if arguments.state == GOOD:
            slots.prove(arguments.slot)
        case "set-state":
            slots.drop(arguments.slot)
    return 0


def main(argv: list[str] | None = None) -> int:
    """The command by itself, without any other loaded: RAUC asks several times before its own answer is due (25 s)."""
    parser = argparse.ArgumentParser(prog="boot-slots")
    _add_verbs(parser)
    try:
        return run(parser.parse_args(argv))
    except BoxError as error:
        print(f"boot-slots: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
