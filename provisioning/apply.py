"""`kiosk-provision apply`: makes the box what it is to be; what is so already is left alone."""

import argparse
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from kiosk.config import read_settings
from provisioning.box_files import AUTHORITY, CONFIG, PANEL, UPDATE_ROOT, USB_DEVICES
from provisioning.change import Change
from provisioning.disk import Disk
from provisioning.machine import BoxError, Machine
from provisioning.manifest import Manifest
from provisioning.plan import own_plan, plan

GIVEN = {
    "config": (CONFIG, "its configuration"),
    "ca": (AUTHORITY, "the authority of the central server's certificate, PEM"),
    "usb_devices": (USB_DEVICES, "its own USB devices, as detect writes them"),
    "panel": (PANEL, "how its touch panel is mounted"),
    "update_root": (UPDATE_ROOT, "the first root of the publishers of updates"),
}
"""Options, each with the file of the box that it fills."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "apply", help="make this box a kiosk: users, units, firewall, lock-down; again is harmless"
    )
    one.set_defaults(run=_apply)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="another box: an image's folder")
    one.add_argument("--own", action="store_true", help="only what follows from this box's own files in /etc/anjungan")
    one.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    for option, (place, what) in GIVEN.items():
        one.add_argument(f"--{option.replace('_', '-')}", type=Path, metavar="FILE", help=f"{what}; becomes /{place}")


def apply(machine: Machine, changes: Iterable[Change], disk: Disk) -> int:
    """Makes the changes, in their order, and says each; returns how many. Raises BoxError."""
    made = 0
    for change in changes:
        try:
            change.make(disk)
        except PermissionError as error:
            raise BoxError(f"{change.name}: {error.strerror}; run this as root") from error
        except OSError as error:
            raise BoxError(
                f"{change.name}: {error.strerror}; mend that, then apply again: it goes on from here"
            ) from error
        made += 1
        print(change.name, flush=True)
    return made


def _apply(arguments: argparse.Namespace) -> int:
    machine, manifest, given = Machine.at_root(arguments.root), Manifest.load(), _given(arguments)
    if not machine.root.is_dir():
        raise BoxError(f"--root: {machine.root} is not a folder")
    changes = own_plan(machine, given) if arguments.own else plan(machine, manifest, given)
    if arguments.dry_run:
        for change in changes:
            print(f"{change.name}\n{change.difference()}")
        print(f"{len(changes)} changes; nothing was changed" if changes else "nothing to change")
        return 0
    if machine.root == Path("/") and os.geteuid() != 0:
        raise BoxError("only root can do this: sudo kiosk-provision apply")
    made = apply(machine, changes, Disk())
    print(f"{made} changes; start the box anew" if made and machine.is_up else f"{made} changes")
    return 0


def _given(arguments: argparse.Namespace) -> Mapping[str, bytes]:
    """The files that the options name. Raises ConfigError for a configuration that cannot be used, else BoxError."""
    if arguments.config:
        read_settings(arguments.config)
    given = {}
    for option, (place, _) in GIVEN.items():
        file = getattr(arguments, option)
        if file:
            try:
                given[place] = file.read_bytes()
            except OSError as error:
                raise BoxError(f"--{option.replace('_', '-')}: {file} cannot be read: {error.strerror}") from error
    return given
