"""Whether a version serves: probes, each a program of that version with a time limit."""

import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kiosk.durable_file import write_private

CORE_USER = "anjungan-core"
UNITS = ("anjungan-core.service", "anjungan-ui.service", "anjungan-sync.service")
SYSTEMCTL = "/usr/bin/systemctl"
SETTLE_SECONDS = 30.0
"""So long units must keep running: systemd starts one that fails anew, and calls it active in between."""
SAID_LENGTH = 300


@dataclass(frozen=True)
class Probe:
    """`name` is what is proven, `command` the program, whose path begins in the version's folder, and its arguments, of
    which {config} is the kiosk's configuration and {scratch} a folder that is deleted afterwards; it must end with 0
    within `seconds`. One that looks `outward` may fail for what is not the version's fault: devices, network, server.
    It leaves the kiosk's data as they are, so the former version can be asked the same, and it is run as who makes the
    update, for the firewall lets the core nowhere.
    """

    name: str
    command: tuple[str, ...]
    seconds: float
    outward: bool = False


PROBES = (
    # Devices and server as `kiosk check` sees them: it opens each, asks the printer, and pulls a snapshot.
    Probe("its printer, scanners and server answer", ("bin/kiosk", "check", "--config", "{config}"), 60, outward=True),
    Probe(
        "its screens are drawn",
        ("bin/kiosk", "screens", "--out", "{scratch}/screens", "--mode", "normal", "--language", "id"),
        180,
    ),
    Probe("a practice visit ends with a ticket", ("bin/kiosk", "rehearse", "--config", "{config}"), 60),
)
"""What a version has to do while no kiosk runs, for each opens what the kiosk holds."""


@dataclass(frozen=True)
class Failed:
    """`what` is not so, and what was `said` of it; `probe` is what found that out, None for the kiosk's own start."""

    what: str
    said: str
    probe: Probe | None = None

    def __str__(self) -> str:
        return f"{self.what}: no ({self.said})"


def first_failed(version: Path, config: Path, probes: Sequence[Probe]) -> Failed | None:
    """Runs the probes of the version in a folder, one after another, until one fails."""
    for probe in probes:
        said = _said(version, config, probe)
        if said is not None:
            return Failed(probe.name, said, probe)
    return None


def _said(version: Path, config: Path, probe: Probe) -> str | None:
    """What a probe said that failed, None for one that did not."""
    with _scratch() as scratch:
        program, *arguments = (each.format(config=config, scratch=scratch) for each in probe.command)
        environment = os.environ | {"SDL_VIDEODRIVER": "offscreen", "HOME": scratch}
        environment |= _credentials(Path(scratch, "credentials"))
        try:
            running = subprocess.Popen(  # noqa: S603 - a program of a version whose signatures were verified
                [version / program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", env=environment, cwd="/",
                start_new_session=True, **({} if probe.outward else _as_core()),
            )  # fmt: skip
        except OSError as error:
            return f"it does not start: {error.strerror}"
        try:
            said, _ = running.communicate(timeout=probe.seconds)
        except subprocess.TimeoutExpired:
            # With all that it has started: a child that lives on would keep the devices.
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return f"it did not end within {probe.seconds:.0f} s"
    return None if running.returncode == 0 else f"status {running.returncode}: {said.strip()[-SAID_LENGTH:]}"


@contextmanager
def _scratch() -> Iterator[str]:
    """A folder of the core's user; in memory, where the unit has one there."""
    with tempfile.TemporaryDirectory(prefix="probe-", dir=os.environ.get("RUNTIME_DIRECTORY")) as folder:
        _give_to_core(Path(folder))
        yield folder


def _credentials(folder: Path) -> dict[str, str]:
    """The unit's credentials, such as the store's key, for a program that runs as another user than the unit."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    if not given:
        return {}
    folder.mkdir(mode=0o700)
    for each in Path(given).iterdir():
        write_private(folder / each.name, each.read_bytes())
        _give_to_core(folder / each.name)
    _give_to_core(folder)
    return {"CREDENTIALS_DIRECTORY": str(folder)}


def _give_to_core(path: Path) -> None:
    owner = _as_core()
    if owner:
        os.chown(path, owner["user"], owner["group"])


def _as_core() -> dict[str, Any]:
    """Runs a program as whom the kiosk's data belong to, so that a probe leaves nothing that the kiosk cannot write.
    Nothing on a machine that has no such user, or for who may not become another.
    """
    try:
        core = pwd.getpwnam(CORE_USER)
    except KeyError:
        return {}
    if os.geteuid() != 0:
        return {}
    groups = os.getgrouplist(CORE_USER, core.pw_gid)
    return {"user": core.pw_uid, "group": core.pw_gid, "extra_groups": groups}


class Running(Protocol):
    """How the kiosk is stopped and started."""

    def stop(self) -> None:
        """Stops it."""

    def start(self) -> Failed | None:
        """Starts it; returns what keeps it from running."""


class Units:
    """The kiosk's systemd units."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait = wait

    def stop(self) -> None:
        """Stops the kiosk. Raises OSError."""
        self._control("stop", "anjungan.target", *UNITS)

    def start(self) -> Failed | None:
        """Starts the kiosk; returns what keeps it from running. Raises OSError."""
        said = self._control("start", "anjungan.target")
        self._wait(SETTLE_SECONDS)
        said = said or self._control("is-active", *UNITS)
        return Failed("the kiosk keeps running", said) if said else None

    def _control(self, verb: str, *units: str) -> str:
        """What systemctl said, "" where it had nothing to complain about."""
        command = [SYSTEMCTL, verb, *units]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()[-SAID_LENGTH:]


class NoUnits:
    """A kiosk in a folder of a test or an image, where nothing runs."""

    def stop(self) -> None:
        """Nothing runs."""

    def start(self) -> Failed | None:
        """Nothing is to run."""
        return None
