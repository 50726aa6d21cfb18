"""Whether a version serves: probes, each a program of that version with a time limit."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SAID_LENGTH = 300


@dataclass(frozen=True)
class Probe:
    """`name` is what is proven, `command` the program, whose path begins in the version's folder, and its arguments, of
    which {config} is the kiosk's configuration and {scratch} a folder that is deleted afterwards; it must end with 0
    within `seconds`. One that looks `outward` may fail for what is not the version's fault: devices, network, server.
    It leaves the kiosk's data as they are, so the former version can be asked the same.
    """

    name: str
    command: tuple[str, ...]
    seconds: float
    outward: bool = False


PROBES = (
    # Devices and server as `kiosk check` sees them: it opens each, asks the printer, and pulls a snapshot.
    Probe("its printer, scanners and server answer", ("bin/kiosk", "check", "--config", "{config}"), 180, outward=True),
    Probe(
        "its screens are drawn",
        (
            "bin/kiosk",
            "screens",
            "--out",
            "{scratch}/all",
            "--config",
            "{config}",
            "--mode",
            "normal",
            "--language",
            "id",
        ),
        600,
    ),
    Probe("a practice visit ends with a ticket", ("bin/kiosk", "rehearse", "--config", "{config}"), 180),
)
"""What a version has to do while no kiosk runs, for each opens what the kiosk holds. Their limits end what hangs, and
are far above what the slowest box takes: one that is only slow is never to be left without updates.
"""


@dataclass(frozen=True)
class Failed:
    """`what` is not so, and what was `said` of it; `probe` is what found that out, None for the kiosk's own start."""

    what: str
    said: str
    probe: Probe | None = None

    def __str__(self) -> str:
        return f"{self.what}: no ({self.said})"


class Running(Protocol):
    """How the kiosk is stopped and started, and its programs are run."""

    def stop(self) -> None:
        """Stops it."""

    def start(self) -> Failed | None:
        """Starts it; returns what keeps it from running."""

    def said(self, version: Path, config: Path, probe: Probe) -> str | None:
        """Runs a probe of the version in a folder; what it said that failed, None for one that did not."""


def first_failed(version: Path, config: Path, probes: Sequence[Probe], running: Running) -> Failed | None:
    """Runs the probes of the version in a folder, one after another, until one fails."""
    for probe in probes:
        said = running.said(version, config, probe)
        if said is not None:
            return Failed(probe.name, said, probe)
    return None


def command_of(version: Path, config: Path, probe: Probe, scratch: str) -> list[str]:
    """The program of a probe with its arguments."""
    program, *arguments = (each.format(config=config, scratch=scratch) for each in probe.command)
    return [str(version / program), *arguments]


def surroundings(scratch: str) -> dict[str, str]:
    """What a probe's environment has to say: it draws without a window, and writes nowhere else."""
    return {"SDL_VIDEODRIVER": "offscreen", "HOME": scratch}


def said_by(command: Sequence[str], seconds: float, environment: Mapping[str, str]) -> str | None:
    """What a program said that failed, None for one that did not; `seconds` is how long it may take."""
    try:
        running = subprocess.Popen(  # noqa: S603 - a program of a version whose signatures were verified
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", env=environment, cwd="/", start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return f"it does not start: {error.strerror}"
    try:
        said, _ = running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        # With all that it has started: a child that lives on would keep the devices.
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        return f"it did not end within {seconds:.0f} s"
    return None if running.returncode == 0 else f"status {running.returncode}: {said.strip()[-SAID_LENGTH:]}"


class NoUnits:
    """A kiosk in a folder of a test or an image, where nothing runs."""

    def stop(self) -> None:
        """Nothing runs."""

    def start(self) -> Failed | None:
        """Nothing is to run."""
        return None

    def said(self, version: Path, config: Path, probe: Probe) -> str | None:
        """Runs it as who asks for it; its pictures are in memory, where a unit has a folder there."""
        with tempfile.TemporaryDirectory(prefix="probe-", dir=os.environ.get("RUNTIME_DIRECTORY")) as scratch:
            command = command_of(version, config, probe, scratch)
            return said_by(command, probe.seconds, os.environ | surroundings(scratch))
