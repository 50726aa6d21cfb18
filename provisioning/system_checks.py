"""Checks of the box itself: clock, disk, memory, units, packages. Each looks at a Machine."""

import os
from datetime import UTC, datetime

from kiosk.clock import EARLIEST
from provisioning.finding import Check, Finding, Requirement
from provisioning.machine import Machine
from provisioning.manifest import Manifest
from provisioning.plan import packages_missing
from provisioning.zone import noted_zone, zone_of

DATA = "var/lib/anjungan"
LEAST_DISK_MB = 1000
LEAST_MEMORY_MB = 200
CLOCK_SECONDS = 60
"""How far the hardware's clock may be from the system's."""
WORN_OUT = 0x0A
"""An eMMC that has used 90 to 100 % of its life (JEDEC JESD84-B51, DEVICE_LIFE_TIME_EST)."""


def clock_is_right(machine: Machine) -> Finding:
    it = Requirement("clock")
    now = machine.now()
    if now < EARLIEST:
        return it.judged(False, f"it shows {now:%Y-%m-%d}, which cannot be")
    if machine.at("run/systemd/timesync/synchronized").exists():
        return it.judged(True, f"{now:%Y-%m-%d %H:%M} UTC, set from the network")
    shown = machine.text("sys/class/rtc/rtc0/since_epoch")
    if not shown.isdecimal():
        return it.judged(False, "not set from the network, and the box has no clock that runs without power")
    hardware = datetime.fromtimestamp(int(shown), UTC)
    off = abs((hardware - now).total_seconds())
    return it.judged(off < CLOCK_SECONDS, f"not set from the network; the hardware's clock is {off:.0f} s from it")


def time_zone_is_the_offices(machine: Machine) -> Finding:
    it = Requirement("time-zone")
    noted, found = noted_zone(machine), zone_of(machine)
    if not noted:
        return it.unknown("the central server has not told the office's zone yet")
    return it.judged(found == noted, f"{found or 'none'}; the office's: {noted}")


def disk_has_room(machine: Machine, least_mb: int = LEAST_DISK_MB) -> Finding:
    it = Requirement("disk")
    folder = machine.at(DATA) if machine.at(DATA).exists() else machine.root
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize // 1_000_000
    if found.f_flag & os.ST_RDONLY:
        return it.judged(False, "it is mounted read-only", "read-only")
    return it.judged(free >= least_mb, f"{free} MB free, {least_mb} MB wanted")


def disk_is_healthy(machine: Machine) -> Finding:
    it = Requirement("disk-health")
    found, looked_at = [], 0
    for each in machine.found("sys/fs/ext4", "*/errors_count"):
        looked_at += 1
        count = machine.text(f"sys/fs/ext4/{each.parent.name}/errors_count")
        found += [f"{count} errors on {each.parent.name}"] if count not in ("", "0") else []
    for each in machine.found("sys/block", "mmcblk*/device/life_time"):
        looked_at += 1
        used = max((int(part, 16) for part in machine.text(f"sys/block/{each.parent.parent.name}/device/life_time").split()), default=0)  # fmt: skip  # noqa: E501
        found += [f"{each.parent.parent.name} has used {used * 10} % of its life"] if used >= WORN_OUT else []
    for disk in _disks(machine):
        ran = machine.run(("smartctl", "--health", f"/dev/{disk}")) if machine.is_up else None
        # Of the status, bits 0 to 2: it could not ask, or is not installed; bit 3: the disk says that it is failing
        # (smartctl(8)).
        if ran and not ran.status & 0b111:
            looked_at += 1
            found += [f"{disk} says that it is failing"] if ran.status & 8 else []
    if not looked_at:
        return it.unknown("nothing here tells (smartmontools is not installed, or may not ask)")
    return it.judged(not found, ", ".join(found) or f"no error in {looked_at} reports")


def memory_is_free(machine: Machine) -> Finding:
    it = Requirement("memory")
    lines = dict(line.split(":", 1) for line in machine.text("proc/meminfo").splitlines() if ":" in line)
    if "MemAvailable" not in lines:
        return it.unknown("the kernel does not tell")
    free = int(lines["MemAvailable"].split()[0]) * 1024 // 1_000_000
    return it.judged(free >= LEAST_MEMORY_MB, f"{free} MB free, {LEAST_MEMORY_MB} MB wanted")


def units_run(machine: Machine) -> Finding:
    it = Requirement("units")
    if not machine.is_up:
        return it.unknown("the box is not running")
    wanted = Manifest.load().running()
    ran = machine.run(("systemctl", "show", "--property=Id,Type,ActiveState,Result,ConditionResult", *wanted))
    said = [dict(line.split("=", 1) for line in part.splitlines() if "=" in line) for part in ran.said.split("\n\n")]
    states = {each["Id"]: each for each in said if "Id" in each}
    down = [unit for unit in wanted if not _is_well(states.get(unit, {}))]
    words = ", ".join(f"{unit} is {states.get(unit, {}).get('ActiveState', 'not there')}" for unit in down)
    return it.judged(not down, words or f"{len(wanted)} units run")


def _is_well(unit: dict[str, str]) -> bool:
    """Whether a unit runs, or has done what it does once. One that was not to start here (USBGuard without a list of
    devices, the kiosk before it is enrolled, the end of an update where none was cut off) is no failing unit; other
    checks tell of that.
    """
    is_done = unit.get("Type") == "oneshot" and unit.get("Result") in ("success", "exec-condition")
    return unit.get("ActiveState") == "active" or is_done or unit.get("ConditionResult") == "no"


def packages_are_there(machine: Machine) -> Finding:
    it = Requirement("packages")
    missing = packages_missing(machine, Manifest.load())
    return it.judged(not missing, f"missing: {', '.join(missing)}" if missing else "all installed")


def _disks(machine: Machine) -> list[str]:
    names = [each.name for each in machine.found("sys/block", "*")]
    return [
        each
        for each in names
        if each.startswith(("sd", "nvme", "vd")) and machine.text(f"sys/block/{each}/removable") == "0"
    ]


CHECKS: tuple[Check, ...] = (
    clock_is_right, time_zone_is_the_offices, disk_is_healthy, memory_is_free, units_run, packages_are_there,
)  # fmt: skip
"""All but `disk_has_room`: whether the data's disk can be written only who writes there sees within walls."""
