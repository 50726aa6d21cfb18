"""The kiosk's systemd units: it is stopped and started, and a version is probed in units of its own."""

import os
import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path

from kiosk.store_key import CREDENTIAL
from provisioning.updates.health import SAID_LENGTH, Failed, Probe, command_of, said_by, surroundings

UNITS = ("anjungan-core.service", "anjungan-ui.service", "anjungan-sync.service")
FALLBACK = "anjungan-fallback.service"
PROBE = "anjungan-probe"
SYSTEMCTL, SYSTEMD_RUN = "/usr/bin/systemctl", "/usr/bin/systemd-run"
SETTLE_SECONDS = 30.0
"""So long units must keep running: systemd starts one that fails anew, and calls it active in between."""
MOST_RESTARTS = 1
"""So often a unit may have been started anew by then."""
END_SECONDS = 10.0
"""How long systemd may take to end a probe that has no time left."""
CONFINED = (
    "PrivateMounts=yes", "PrivateTmp=yes", "PrivateIPC=yes", "ProtectSystem=strict", "ProtectHome=yes",
    "ProtectProc=invisible", "ProtectHostname=yes", "ProtectKernelLogs=yes", "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes", "ProtectControlGroups=yes", "NoNewPrivileges=yes", "RestrictNamespaces=yes",
    "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "LockPersonality=yes", "KeyringMode=private", "LimitCORE=0",
    "MemoryMax=1G", "MemorySwapMax=0", "TasksMax=128", "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources", "SystemCallErrorNumber=EPERM",
    "UMask=0077", "KillSignal=SIGKILL",
)  # fmt: skip
"""What no probe may (systemd.exec(5)). They stand here and not in a unit's file, so that a version's probes and what
they are run with always are of one version.
"""
OUTWARD = ("CapabilityBoundingSet=CAP_DAC_READ_SEARCH", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK")
"""One that looks outward is root's, for the firewall lets the core nowhere, and has the devices; it only reads."""
INWARD = (
    "User=anjungan-core", "Group=anjungan", "CapabilityBoundingSet=", "PrivateNetwork=yes", "PrivateDevices=yes",
    "RestrictAddressFamilies=AF_UNIX AF_NETLINK", "ReadWritePaths=-/var/lib/anjungan",
    f"LoadCredentialEncrypted={CREDENTIAL}",
)  # fmt: skip
"""Any other is whom the kiosk's data belong to, so that it leaves nothing that the kiosk cannot write."""


class Units:
    """An installed kiosk; `wait` waits for so many s."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait, self._probed = wait, count(1)

    def stop(self) -> None:
        """Stops the kiosk, and what stands in for its window. Raises OSError."""
        self._control("stop", "anjungan.target", *UNITS, FALLBACK)

    def start(self) -> Failed | None:
        """Starts the kiosk; returns what keeps it from running. Raises OSError."""
        # One that was given up would not be started any more.
        self._control("reset-failed", *UNITS)
        said = self._control("start", "anjungan.target")
        self._wait(SETTLE_SECONDS)
        said = said or ", ".join(each for each in map(self._complaint, UNITS) if each)
        return Failed("the kiosk keeps running", said) if said else None

    def said(self, version: Path, config: Path, probe: Probe) -> str | None:
        """Runs a probe in a unit, which ends with all that it started."""
        # A name of its own: systemd may not have forgotten the one before yet.
        unit = f"{PROBE}-{os.getpid()}-{next(self._probed)}"
        scratch = f"/run/{unit}"
        properties = (
            f"RuntimeDirectory={unit}", f"RuntimeMaxSec={probe.seconds:.0f}",
            *CONFINED, *(OUTWARD if probe.outward else INWARD),
            *(f"Environment={name}={value}" for name, value in surroundings(scratch).items()),
        )  # fmt: skip
        options = ["--quiet", "--wait", "--pipe", "--collect", f"--unit={unit}"]
        command = [SYSTEMD_RUN, *options, *(f"--property={each}" for each in properties)]
        command += ["--", *command_of(version, config, probe, scratch)]
        return said_by(command, probe.seconds + END_SECONDS, os.environ)

    def _complaint(self, unit: str) -> str:
        """What is wrong with a unit that was started, "" for nothing."""
        told = self._show(unit)
        state, again = told.get("ActiveState", "unknown"), int(told.get("NRestarts", 0))
        if state == "active" and again <= MOST_RESTARTS:
            return ""
        return f"{unit}: {state}, started anew {again} times"

    def _show(self, unit: str) -> dict[str, str]:
        command = [SYSTEMCTL, "show", "--property=ActiveState,NRestarts", unit]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        return dict(line.split("=", 1) for line in done.stdout.splitlines())

    def _control(self, verb: str, *units: str) -> str:
        """What systemctl said, "" where it had nothing to complain about."""
        command = [SYSTEMCTL, verb, *units]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()[-SAID_LENGTH:]
