"""A booted container, Debian with systemd as its first process (systemd-nspawn --boot), from outside and inside."""

import shutil
import subprocess
import time
from collections.abc import Callable
from os import geteuid, kill
from pathlib import Path
from signal import SIGKILL

PATIENCE_SECONDS = 120.0
FORCED = ("-q", "--boot", "--register=no", "--keep-unit", "--link-journal=no", "--resolv-conf=off")


def what_is_missing() -> str:
    """Why no container can be booted here, "" where one can."""
    if geteuid() != 0:
        return "only root can boot a container"
    return "" if shutil.which("systemd-nspawn") else "systemd-nspawn is not installed (package systemd-container)"


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> float:
    """Waits; returns for how many s. Raises TimeoutError."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.05)
    return time.monotonic() - began


class Container:
    """Boots what lies in `root`; `is_up` says when that is done."""

    def __init__(self, root: Path, *options: str) -> None:
        self._nspawn = subprocess.Popen(
            ["systemd-nspawn", *FORCED, "-D", str(root), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _first(self) -> str:
        """The container's first process."""
        pid = self._nspawn.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return found[0] if found else ""

    def runs(self, *command: str, seconds: float = 300) -> "subprocess.CompletedProcess[str]":
        """A command inside; killed after so many s."""
        inside = ["env", "PATH=/usr/sbin:/usr/bin", "timeout", "--signal=KILL", str(seconds), *command]
        entered = ["nsenter", "-t", self._first(), "-m", "-u", "-i", "-n", "-p", *inside]
        return subprocess.run(entered, capture_output=True, text=True)

    def says(self, *command: str) -> str:
        """What a command inside writes."""
        return self.runs(*command).stdout.strip()

    def is_booted(self) -> bool:
        """Whether everything that starts with the machine was tried."""
        return bool(self._first()) and self.says("systemctl", "is-system-running") in ("running", "degraded")

    def is_active(self, unit: str) -> bool:
        return bool(self._first()) and self.says("systemctl", "is-active", unit) == "active"

    def of(self, unit: str, name: str) -> str:
        """A property of a unit (systemctl show)."""
        return self.says("systemctl", "show", "--value", "-p", name, unit)

    def cut(self) -> None:
        """Ends everything at once, as the end of the power does for programs."""
        kill(int(self._first()), SIGKILL)
        self._nspawn.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        if self._nspawn.poll() is None:
            self.runs("systemctl", "poweroff", "--force")
            self._nspawn.wait(PATIENCE_SECONDS)
