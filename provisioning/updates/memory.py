"""What a kiosk remembers of its updates: the version or the system on trial, the system that was taken last, and those
that it does not take again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from kiosk.durable_file import sync, write_private

TRIAL = "trial.json"
SYSTEM_TRIAL = "system-trial.json"
TAKEN_SYSTEM = "taken-system.json"
REFUSED = "refused.json"


@dataclass(frozen=True)
class Trial:
    """The version `to` is on trial after `former`, `since` an instant (UTC); the machine was `started` so often
    meanwhile.
    """

    former: str
    to: str
    since: datetime
    started: int = 0


@dataclass(frozen=True)
class SystemTrial:
    """The system of version `to` is put into the other slot, after that of `former`, or was: then it `is_installed`,
    and started next. `problem` is what its probes found last. `is_way_back`: a technician goes back to it by hand.
    """

    to: str
    former: str = ""
    is_installed: bool = False
    problem: str = ""
    is_way_back: bool = False


@dataclass(frozen=True)
class TakenSystem:
    """The system of version `to` was taken last; that of `former` is whole in the other slot, to go back to."""

    to: str
    former: str


Kind = TypeVar("Kind", SystemTrial, TakenSystem)


def make(folder: Path) -> None:
    """Makes a folder that is there after a power cut too, with those above it. Raises OSError."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


class Memory:
    """The files in `folder`. Every method raises OSError."""

    def __init__(self, folder: Path) -> None:
        make(folder)
        self.folder = folder

    def trial(self) -> Trial | None:
        """The trial that was not ended."""
        told = self._read(TRIAL)
        try:
            return Trial(**told | {"since": datetime.fromisoformat(told["since"])}) if told else None
        except (TypeError, ValueError, KeyError):
            return None

    def begin(self, trial: Trial) -> None:
        """Remembers a trial, in the place of what was remembered of it."""
        self._write(TRIAL, asdict(trial) | {"since": trial.since.isoformat()})

    def end_trial(self) -> None:
        """No version is on trial."""
        (self.folder / TRIAL).unlink(missing_ok=True)
        sync(self.folder)

    def system_trial(self) -> SystemTrial | None:
        """The trial of a system that was not ended."""
        return self._read_as(SystemTrial, SYSTEM_TRIAL)

    def begin_system(self, trial: SystemTrial) -> None:
        """Remembers it, in the place of what was remembered of it."""
        self._write(SYSTEM_TRIAL, asdict(trial))

    def end_system_trial(self) -> None:
        """No system is on trial."""
        (self.folder / SYSTEM_TRIAL).unlink(missing_ok=True)
        sync(self.folder)

    def taken_system(self) -> TakenSystem | None:
        """The system that can be taken back."""
        return self._read_as(TakenSystem, TAKEN_SYSTEM)

    def keep_taken_system(self, taken: TakenSystem) -> None:
        """Remembers it, in the place of the one before."""
        self._write(TAKEN_SYSTEM, asdict(taken))

    def forget_taken_system(self) -> None:
        """No system can be taken back: the other slot has none any more."""
        (self.folder / TAKEN_SYSTEM).unlink(missing_ok=True)
        sync(self.folder)

    def refused(self) -> Mapping[str, str]:
        """The versions that are not taken again until somebody says so, each with the reason."""
        return {version: str(reason) for version, reason in self._read(REFUSED).items()}

    def refuse(self, version: str, reason: str) -> None:
        """Does not take a version again."""
        self._write(REFUSED, {**self.refused(), version: reason})

    def forgive_all(self) -> None:
        """Takes every version again."""
        self._write(REFUSED, {})

    def _read_as(self, kind: type[Kind], name: str) -> Kind | None:
        """What a later version wrote beside it is passed over: this one may be what was gone back to."""
        told, known = self._read(name), {each.name for each in fields(kind)}
        try:
            return kind(**{each: value for each, value in told.items() if each in known}) if told else None
        except TypeError:
            return None

    def _read(self, name: str) -> dict[str, Any]:
        try:
            told = json.loads((self.folder / name).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _write(self, name: str, told: dict[str, Any]) -> None:
        write_private(self.folder / name, json.dumps(told).encode())
