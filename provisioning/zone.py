"""The box's time zone is its office's, as the central server knows it (localtime(5)).

It is noted in /etc/anjungan, which an image keeps; /etc/localtime of an image leads there. On an installed kiosk one
user asks, who may not set it, and another sets it, who has no network: `kiosk-provision zone`.
"""

import argparse
import re
from pathlib import Path

from kiosk.client import Client
from kiosk.config import Settings, read_settings
from kiosk.errors import CentralError, ConfigError
from kiosk.identity import Identity
from provisioning.box_files import CONFIG
from provisioning.disk import Disk, put_file, put_link
from provisioning.machine import BoxError, Machine

NOTED = "etc/anjungan/localtime"
LOCALTIME = "etc/localtime"
ZONES = "/usr/share/zoneinfo/"
NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}")
"""Of a zone (tz database, theory.html): nothing that could lead out of that folder."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("zone", help="ask for the office's time zone, or set it (the report's units start it)")
    one.set_defaults(run=_zone)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where the box's files start")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--ask", type=Path, metavar="FILE", help="ask the central server, and leave its name there")
    which.add_argument("--set", type=Path, metavar="FILE", help="set the zone whose name was left there")
    one.add_argument("--walled", action="store_true", help="ask as the core's user, through sync")


def _zone(arguments: argparse.Namespace) -> int:
    machine = Machine.at_root(arguments.root, arguments.walled)
    try:
        if arguments.ask:
            put_file(Disk(), arguments.ask, office_zone(read_settings(machine.at(CONFIG)), machine).encode(), 0o644)
        else:
            set_zone(machine, named_zone(machine, arguments.set), Disk())
    except (CentralError, OSError) as error:
        raise BoxError(f"the time zone stays as it is: {error}") from error
    return 0


def named_zone(machine: Machine, file: Path) -> str:
    """The zone whose name is in a file that another user left. Raises BoxError where the box has none of that name."""
    name = file.read_bytes()[:100].decode("ascii", errors="replace").strip()
    if not NAME.fullmatch(name) or not machine.at(f"{ZONES}{name}").is_file():
        raise BoxError("what was left is the name of no time zone")
    return name


def zone_kept(machine: Machine, settings: Settings, disk: Disk | None = None) -> str:
    """Sets the box's zone to the office's, and says so in words; without an answer of the server it stays."""
    try:
        zone = office_zone(settings, machine)
        set_zone(machine, zone, disk or Disk())
    except (CentralError, ConfigError) as error:
        return f"the time zone stays as it is: {error}"
    except OSError as error:
        return f"the time zone cannot be set: {error.strerror}; run this as root"
    return f"time zone: {zone}"


def office_zone(settings: Settings, machine: Machine) -> str:
    """The IANA name of the office's zone. Raises CentralError, or ConfigError where the kiosk is not enrolled."""
    identity = Identity.load(machine.here(settings.data.dir))
    ca = machine.here(settings.central.ca)
    client = Client(settings.central.url, ca, identity, machine.now, relay=machine.relay)
    try:
        found = client.snapshot("")
    finally:
        client.close()
    assert found  # no ETag was sent, so the server cannot say that it is still right
    return found[0].office.time_zone


def set_zone(machine: Machine, zone: str, disk: Disk) -> bool:
    """Sets the box's zone, and notes it; returns whether it was another. Raises OSError."""
    is_new = zone_of(machine) != zone or noted_zone(machine) != zone
    if is_new:
        put_link(disk, machine.at(NOTED), f"{ZONES}{zone}")
        put_link(disk, machine.at(LOCALTIME), f"{ZONES}{zone}")
    return is_new


def zone_of(machine: Machine) -> str:
    """The box's zone, "" where none was set."""
    target = _target(machine, LOCALTIME)
    return noted_zone(machine) if target.endswith("anjungan/localtime") else target.rpartition("/zoneinfo/")[2]


def noted_zone(machine: Machine) -> str:
    """The office's zone, as the server last said; "" before that."""
    return _target(machine, NOTED).rpartition("/zoneinfo/")[2]


def _target(machine: Machine, place: str) -> str:
    link = machine.at(place)
    return str(link.readlink()) if link.is_symlink() else ""
