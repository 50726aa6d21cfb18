"""The system below the appliance: another one comes as a bundle into the slot that does not run (RAUC)."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from provisioning.updates.errors import NotTaken
from provisioning.updates.release import order

SAID_LENGTH = 300


class System(Protocol):
    """How the system below is changed."""

    def version_of(self, bundle: Path) -> str:
        """The version of a bundle whose signature is good. Raises NotTaken."""

    def install(self, bundle: Path) -> None:
        """Puts a bundle into the other slot, which is started next, on trial. Raises NotTaken."""

    def keep(self) -> None:
        """The slot that runs has proved itself. Raises NotTaken."""

    def go_back(self) -> None:
        """The other slot is started next, on trial. Raises NotTaken."""

    def leave(self) -> None:
        """The slot that runs is not started any more; the other one is. Raises NotTaken."""

    def restart(self) -> None:
        """Starts the machine anew."""


class Rauc:
    """RAUC's slots (rauc(1)) on a box that was made of an image. Every method raises OSError."""

    def version_of(self, bundle: Path) -> str:
        """By the bundle's manifest, once its signature was verified. Raises NotTaken."""
        said = _do(["rauc", "info", "--output-format=json", str(bundle)])
        try:
            # Words of RAUC's may stand before it.
            version = str(json.loads(said[said.index("{") :])["version"])
            order(version)
        except (ValueError, KeyError) as error:
            raise NotTaken(f"{bundle} does not say which version it is ({error}); ask its publisher") from error
        return version

    def install(self, bundle: Path) -> None:
        """Raises NotTaken."""
        _do(["rauc", "install", str(bundle)])

    def keep(self) -> None:
        """Raises NotTaken."""
        _do(["rauc", "status", "mark-good"])

    def go_back(self) -> None:
        """Raises NotTaken."""
        _do(["rauc", "status", "mark-active", "other"])

    def leave(self) -> None:
        """Raises NotTaken."""
        _do(["rauc", "status", "mark-bad", "booted"])

    def restart(self) -> None:
        """Raises NotTaken."""
        _do(["systemctl", "--no-block", "reboot"])


def _do(command: Sequence[str]) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-SAID_LENGTH:]
        raise NotTaken(f"{' '.join(command[:2])} ended with {done.returncode}: {said}")
    return done.stdout
