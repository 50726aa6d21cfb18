"""A box: its files from a root folder on, and what runs commands on it."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kiosk.errors import AnjunganError

COMMAND_SECONDS = 600
RELAY = "run/anjungan/sync/central.sock"


class BoxError(AnjunganError):
    """The box cannot be brought to what is wanted, or be looked at; says what to do."""


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit status, 127 where there is no such program, and all that it said."""

    status: int
    said: str


def run(command: Sequence[str]) -> Ran:
    """Runs a program without a shell, waits for its end."""
    try:
        ended = subprocess.run(  # noqa: S603 - the commands are ours
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", timeout=COMMAND_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return Ran(127, f"{command[0]} is not installed")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ran(126, str(error))
    return Ran(ended.returncode, ended.stdout)


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Machine:
    """A box whose files start at `root`; `run` runs commands on it, `is_up` tells whether systemd runs
    it (sd_booted(3)); `now` gives UTC. `is_walled`: this runs as the core's user within a unit's walls, so other units
    look at what it cannot see, and the central server is asked through sync.

    An image that is being made, and a folder of a test, are boxes that are not up.
    """

    root: Path = Path("/")
    run: Callable[[Sequence[str]], Ran] = run
    is_up: bool = False
    now: Callable[[], datetime] = _utc
    is_walled: bool = False

    @classmethod
    def at_root(cls, root: Path, is_walled: bool = False) -> "Machine":
        """The box of a root folder; this very one for `/`."""
        is_up = root == Path("/") and Path("/run/systemd/system").is_dir()
        return cls(root, is_up=is_up, is_walled=is_walled)

    @property
    def relay(self) -> Path | None:
        """The door of `kiosk sync`, where the central server is asked through it."""
        return self.at(RELAY) if self.is_walled else None

    def at(self, place: str) -> Path:
        """Where a file of the box is: `place` is its path there, with or without the first slash."""
        return self.root / place.lstrip("/")

    def text(self, place: str) -> str:
        """A small file's text without the space around it, "" where it cannot be read."""
        try:
            return self.at(place).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def here(self, file: Path) -> Path:
        """Where a file is from here, of which settings name the place on the box."""
        return file if file.is_relative_to(self.root.resolve()) else self.at(str(file))

    def found(self, folder: str, pattern: str) -> list[Path]:
        """What matches in a folder of the box, in the order of the names; nothing where there is no such folder."""
        return sorted(self.at(folder).glob(pattern))
