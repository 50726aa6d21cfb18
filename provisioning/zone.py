"""The box's time zone is its office's, as the central server knows it (localtime(5)).

It is noted in /etc/anjungan, which an image keeps; /etc/localtime of an image leads there.
"""

from kiosk.client import Client
from kiosk.config import Settings
from kiosk.errors import CentralError, ConfigError
from kiosk.identity import Identity
from provisioning.disk import Disk, put_link
from provisioning.machine import Machine

NOTED = "etc/anjungan/localtime"
LOCALTIME = "etc/localtime"
ZONES = "/usr/share/zoneinfo/"


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
    client = Client(settings.central.url, machine.here(settings.central.ca), identity, machine.now)
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
