"""Settings that the central server keeps for this kiosk: checked, tried, kept if they serve, else taken back.

They are on disk before the kiosk starts anew with them. Until the server has heard it, they are on trial: a second
start without that takes the former ones back, so settings that crash the kiosk, or that hang it for its watchdog to
end, undo themselves.
"""

import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kiosk.config import Settings, read_settings, settings_from
from kiosk.durable_file import write_private
from kiosk.errors import ConfigError
from kiosk.protocol import REMOTE_TABLES, RemoteSettings

FILE = "remote-settings.json"
NOT_HEARD = "the kiosk started twice with them, and did not reach the central server"


@dataclass(frozen=True)
class Held:
    """What is on disk: `version` and `toml` in use (0 and "" for the file's own settings), whether they are `proven`
    or how often the kiosk has `started` with them, those of before, and the last ones refused with the problem.
    """

    version: int = 0
    toml: str = ""
    proven: bool = True
    started: int = 0
    former_version: int = 0
    former_toml: str = ""
    refused: int = 0
    problem: str = ""


class RemoteSettingsFile:
    """The settings in a kiosk's `file`, with the central server's in place of its tables. Raises ConfigError with the
    problems of the file's own.
    """

    def __init__(self, file: Path) -> None:
        self._file, own = file, read_settings(file)
        self._kept = own.data.dir / FILE
        self.held = self._read()
        if not self.held.proven:
            self._try_once_more()
        self.settings = self._usable(own)

    def takes(self, wanted: RemoteSettings) -> bool:
        """Keeps the settings for the next start; returns whether the kiosk has to start anew. Those that cannot be
        used are remembered as refused.
        """
        if wanted.version in (self.held.version, self.held.refused):
            return False
        try:
            self._overlaid(wanted.toml)
        except ConfigError as error:
            self._keep(self._refused(wanted.version, "; ".join(error.problems)))
            return False
        former = self.held
        self._keep(
            Held(wanted.version, wanted.toml, False, 0, former.version, former.toml, former.refused, former.problem)
        )
        return True

    def heard(self) -> None:
        """The central server has heard the kiosk: its settings serve."""
        if not self.held.proven:
            self._keep(Held(**asdict(self.held) | {"proven": True}))

    def _try_once_more(self) -> None:
        if self.held.started:
            self._take_back(NOT_HEARD)
        else:
            self._keep(Held(**asdict(self.held) | {"started": 1}))

    def _usable(self, own: Settings) -> Settings:
        """The settings in use; those that this version of the kiosk does not take any more are taken back."""
        if not self.held.toml:
            return own
        try:
            return self._overlaid(self.held.toml)
        except ConfigError as error:
            self._take_back("; ".join(error.problems))
            return self._usable(own)

    def _take_back(self, problem: str) -> None:
        refused = self._refused(self.held.version, problem)
        self._keep(
            Held(self.held.former_version, self.held.former_toml, refused=refused.refused, problem=refused.problem)
        )

    def _refused(self, version: int, problem: str) -> Held:
        return Held(**asdict(self.held) | {"refused": version, "problem": problem[:1000]})

    def _overlaid(self, text: str) -> Settings:
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError([f"the settings from afar are not TOML: {error}"]) from error
        foreign = sorted(set(tables) - set(REMOTE_TABLES))
        if foreign:
            raise ConfigError([f"[{each}] cannot be set from afar" for each in foreign])
        raw: dict[str, Any] = tomllib.loads(self._file.read_text(encoding="utf-8"))
        return settings_from(raw | tables, self._file.parent)

    def _read(self) -> Held:
        """What is on disk, nothing where it cannot be read: the file's own settings serve."""
        try:
            return Held(**json.loads(self._kept.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return Held()

    def _keep(self, held: Held) -> None:
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        write_private(self._kept, json.dumps(asdict(held)).encode())
        self.held = held
